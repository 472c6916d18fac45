"""Runs that come late, are cancelled, wait, share a name, a commit or a moment: one comment each that stays true."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.standin import BOT, OWNER, REPOSITORY, Fault
from tests.integration.comments.runs import (
    GATE,
    INCONCLUSIVE,
    PASSED,
    REGRESSION,
    UNREADABLE,
    Job,
    bodies,
    conclusions,
    headlines,
    packed,
)
from tests.integration.conftest import IN_REPOSITORY, Hub

COMMENTS = IN_REPOSITORY + r"/issues/\d+/comments"


# Runs that have no verdict, and runs that come late.


@pytest.mark.parametrize("ending", ["cancelled", "action_required"])
def test_a_run_that_was_cancelled_or_waits_leaves_the_verdict_of_its_commit(hub: Hub, job: Job, ending: str) -> None:
    job.measured(1, "critical", "--label", "slower")
    job.ended(2, ending, "--label", "slower")
    job.ended(3, ending, "--label", "slower")
    (body,) = bodies(hub)
    assert body.splitlines()[1].startswith("## 🔴 1 benchmark is slower")
    assert "actions/runs/1)" in body
    assert body.count("[A later run](") == 1
    assert f"[A later run](https://github.com/{REPOSITORY}/actions/runs/3)" in body
    assert (conclusions(hub), hub.labels()) == ({"performance": "failure"}, ["slower"])


def test_after_a_run_that_was_cancelled_the_next_verdict_is_told(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    job.ended(2, "cancelled")
    job.measured(3, "ok")
    (body,) = bodies(hub)
    assert body.splitlines()[1].startswith("## ✅ 1 benchmark is not slower")
    assert "later run" not in body
    assert conclusions(hub) == {"performance": "success"}


def test_a_first_run_that_was_cancelled_has_no_verdict_and_is_not_green(hub: Hub, job: Job) -> None:
    hub.server.upload(1, packed("ok"))
    assert job.ended(1, "cancelled") == INCONCLUSIVE
    assert headlines(hub) == ["## ❔ No verdict: the run was cancelled"]
    assert conclusions(hub) == {"performance": "cancelled"}


def test_a_cancelled_run_of_a_new_commit_does_not_keep_the_verdict_of_the_one_before(hub: Hub, job: Job) -> None:
    job.measured(1, "ok")
    hub.push()
    job.ended(2, "cancelled")
    assert headlines(hub) == ["## ❔ No verdict: the run was cancelled"]
    assert conclusions(hub) == {"performance": "cancelled"}


def test_the_verdict_of_an_older_run_comes_after_one_that_was_cancelled(hub: Hub, job: Job) -> None:
    job.ended(2, "cancelled")
    job.measured(1, "critical")
    assert headlines(hub)[0].startswith("## 🔴")
    assert conclusions(hub) == {"performance": "failure"}


def test_an_older_run_that_ends_later_overwrites_nothing(hub: Hub, job: Job) -> None:
    job.measured(2, "critical", "--label", "slower")
    job.measured(1, "ok", "--label", "slower")
    (body,) = bodies(hub)
    assert "actions/runs/2)" in body
    assert "stays" in job.said[1]
    assert (conclusions(hub), hub.labels()) == ({"performance": "failure"}, ["slower"])


def test_a_run_that_is_run_again_is_newer_than_those_that_began_before_that(hub: Hub, job: Job) -> None:
    job.measured(1, "ok")
    job.measured(2, "ok")
    job.measured(1, "critical", run_attempt=2, run_started_at="2026-11-29T11:00:00Z")
    assert headlines(hub)[0].startswith("## 🔴")
    assert conclusions(hub) == {"performance": "failure"}


def test_without_a_comment_the_check_alone_keeps_the_verdict(hub: Hub, job: Job) -> None:
    job.measured(2, "ok", "--comment-on", "failure")
    job.ended(3, "cancelled", "--comment-on", "failure")
    assert hub.comments(BOT) == []
    assert conclusions(hub) == {"performance": "success"}


def test_the_run_of_a_newcomer_waits_for_a_maintainer(hub: Hub, job: Job) -> None:
    assert job.ended(1, "action_required") == INCONCLUSIVE
    (body,) = bodies(hub)
    assert body.splitlines()[1] == "## ⏳ Nothing is measured yet: a maintainer has to approve the run"
    assert "somebody with write access to approve it" in body
    assert conclusions(hub) == {"performance": "action_required"}
    assert hub.server.sent("GET", ".*/artifacts") == []
    # The same run, once it is approved.
    assert job.measured(1, "ok") == PASSED
    assert headlines(hub)[0].startswith("## ✅")
    assert conclusions(hub) == {"performance": "success"}


def test_the_comment_says_how_to_measure_again(hub: Hub, job: Job) -> None:
    job.measured(1, "ok")
    assert "To measure again, open the run and choose “Re-run jobs”." in bodies(hub)[0]


# Several gates, jobs and pull requests.


def test_two_workflows_with_gates_of_one_name_have_a_comment_and_a_check_each(hub: Hub, job: Job) -> None:
    for number in (1, 3):
        job.measured(number, "critical")
        job.measured(number + 1, "ok", path=".github/workflows/nightly.yml@main")
    assert [line[:4] for line in headlines(hub)] == ["## 🔴", "## ✅"]
    assert conclusions(hub) == {"performance": "failure", "performance (nightly.yml)": "success"}
    assert "**performance (nightly.yml)**" in bodies(hub)[1]


def test_the_jobs_of_a_matrix_are_in_one_comment_with_the_worst_first(hub: Hub, job: Job) -> None:
    for name, verdict in {"linux": "ok", "macos": "critical", "windows": "inconclusive"}.items():
        hub.server.upload(1, packed(verdict), f"giflab-gate-{name}")
    hub.server.upload(1, packed("critical"), "another")
    assert job.ended(1, "failure", "--artifact", "giflab-gate-*") == REGRESSION
    (body,) = bodies(hub)
    assert body.splitlines()[1].startswith("## 🔴 On macos, 1 benchmark is slower: <code>")
    assert body.splitlines()[1].endswith("; 1 of 2 other jobs not green")
    assert "3 jobs: 1 slower, 1 with something to look at, 1 not slower; 3 benchmarks in all." in body
    places = [body.index(f" {name}: ") for name in ("macos", "windows", "linux")]
    assert places == sorted(places)
    assert body.count("<details open>") == 2
    assert conclusions(hub) == {"performance": "failure"}
    (sent,) = hub.server.sent("POST", ".*/check-runs")
    assert [each["title"] for each in sent.body["output"]["annotations"]] == ["macos: critical: test_a"]


def test_a_matrix_in_which_all_is_well_is_green(hub: Hub, job: Job) -> None:
    for name in ("linux", "macos"):
        hub.server.upload(1, packed("ok"), f"giflab-gate-{name}")
    assert job.ended(1, "success", "--artifact", "giflab-gate-*") == PASSED
    assert headlines(hub) == ["## ✅ 2 jobs: none of 2 benchmarks is slower"]
    assert conclusions(hub) == {"performance": "success"}


def test_a_job_whose_report_cannot_be_read_keeps_a_matrix_from_being_green(hub: Hub, job: Job) -> None:
    hub.server.upload(1, packed("ok"), "giflab-gate-linux")
    hub.server.upload(1, b"PK\3\4 no zip", "giflab-gate-<@octo>")
    assert job.ended(1, "success", "--artifact", "giflab-gate-*") == UNREADABLE
    assert headlines(hub) == ["## ❔ On __octo_, no verdict"]
    assert conclusions(hub) == {"performance": "failure"}


def test_more_artifacts_than_a_matrix_has_are_not_read(hub: Hub, job: Job) -> None:
    for number in range(41):
        hub.server.upload(1, packed("ok"), f"giflab-gate-{number}")
    assert job.ended(1, "success", "--artifact", "giflab-gate-*") == UNREADABLE
    assert "more than 40 artifacts" in job.said[0]
    assert hub.server.sent("GET", "/storage/.*") == []


@pytest.mark.parametrize("sizes", [(3, 3), (5,)])
def test_all_artifacts_together_are_no_larger_than_one_may_be(hub: Hub, job: Job, sizes: tuple[int, ...]) -> None:
    for number, size in enumerate(sizes):
        hub.server.upload(1, bytes(size * 1024 * 1024), f"giflab-gate-{number}")
    assert job.ended(1, "success", "--artifact", "giflab-gate-*") == UNREADABLE
    assert "larger than 4 MiB" in job.said[0]
    assert hub.server.sent("GET", "/storage/.*") == []


def test_two_jobs_at_once_leave_one_comment_with_the_newer_run(hub: Hub, job: Job) -> None:
    job.measured(1, "critical")
    first = bodies(hub)[0]
    # The second job looks before the first has written, and writes after it.
    hub.server.faults.append(Fault("GET", COMMENTS, 200, body=[], times=2))
    job.measured(2, "ok")
    assert len(hub.server.sent("POST", COMMENTS)) == 2
    (body,) = bodies(hub)
    assert body != first
    assert body.splitlines()[1].startswith("## ✅")


def test_an_older_job_that_writes_at_once_with_a_newer_one_leaves_that_of_the_newer(hub: Hub, job: Job) -> None:
    job.measured(2, "critical")
    hub.server.faults.append(Fault("GET", COMMENTS, 200, body=[], times=2))
    job.measured(1, "ok")
    assert len(hub.server.sent("POST", COMMENTS)) == 2
    assert [line[:4] for line in headlines(hub)] == ["## 🔴"]


def second_pull(hub: Hub) -> tuple[Hub, dict[str, str]]:
    """A second pull request of the same commit, into `release`; the tips of both bases."""
    repository = hub.server.client(OWNER).get_repo(REPOSITORY)
    repository.create_git_ref("refs/heads/release", repository.get_branch("main").commit.sha)
    repository.create_file("release.txt", "release", "text", branch="release")
    repository.create_file("main.txt", "main", "text", branch="main")
    pull = repository.create_pull(base="release", head="change", title="Again", body="")
    return Hub(hub.server, pull.number), {each: repository.get_branch(each).commit.sha for each in ("main", "release")}


def test_two_pull_requests_with_one_head_are_each_told_of_their_own_base(hub: Hub, job: Job) -> None:
    other, tips = second_pull(hub)
    hub.server.upload(1, packed("critical", tips["main"]))
    job.ended(1, "failure")
    hub.server.upload(2, packed("ok", tips["release"]))
    job.ended(2, "success")
    assert [line[:4] for line in headlines(hub)] == ["## 🔴"]
    assert [line[:4] for line in headlines(other)] == ["## ✅"]
    assert "base <code>release</code>" in other.comments(BOT)[0]
    assert conclusions(hub) == {"performance (main)": "failure", "performance (release)": "success"}


@pytest.mark.parametrize("base", ["f" * 40, "../../x"])
def test_a_run_that_may_be_for_either_of_two_pull_requests_is_no_verdict_of_any(hub: Hub, job: Job, base: str) -> None:
    other, tips = second_pull(hub)
    hub.server.upload(1, packed("critical", tips["main"]))
    job.ended(1, "failure")
    hub.server.upload(2, packed("ok", base))
    assert job.ended(2, "success") == UNREADABLE
    assert [line[:4] for line in headlines(hub)] == ["## 🔴"], "its own verdict stays"
    assert headlines(other) == ["## ❔ No verdict"]
    assert "#1 and #2 have the same head" in job.said[1]
    assert conclusions(hub) == {"performance (main)": "failure", "performance (release)": "failure"}


def test_a_run_that_was_cancelled_or_was_against_a_baseline_is_told_to_both(hub: Hub, job: Job) -> None:
    other, _ = second_pull(hub)
    assert job.ended(1, "cancelled") == INCONCLUSIVE
    assert headlines(hub) == headlines(other) == ["## ❔ No verdict: the run was cancelled"]
    hub.server.upload(2, packed("ok", mode="stored"))
    assert job.ended(2, "success") == PASSED
    assert [line[:4] for line in (*headlines(hub), *headlines(other))] == ["## ✅", "## ✅"]


def test_a_gate_outside_of_actions_leaves_those_inside_alone(hub: Hub, job: Job, tmp_path: Path) -> None:
    job.measured(1, "critical")
    job.measured(2, "critical", path=".github/workflows/nightly.yml")
    (tmp_path / "report.zip").write_bytes(packed("ok"))
    options = [str(tmp_path / "report.zip"), "--repo", REPOSITORY, "--pull", str(hub.number)]
    assert job.start("push", {}, options) == PASSED
    assert [line[:4] for line in headlines(hub)] == ["## 🔴", "## 🔴", "## ✅"]
    assert conclusions(hub)["performance (elsewhere)"] == "success"


def test_a_comment_of_an_earlier_version_is_taken_over(hub: Hub, job: Job) -> None:
    hub.say(BOT, "<!-- giflab-gate: performance -->\n## an old one")
    job.measured(1, "ok")
    assert [line[:4] for line in headlines(hub)] == ["## ✅"]


@pytest.mark.parametrize("first", ["owner", "other"])
def test_another_workflow_never_has_the_plain_check_whichever_tells_first(hub: Hub, job: Job, first: str) -> None:
    runs = [(1, "critical", GATE), (2, "ok", ".github/workflows/a.yml")]
    for number, verdict, path in runs if first == "owner" else runs[::-1]:
        job.measured(number, verdict, path=path)
    assert conclusions(hub) == {"performance": "failure", "performance (a.yml)": "success"}


def test_another_workflow_does_not_have_it_on_a_commit_without_a_pull_request_either(hub: Hub, job: Job) -> None:
    job.measured(1, "ok", path=".github/workflows/a.yml", head_branch="elsewhere")
    assert conclusions(hub) == {"performance (a.yml)": "success"}


def test_which_workflow_has_the_plain_check_can_be_said(hub: Hub, job: Job) -> None:
    job.measured(1, "ok", "--workflow", "a.yml", path=".github/workflows/a.yml")
    job.measured(2, "critical", "--workflow", "a.yml")
    assert conclusions(hub) == {"performance": "success", "performance (performance-gate.yml)": "failure"}
