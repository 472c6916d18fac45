"""A badge of a verdict: a small SVG that loads nothing."""

from __future__ import annotations

from giflab_core.text import counted
from pytest_giflab.decision import worst
from pytest_giflab.model import GateReport
from pytest_giflab.report.rendering import Safe, render

LABEL = "performance"
# Verdana at 11 pixels, as badges are set: wide enough for the widest words, textLength makes them fit.
LETTER, MARGIN = 6.6, 10
SLOWER = ("critical", "warning")
COLOURS = {
    "critical": "#c0392b",
    "warning": "#a16207",
    "inconclusive": "#6b6b6b",
    "improved": "#2a7d2e",
    "ok": "#2a7d2e",
}


def to_badge(report: GateReport) -> str:
    """`performance | ok`, as SVG; a regression says how many benchmarks are slower."""
    slower = sum(each.verdict in SLOWER and not each.advisory for each in report.comparisons)
    verdict = worst(report)
    word = f"{counted(slower, 'benchmark')} slower" if slower and verdict in SLOWER else verdict
    widths = [round(LETTER * len(text)) + MARGIN for text in (LABEL, word)]
    return render(
        "badge.svg.jinja",
        label=Safe(LABEL),
        word=Safe(word),
        colour=Safe(COLOURS[verdict]),
        left=Safe(widths[0]),
        right=Safe(widths[1]),
        whole=Safe(sum(widths)),
        middles=[Safe(widths[0] / 2), Safe(widths[0] + widths[1] / 2)],
        lengths=[Safe(width - MARGIN) for width in widths],
    )
