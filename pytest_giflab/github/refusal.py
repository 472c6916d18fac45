"""What a refusal of GitHub's means: whether to ask again, and what to tell the user."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from giflab_core.text import printable

if TYPE_CHECKING:
    from github.GithubException import GithubException

# Longer than this no job should wait for a rate limit to end.
LONGEST_WAIT_S = 90.0


def pause_before_retry_s(error: GithubException, wait_s: float | None) -> float | None:
    """How long to wait before another try; None if that is of no use."""
    if wait_s is None:
        return None
    if is_limit(error):
        asked = _asked_wait(error.headers or {})
        return None if asked > LONGEST_WAIT_S else max(asked, wait_s if not asked else 0)
    return wait_s if error.status >= 500 else None


def is_limit(error: GithubException) -> bool:
    """Whether it is the rate limit that GitHub refuses for."""
    headers = _lower(error.headers)
    spent = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    return error.status == 429 or (error.status == 403 and (spent or "rate limit" in _message(error).lower()))


def _asked_wait(headers: Mapping[str, str]) -> float:
    """How many seconds GitHub asks to wait; 0 if it does not say."""
    headers = _lower(headers)
    try:
        if "retry-after" in headers:
            return max(0.0, float(headers["retry-after"]))
        if headers.get("x-ratelimit-remaining") == "0":
            return max(0.0, float(headers["x-ratelimit-reset"]) - time.time())
    except (KeyError, ValueError):
        pass
    return 0.0


def _lower(headers: Mapping[str, str] | None) -> dict[str, str]:
    return {name.lower(): value for name, value in (headers or {}).items()}


def _message(error: GithubException) -> str:
    data = error.data
    said = data.get("message") if isinstance(data, dict) else None
    return printable(str(said or error.message or ""))[:200]


def why(error: GithubException) -> str:
    """What GitHub said, and what to do about it."""
    if is_limit(error):
        asked = _asked_wait(error.headers or {})
        return f"GitHub's rate limit is spent{f', for another {asked:.0f} s' if asked else ''}; run the job again later"
    said = _message(error)
    if error.status == 403 and "locked" in said.lower():
        return f"403 ({said}): the conversation is locked; unlock it, and run the job again"
    advice = {
        401: "the token is not valid; in a workflow give GITHUB_TOKEN: ${{ github.token }}",
        403: "the token may not do that; the job needs permissions pull-requests: write, checks: write, actions: read, "
        "and issues: write to make a label that the repository does not have",
        404: "there is no such thing, or the token cannot see it; check --repo, --pull and the job's permissions",
        422: "GitHub does not accept the request; if the pull request is not closed or locked, please report it",
    }
    busy = "GitHub has a failure of its own; run the job again later"
    return f"{error.status}{f' ({said})' if said else ''}: {advice.get(error.status, busy)}"
