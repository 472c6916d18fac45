"""The verdict of a run."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_giflab.decision.verdicts import overall
from pytest_giflab.model import Benchmark, Comparison


def test_an_error_is_no_pass() -> None:
    benchmark = Benchmark("t.py::x", "t.py", 1)
    assert overall([Comparison(benchmark, "measured", verdict="ok"), Comparison(benchmark, "error")]) == "inconclusive"


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        ([], "inconclusive"),
        (["ok"], "ok"),
        (["ok", "improved"], "improved"),
        (["improved", "inconclusive"], "inconclusive"),
        (["inconclusive", "warning"], "warning"),
        (["warning", "critical", "ok"], "critical"),
    ],
)
def test_the_worst_verdict_is_that_of_the_run(verdicts: list[Any], worst: str) -> None:
    benchmark = Benchmark("t.py::x", "t.py", 1)
    assert overall(Comparison(benchmark, "measured", verdict=each) for each in verdicts) == worst


def test_advisory_verdicts_do_not_decide_the_run() -> None:
    benchmark = Benchmark("t.py::x", "t.py", 1)
    found = [
        Comparison(benchmark, "measured", verdict="ok"),
        Comparison(benchmark, "changed", verdict="critical", advisory=True),
    ]
    assert overall(found) == "ok"
