"""The numbers of one metric over time as a drawing that needs no script: SVG, in the colours of the page round it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import isfinite

from giflab_core.model import MetricResult, Statistic
from giflab_core.series import Series

WIDTH, HEIGHT, LEFT, BELOW, ABOVE = 640, 150, 46, 18, 8
# More steps than the drawing has room for are drawn as the worst of several.
MOST_STEPS = 500


def limits_of(name: str, limits: Mapping[str, float]) -> dict[Statistic, float]:
    """The limits in force of one metric."""
    both: tuple[Statistic, ...] = ("mean", "p01")
    return {each: limits[f"{name}.{each}"] for each in both if f"{name}.{each}" in limits}


def chart_svg(result: MetricResult, series: Series, limits: Mapping[Statistic, float]) -> str:
    """The series as steps, a dashed line for each limit, and a dot at the worst moment."""
    steps = list(_steps(result, series))
    scale = _Scale(steps, limits, series)
    lines = "".join(
        f'<line class="limit" x1="{LEFT}" x2="{WIDTH}" y1="{scale.y(value):.1f}" y2="{scale.y(value):.1f}"/>'
        for value in limits.values()
    )
    worst = result.worst
    dot = ""
    if isfinite(worst.value):
        dot = f'<circle class="worst" cx="{scale.x(worst.time_ms):.1f}" cy="{scale.y(worst.value):.1f}" r="4"/>'
    said = escape(f"{result.name} over time, mean {result.mean:.4g}, worst {worst.value:.4g} at {worst.time_ms} ms")
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">'
        f"{''.join(scale.labels())}{lines}"
        f'<path class="series" d="{_path(steps, scale)}"/>{dot}</svg>'
    )


def _steps(result: MetricResult, series: Series) -> Iterator[tuple[int, int, float]]:
    """Start, end and value of each step."""
    pick = min if result.better == "higher" else max
    each_of = -(-len(series) // MOST_STEPS) or 1
    for start in range(0, len(series), each_of):
        several = series[start : start + each_of]
        end_ms = several[-1].start_ms + several[-1].duration_ms
        yield several[0].start_ms, end_ms, pick(each.value for each in several)


def _path(steps: Sequence[tuple[int, int, float]], scale: _Scale) -> str:
    """Lines along the steps; an infinite value is a gap."""
    parts = []
    before = None
    for start_ms, end_ms, value in steps:
        if isfinite(value):
            y = scale.y(value)
            parts.append(f"{'L' if before == start_ms else 'M'}{scale.x(start_ms):.1f} {y:.1f}H{scale.x(end_ms):.1f}")
        before = end_ms if isfinite(value) else None
    return "".join(parts)


class _Scale:
    """Where times and values are drawn."""

    def __init__(
        self, steps: Sequence[tuple[int, int, float]], limits: Mapping[Statistic, float], series: Series
    ) -> None:
        shown = [value for value in (*(value for *_, value in steps), *limits.values()) if isfinite(value)] or [0.0]
        self._low, self._high = min(shown), max(shown)
        self._end_ms = steps[-1][1] if steps else 1
        self._span = self._high - self._low or 1.0

    def x(self, time_ms: int) -> float:
        return LEFT + (WIDTH - LEFT) * time_ms / self._end_ms

    def y(self, value: float) -> float:
        return ABOVE + (HEIGHT - ABOVE - BELOW) * (self._high - value) / self._span

    def labels(self) -> Iterator[str]:
        for value in dict.fromkeys((self._high, self._low)):
            yield f'<text x="{LEFT - 6}" y="{self.y(value) + 4:.1f}" text-anchor="end">{value:.3g}</text>'
        yield f'<text x="{LEFT}" y="{HEIGHT - 3}">0 s</text>'
        yield f'<text x="{WIDTH}" y="{HEIGHT - 3}" text-anchor="end">{self._end_ms / 1000:g} s</text>'
