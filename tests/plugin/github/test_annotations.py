"""Remarks on the lines of tests: the worst first, not more than can be read, on files of the repository alone."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_giflab.github.annotations import remarks
from pytest_giflab.model import Benchmark, Comparison, Quantity
from tests.helpers.measurements import comparison, report


def named(verdict: str | None, name: str, file: str = "t.py", line: int = 3, **changes: Any) -> Comparison:
    return comparison(verdict, benchmark=Benchmark(name, file, line), **changes)


def remarked(file: str, line: int = 3, root: str = "") -> list[tuple[str, int]]:
    return [(each.path, each.line) for each in remarks(report(named("critical", "a", file, line), root=root))]


@pytest.mark.parametrize(
    ("row", "level"),
    [
        (comparison("critical"), "failure"),
        (comparison("warning"), "warning"),
        (comparison("critical", advisory=True), "warning"),
        (comparison("critical", advisory=True, status="changed"), "warning"),
        (comparison(None, status="error"), "warning"),
        (comparison(None, status="missing"), "warning"),
    ],
)
def test_only_a_critical_regression_that_decides_is_a_failure(row: Comparison, level: str) -> None:
    assert [each.level for each in remarks(report(row))] == [level]


@pytest.mark.parametrize("row", [comparison(each) for each in ("ok", "improved", "inconclusive", None)])
def test_what_is_neither_slower_nor_failed_has_no_remark(row: Comparison) -> None:
    assert remarks(report(row)) == ()


def test_a_remark_says_what_and_how_much() -> None:
    (found,) = remarks(report(comparison("critical", advisory=True)))
    assert found.title == "critical (advisory): test_a"
    assert found.message == "1 ms, then 2 ms: +100 % (50 to 150 %), by wall time; because"


def test_a_remark_on_what_is_not_time_has_its_own_unit_and_no_clock() -> None:
    memory = comparison("critical", quantity=Quantity("memory", "MiB"), clock=None, before=1.0, after=2.0)
    (found,) = remarks(report(memory))
    assert found.message == "1 MiB, then 2 MiB: +100 % (50 to 150 %); because"


def test_a_remark_on_what_has_no_numbers_says_why() -> None:
    row = comparison(None, status="error", ratio=None, reason="it died")
    assert [(each.title, each.message) for each in remarks(report(row))] == [("failed: test_a", "it died")]


@pytest.mark.parametrize(
    ("file", "root", "path"),
    [
        ("tests/t.py", "", "tests/t.py"),
        ("tests/t.py", "packages/one", "packages/one/tests/t.py"),
        ("./tests//t.py", "packages/one/", "packages/one/tests/t.py"),
        ("a b/ü.py", "", "a b/ü.py"),
    ],
)
def test_a_remark_names_the_file_from_the_top_of_the_repository(file: str, root: str, path: str) -> None:
    assert remarked(file, root=root) == [(path, 3)]


@pytest.mark.parametrize(
    "file",
    [
        "../t.py",
        "tests/../../t.py",
        "..",
        "/etc/passwd",
        "//server/share",
        "..\\t.py",
        "C:\\t.py",
        "tests\\t.py",
        "t.py\n::error::x",
        "t\x00.py",
        "\u202et.py",
        "\ud800.py",
        "x" * 301,
        "",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("root", ["", "packages/one"])
def test_a_file_that_cannot_be_of_the_repository_has_no_remark(file: str, root: str) -> None:
    assert remarked(file, root=root) == []


@pytest.mark.parametrize("line", [0, -1, 1_000_001, 10**400])
def test_a_line_that_no_file_has_gets_no_remark(line: int) -> None:
    assert remarked("t.py", line) == []


@pytest.mark.parametrize("line", [1, 1_000_000])
def test_the_first_and_the_last_line_get_theirs(line: int) -> None:
    assert remarked("t.py", line) == [("t.py", line)]


def test_there_are_no_more_remarks_than_can_be_read_and_they_are_the_worst() -> None:
    rows = [named("warning", f"warning{number}") for number in range(300)]
    rows += [named("critical", f"critical{number}", ratio=2.0 + number) for number in range(150)]
    found = remarks(report(*rows))
    assert len(found) == 200
    assert [each.level for each in found] == ["failure"] * 150 + ["warning"] * 50
    assert found[0].title == "critical: critical149"


def test_title_and_message_of_a_remark_are_one_short_line() -> None:
    (found,) = remarks(report(named("critical", "t.py::" + "x\n" * 2000, reason="y\r\n\u2028" * 2000)))
    assert len((found.title + found.message).splitlines()) == 1
    assert len(found.title) < 255  # GitHub's own limit
    assert len(found.message) < 1000


def test_remarks_are_not_on_what_a_report_calls_by_no_name() -> None:
    assert [each.title for each in remarks(report(named("critical", "")))] == ["critical: "]
