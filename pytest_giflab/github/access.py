"""How GitHub is reached: with which token, where, and how patiently."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from giflab_core.lazy import optional
from giflab_core.text import counted, printable
from pytest_giflab.errors import GitHubError
from pytest_giflab.github.refusal import pause_before_retry_s, why

if TYPE_CHECKING:
    from github.Repository import Repository

T = TypeVar("T")

API = "https://api.github.com"
TIMEOUT_S = 15
# Waits before further tries: of answers that may be better the next time, and of none.
WAITS_S = (1.0, 4.0, 10.0)
PAGE = 100
# What PyGithub raises if an answer is not what GitHub's are: a proxy's page, half of a document.
NONSENSE = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Access:
    """How GitHub is reached: `api` without a slash at its end; `waits_s` before further tries."""

    token: str
    api: str = API
    waits_s: tuple[float, ...] = WAITS_S
    pauses_s: float | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Access:
        """By GITHUB_TOKEN and GITHUB_API_URL; raises GitHubError without a token."""
        token = environment.get("GITHUB_TOKEN", "").strip()
        if not token:
            raise GitHubError("no token: set GITHUB_TOKEN, in a workflow to ${{ github.token }}")
        if not re.fullmatch(r"[!-~]+", token):
            raise GitHubError("GITHUB_TOKEN is not a token: it has spaces or characters beyond ASCII")
        api = environment.get("GITHUB_API_URL", "").rstrip("/") or API
        if not re.fullmatch(r"https?://[\w.-]+(:\d+)?(/[\w./-]*)?", api):
            raise GitHubError(f"GITHUB_API_URL is {printable(api)!r}; give an address such as {API}")
        return cls(token, api)


class Connection:
    """One repository on GitHub, asked again if that can help: GitHub was busy, did not answer, or limits the rate."""

    def __init__(self, repository: str, access: Access) -> None:
        self.library = optional("github", "github")
        self.http = optional("requests", "github")
        self.access = access
        self.name = repository
        pauses = (
            {}
            if access.pauses_s is None
            else dict.fromkeys(("seconds_between_requests", "seconds_between_writes"), access.pauses_s)
        )
        self.github = self.library.Github(
            auth=self.library.Auth.Token(access.token),
            base_url=access.api,
            timeout=TIMEOUT_S,
            per_page=PAGE,
            retry=0,  # a comment that was written, though no answer came, must be found before it is written again
            **pauses,
        )
        self._found: Repository | None = None

    @property
    def repository(self) -> Repository:
        """Asked for once, and where a refusal is explained."""
        if not self._found:
            self._found = self.github.get_repo(self.name)
        return self._found

    def patiently(self, what: str, action: Callable[[], T]) -> T:
        """What the action returns, tried again as often as `waits_s` has it.

        Raises GitHubError, with what is missing, if that is of no use or after the last try.
        """
        for wait_s in (*self.access.waits_s, None):
            try:
                return action()
            except self.library.GithubException as error:
                pause_s = pause_before_retry_s(error, wait_s)
                if pause_s is None:
                    raise GitHubError(f"cannot {what}: {why(error)}") from error
            except (OSError, *NONSENSE) as error:
                if wait_s is None:
                    tried = f"tried {counted(len(self.access.waits_s) + 1, 'time')}"
                    raise GitHubError(f"cannot {what}: {self._kind(error)} {self.access.api}, {tried}") from error
                pause_s = wait_s
            time.sleep(pause_s)
        raise AssertionError  # the last try returns or raises

    def _kind(self, error: Exception) -> str:
        if isinstance(error, self.http.Timeout):
            return "no answer in time from"
        return "no connection to" if isinstance(error, self.http.ConnectionError) else "no sense in what came from"
