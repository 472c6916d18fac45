"""A validation report for people: tables and a coloured verdict in the terminal."""

from __future__ import annotations

from math import isfinite

from rich.console import Console
from rich.table import Table
from rich.text import Text

from giflab_core.decoding.reader import printable
from giflab_core.model import Check, Clip, MetricResult, Status, ValidationReport

STYLE: dict[Status, str] = {"pass": "bold green", "warning": "bold yellow", "fail": "bold red"}


def show(report: ValidationReport, console: Console) -> None:
    """Print the two clips, the metrics with their limits, what is wrong, and the verdict last."""
    console.print(_clips(report))
    if report.metrics:
        console.print(_metrics(report))
    for name, reason in report.absent.items():
        console.print(Text.assemble((name, "bold"), f" is absent: {reason}"), soft_wrap=True)
    for check in report.checks:
        if check.status != "pass":
            console.print(_line(check), soft_wrap=True)
    console.print(_verdict(report), soft_wrap=True)


def _clips(report: ValidationReport) -> Table:
    table = Table("", "file", "size", "frames", "duration", "played", box=None, header_style="dim")
    for name, clip in (("original", report.original), ("compressed", report.compressed)):
        table.add_row(
            Text(name, "bold"),
            Text(printable(clip.path), overflow="fold"),
            f"{clip.width}x{clip.height}",
            str(clip.n_frames),
            f"{clip.duration_ms} ms",
            _plays(clip),
        )
    return table


def _plays(clip: Clip) -> str:
    if clip.n_frames == 1:
        return "still"
    return "for ever" if not isfinite(clip.plays) else "once" if clip.plays == 1 else f"{clip.plays:.0f} times"


def _metrics(report: ValidationReport) -> Table:
    table = Table("metric", header_style="bold")
    for heading in ("mean", "worst 1 %", "worst moment"):
        table.add_column(heading, justify="right")
    table.add_column("limits")
    failed = {check.name for check in report.failed}
    for name, result in report.metrics.items():
        mean, p01 = (
            Text(_value(value, result), STYLE["fail"] if f"{name}.{statistic}" in failed else "")
            for statistic, value in (("mean", result.mean), ("p01", result.p01))
        )
        worst = f"{_value(result.worst.value, result)} at {result.worst.time_ms} ms"
        table.add_row(name, mean, p01, worst, _limits(report, result))
    return table


def _value(value: float, result: MetricResult) -> str:
    return f"{value:.4g}{f' {result.unit}' if result.unit else ''}" if isfinite(value) else "infinite"


def _limits(report: ValidationReport, result: MetricResult) -> str:
    sign = "≥" if result.better == "higher" else "≤"
    parts = [
        f"{words} {sign} {report.limits[key]:g}"
        for words, key in (("mean", f"{result.name}.mean"), ("worst 1 %", f"{result.name}.p01"))
        if key in report.limits
    ]
    return ", ".join(parts) or "none"


def _line(check: Check) -> Text:
    return Text.assemble((f"{check.status}: ", STYLE[check.status]), (check.name, "bold"), f": {check.message}")


def _verdict(report: ValidationReport) -> Text:
    passed = sum(check.status != "fail" for check in report.checks)
    return Text.assemble(
        (report.status.upper(), STYLE[report.status]), f"  {passed} of {len(report.checks)} checks passed"
    )
