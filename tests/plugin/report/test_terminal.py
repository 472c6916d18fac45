"""The gate report as a table that fits the terminal."""

from __future__ import annotations

import pytest

from pytest_giflab.model import Benchmark, Comparison, Quantity
from pytest_giflab.report.terminal import to_text
from tests.helpers.measurements import comparison, report

NASTY = "t.py::test_x[a|b`c<script>@user\x1b[31m\n]"


@pytest.mark.parametrize("width", [40, 80, 129, 130, 200])
def test_the_table_fits_and_gives_every_reason(width: int) -> None:
    text = to_text(report(comparison("critical")), width, colour=False)
    table = [line for line in text.splitlines() if line[:1] in "┏┃┡│└"]
    assert max(map(len, table)) <= width
    assert "because" in text
    assert "\x1b" not in text


def test_a_name_cannot_colour_the_terminal() -> None:
    assert "\x1b" not in to_text(report(comparison(benchmark=Benchmark(NASTY, "t.py", 1))), 200, colour=False)


@pytest.mark.parametrize(("unit", "shown"), [("[bold]", "2 [bold]"), ("\x1b[31m\nx", r"2 \x1b[31m\nx")])
def test_a_unit_is_shown_as_it_is_and_cannot_colour_the_terminal(unit: str, shown: str) -> None:
    text = to_text(report(comparison(quantity=Quantity("memory", unit), after=2.0)), 200, colour=False)
    assert f" {shown} " in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("rows", "verdict", "line"),
    [
        (
            [comparison("critical"), comparison("ok")],
            "critical",
            "critical: 1 of 2 benchmarks is slower: test_a +100 % (50 to 150 %)",
        ),
        ([comparison(None, status="error", ratio=None)], "inconclusive", "failed: 1 benchmark failed: test_a"),
        ([comparison("ok"), comparison(None, status="skipped")], "ok", "ok: 1 benchmark is not slower: "),
    ],
)
def test_the_last_line_says_what_the_verdict_is_of(rows: list[Comparison], verdict: str, line: str) -> None:
    last = to_text(report(*rows, verdict=verdict), 200, colour=False).splitlines()[-1]
    assert last.startswith(f"verdict against baseline 'main': {line}")


def test_the_table_is_coloured_where_colours_are_wanted() -> None:
    assert "\x1b[1;31mcritical" in to_text(report(comparison("critical")), 200, colour=True)


def test_below_the_table_the_lines_are_grouped_by_verdict() -> None:
    """The same reason may hold for several verdicts."""
    rows = [
        comparison(word, benchmark=Benchmark(f"t.py::test_{name}", "t.py", 1))
        for name, word in (("a", "critical"), ("b", "warning"), ("c", "critical"))
    ]
    lines = to_text(report(*rows), 80, colour=False).splitlines()
    assert [line for line in lines if "because" in line] == [
        "critical: because: test_a, test_c",
        "warning: because: test_b",
    ]
