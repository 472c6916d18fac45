"""When a gate has compared nothing."""

from __future__ import annotations

import pytest

from pytest_giflab.gates.base import why_nothing_was_compared
from pytest_giflab.model import Benchmark, Comparison

A, B = (Benchmark(f"t.py::test_{name}", "t.py", 3, "digest") for name in "ab")
COMPARED = Comparison(A, "measured", verdict="ok", ratio=1.0)
NEW = Comparison(A, "new", reason="base does not have it")


@pytest.mark.parametrize(
    "comparisons",
    [
        [],
        [NEW],
        [NEW, NEW],
        [COMPARED, Comparison(B, "error", reason="base: failed")],
        [Comparison(B, "missing", reason="gone"), COMPARED],
    ],
)
def test_something_or_nothing_but_new_is_no_problem(comparisons: list[Comparison]) -> None:
    assert why_nothing_was_compared(comparisons) == ""


@pytest.mark.parametrize(
    "line",
    [
        Comparison(B, "error", reason="why"),
        Comparison(B, "skipped", reason="why"),
        Comparison(B, "missing", reason="why"),
        Comparison(B, "measured", verdict="inconclusive", reason="why"),
    ],
)
def test_nothing_compared_is_a_problem_that_names_the_first(line: Comparison) -> None:
    said = f"nothing could be compared: t.py::test_b: {line.verdict or line.status}, why"
    assert why_nothing_was_compared([NEW, line]) == said
    assert why_nothing_was_compared([line, line, line]) == f"{said}, and 2 more"
