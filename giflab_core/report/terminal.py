"""A validation report for people: tables and a coloured verdict in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from math import isfinite

from giflab_core import lazy
from giflab_core.model import Check, Clip, MetricResult, Statistic, Status
from giflab_core.report.outcome import ValidationReport
from giflab_core.text import Line, columns_of, folded, line, printable, rounded, show, table, times

NO_EXTENSION = "a C extension was not built, so this is several times slower; install a wheel, or with a C compiler"
STYLE: dict[Status, str] = {"pass": "bold green", "warning": "bold yellow", "fail": "bold red"}
CLIP_COLUMNS = "", "size", "frames", "duration", "loop", "file"


def print_report(report: ValidationReport) -> None:
    """Print the two clips, the metrics with their limits, what is wrong, and the verdict last."""
    show(_lines(report, columns_of(sys.stdout)), sys.stdout)


def _lines(report: ValidationReport, columns: int | None) -> Iterator[Line]:
    yield from _clips(report, columns)
    if report.content:
        yield _limits(report)
    if report.metrics:
        yield from _metrics(report)
    for result in report.metrics.values():
        if result.note and isfinite(result.mean):
            yield line((result.name, "bold"), f": {result.note}")
    for reason in dict.fromkeys(report.absent.values()):
        names = ", ".join(name for name, why in report.absent.items() if why == reason)
        yield line("absent: ", (names, "bold"), f": {reason}")
    yield from (_line(check) for check in report.checks if check.status == "warning")
    yield from _failures(report)
    if (report.decoder, report.kernels) != ("native", "native"):
        yield line((f"computed by {report.decoder}, {report.kernels}: {NO_EXTENSION}", "dim"))
    yield _verdict(report)


def _clips(report: ValidationReport, columns: int | None) -> Iterator[Line]:
    """Names of files as they are, but for a terminal that has no room for them beside what is before."""
    clips = {"original": report.original, "compressed": report.compressed}
    told = [(name, *_facts(clip)) for name, clip in clips.items()]
    before = sum(2 + max(map(len, column)) for column in zip(CLIP_COLUMNS, *told, strict=False))
    rows = [tuple(line((each, "dim")) for each in CLIP_COLUMNS)]
    for (name, *facts), clip in zip(told, clips.values(), strict=True):
        first, *more = folded(printable(clip.path), columns and columns - before)
        rows.append((line((name, "bold")), *map(line, facts), line(first)))
        rows += [(*[line()] * len(told[0]), line(each)) for each in more]
    return table(rows, gap=2)


def _facts(clip: Clip) -> tuple[str, ...]:
    return f"{clip.width}x{clip.height}", str(clip.n_frames), f"{clip.duration_ms} ms", _plays(clip)


def _plays(clip: Clip) -> str:
    return "still" if clip.n_frames == 1 else times(clip.plays)


def _limits(report: ValidationReport) -> Line:
    """What the default limits are of."""
    source = "detected; --content says otherwise" if report.content_detected else "as given"
    content = (report.content or "", "bold")
    return line("limits for: ", content, (f" ({source})", "dim"), ", goal: ", (report.goal, "bold"))


def _metrics(report: ValidationReport) -> Iterator[Line]:
    headings = "metric", "mean", "limit", "worst 1 %", "limit", "worst moment (frame)"
    rows = [tuple(line((each, "bold")) for each in headings)]
    for name, result in report.metrics.items():
        worst_ms = result.worst.time_ms
        worst = f"{rounded(result.worst.value, 3)} at {worst_ms} ms ({report.original.frame_at(worst_ms)})"
        title = line(name, (f" {result.unit}", "dim")) if result.unit else line(name)
        limits = *_against_limit(report, result, "mean"), *_against_limit(report, result, "p01")
        rows.append((title, *limits, line(worst)))
    return table(rows, right=range(1, len(headings)))


def _against_limit(report: ValidationReport, result: MetricResult, statistic: Statistic) -> tuple[Line, Line]:
    key = f"{result.name}.{statistic}"
    failed = any(check.name == key for check in report.failed)
    value = line((rounded(result.statistic(statistic)), STYLE["fail"] if failed else ""))
    sign = "≥" if result.better == "higher" else "≤"
    return value, line(f"{sign} {report.limits[key]:g}" if key in report.limits else "")


def _failures(report: ValidationReport) -> Iterator[Line]:
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
                yield line(("  " + "; ".join(filter(None, parts)), "dim"))


def _is_limit(check: Check) -> bool:
    return "." in check.name


def _listed(title: str, checks: Sequence[Check]) -> str:
    return title + ", ".join(check.name for check in checks) if checks else ""


def _line(check: Check) -> Line:
    return line((f"{check.status}: ", STYLE[check.status]), (check.name, "bold"), f": {check.message}")


def _verdict(report: ValidationReport) -> Line:
    passed = sum(check.status != "fail" for check in report.checks)
    return line((report.status.upper(), STYLE[report.status]), f"  {passed} of {len(report.checks)} checks passed")


def print_libraries() -> None:
    """Print the libraries this package uses, with their installed versions."""
    rows = [tuple(line((each, "bold")) for each in ("library", "version", "used for"))]
    for library in lazy.LIBRARIES:
        version = lazy.installed_version(library)
        told = line(version) if version else line(("missing", STYLE["fail"]))
        rows.append((line(library.distribution), told, line(library.purpose)))
    built = {
        "decoding": lazy.available("giflab_core.decoding._gif") is not None,
        "metrics": lazy.available("giflab_core.kernels._kernels") is not None,
    }
    for purpose, is_built in built.items():
        told = line("built") if is_built else line(("missing", STYLE["warning"]))
        rows.append((line("C extension"), told, line(purpose)))
    lines = list(table(rows, gap=2))
    if not all(built.values()):
        lines.append(line(f"Pillow and NumPy compute: {NO_EXTENSION}"))
    show(lines, sys.stdout)
