"""A whole run in one line, the same wherever it is said: the number, the worst by name, and all that is left out."""

from __future__ import annotations

import pytest

from pytest_giflab.model import Benchmark, Comparison, Quantity
from pytest_giflab.report.wording import in_order, is_green, kind, left_out, summarise, tally, verdict_word, worst_first
from tests.helpers.measurements import comparison, report


def said(*rows: Comparison, verdict: str = "ok") -> str:
    line = summarise(report(*rows, verdict=verdict))
    return f"{line.icon} {line.plain}"


def error(**changes: object) -> Comparison:
    return comparison(None, status="error", ratio=None, **changes)


def test_the_worst_comes_first_then_what_failed_then_what_is_well() -> None:
    meant = ["critical", "warning", "error", "missing", "inconclusive", "new", "improved", "ok", "skipped"]
    verdicts = {"critical", "warning", "inconclusive", "improved", "ok"}
    rows = [comparison(word) if word in verdicts else comparison(None, status=word) for word in reversed(meant)]
    assert [each.verdict or each.status for each in in_order(report(*rows))] == meant


def test_rows_of_one_kind_keep_the_order_of_the_run() -> None:
    rows = [comparison("ok", reason=str(number)) for number in range(4)]
    assert [each.reason for each in in_order(report(*rows))] == ["0", "1", "2", "3"]


def test_what_is_advisory_comes_after_what_is_decided_and_before_what_is_not() -> None:
    rows = [comparison("inconclusive"), comparison("critical", advisory=True), comparison(None, status="missing")]
    rows += [comparison("warning")]
    assert [kind(each) for each in in_order(report(*rows))] == ["warning", "missing", "advisory", "inconclusive"]


def test_of_one_kind_the_largest_change_for_the_worse_comes_first() -> None:
    rows = [comparison("warning", ratio=9.0), *(comparison("critical", ratio=ratio) for ratio in (1.2, 3.0, None))]
    assert [each.ratio for each in worst_first(rows)] == [3.0, 1.2, None, 9.0]


@pytest.mark.parametrize(
    ("row", "meant"),
    [
        (comparison("critical", status="skipped"), "critical"),
        (comparison("ok", status="error"), "failed"),
        (comparison("improved", status="missing"), "missing"),
        (comparison("warning", status="skipped", advisory=True), "skipped"),
        (comparison("improved", advisory=True), "advised"),
        (comparison("ok", advisory=True, status="changed"), "advised"),
        (comparison(None, status="measured"), "inconclusive"),
    ],
)
def test_of_what_a_report_says_of_a_benchmark_the_worst_counts(row: Comparison, meant: str) -> None:
    assert kind(row) == meant


@pytest.mark.parametrize(
    ("rows", "verdict", "line"),
    [
        ([comparison("ok")] * 5, "ok", "✅ none of 5 benchmarks is slower"),
        (
            [comparison("warning", ratio=1.06, low=1.05, high=1.07), *[comparison("ok")] * 4],
            "warning",
            "🟠 1 of 5 benchmarks is slower: test_a +6.0 % (5.0 to 7.0 %)",
        ),
        (
            [*[comparison("warning", ratio=9.0)] * 2, comparison("critical", ratio=1.5, low=1.4, high=1.6), error()],
            "critical",
            "🔴 3 of 4 benchmarks are slower: test_a +50 % (40 to 60 %) and 2 more; 1 failed",
        ),
        ([error(), error(), comparison("ok")], "inconclusive", "🔴 2 of 3 benchmarks failed: test_a and 1 more"),
        ([], "inconclusive", "⚪ nothing was compared"),
        ([comparison(None, status="skipped")], "inconclusive", "⚪ nothing was compared; 1 skipped"),
        (
            [comparison("ok", advisory=True, ratio=1.0, low=0.9, high=1.1), *[comparison("ok")] * 4],
            "ok",
            "⚠️ 1 of 5 benchmarks has only an advisory verdict: test_a +0 % (−10 to 10 %)",
        ),
        (
            [comparison("improved", advisory=True, ratio=0.5, low=0.4, high=0.6)] * 2,
            "ok",
            "⚠️ 2 of 2 benchmarks have only advisory verdicts: test_a −50 % (−60 to −40 %) and 1 more",
        ),
        ([comparison("ok")], "warning", "🟠 the report says warning, and names no benchmark that is"),
        ([comparison("ok")], "inconclusive", "⚪ the report says inconclusive, and not of what"),
    ],
)
def test_a_run_in_one_line(rows: list[Comparison], verdict: str, line: str) -> None:
    assert said(*rows, verdict=verdict) == line


def test_what_is_not_time_is_worse_and_not_slower() -> None:
    rows = [comparison(verdict, quantity=Quantity("memory", "B")) for verdict in ("critical", "ok", "improved")]
    assert said(*rows, verdict="critical").startswith("🔴 1 of 3 benchmarks is worse: ")
    assert tally(report(*rows)) == "3 benchmarks: 1 worse (1 critical), 1 better, 1 not worse"


def test_a_name_of_our_own_words_stays_as_it_is() -> None:
    row = comparison("critical", benchmark=Benchmark("t.py::test_slower", "t.py", 1), quantity=Quantity("memory", "B"))
    assert "is worse: test_slower " in said(row, verdict="critical")


@pytest.mark.parametrize("status", ["error", "missing", "skipped"])
def test_a_run_that_leaves_something_out_is_not_green(status: str) -> None:
    assert not is_green(report(comparison("ok"), comparison(None, status=status), verdict="ok"))


def test_a_run_in_which_nothing_is_left_out_is_green() -> None:
    assert is_green(report(comparison("ok"), comparison("improved"), comparison(None), verdict="improved"))


def test_what_is_left_out_is_counted() -> None:
    rows = [comparison("ok"), comparison(None, status="skipped"), comparison("critical", advisory=True)]
    assert left_out(report(*rows)) == "1 may be slower, 1 skipped"


@pytest.mark.parametrize(
    ("rows", "verdict", "word"),
    [
        ([comparison("ok"), error()], "inconclusive", "failed"),
        ([comparison("critical"), error()], "critical", "critical"),
        ([comparison("inconclusive")], "inconclusive", "inconclusive"),
    ],
)
def test_a_run_that_is_undecided_for_a_failure_has_failed(rows: list[Comparison], verdict: str, word: str) -> None:
    assert verdict_word(report(*rows, verdict=verdict)) == word
