"""What type checkers make of the public interface of `pytest_giflab`: read by mypy, never run."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import numpy as np

import pytest_giflab
from pytest_giflab import Comparison, Decision, GateReport, Thresholds, Verdict, decide, decide_stored, read_report


def calls_give_their_values(path: Path) -> None:
    seconds = np.ones((5, 5, 1))
    assert_type(pytest_giflab.__version__, str)
    assert_type(decide(seconds, seconds, thresholds=Thresholds(warning=0.1), family=3), Decision)
    assert_type(decide([[[1.0]]], seconds), Decision)
    assert_type(decide_stored([seconds], seconds), Decision)
    assert_type(read_report(path), GateReport)


def values_are_typed_to_their_leaves(decision: Decision, report: GateReport) -> None:
    assert_type(decision.verdict, Verdict)
    assert_type(decision.next_pairs, int)
    assert_type(report.comparisons, tuple[Comparison, ...])
    assert_type(report.comparisons[0].ratio, float | None)
    decision.ratio = 1.0  # type: ignore[misc]


def arguments_are_typed() -> None:
    decide([1.0])  # type: ignore[call-arg]
    decide([1.0], [1.0], Thresholds())  # type: ignore[call-arg]
    decide([1.0], [1.0], thresholds=0.05)  # type: ignore[arg-type]
