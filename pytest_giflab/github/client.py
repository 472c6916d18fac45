"""The only file that talks to GitHub: find the pull request, read the artifact, write comment, check and label."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from giflab_core.lazy import optional
from giflab_core.text import counted, printable
from pytest_giflab.errors import GitHubError
from pytest_giflab.github.annotations import Annotation
from pytest_giflab.github.artifact import require_size
from pytest_giflab.github.comment import CheckRun
from pytest_giflab.github.event import RunEvent
from pytest_giflab.github.refusal import is_limit, pause_before_retry_s, why

if TYPE_CHECKING:
    from github.CheckRun import CheckRun as GitHubCheckRun
    from github.IssueComment import IssueComment
    from github.PullRequest import PullRequest
    from github.Repository import Repository

T = TypeVar("T")

API = "https://api.github.com"
TIMEOUT_S = 15
# Waits before further tries: of answers that may be better the next time, and of none.
WAITS_S = (1.0, 4.0, 10.0)
PAGE = 100
ANNOTATIONS_A_REQUEST = 50  # GitHub's own limit
ACTIONS_AUTHOR = "github-actions[bot]"
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


@dataclass(frozen=True, slots=True)
class Target:
    """The pull request that a comment goes to, and the head that it has."""

    number: int
    sha: str


class Site:
    """One repository on GitHub.

    Every method does all of its work again if that can help: GitHub was busy, did not answer, or limits the rate.
    Else, or after the last try, it raises GitHubError, with what is missing.
    """

    def __init__(self, repository: str, access: Access) -> None:
        self._library = optional("github", "github")
        self._http = optional("requests", "github")
        self._access = access
        self._name = repository
        pauses = (
            {}
            if access.pauses_s is None
            else dict.fromkeys(("seconds_between_requests", "seconds_between_writes"), access.pauses_s)
        )
        self._github = self._library.Github(
            auth=self._library.Auth.Token(access.token),
            base_url=access.api,
            timeout=TIMEOUT_S,
            per_page=PAGE,
            retry=0,  # a comment that was written, though no answer came, must be found before it is written again
            **pauses,
        )
        self._found: Repository | None = None

    @property
    def _repository(self) -> Repository:
        """Asked for once, and where a refusal is explained."""
        if not self._found:
            self._found = self._github.get_repo(self._name)
        return self._found

    def find(self, event: RunEvent) -> Target | None:
        """The open pull request whose head is that of the run; None if there is none (any more).

        Raises GitHubError if there are several, since a run belongs to one.
        """
        found = self._patiently(f"read the pull requests of {self._name}", lambda: self._candidates(event))
        found = [each for each in found if each.state == "open" and event.sha in ("", each.head.sha)]
        if len(found) > 1:
            numbers = " and ".join(f"#{each.number}" for each in found)
            raise GitHubError(f"pull requests {numbers} have the same head; which one the run was for cannot be told")
        return Target(found[0].number, found[0].head.sha) if found else None

    def _candidates(self, event: RunEvent) -> list[PullRequest]:
        if event.pulls:
            return [self._repository.get_pull(number) for number in event.pulls]
        if not event.head:
            return []
        found = self._repository.get_pulls(state="open", head=event.head)
        return [each for each in found if each.head.label == event.head]

    def artifact(self, run_id: int, name: str) -> bytes | None:
        """The zip of a run's newest artifact of this name, never more than a report needs; None if it has none."""
        return self._patiently(f"read artifact {name!r} of run {run_id}", lambda: self._artifact(run_id, name))

    def _artifact(self, run_id: int, name: str) -> bytes | None:
        runs = self._repository.get_workflow_run(run_id).get_artifacts()
        found = [each for each in runs if each.name == name and not each.expired]
        if not found:
            return None
        newest = max(found, key=lambda each: each.id)
        require_size(newest.size_in_bytes, f"artifact {name!r}")
        # GitHub sends on to a storage of its own, which must not see the token: requests leaves it out there.
        headers = {"Authorization": f"Bearer {self._access.token}", "Accept": "application/vnd.github+json"}
        address = f"{self._access.api}/repos/{self._name}/actions/artifacts/{newest.id}/zip"
        with self._http.get(address, headers=headers, timeout=TIMEOUT_S, stream=True) as answer:
            if answer.status_code != self._http.codes.ok:
                raise self._library.GithubException(answer.status_code, None, dict(answer.headers), answer.reason)
            data = b""
            for part in answer.iter_content(64 * 1024):
                data += part
                require_size(len(data), f"artifact {name!r}")
        return data

    def comment(
        self, target: Target, marker: str, body: str, author: str | None = None, *, only_update: bool = False
    ) -> str:
        """Have exactly one comment of this author that begins with the marker, with this body; its address.

        `author`: the login that the token writes as; None to ask GitHub. `only_update`: do not write a first one; ""
        if there is none.
        """
        return self._patiently(
            f"comment on pull request #{target.number}",
            lambda: self._comment(target, marker, body, author, only_update),
        )

    def _comment(self, target: Target, marker: str, body: str, author: str | None, only_update: bool) -> str:
        pull = self._repository.get_pull(target.number)
        author = author or self._author()
        own = [
            each
            for each in pull.get_issue_comments()
            if each.user and each.user.login == author and (each.body or "").startswith(marker)
        ]
        if only_update and not own:
            return ""
        kept = self._edit(own[0], body) if own else None
        for each in own[1:]:
            each.delete()
        written = kept or pull.create_issue_comment(body)
        if written.user and written.user.login != author:
            own_name = printable(written.user.login)
            raise GitHubError(
                f"the comment was written, but as {own_name!r}: give --author, or each run writes a new one"
            )
        return written.html_url

    def _edit(self, comment: IssueComment, body: str) -> IssueComment | None:
        """The comment with its new body; None if somebody has removed it just now."""
        try:
            if comment.body != body:
                comment.edit(body)
        except self._library.UnknownObjectException:
            return None
        return comment

    def _author(self) -> str:
        """Who the token writes as. The token of a workflow may not ask, and writes as GitHub Actions."""
        try:
            return str(self._github.get_user().login)
        except self._library.GithubException as error:
            if error.status != self._http.codes.forbidden or is_limit(error):
                raise
            return ACTIONS_AUTHOR

    def check(self, sha: str, check: CheckRun, url: str) -> None:
        """Set the check run of this commit; GitHub takes remarks in portions."""
        self._patiently(f"set check {check.name!r}", lambda: self._check(sha, check, url))

    def _check(self, sha: str, check: CheckRun, url: str) -> None:
        details: dict[str, Any] = {"details_url": url} if url else {}
        first, *others = _portions(check.annotations)
        run: GitHubCheckRun = self._repository.create_check_run(
            check.name, sha, status="completed", conclusion=check.conclusion, output=_output(check, first), **details
        )
        for each in others:
            run.edit(output=_output(check, each))

    def label(self, target: Target, name: str, *, wanted: bool) -> None:
        """Add a label to the pull request, or take it away."""
        self._patiently(f"label pull request #{target.number}", lambda: self._label(target, name, wanted))

    def _label(self, target: Target, name: str, wanted: bool) -> None:
        pull = self._repository.get_pull(target.number)
        has = any(each.name == name for each in pull.get_labels())
        if wanted and not has:
            pull.add_to_labels(name)
        elif has and not wanted:
            pull.remove_from_labels(name)

    def _patiently(self, what: str, action: Callable[[], T]) -> T:
        for wait_s in (*self._access.waits_s, None):
            try:
                return action()
            except self._library.GithubException as error:
                pause_s = pause_before_retry_s(error, wait_s)
                if pause_s is None:
                    raise GitHubError(f"cannot {what}: {why(error)}") from error
            except (OSError, *NONSENSE) as error:
                if wait_s is None:
                    tried = f"tried {counted(len(self._access.waits_s) + 1, 'time')}"
                    raise GitHubError(f"cannot {what}: {self._kind(error)} {self._access.api}, {tried}") from error
                pause_s = wait_s
            time.sleep(pause_s)
        raise AssertionError  # the last try returns or raises

    def _kind(self, error: Exception) -> str:
        if isinstance(error, self._http.Timeout):
            return "no answer in time from"
        return "no connection to" if isinstance(error, self._http.ConnectionError) else "no sense in what came from"


def _portions(annotations: tuple[Annotation, ...]) -> list[tuple[Annotation, ...]]:
    starts = range(0, max(1, len(annotations)), ANNOTATIONS_A_REQUEST)
    return [annotations[start : start + ANNOTATIONS_A_REQUEST] for start in starts]


def _output(check: CheckRun, annotations: tuple[Annotation, ...]) -> dict[str, Any]:
    rows = [
        {
            "path": each.path,
            "start_line": each.line,
            "end_line": each.line,
            "annotation_level": each.level,
            "title": each.title,
            "message": each.message,
        }
        for each in annotations
    ]
    return {"title": check.title, "summary": check.summary, "annotations": rows}
