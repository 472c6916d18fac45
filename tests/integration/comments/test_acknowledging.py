"""A reply acknowledges a regression by what GitHub says of its author, for what its author can have read."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.helpers.standin import BOT, FORKER, OWNER, REPOSITORY, Fault
from tests.integration.comments.runs import PASSED, REGRESSION, UNREADABLE, Job, bodies, conclusions, headlines, packed
from tests.integration.conftest import IN_REPOSITORY, Hub

COMMAND = "/giflab acknowledge"
REPLY = IN_REPOSITORY + r"/issues/comments/\d+"


def reply(hub: Hub, job: Job, body: str, login: str = OWNER, *options: str, **changes: Any) -> int:
    """Somebody replies, and the job that listens runs; `changes`: of the comment in its event. Its exit code."""
    pull = hub.server.client(login).get_repo(REPOSITORY).get_pull(hub.number)
    comment = {**pull.create_issue_comment(body).raw_data, **changes}
    event = {
        "action": "created",
        "repository": {"full_name": REPOSITORY, "id": 1},
        "issue": {"number": hub.number, "pull_request": {"url": ""}},
        "comment": comment,
    }
    return job.start("issue_comment", event, list(options))


def reactions(hub: Hub) -> list[str]:
    return [each.body["content"] for each in hub.server.sent("POST", REPLY + "/reactions")]


def test_a_regression_that_is_acknowledged_is_neutral_and_says_by_whom_and_why(hub: Hub, job: Job) -> None:
    assert job.measured(1, "critical", "--label", "slower") == REGRESSION
    why = "the new format <needs> @two passes"
    assert reply(hub, job, f"{COMMAND} {hub.sha} {why}", OWNER, "--label", "slower") == PASSED
    (body,) = bodies(hub)
    assert body.splitlines()[1].startswith("## ⚠️ 1 benchmark is slower")
    assert body.splitlines()[1].endswith("; acknowledged")
    assert f"**Acknowledged** by @octo for <code>{hub.sha[:12]}</code>: the new format <needs> @two passes" in body
    assert "<needs>" not in hub.comments(BOT)[0]
    assert "@two" not in hub.comments(BOT)[0]
    assert "| 🔴" in body, "the table stays"
    assert (conclusions(hub), hub.labels(), reactions(hub)) == ({"performance": "neutral"}, ["slower"], ["+1"])


def test_it_holds_for_that_commit_also_if_it_is_measured_again_and_not_for_the_next(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    reply(hub, job, f"{COMMAND} {hub.sha}")
    job.ended(2, "cancelled")
    assert job.measured(3, "warning") == REGRESSION, "of the run itself"
    assert "**Acknowledged** by @octo" in bodies(hub)[0]
    assert conclusions(hub) == {"performance": "neutral"}
    hub.push()
    job.measured(4, "critical")
    assert "cknowledged" not in bodies(hub)[0]
    assert conclusions(hub) == {"performance": "failure"}


def test_whoever_may_write_may_acknowledge(hub: Hub, job: Job) -> None:
    hub.server.permissions[FORKER] = "write"
    job.measured(1, "critical")
    assert reply(hub, job, f"{COMMAND} {hub.sha}", FORKER) == PASSED
    assert "by @mallory" in bodies(hub)[0]


def test_nobody_else_may_whatever_the_event_says(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    assert reply(hub, job, f"{COMMAND} {hub.sha}", FORKER, author_association="OWNER") == REGRESSION
    assert f"mallory has no write access to {REPOSITORY}" in job.said[-1]
    assert_nothing_is_acknowledged(hub)


def assert_nothing_is_acknowledged(hub: Hub) -> None:
    assert [each for each in bodies(hub) if "Acknowledged" in each] == []
    assert conclusions(hub) == {"performance": "failure"}
    assert reactions(hub) == ["confused"]


def test_an_event_that_names_another_author_than_the_reply_has_does_not_help(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    owner = hub.server.client(OWNER).get_user().id
    assert reply(hub, job, f"{COMMAND} {hub.sha}", FORKER, user={"login": OWNER, "id": owner}) == REGRESSION
    assert_nothing_is_acknowledged(hub)


def test_a_reply_that_was_edited_does_not_count(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    pull = hub.server.client(OWNER).get_repo(REPOSITORY).get_pull(hub.number)
    found = pull.create_issue_comment("looks fine").raw_data
    command = f"{COMMAND} {hub.sha}"
    later = (datetime.now(UTC) + timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for body in ("looks fine", command):
        hub.server.faults[:] = [Fault("GET", REPLY, 200, body={**found, "body": body, "updated_at": later})]
        reply(hub, job, command)
        assert "edited" in job.said[-1]
    assert conclusions(hub) == {"performance": "failure"}


def test_a_verdict_that_was_told_after_the_reply_is_not_what_its_author_has_read(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    assert reply(hub, job, f"{COMMAND} {hub.sha}", created_at="2026-01-01T00:00:00Z") == REGRESSION
    assert "told after the reply" in job.said[-1]
    assert_nothing_is_acknowledged(hub)


def test_a_head_that_was_pushed_meanwhile_is_not_acknowledged(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    hub.push()
    assert reply(hub, job, f"{COMMAND} {hub.sha}") == REGRESSION
    assert "has no verdict of a run yet" in job.said[-1]
    assert conclusions(hub) == {}


def test_the_commit_must_be_named_and_be_the_head(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    other = "1234567890ab"
    refused = ("", " because", f" {other}, because", f" `{other}`", f" {other.upper()}", f" @{other}", " 123456 why")
    for words in refused:
        assert reply(hub, job, f"{COMMAND}{words}") == REGRESSION
    assert f"it names no commit; write: /giflab acknowledge {hub.sha[:12]} why" in job.said[1]
    assert f"{other} is not the head of the pull request, which is {hub.sha[:12]}" in job.said[3]
    assert set(reactions(hub)) == {"confused"}
    assert conclusions(hub) == {"performance": "failure"}
    assert reply(hub, job, f"{COMMAND} {hub.sha[:7]} because") == PASSED
    assert f"for <code>{hub.sha[:12]}</code>: because" in bodies(hub)[0]


def test_what_is_not_slower_needs_no_acknowledgement(hub: Hub, job: Job) -> None:
    job.measured(1, "ok")
    assert reply(hub, job, f"{COMMAND} {hub.sha}") == REGRESSION
    assert "nothing is slower" in job.said[-1]
    assert conclusions(hub) == {"performance": "success"}


def test_a_run_that_is_run_again_is_waited_for(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    hub.server.runs[1].update(run_attempt=2, conclusion=None)
    assert reply(hub, job, f"{COMMAND} {hub.sha}") == REGRESSION
    assert "run again" in job.said[-1]
    assert_nothing_is_acknowledged(hub)


def test_an_artifact_that_is_gone_leaves_the_verdict_as_it_is(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    hub.server.artifacts.clear()
    assert reply(hub, job, f"{COMMAND} {hub.sha}") == REGRESSION
    assert_nothing_is_acknowledged(hub)


def test_only_a_regression_is_acknowledged(hub: Hub, job: Job) -> None:
    job.measured(1, "critical", failed=True)
    reply(hub, job, f"{COMMAND} {hub.sha}")
    assert "**Acknowledged** by @octo" in bodies(hub)[0]
    assert headlines(hub)[0].startswith("## 🔴")
    assert conclusions(hub) == {"performance": "failure"}


def test_a_regression_does_not_excuse_failed_tests_or_a_run_that_did_not_start(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    reply(hub, job, f"{COMMAND} {hub.sha}")
    assert conclusions(hub) == {"performance": "neutral"}
    hub.server.upload(2, packed("critical", tests_failed=True))
    job.ended(2, "failure")
    assert "More than slower benchmarks fails this run" in bodies(hub)[0]
    assert conclusions(hub) == {"performance": "failure"}
    hub.server.upload(3, packed("critical"))
    job.ended(3, "startup_failure")
    assert conclusions(hub) == {"performance": "failure"}


def test_a_reaction_that_github_refuses_is_a_warning(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    hub.server.faults.append(Fault("POST", REPLY + "/reactions", 403, body={"message": "no"}))
    assert reply(hub, job, f"{COMMAND} {hub.sha}", FORKER) == REGRESSION
    assert "warning: cannot react" in job.said[-1]


def test_github_that_does_not_answer_is_one_line(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    hub.server.faults.append(Fault("GET", IN_REPOSITORY + r"/collaborators/.*", 503, times=9))
    assert reply(hub, job, f"{COMMAND} {hub.sha}") == UNREADABLE
    assert "cannot read the reply" in job.said[-1]
    assert conclusions(hub) == {"performance": "failure"}


def test_the_comment_says_how_where_somebody_listens(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    assert COMMAND not in bodies(hub)[0]
    job.measured(2, "critical", "--acknowledge")
    found = re.search(r"Somebody with write access replies <code>([^<]*)</code>", bodies(hub)[0])
    assert found
    assert found[1] == f"{COMMAND} {hub.sha[:12]} why"


def test_each_gate_of_the_name_that_is_slower_is_acknowledged(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    job.measured(2, "critical", path=".github/workflows/nightly.yml")
    assert reply(hub, job, f"{COMMAND} {hub.sha}") == PASSED
    assert conclusions(hub) == {"performance": "neutral", "performance (nightly.yml)": "neutral"}
