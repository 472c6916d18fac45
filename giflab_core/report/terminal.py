"""A validation report for people: tables and a coloured verdict in the terminal."""

from __future__ import annotations

from math import isfinite

from rich.console import Console
from rich.table import Table
from rich.text import Text

from giflab_core import lazy
from giflab_core.model import Check, Clip, MetricResult, Statistic, Status, ValidationReport
from giflab_core.text import printable, times

NO_EXTENSION = (
    "the C extension was not built, so decoding is several times slower; install a wheel, or with a C compiler"
)
STYLE: dict[Status, str] = {"pass": "bold green", "warning": "bold yellow", "fail": "bold red"}


def print_report(report: ValidationReport) -> None:
    """Print the two clips, the metrics with their limits, what is wrong, and the verdict last."""
    console = Console()
    console.print(_clips(report))
    if report.metrics:
        console.print(_metrics(report))
    for reason in dict.fromkeys(report.absent.values()):
        names = ", ".join(name for name, why in report.absent.items() if why == reason)
        console.print(Text.assemble("absent: ", (names, "bold"), f": {reason}"), soft_wrap=True)
    for check in report.checks:
        if check.status != "pass":
            console.print(_line(check), soft_wrap=True)
    if report.decoder != "native":
        console.print(Text(f"decoded by {report.decoder}: {NO_EXTENSION}", "dim"), soft_wrap=True)
    console.print(_verdict(report), soft_wrap=True)


def _clips(report: ValidationReport) -> Table:
    table = Table("", "size", "frames", "duration", "played", "file", box=None, header_style="dim")
    for name, clip in (("original", report.original), ("compressed", report.compressed)):
        table.add_row(
            Text(name, "bold"),
            f"{clip.width}x{clip.height}",
            str(clip.n_frames),
            f"{clip.duration_ms} ms",
            _plays(clip),
            Text(printable(clip.path), overflow="fold"),
        )
    return table


def _plays(clip: Clip) -> str:
    return "still" if clip.n_frames == 1 else times(clip.plays)


def _metrics(report: ValidationReport) -> Table:
    table = Table("metric", header_style="bold")
    for heading in ("mean", "limit", "worst 1 %", "limit", "worst moment"):
        table.add_column(heading, justify="right")
    for name, result in report.metrics.items():
        worst = f"{_value(result.worst.value, result)} at {result.worst.time_ms} ms"
        table.add_row(name, *_against_limit(report, result, "mean"), *_against_limit(report, result, "p01"), worst)
    return table


def _against_limit(report: ValidationReport, result: MetricResult, statistic: Statistic) -> tuple[Text, str]:
    key = f"{result.name}.{statistic}"
    failed = any(check.name == key for check in report.failed)
    value = Text(_value(result.statistic(statistic), result), STYLE["fail"] if failed else "")
    sign = "≥" if result.better == "higher" else "≤"
    return value, f"{sign} {report.limits[key]:g}" if key in report.limits else ""


def _value(value: float, result: MetricResult) -> str:
    return f"{value:.4g}{f' {result.unit}' if result.unit else ''}" if isfinite(value) else "infinite"


def _line(check: Check) -> Text:
    return Text.assemble((f"{check.status}: ", STYLE[check.status]), (check.name, "bold"), f": {check.message}")


def _verdict(report: ValidationReport) -> Text:
    passed = sum(check.status != "fail" for check in report.checks)
    return Text.assemble(
        (report.status.upper(), STYLE[report.status]), f"  {passed} of {len(report.checks)} checks passed"
    )


def print_libraries() -> None:
    """Print the libraries this package uses, with their installed versions."""
    table = Table("library", "version", "used for", header_style="bold")
    for library in lazy.LIBRARIES:
        version = lazy.installed_version(library)
        table.add_row(library.distribution, version or Text("missing", STYLE["fail"]), library.purpose)
    is_native = lazy.available("giflab_core.decoding._gif") is not None
    table.add_row("C extension", "built" if is_native else Text("missing", STYLE["warning"]), "decoding")
    Console().print(table)
    if not is_native:
        Console().print(Text(f"Pillow decodes: {NO_EXTENSION}"), soft_wrap=True)
