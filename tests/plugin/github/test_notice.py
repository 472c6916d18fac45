"""What a run of several jobs comes to, and what an acknowledgement changes of a check."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_giflab.github.event import RunEvent
from pytest_giflab.github.notice import Acknowledgement, Notice, conclude, gathered, headline, summary_line
from pytest_giflab.model import Comparison
from tests.helpers.measurements import comparison, report

SHA = "0123456789abcdef0123456789abcdef01234567"
FAILED = comparison(None, status="error", ratio=None)


def notice(conclusion: str = "success", name: str = "performance") -> Notice:
    return Notice(name, RunEvent("owner/name", (12,), sha=SHA, conclusion=conclusion), None)


def job(name: str, *verdicts: str) -> Notice:
    """A job with a benchmark of each verdict; without any it has no report."""
    if not verdicts:
        return replace(notice(name=name), why="it is damaged", is_damaged=True)
    rows = [comparison(each) for each in verdicts]
    worst = next((each for each in ("critical", "warning", "inconclusive", "improved") if each in verdicts), "ok")
    return replace(notice(name=name), report=report(*rows, verdict=worst))


@pytest.mark.parametrize(
    ("jobs", "ending", "line", "check"),
    [
        ([job("a", "ok"), job("b", "ok")], "success", "2 jobs: none of 2 benchmarks is slower", "success"),
        ([job("a", "ok"), job("b", "improved")], "success", "on b, 1 benchmark is faster: test_a", "success"),
        ([job("a", "ok"), job("b", "warning")], "failure", "on b, 1 benchmark is slower: test_a", "failure"),
        ([job("a", "warning"), job("b", "critical")], "failure", "on b, 1 benchmark is slower: test_a", "failure"),
        ([job("a", "ok"), job("b", "inconclusive")], "success", "on b, 1 benchmark is inconclusive: test_a", "neutral"),
        ([job("a", "improved"), job("b")], "success", "on b, no verdict", "failure"),
        ([job("a", "ok"), job("b", "ok")], "failure", "the run ended with failure, though 2 jobs: none of", "failure"),
        ([job("a", "ok"), job("b", "ok")], "cancelled", "no verdict: the run was cancelled", "cancelled"),
        ([job("a", "ok"), job("b", "ok")], "timed_out", "the run ended with timed_out, though 2 jobs", "timed_out"),
    ],
)
def test_a_matrix_is_as_good_as_its_worst_job_and_no_better_than_its_run(
    jobs: list[Notice], ending: str, line: str, check: str
) -> None:
    found = gathered(notice(ending), tuple(jobs))
    assert headline(found).plain.startswith(line)
    assert conclude(found) == check


@pytest.mark.parametrize(
    ("jobs", "others"),
    [
        ([job("a", "critical"), job("b", "ok")], ""),
        ([job("a", "critical"), job("b", "critical")], "; the other job is not green either"),
        ([job("a", "critical"), job("b", "ok"), job("c")], "; 1 of 2 other jobs not green"),
        ([job("a", "critical"), job("b", "warning"), job("c", "inconclusive")], "; 2 of 2 other jobs not green"),
    ],
)
def test_the_line_counts_the_other_jobs_that_are_not_green(jobs: list[Notice], others: str) -> None:
    said = headline(gathered(notice("failure"), tuple(jobs))).plain
    assert said.partition(" %)")[2] == others


def test_the_log_says_which_report_cannot_be_read() -> None:
    assert summary_line(gathered(notice(), (job("a", "ok"), job("b")))).endswith(": it is damaged")


def acknowledged(*rows: Comparison, ending: str = "failure", fail_on: str = "critical,warning", **given: Any) -> Notice:
    made = report(*rows, **{"verdict": "critical", "tests_failed": False, **given})
    found = replace(notice(ending), report=made, fail_on=frozenset(fail_on.split(",")))
    return replace(found, acknowledged=Acknowledgement("octo"))


@pytest.mark.parametrize(
    ("found", "check"),
    [
        (acknowledged(comparison("critical")), "neutral"),
        (acknowledged(comparison("critical"), comparison("ok")), "neutral"),
        (acknowledged(comparison("critical"), ending="success"), "neutral"),
        (acknowledged(comparison("critical"), comparison("inconclusive")), "neutral"),
        (acknowledged(comparison("critical"), comparison("inconclusive"), fail_on="critical,inconclusive"), "failure"),
        (acknowledged(comparison("critical"), FAILED), "failure"),
        (acknowledged(comparison("critical"), tests_failed=True), "failure"),
        (acknowledged(comparison("critical"), tests_failed=None), "failure"),
        (acknowledged(comparison("critical"), ending="startup_failure"), "failure"),
        (acknowledged(comparison("critical"), ending="timed_out"), "timed_out"),
        (acknowledged(comparison("critical"), ending="cancelled"), "cancelled"),
    ],
)
def test_an_acknowledged_regression_alone_is_neutral_and_nothing_is_greener_than_that(
    found: Notice, check: str
) -> None:
    assert conclude(found) == check


def test_a_matrix_with_a_job_that_nobody_can_read_is_not_acknowledged() -> None:
    jobs = (job("a", "critical"), job("b"))
    assert conclude(replace(gathered(notice("failure"), jobs), acknowledged=Acknowledgement("octo"))) == "failure"


def test_a_run_that_is_not_slower_is_not_changed_by_an_acknowledgement() -> None:
    well = replace(notice("failure"), report=report(comparison("ok"), verdict="ok"))
    assert conclude(replace(well, acknowledged=Acknowledgement("octo"))) == "failure"
