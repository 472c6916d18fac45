"""What the page says: a report as texts and numbers for its template and its script. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from giflab_core import lazy
from giflab_core.frozen import dataclass
from giflab_core.model import Check, Clip, FramePair, MetricResult, Region, Statistic
from giflab_core.pages.difference import GAIN, RAMP
from giflab_core.report import ValidationReport, chart_svg, limits_of
from giflab_core.series import Series
from giflab_core.text import counted, printable, times

# What a number is of, for somebody who has not read docs/reference/metrics.md.
WHAT = {
    "quality": "all in all, from six metrics",
    "ssim": "structure",
    "ms_ssim": "structure at five scales",
    "gmsd": "edges: their strength, and how evenly it is kept",
    "fsim": "features: edges and lines",
    "mdsi": "edges and colour",
    "haarpsi": "details, as wavelets see them",
    "edge": "edges that stay where they were",
    "sharpness": "sharpness that is kept",
    "mse": "squared error",
    "psnr": "signal to noise",
    "zncc": "correlation of the pictures",
    "ciede2000": "colour difference, mean of the picture",
    "ciede2000_p95": "colour difference that 5 % of the picture exceed",
    "histogram": "how often each grey occurs",
    "palette": "colours that are missing",
    "banding": "bands in smooth areas",
    "alpha": "transparency that has changed",
    "temporal": "motion that is kept",
    "flicker": "flicker that the original does not have",
    "ghost": "what stays on screen too long",
}
DIGITS = 6


@dataclass(frozen=True, slots=True)
class ReasonText:
    """Why a verdict is what it is: a check, what follows from it, and when to look."""

    check: Check
    follows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MetricText:
    """One metric: its numbers as texts, and the drawing of its series, which is our own SVG."""

    name: str
    what: str
    status: str
    numbers: tuple[tuple[str, str, str], ...]
    worst: str
    worst_ms: int
    note: str
    svg: str


def reasons(report: ValidationReport) -> Iterator[ReasonText]:
    """What failed by itself, or what a warning is for."""
    warnings = [check for check in report.checks if check.status == "warning"]
    for check in (*report.headlines, *warnings):
        follows = tuple(each.name for each in report.failed if each.because_of == check.name)
        yield ReasonText(check, follows)


def metrics(report: ValidationReport) -> Iterator[MetricText]:
    """Those that miss a limit first, then as they were asked for."""
    failed = {check.name.partition(".")[0] for check in report.failed}
    for name in sorted(report.metrics, key=lambda name: name not in failed):
        result = report.metrics[name]
        limits = limits_of(name, report.limits)
        yield MetricText(
            name=name,
            what=WHAT.get(name, ""),
            status="fail" if name in failed else "pass" if limits else "free",
            numbers=tuple(_numbers(result, limits)),
            worst=number_text(result.worst.value, result.unit),
            worst_ms=result.worst.time_ms,
            note=result.note or "",
            svg=chart_svg(result, report.series[name], limits) if name in report.series else "",
        )


def _numbers(result: MetricResult, limits: Mapping[Statistic, float]) -> Iterator[tuple[str, str, str]]:
    """Title, number and limit of the mean, and of the worst 1 % of the time."""
    sign = "≥" if result.better == "higher" else "≤"
    titles: dict[Statistic, str] = {"mean": "mean", "p01": "worst 1 %"}
    for statistic, title in titles.items():
        limit = f"{sign} {limits[statistic]:g}" if statistic in limits else ""
        yield title, number_text(result.statistic(statistic), result.unit), limit


def number_text(value: float, unit: str) -> str:
    """A number as the page shows it."""
    return f"{value:.4g}{' ' if unit else ''}{unit}" if isfinite(value) else "infinite"


def facts(report: ValidationReport) -> Iterator[tuple[str, str, str]]:
    """What both clips are, side by side."""
    before, after = report.original, report.compressed
    yield "file", printable(before.path), printable(after.path)
    yield "bytes", f"{before.size_bytes:,}", size_text(before, after)
    yield "size", f"{before.width} × {before.height}", f"{after.width} × {after.height}"
    yield "frames", str(before.n_frames), str(after.n_frames)
    yield "duration", f"{before.duration_ms / 1000:g} s", f"{after.duration_ms / 1000:g} s"
    yield "loop", _plays(before), _plays(after)
    yield "SHA-256", before.digest, after.digest


def _plays(clip: Clip) -> str:
    return "still" if clip.n_frames == 1 else times(clip.plays)


def size_text(before: Clip, after: Clip) -> str:
    """The bytes of a compressed clip, and their share of the original's."""
    share = f" ({after.size_bytes / before.size_bytes:.1%})" if before.size_bytes and after.size_bytes else ""
    return f"{after.size_bytes:,}{share}"


def own_version() -> str:
    """Of this package."""
    return lazy.installed_version(lazy.Library("pytest-giflab", "")) or "unknown"


def settings(report: ValidationReport, version: str) -> Iterator[tuple[str, str]]:
    """What the numbers depend on."""
    source = "detected" if report.content_detected else "as given"
    yield "goal", report.goal
    yield "content", f"{report.content} ({source})" if report.content else "nothing was compared"
    yield "compared", f"{report.coverage:.1%} of the original's time"
    pairs = max((result.scored for result in report.metrics.values()), default=0)
    population = max((result.population for result in report.metrics.values()), default=0)
    yield "scored", f"{counted(pairs, 'pair')} of frames, of {population}"
    yield "giflab", version
    yield "decoder, kernels", f"{report.decoder}, {report.kernels}"
    yield "metrics", ", ".join(f"{name} {result.version}" for name, result in report.metrics.items())


def region_of(report: ValidationReport) -> Region | None:
    """The worst place, if a check has found one."""
    found = (check.region for check in report.checks if check.region and check.status != "pass")
    return next(found, None)


def script_data(
    report: ValidationReport, pairs: Sequence[FramePair], sizes: tuple[tuple[int, int], tuple[int, int]], start_ms: int
) -> dict[str, Any]:
    """What the script of the page needs; all times in ms."""
    region = region_of(report)
    return {
        "original": [each.original for each in pairs],
        "compressed": [each.compressed for each in pairs],
        "starts": [each.start_ms for each in pairs],
        "end": pairs[-1].start_ms + pairs[-1].duration_ms,
        "begin": start_ms,
        "own": [(clip.width, clip.height) for clip in (report.original, report.compressed)],
        "size": sizes,
        "gain": GAIN,
        "ramp": RAMP.tolist(),
        "region": region and asdict(region),
        "frames": [report.original.n_frames, report.compressed.n_frames],
        "metrics": {
            name: _series(report.metrics[name], series, limits_of(name, report.limits))
            for name, series in report.series.items()
        },
    }


def _series(result: MetricResult, series: Series, limits: Mapping[Statistic, float]) -> dict[str, Any]:
    starts, durations_ms = series.start_ms, series.duration_ms
    return {
        "times": [*starts, starts[-1] + durations_ms[-1]] if starts else [],
        "values": [_rounded(value) for value in series.value],
        "limits": [{"title": "mean" if each == "mean" else "worst 1 %", "value": limits[each]} for each in limits],
        "worst": {"time": result.worst.time_ms, "value": _rounded(result.worst.value)},
        "unit": result.unit,
    }


def _rounded(value: float) -> float | None:
    return float(f"{value:.{DIGITS}g}") if isfinite(value) else None


def as_script(data: object) -> str:
    """JSON that can stand in a `<script>`, whatever texts it holds: nothing in it ends one, or begins a comment."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
