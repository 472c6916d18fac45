"""What counts as slower, and the words for it; what a run goes by."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pytest_giflab.errors import DecisionError

TestsFrom = Literal["head", "own", ""]
Verdict = Literal["ok", "improved", "warning", "critical", "inconclusive"]

# The worst first: what decides the verdict of the whole run, in this order; and what a run can be told to fail on.
SEVERITY: tuple[Verdict, ...] = ("critical", "warning", "inconclusive")
SLOWER = SEVERITY[:2]
# These say that something changed.
FLAGS: tuple[Verdict, ...] = ("warning", "critical", "improved")
NEVER = "never"
DEFAULT_FAIL_ON = "critical,warning"

GUARD = 0.01  # log ratio; without it a change of exactly the threshold would be missed every second time


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What counts as slower: `warning` and `critical` as fractions (0.05 is +5 %), and the `confidence` of intervals.

    0 < warning <= critical and 0 < confidence < 1, else `DecisionError`.
    """

    warning: float = 0.05
    critical: float = 0.10
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.warning <= self.critical < math.inf:
            raise DecisionError(
                f"warning {self.warning:g} and critical {self.critical:g} must keep 0 < warning <= critical; "
                "give fractions such as 0.05 and 0.10"
            )
        if not 0 < self.confidence < 1:
            raise DecisionError(f"confidence {self.confidence:g} must lie between 0 and 1; give one such as 0.95")

    @property
    def limit(self) -> float:
        """Log ratio below which the whole interval of an `ok` lies."""
        return math.log1p(self.warning)

    @property
    def warning_cut(self) -> float:
        """Log ratio from which an estimate counts as a warning."""
        return self.limit - self._guard

    @property
    def critical_cut(self) -> float:
        """Log ratio from which an estimate counts as critical."""
        return math.log1p(self.critical) - self._guard

    @property
    def _guard(self) -> float:
        return min(GUARD, self.warning / 5)  # a fixed guard would swallow a threshold of 1 %


DEFAULTS = Thresholds()


def parse_fail_on(text: str) -> frozenset[str]:
    """The verdicts that fail a run: a comma list, or `never`. Raises DecisionError for anything else."""
    levels = [level.strip() for level in text.split(",") if level.strip()]
    if levels == [NEVER]:
        return frozenset()
    unknown = [level for level in levels if level not in SEVERITY]
    if unknown or not levels:
        raise DecisionError(
            f"--giflab-fail-on: {', '.join(unknown) or 'nothing'} is not among {', '.join(SEVERITY)}; "
            f"give a comma list of these, or {NEVER}"
        )
    return frozenset(levels)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run goes by, whatever its benchmarks are.

    `budget_s`: when measuring ends; None for never. `patience_s`: how long a process may be silent. `fail_on`: verdicts
    that fail the run. `tests_from`: whose tests run on base, "" for the default. `thresholds`: those of
    benchmarks without a marker.
    """

    budget_s: float | None = None
    patience_s: float = 300.0
    fail_on: tuple[str, ...] = ()
    tests_from: TestsFrom = ""
    thresholds: Thresholds = DEFAULTS
