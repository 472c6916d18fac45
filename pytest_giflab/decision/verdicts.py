"""The verdict of a run from those of its benchmarks; without NumPy, which a job that only tells does not have."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_giflab.model import Comparison, GateReport
from pytest_giflab.thresholds import SEVERITY, Verdict


def overall(comparisons: Iterable[Comparison]) -> Verdict:
    """The worst verdict that is not advisory; inconclusive if nothing was compared, or something failed."""
    comparisons = tuple(comparisons)
    verdicts = {each.verdict for each in comparisons if each.verdict and not each.advisory}
    worst = next((level for level in SEVERITY if level in verdicts), None)
    if not worst and any(each.status == "error" for each in comparisons):
        return "inconclusive"
    if worst or not verdicts:
        return worst or "inconclusive"
    return "improved" if "improved" in verdicts else "ok"


def worst(report: GateReport) -> Verdict:
    """The verdict of a report, never better than those of its benchmarks, whoever wrote it."""
    found = (report.verdict, overall(report.comparisons))
    return next((level for level in SEVERITY if level in found), report.verdict)


def fails(report: GateReport, fail_on: frozenset[str]) -> bool:
    """Whether the run, or a benchmark of it whose verdict is not advisory, has a verdict that is to fail it."""
    verdicts = {each.verdict for each in report.comparisons if not each.advisory}
    return not fail_on.isdisjoint({*verdicts, report.verdict})
