"""A validation report for people: tables and a coloured verdict in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite

from rich.console import Console
from rich.table import Table
from rich.text import Text

from giflab_core import lazy
from giflab_core.model import Check, Clip, MetricResult, Statistic, Status
from giflab_core.report.outcome import ValidationReport
from giflab_core.text import printable, times

NO_EXTENSION = "a C extension was not built, so this is several times slower; install a wheel, or with a C compiler"
STYLE: dict[Status, str] = {"pass": "bold green", "warning": "bold yellow", "fail": "bold red"}


def print_report(report: ValidationReport) -> None:
    """Print the two clips, the metrics with their limits, what is wrong, and the verdict last."""
    console = Console()
    console.print(_clips(report))
    if report.content:
        console.print(_limits(report), soft_wrap=True)
    if report.metrics:
        console.print(_metrics(report))
    for result in report.metrics.values():
        if result.note and isfinite(result.mean):
            console.print(Text.assemble((result.name, "bold"), f": {result.note}"), soft_wrap=True)
    for reason in dict.fromkeys(report.absent.values()):
        names = ", ".join(name for name, why in report.absent.items() if why == reason)
        console.print(Text.assemble("absent: ", (names, "bold"), f": {reason}"), soft_wrap=True)
    for check in report.checks:
        if check.status == "warning":
            console.print(_line(check), soft_wrap=True)
    for line in _failures(report):
        console.print(line, soft_wrap=True)
    if (report.decoder, report.kernels) != ("native", "native"):
        console.print(Text(f"computed by {report.decoder}, {report.kernels}: {NO_EXTENSION}", "dim"), soft_wrap=True)
    console.print(_verdict(report), soft_wrap=True)


def _clips(report: ValidationReport) -> Table:
    table = Table("", "size", "frames", "duration", "loop", "file", box=None, header_style="dim")
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


def _limits(report: ValidationReport) -> Text:
    """What the default limits are of."""
    source = "detected; --content says otherwise" if report.content_detected else "as given"
    return Text.assemble(
        *("limits for: ", (report.content or "", "bold"), (f" ({source})", "dim")),
        *(", goal: ", (report.goal, "bold")),
    )


def _metrics(report: ValidationReport) -> Table:
    table = Table("metric", box=None, header_style="bold", pad_edge=False)
    table.padding = 0, 1, 0, 0  # narrow: 80 columns hold all without breaking a cell
    for heading in ("mean", "limit", "worst 1 %", "limit", "worst moment (frame)"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, result in report.metrics.items():
        worst_ms = result.worst.time_ms
        worst = f"{_number(result.worst.value, 3)} at {worst_ms} ms ({report.original.frame_at(worst_ms)})"
        title = Text.assemble(name, (f" {result.unit}", "dim") if result.unit else "")
        table.add_row(title, *_against_limit(report, result, "mean"), *_against_limit(report, result, "p01"), worst)
    return table


def _against_limit(report: ValidationReport, result: MetricResult, statistic: Statistic) -> tuple[Text, str]:
    key = f"{result.name}.{statistic}"
    failed = any(check.name == key for check in report.failed)
    value = Text(_number(result.statistic(statistic)), STYLE["fail"] if failed else "")
    sign = "≥" if result.better == "higher" else "≤"
    return value, f"{sign} {report.limits[key]:g}" if key in report.limits else ""


def _number(value: float, digits: int = 4) -> str:
    return f"{value:.{digits}g}" if isfinite(value) else "infinite"


def _failures(report: ValidationReport) -> Iterator[Text]:
    """One line for each thing that is wrong, and a dim one for what fails because of it.

    Limits that follow from nothing else are one thing: the picture as a whole.
    """
    limits = [check for check in report.headlines if _is_limit(check)]
    for check in report.headlines:
        if check not in limits[1:]:
            yield _line(check)
            follows = [each for each in report.failed if each.because_of == check.name]
            parts = [
                _listed("because of it: ", [each for each in follows if not _is_limit(each)]),
                _listed("beyond their limits because of it: ", list(filter(_is_limit, follows))),
                _listed("beyond their limits too: ", limits[1:] if check in limits else []),
            ]
            if any(parts):
                yield Text("  " + "; ".join(filter(None, parts)), "dim")


def _is_limit(check: Check) -> bool:
    return "." in check.name


def _listed(title: str, checks: Sequence[Check]) -> str:
    return title + ", ".join(check.name for check in checks) if checks else ""


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
    built = {
        "decoding": lazy.available("giflab_core.decoding._gif") is not None,
        "metrics": lazy.available("giflab_core.kernels._kernels") is not None,
    }
    for purpose, is_built in built.items():
        table.add_row("C extension", "built" if is_built else Text("missing", STYLE["warning"]), purpose)
    Console().print(table)
    if not all(built.values()):
        Console().print(Text(f"Pillow and NumPy compute: {NO_EXTENSION}"), soft_wrap=True)
