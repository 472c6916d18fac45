"""What a duet with a commit goes by: base's own configuration says, so that a change cannot shorten its own gate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pytest_giflab.measuring import Invocation, started
from pytest_giflab.thresholds import Terms
from pytest_giflab.workspace import Scratch

# Head's own patience may be too short to hear of base's.
LEAST_PATIENCE_S = Terms().patience_s
# With the keys of the ini file.
FIELDS = {
    "budget_s": "giflab_budget",
    "patience_s": "giflab_timeout",
    "fail_on": "giflab_fail_on",
    "tests_from": "giflab_tests_from",
}


def ask(base: Invocation, nothing: Path, scratch: Scratch) -> Terms | None:
    """What a process of base says a run goes by; None if base's configuration makes no sense.

    The switches of this run's command line are given to it, too, so they win. It collects `nothing`, an empty folder.
    Raises MeasurementError if it does not get that far.
    """
    patient = max(base.patience_s, LEAST_PATIENCE_S)
    asked = replace(base, paths=(str(nothing),), patience_s=patient)
    with started({"base": asked}, scratch) as sides:
        return sides["base"].collect().terms


def overruled(head: Terms, base: Terms) -> Iterator[str]:
    """In words, where head's configuration says something else than base's, which holds. Pure."""
    for field, key in FIELDS.items():
        ours, theirs = getattr(head, field), getattr(base, field)
        if ours != theirs:
            yield f"{key} is {_said(ours)} on head and {_said(theirs)} on base; that of base holds"


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(value) or "never"
    return f"{value:g} s" if isinstance(value, float) else str(value or "not set")
