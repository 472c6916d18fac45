"""What GitHub itself says of the run that a report comes from, and of a reply: nothing here is from the report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_giflab.errors import EventError

LARGEST_EVENT = 16 * 1024 * 1024
NEEDED = "give --repo and --pull, or run it in a GitHub workflow on pull_request or workflow_run"


@dataclass(frozen=True, slots=True)
class RunEvent:
    """A run of a workflow, or of any CI, on the head of a pull request of `repository` (`owner/name`).

    `pulls`: numbers of the pull requests it may belong to; without any, they are looked for by `head`
    (`owner:branch`). `sha`: the commit they must have as head; "" to take what they have. `conclusion`: what a finished
    run ended with; "" for one that still runs. `run_id`: the finished run, whose artifact has the report; None where
    the report is at hand. `server`: where a browser finds the repository. `base`: the branch that the pull request is
    to be merged into; "" if GitHub does not say. `workflow`: the path of its file; `attempt`, `started`: which attempt
    of the run it is, from 1, and when that began; "" and 0 outside of GitHub Actions.
    """

    repository: str
    pulls: tuple[int, ...]
    head: str = ""
    sha: str = ""
    conclusion: str = ""
    run_id: int | None = None
    run_url: str = ""
    server: str = "https://github.com"
    base: str = ""
    workflow: str = ""
    attempt: int = 0
    started: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A pull request that a comment goes to: its head, the branch that it is to be merged into, and that one's tip."""

    number: int
    sha: str
    base: str = ""
    base_sha: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A comment that somebody has written in a conversation: `user`, `user_id`: who; `created`: when, in ISO 8601."""

    repository: str
    pull: int
    comment: int
    user: str
    user_id: int
    body: str
    created: str
    server: str = "https://github.com"


def placed(targets: Sequence[Target], base: str | None, holds: Callable[[str, str], bool]) -> Target | None:
    """Which of several pull requests with one head a report is for, by the commit that it was measured against.

    That is the only one whose base has this commit as its tip, or failing that in its history
    (`holds(commit, branch)`). None if that does not tell them apart.
    """
    if not base or not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", base):
        return None
    found = [each for each in targets if each.base_sha == base] or [each for each in targets if holds(base, each.base)]
    return found[0] if len(found) == 1 else None


def named(repository: str, pull: int, run_url: str, environment: Mapping[str, str]) -> RunEvent:
    """The event that the user names; raises EventError for what cannot be a repository's name."""
    if not re.fullmatch(r"[\w.-]*\w[\w.-]*/[\w.-]*\w[\w.-]*", repository):
        raise EventError(f"--repo {repository!r} is not a repository; give OWNER/NAME")
    return RunEvent(repository, (pull,), run_url=run_url, server=_server(environment))


def from_workflow(environment: Mapping[str, str]) -> RunEvent | Reply:
    """The event that the environment of a GitHub workflow tells of: a run, or a reply.

    Raises EventError outside of a workflow, and for an event that is not one of a pull request.
    """
    name, path = environment.get("GITHUB_EVENT_NAME", ""), environment.get("GITHUB_EVENT_PATH", "")
    if not name or not path:
        raise EventError(f"this is not a GitHub workflow (no GITHUB_EVENT_NAME and GITHUB_EVENT_PATH); {NEEDED}")
    readers: dict[str, Callable[[dict[str, Any], Mapping[str, str]], RunEvent | Reply]] = {
        "workflow_run": _from_workflow_run,
        "pull_request": _from_pull_request,
        "issue_comment": _from_comment,
    }
    if name not in readers:
        raise EventError(f"the event {name!r} is not one of a pull request; {NEEDED}")
    try:
        return readers[name](_read_event(Path(path)), environment)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise EventError(f"the event in {path} is not a {name} event: {error} is missing or wrong") from error


def _read_event(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            payload: dict[str, Any] = json.loads(stream.read(LARGEST_EVENT))
    except OSError as error:
        raise EventError(f"cannot read the event: {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise EventError(f"the event in {path} is not JSON: {error}") from error
    return payload


def _from_pull_request(payload: dict[str, Any], environment: Mapping[str, str]) -> RunEvent:
    pull, repository = payload["pull_request"], payload["repository"]["full_name"]
    server, run = _server(environment), environment.get("GITHUB_RUN_ID", "")
    run_url = f"{server}/{repository}/actions/runs/{run}" if run else ""
    return RunEvent(
        repository,
        (int(pull["number"]),),
        sha=str(pull["head"]["sha"]),
        run_url=run_url,
        server=server,
        base=str(pull.get("base", {}).get("ref", "")),
        workflow=_path(environment.get("GITHUB_WORKFLOW_REF", "").removeprefix(f"{repository}/")),
    )


def _from_workflow_run(payload: dict[str, Any], environment: Mapping[str, str]) -> RunEvent:
    return of_run(payload["workflow_run"], payload["repository"], _server(environment))


def of_run(run: Mapping[str, Any], repository: Mapping[str, Any], server: str) -> RunEvent:
    """A finished run as GitHub describes it, in an event or when it is asked; raises EventError if it is of no use."""
    if run["event"] != "pull_request":
        raise EventError(f"the run was for the event {run['event']!r}, not for a pull request: nothing to comment on")
    if not run["conclusion"]:
        raise EventError("the run has not ended; let the workflow run on workflow_run with types: [completed]")
    # A fork's run names none; those it does name may belong to other repositories of the same history.
    pulls = [each for each in run["pull_requests"] or () if each["base"]["repo"]["id"] == repository["id"]]
    owner = (run["head_repository"] or {}).get("owner", {}).get("login", "")
    return RunEvent(
        repository=repository["full_name"],
        pulls=tuple(int(each["number"]) for each in pulls),
        head=f"{owner}:{run['head_branch']}" if owner else "",
        sha=str(run["head_sha"]),
        conclusion=str(run["conclusion"]),
        run_id=int(run["id"]),
        run_url=str(run["html_url"]),
        server=server,
        base=str(pulls[0]["base"].get("ref", "")) if len(pulls) == 1 else "",
        workflow=_path(str(run.get("path") or "")),
        attempt=int(run.get("run_attempt") or 0),
        started=_moment(str(run.get("run_started_at") or "")),
    )


def _from_comment(payload: dict[str, Any], environment: Mapping[str, str]) -> Reply:
    comment, issue = payload["comment"], payload["issue"]
    if payload["action"] != "created":
        raise EventError("only a new reply acknowledges anything; let the workflow run on issue_comment, [created]")
    if not issue.get("pull_request"):
        raise EventError("the reply is not in a pull request: nothing to acknowledge")
    return Reply(
        payload["repository"]["full_name"],
        int(issue["number"]),
        int(comment["id"]),
        str(comment["user"]["login"]),
        int(comment["user"]["id"]),
        str(comment["body"] or ""),
        _moment(str(comment["created_at"])),
        _server(environment),
    )


def _path(text: str) -> str:
    """The path of a workflow's file, without the branch that GitHub may add; "" for what is not one."""
    path = text.partition("@")[0]
    return path if re.fullmatch(r"[\w./ -]{1,200}", path, re.ASCII) else ""


def _moment(text: str) -> str:
    """A time as GitHub writes it, to the second; "" for what is not one."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z", text, re.ASCII)
    return f"{found[1]}Z" if found else ""


def _server(environment: Mapping[str, str]) -> str:
    return environment.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
