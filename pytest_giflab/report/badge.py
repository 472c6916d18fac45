"""A badge of a verdict: a small SVG that loads nothing."""

from __future__ import annotations

from giflab_core.text import counted
from pytest_giflab.decision import worst
from pytest_giflab.model import GateReport
from pytest_giflab.report.rendering import Safe, render
from pytest_giflab.report.wording import is_green, kind, left_out
from pytest_giflab.thresholds import SLOWER

LABEL = "performance"
# Verdana at 11 pixels, as badges are set: wide enough for the widest words, textLength makes them fit.
LETTER, MARGIN = 6.6, 10
GREEN = ("ok", "improved")
COLOURS = {
    "critical": "#c0392b",
    "warning": "#a16207",
    "failed": "#c0392b",
    "inconclusive": "#6b6b6b",
    "improved": "#2a7d2e",
    "ok": "#2a7d2e",
}


def to_badge(report: GateReport) -> str:
    """`performance | ok`, as SVG; of what is slower, failed or left out it says how many benchmarks."""
    verdict = worst(report)
    kinds = [kind(each) for each in report.comparisons]
    slower, failed = sum(each in SLOWER for each in kinds), kinds.count("failed")
    colour, word = COLOURS[verdict], str(verdict)
    if slower:
        word = f"{counted(slower, 'benchmark')} slower"
    elif failed and verdict not in SLOWER:
        colour, word = COLOURS["failed"], f"{counted(failed, 'benchmark')} failed"
    elif verdict in GREEN and not is_green(report):
        colour, word = COLOURS["inconclusive"], left_out(report)
    widths = [round(LETTER * len(text)) + MARGIN for text in (LABEL, word)]
    return render(
        "badge.svg.jinja",
        label=Safe(LABEL),
        word=Safe(word),
        colour=Safe(colour),
        left=Safe(widths[0]),
        right=Safe(widths[1]),
        whole=Safe(sum(widths)),
        middles=[Safe(widths[0] / 2), Safe(widths[0] + widths[1] / 2)],
        lengths=[Safe(width - MARGIN) for width in widths],
    )
