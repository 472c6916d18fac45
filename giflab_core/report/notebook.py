"""A validation report as a notebook shows it: the verdict, why, and each metric over time. No script."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from giflab_core.report.chart import chart_svg, limits_of
from giflab_core.report.outcome import ValidationReport
from giflab_core.text import printable

COLOURS = {"pass": "#2b8a3e", "warning": "#b35c00", "fail": "#c92a2a"}
STYLE = """<style>
.giflab { font: 14px/1.5 system-ui, sans-serif; max-width: 700px; }
.giflab b.verdict { padding: 2px 10px; border-radius: 99px; color: #fff; }
.giflab td, .giflab th { text-align: left; padding: 2px 12px 2px 0; vertical-align: middle; background: none; }
.giflab svg { width: 260px; height: auto; display: block; }
.giflab svg text { font: 22px system-ui, sans-serif; fill: currentColor; opacity: .7; }
.giflab path.series { fill: none; stroke: #4c6ef5; stroke-width: 3; }
.giflab line.limit { stroke: #e03131; stroke-width: 2; stroke-dasharray: 8 6; }
.giflab circle.worst { fill: #e03131; }
</style>"""


def notebook_html(report: ValidationReport) -> str:
    """One piece of HTML, whose texts are escaped."""
    names = " ".join(escape(printable(clip.path)) for clip in (report.original, report.compressed))
    return (
        f'<div class="giflab">{STYLE}<p><b class="verdict" style="background: {COLOURS[report.status]}">'
        f"{report.status.upper()}</b> {names}</p>{''.join(_reasons(report))}"
        "<table><tr><th>metric</th><th>mean</th><th>worst 1 %</th><th>over time</th></tr>"
        f"{''.join(_rows(report))}</table></div>"
    )


def _reasons(report: ValidationReport) -> Iterator[str]:
    for check in (*report.headlines, *(each for each in report.checks if each.status == "warning")):
        yield f"<p><b>{escape(check.name)}</b>: {escape(check.message)}</p>"


def _rows(report: ValidationReport) -> Iterator[str]:
    for name, result in report.metrics.items():
        cells = [escape(name), f"{result.mean:.4g}", f"{result.p01:.4g}"]
        if name in report.series:
            cells.append(chart_svg(result, report.series[name], limits_of(name, report.limits)))
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
