"""What the event says of the run: its pull requests, its head, how it ended; or one line why it cannot be told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_giflab.errors import EventError
from pytest_giflab.github.event import Reply, RunEvent, Target, from_workflow, named, placed

SHA = "0123456789abcdef0123456789abcdef01234567"
MISSING = object()
RUN_PATHS = [
    "workflow_run",
    "workflow_run.event",
    "workflow_run.conclusion",
    "workflow_run.pull_requests",
    "workflow_run.head_repository",
    "workflow_run.head_branch",
    "workflow_run.head_sha",
    "workflow_run.id",
    "workflow_run.html_url",
    "repository",
    "repository.full_name",
]
PULL_PATHS = [
    "pull_request",
    "pull_request.number",
    "pull_request.head",
    "pull_request.head.sha",
    "repository",
    "repository.full_name",
]


def a_pull(number: int, repository: int = 1) -> dict[str, Any]:
    return {"number": number, "base": {"repo": {"id": repository}}}


def run_event(*pulls: dict[str, Any], **changes: Any) -> dict[str, Any]:
    run = {
        "id": 77,
        "event": "pull_request",
        "conclusion": "failure",
        "head_sha": SHA,
        "head_branch": "topic/faster",
        "head_repository": {"owner": {"login": "forker"}},
        "html_url": "https://github.com/owner/name/actions/runs/77",
        "pull_requests": list(pulls),
    }
    return {"workflow_run": {**run, **changes}, "repository": {"id": 1, "full_name": "owner/name"}}


def pull_event() -> dict[str, Any]:
    return {
        "pull_request": {"number": 12, "head": {"sha": SHA}},
        "repository": {"id": 1, "full_name": "owner/name"},
    }


def put(event: dict[str, Any], dotted: str, value: Any) -> dict[str, Any]:
    """The event with another value there, or without it."""
    *parents, last = dotted.split(".")
    inner = event
    for name in parents:
        inner = inner[name]
    if value is MISSING:
        del inner[last]
    else:
        inner[last] = value
    return event


def event_of(folder: Path, event: object, name: str = "workflow_run", **environment: str) -> RunEvent:
    path = folder / "event.json"
    path.write_text(event if isinstance(event, str) else json.dumps(event), encoding="utf-8")
    found = from_workflow({"GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": str(path), **environment})
    assert isinstance(found, RunEvent)
    return found


def test_a_finished_run_of_the_repository_names_its_pull_request(tmp_path: Path) -> None:
    assert event_of(tmp_path, run_event(a_pull(12))) == RunEvent(
        "owner/name",
        (12,),
        head="forker:topic/faster",
        sha=SHA,
        conclusion="failure",
        run_id=77,
        run_url="https://github.com/owner/name/actions/runs/77",
    )


@pytest.mark.parametrize("pulls", [[], None])
def test_the_run_of_a_fork_names_none_and_is_found_by_owner_and_branch(tmp_path: Path, pulls: object) -> None:
    found = event_of(tmp_path, run_event(pull_requests=pulls))
    assert (found.pulls, found.head, found.sha) == ((), "forker:topic/faster", SHA)


def test_pull_requests_of_other_repositories_are_left_out(tmp_path: Path) -> None:
    assert event_of(tmp_path, run_event(a_pull(3, repository=2), a_pull(12), a_pull(4, repository=3))).pulls == (12,)


def test_a_fork_that_is_deleted_has_no_head_to_look_for(tmp_path: Path) -> None:
    found = event_of(tmp_path, run_event(head_repository=None))
    assert (found.pulls, found.head) == ((), "")


@pytest.mark.parametrize("event", ["push", "schedule", "pull_request_target", "workflow_dispatch"])
def test_a_run_that_was_not_for_a_pull_request_has_nothing_to_comment_on(tmp_path: Path, event: str) -> None:
    with pytest.raises(EventError, match=f"'{event}', not for a pull request"):
        event_of(tmp_path, run_event(a_pull(12), event=event))


@pytest.mark.parametrize("conclusion", [None, ""])
def test_a_run_that_has_not_ended_is_refused(tmp_path: Path, conclusion: object) -> None:
    with pytest.raises(EventError, match=r"types: \[completed\]"):
        event_of(tmp_path, run_event(a_pull(12), conclusion=conclusion))


def test_a_pull_request_event_names_it_and_its_head(tmp_path: Path) -> None:
    assert event_of(tmp_path, pull_event(), "pull_request", GITHUB_RUN_ID="77") == RunEvent(
        "owner/name", (12,), sha=SHA, run_url="https://github.com/owner/name/actions/runs/77"
    )


def test_an_event_names_the_branch_that_the_pull_request_is_to_be_merged_into(tmp_path: Path) -> None:
    pull = put(pull_event(), "pull_request.base", {"ref": "release"})
    assert event_of(tmp_path, pull, "pull_request").base == "release"
    told = put(a_pull(12), "base.ref", "release")
    assert event_of(tmp_path, run_event(told)).base == "release"


def test_of_several_pull_requests_it_is_not_known_which_branch_the_run_was_for(tmp_path: Path) -> None:
    told = [put(a_pull(number), "base.ref", f"release-{number}") for number in (12, 13)]
    assert event_of(tmp_path, run_event(*told)).base == ""


def test_a_pull_request_event_without_a_run_has_no_address(tmp_path: Path) -> None:
    assert event_of(tmp_path, pull_event(), "pull_request").run_url == ""


@pytest.mark.parametrize("name", ["workflow_run", "pull_request"])
def test_the_server_is_the_one_that_the_environment_names(tmp_path: Path, name: str) -> None:
    event = run_event() if name == "workflow_run" else pull_event()
    assert event_of(tmp_path, event, name, GITHUB_SERVER_URL="https://git.example/").server == "https://git.example"


@pytest.mark.parametrize("missing", RUN_PATHS)
def test_a_workflow_run_event_that_lacks_something_is_refused(tmp_path: Path, missing: str) -> None:
    with pytest.raises(EventError, match="not a workflow_run event"):
        event_of(tmp_path, put(run_event(a_pull(12)), missing, MISSING))


@pytest.mark.parametrize("missing", PULL_PATHS)
def test_a_pull_request_event_that_lacks_something_is_refused(tmp_path: Path, missing: str) -> None:
    with pytest.raises(EventError, match="not a pull_request event"):
        event_of(tmp_path, put(pull_event(), missing, MISSING), "pull_request")


@pytest.mark.parametrize("value", [None, "twelve", [], {}, "\n::error::"])
@pytest.mark.parametrize(
    ("name", "dotted"), [("workflow_run", "workflow_run.id"), ("pull_request", "pull_request.number")]
)
def test_a_number_that_is_none_is_refused_in_one_line(tmp_path: Path, name: str, dotted: str, value: object) -> None:
    event = run_event() if name == "workflow_run" else pull_event()
    with pytest.raises(EventError, match=f"not a {name} event") as raised:
        event_of(tmp_path, put(event, dotted, value), name)
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize("event", ["[1]", "null", '"pull_request"', "12"])
@pytest.mark.parametrize("name", ["workflow_run", "pull_request"])
def test_an_event_that_is_no_object_is_refused(tmp_path: Path, name: str, event: str) -> None:
    with pytest.raises(EventError, match=f"not a {name} event"):
        event_of(tmp_path, event, name)


@pytest.mark.parametrize("event", ["", "{", "hello", "[" * 100_000])
def test_an_event_that_is_no_json_is_refused(tmp_path: Path, event: str) -> None:
    with pytest.raises(EventError, match="is not JSON"):
        event_of(tmp_path, event)


def test_an_event_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_bytes(b"\xff")
    with pytest.raises(EventError, match="is not JSON"):
        from_workflow({"GITHUB_EVENT_NAME": "workflow_run", "GITHUB_EVENT_PATH": str(path)})


def test_an_event_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EventError, match=r"none\.json: No such file"):
        from_workflow({"GITHUB_EVENT_NAME": "workflow_run", "GITHUB_EVENT_PATH": str(tmp_path / "none.json")})


@pytest.mark.parametrize("name", ["push", "pull_request_target", "issues", "workflow_dispatch"])
def test_an_event_of_another_kind_is_refused_and_says_what_to_do(tmp_path: Path, name: str) -> None:
    with pytest.raises(EventError, match=f"'{name}' is not one of a pull request; give --repo and --pull"):
        event_of(tmp_path, pull_event(), name)


@pytest.mark.parametrize("missing", ["GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH"])
def test_outside_of_a_workflow_repository_and_pull_request_must_be_named(tmp_path: Path, missing: str) -> None:
    environment = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(tmp_path)}
    del environment[missing]
    with pytest.raises(EventError, match=r"not a GitHub workflow.*give --repo and --pull"):
        from_workflow(environment)


def test_the_user_can_name_repository_and_pull_request() -> None:
    found = named("own-er/na.me_1", 12, "https://ci.example/1", {"GITHUB_SERVER_URL": "https://git.example"})
    assert found == RunEvent("own-er/na.me_1", (12,), run_url="https://ci.example/1", server="https://git.example")


@pytest.mark.parametrize(
    "name",
    ["", "name", "/name", "owner/", "a/b/c", "https://github.com/a/b", "a b/c", "a/b\n", "a/b?x", "a/b#1", "a/{{b}}"],
)
def test_what_is_no_name_of_a_repository_is_refused(name: str) -> None:
    with pytest.raises(EventError, match="give OWNER/NAME"):
        named(name, 12, "", {})


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".github/workflows/gate.yml", ".github/workflows/gate.yml"),
        (".github/workflows/gate.yml@main", ".github/workflows/gate.yml"),
        ("<!-- x -->", ""),
        (None, ""),
    ],
)
def test_a_run_is_of_a_workflow_and_began_at_a_moment(tmp_path: Path, path: str | None, found: str) -> None:
    event = run_event(a_pull(12), path=path, run_attempt=3, run_started_at="2026-11-29T10:00:00Z")
    told = event_of(tmp_path, event)
    assert (told.workflow, told.attempt, told.started) == (found, 3, "2026-11-29T10:00:00Z")


def test_a_job_of_the_pull_request_itself_is_of_its_workflow(tmp_path: Path) -> None:
    where = "owner/name/.github/workflows/gate.yml@refs/pull/12/merge"
    told = event_of(tmp_path, pull_event(), "pull_request", GITHUB_WORKFLOW_REF=where)
    assert told.workflow == ".github/workflows/gate.yml"


def reply_event(**changes: object) -> dict[str, Any]:
    return {
        "action": "created",
        "repository": {"full_name": "owner/name"},
        "issue": {"number": 12, "pull_request": {}},
        "comment": {"id": 99, "user": {"login": "octo", "id": 5}, "body": "hi", "created_at": "2026-11-29T10:00:00.5Z"},
        **changes,
    }


def reply_of(folder: Path, event: dict[str, Any]) -> object:
    (folder / "event.json").write_text(json.dumps(event))
    return from_workflow({"GITHUB_EVENT_NAME": "issue_comment", "GITHUB_EVENT_PATH": str(folder / "event.json")})


def test_a_reply_is_read_with_its_author_and_its_moment(tmp_path: Path) -> None:
    event = reply_event(issue={"number": 12, "pull_request": {"url": "x"}})
    assert reply_of(tmp_path, event) == Reply("owner/name", 12, 99, "octo", 5, "hi", "2026-11-29T10:00:00Z")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"action": "edited"}, "only a new reply"),
        ({"issue": {"number": 12}}, "not in a pull request"),
        ({"comment": {"id": 99, "user": None}}, "is missing or wrong"),
    ],
)
def test_a_reply_that_is_edited_or_not_in_a_pull_request_is_refused(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(EventError, match=why):
        reply_of(tmp_path, reply_event(**{"issue": {"number": 12, "pull_request": {"url": "x"}}, **changes}))


MAIN, RELEASE = Target(1, SHA, "main", "a" * 40), Target(2, SHA, "release", "b" * 40)


@pytest.mark.parametrize(
    ("base", "history", "found"),
    [
        ("a" * 40, {}, MAIN),
        ("b" * 40, {}, RELEASE),
        ("c" * 40, {"main"}, MAIN),
        ("a" * 40, {"main", "release"}, MAIN),
        ("c" * 40, {"main", "release"}, None),
        ("c" * 40, {}, None),
        ("main", {"main"}, None),
        (None, {"main"}, None),
    ],
)
def test_a_report_is_for_the_pull_request_whose_base_it_was_measured_against(
    base: str | None, history: set[str], found: Target | None
) -> None:
    assert placed((MAIN, RELEASE), base, lambda _, branch: branch in history) == found
