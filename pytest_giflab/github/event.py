"""What GitHub itself says of the run that a report comes from: nothing here is from the report."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
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
    to be merged into; "" if GitHub does not say.
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


def named(repository: str, pull: int, run_url: str, environment: Mapping[str, str]) -> RunEvent:
    """The event that the user names; raises EventError for what cannot be a repository's name."""
    if not re.fullmatch(r"[\w.-]*\w[\w.-]*/[\w.-]*\w[\w.-]*", repository):
        raise EventError(f"--repo {repository!r} is not a repository; give OWNER/NAME")
    return RunEvent(repository, (pull,), run_url=run_url, server=_server(environment))


def from_workflow(environment: Mapping[str, str]) -> RunEvent:
    """The event that the environment of a GitHub workflow tells of.

    Raises EventError outside of a workflow, and for an event that is not one of a pull request.
    """
    name, path = environment.get("GITHUB_EVENT_NAME", ""), environment.get("GITHUB_EVENT_PATH", "")
    if not name or not path:
        raise EventError(f"this is not a GitHub workflow (no GITHUB_EVENT_NAME and GITHUB_EVENT_PATH); {NEEDED}")
    readers = {"workflow_run": _from_workflow_run, "pull_request": _from_pull_request}
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
    )


def _from_workflow_run(payload: dict[str, Any], environment: Mapping[str, str]) -> RunEvent:
    run, repository = payload["workflow_run"], payload["repository"]
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
        server=_server(environment),
        base=str(pulls[0]["base"].get("ref", "")) if len(pulls) == 1 else "",
    )


def _server(environment: Mapping[str, str]) -> str:
    return environment.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
