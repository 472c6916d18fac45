"""What a validation says, as numbers to be held against others: approved ones, or those of another commit. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import copysign, inf, isfinite
from typing import TYPE_CHECKING, Literal

from giflab_core.frozen import freeze
from giflab_core.text import rounded
from pytest_giflab.errors import DecisionError

if TYPE_CHECKING:
    from giflab_core import MetricResult, ValidationReport

QUALITY = "quality"
# In parts of the number, or of 1 if that is larger: most metrics go from 0 to 1.
TOLERANCE = 0.01
# So many metrics are told of.
MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Numbers:
    """One metric of a clip; a number may be infinite, and is None if it is not there. `worst_ms`: when the worst moment
    is."""

    mean: float | None
    p01: float | None
    worst: float | None
    worst_ms: int
    unit: str
    better: Literal["higher", "lower"]
    version: str

    @classmethod
    def of(cls, result: MetricResult) -> Numbers:
        """What a report says of a metric."""
        mean, p01, worst = map(_number, (result.mean, result.p01, result.worst.value))
        return cls(mean, p01, worst, result.worst.time_ms, result.unit, result.better, result.version)


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What a validation says of a compressed GIF.

    `label`: what it is called, the name of its approved numbers (`is_named`) or of its file. `original`, `compressed`:
    SHA-256.
    `settings`: what the numbers depend on beside the files. `why`: what failed, "" if nothing did. `tolerance`: by how
    much it may get worse. Raises DecisionError for numbers that are none: a process may say anything.
    """

    label: str
    original: str
    compressed: str
    size_bytes: int
    settings: str
    why: str
    metrics: Mapping[str, Numbers]
    tolerance: float = TOLERANCE
    is_named: bool = False

    def __post_init__(self) -> None:
        freeze(self, "metrics")
        found = [
            value for each in self.metrics.values() for value in (each.mean, each.p01, each.worst) if value is not None
        ]
        if not all(value > -inf for value in found) or not 0 <= self.tolerance < 1:
            raise DecisionError(f"{self.label}: a number is none, or the tolerance is {self.tolerance!r}")

    @classmethod
    def of(cls, report: ValidationReport, label: str, settings: str, tolerance: float, *, is_named: bool) -> Appraisal:
        """What a report says."""
        return cls(
            label,
            report.original.digest,
            report.compressed.digest,
            report.compressed.size_bytes,
            settings,
            report.headlines[0].message if report.headlines else "",
            {name: Numbers.of(each) for name, each in report.metrics.items()},
            tolerance,
            is_named,
        )

    @property
    def ranked_by(self) -> str | None:
        """The metric that stands for quality: `quality`, or the first one that there is."""
        return QUALITY if QUALITY in self.metrics else next(iter(self.metrics), None)

    @property
    def value(self) -> float | None:
        """The mean of that metric."""
        return self.metrics[self.ranked_by].mean if self.ranked_by else None


def _number(value: float) -> float | None:
    return value if value > -inf else None


def unlike(before: Appraisal, now: Appraisal) -> str:
    """Why two appraisals cannot be held against each other, in words; "" if they can."""
    if before.original != now.original:
        return "the original is another one"
    if before.settings != now.settings:
        return f"the settings are others ({now.settings}, before {before.settings})"
    for name in sorted({*before.metrics, *now.metrics}):
        if name not in now.metrics or name not in before.metrics:
            return f"{name} was measured {'before' if name in before.metrics else 'now'} only"
        old, new = before.metrics[name], now.metrics[name]
        if old.version != new.version:
            return f"{name} is of version {new.version}, and was of version {old.version}"
        for statistic, was, became in _statistics(old, new):
            if (was is None) != (became is None):
                return f"{name}{statistic} is there {'before' if became is None else 'now'} only"
    return ""


def worsened(before: Appraisal, now: Appraisal, tolerance: float) -> str:
    """What got worse by more than the tolerance, in words, the largest step first; "" if nothing did.

    What stands for quality comes before all others.
    """
    return _told(_steps(before, now, tolerance, 1), before.ranked_by)


def improved(before: Appraisal, now: Appraisal, tolerance: float) -> str:
    """As `worsened`, of what got better."""
    return _told(_steps(before, now, tolerance, -1), before.ranked_by)


def _told(steps: Iterator[tuple[float, str, str]], first: str | None) -> str:
    """The largest step of each metric, a few of them."""
    by_metric: dict[str, str] = {}
    for _, name, text in sorted(steps, key=lambda step: (step[1] != first, -step[0])):
        by_metric.setdefault(name, text)
    texts = list(by_metric.values())
    more = [f"{len(texts) - MOST_TOLD} more metrics"] if len(texts) > MOST_TOLD + 1 else texts[MOST_TOLD:]
    return "; ".join([*texts[:MOST_TOLD], *more])


def _steps(before: Appraisal, now: Appraisal, tolerance: float, sign: int) -> Iterator[tuple[float, str, str]]:
    """How far each number moved for the worse, or by the sign -1 for the better, in parts; its metric; and words."""
    for name, old in before.metrics.items():
        new = now.metrics.get(name)
        if not new:
            continue
        for statistic, was, became in _statistics(old, new):
            if was is None or became is None:
                continue
            step = sign * _step(was, became, old.better)
            if step > tolerance:
                unit = f" {old.unit}" if old.unit else ""
                yield step, name, f"{name}{statistic} {rounded(was)} -> {rounded(became)}{unit}"


def _statistics(old: Numbers, new: Numbers) -> tuple[tuple[str, float | None, float | None], ...]:
    """What is held of a metric: how it is called, and the number before and now."""
    return ("", old.mean, new.mean), (".p01", old.p01, new.p01)


def _step(was: float, became: float, better: Literal["higher", "lower"]) -> float:
    """How far a number moved for the worse, in parts; infinite from or to an infinite one."""
    if was == became:
        return 0.0
    step = was - became if better == "higher" else became - was
    return step / max(1.0, abs(was)) if isfinite(was) else copysign(inf, step)
