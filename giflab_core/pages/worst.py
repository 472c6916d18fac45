"""Choose the moments of a validated pair to look at first. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from giflab_core.frozen import dataclass
from giflab_core.model import Check, FramePair, MetricResult
from giflab_core.pages.timeline import at
from giflab_core.report import ValidationReport
from giflab_core.series import Series

MOST = 6
# More moments of one metric are taken at least this share of the clip apart.
APART = 1 / 20


@dataclass(frozen=True, slots=True)
class WorstMoment:
    """A moment that is worth a look: what is on screen, and what is wrong there, the worst first."""

    pair: FramePair
    time_ms: int
    reasons: tuple[str, ...]


def worst_moments(report: ValidationReport, pairs: Sequence[FramePair], most: int = MOST) -> tuple[WorstMoment, ...]:
    """At most so many moments of a time line, the worst first: one for each pair that is shown.

    First where checks failed, then the worst moment of each metric, then those that are next to worst. Where nothing
    was compared, the first moment of all.
    """
    found: dict[FramePair, dict[str, int]] = {}
    for time_ms, reason in (*_of_checks(report), *_of_metrics(report)):
        found.setdefault(at(pairs, time_ms), {}).setdefault(reason, time_ms)
    for time_ms, reason in _others(report):
        far_ms = APART * (pairs[-1].start_ms + pairs[-1].duration_ms)
        if len(found) < most and all(abs(time_ms - each.start_ms) >= far_ms for each in found):
            found[at(pairs, time_ms)] = {reason: time_ms}
    if not found:  # nothing was compared
        found[pairs[0]] = dict.fromkeys((check.name for check in report.headlines), 0)
    moments = (WorstMoment(each, min(reasons.values(), default=0), tuple(reasons)) for each, reasons in found.items())
    return tuple(moments)[:most]


def _of_checks(report: ValidationReport) -> Iterator[tuple[int, str]]:
    for check in sorted(report.failed, key=lambda check: bool(check.because_of)):
        if check.time_ms is not None:
            yield check.time_ms, _told(check, report)


def _told(check: Check, report: ValidationReport) -> str:
    name, dot, _ = check.name.partition(".")
    if dot and name in report.metrics:  # of a limit on a mean or the worst 1 %, the worst moment
        return _reason(report.metrics[name], report.metrics[name].worst.value)
    return check.name


def _of_metrics(report: ValidationReport) -> Iterator[tuple[int, str]]:
    for name in sorted(report.metrics, key=lambda name: name != "quality"):
        result = report.metrics[name]
        if len(set(report.series[name].value)) > 1:  # else no moment is worse than others
            yield result.worst.time_ms, _reason(result, result.worst.value)


def _others(report: ValidationReport) -> Iterator[tuple[int, str]]:
    """The moments of one metric, the worst first, without those that are as good as the best."""
    name = next(iter(_by_use(report)), None)
    if name is not None:
        result, series = report.metrics[name], report.series[name]
        best = (max if result.better == "higher" else min)(series.value, default=0.0)
        for each in sorted(series, key=lambda each: each.value, reverse=result.better == "lower"):
            if each.value != best:
                yield each.start_ms, _reason(result, each.value)


def _by_use(report: ValidationReport) -> list[str]:
    """The metrics, those that see most first."""
    known: dict[str, Series] = dict(report.series)
    return sorted(known, key=lambda name: (name != "quality", name != "ssim"))


def _reason(result: MetricResult, value: float) -> str:
    return f"{result.name} {value:.4g}{' ' + result.unit if result.unit else ''}"
