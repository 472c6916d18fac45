"""Bytes against quality as a drawing that needs no script: a dot a candidate, a line along those worth their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from math import inf, isfinite, isinf

from giflab_core.frozen import dataclass
from giflab_core.model import Better, Status
from giflab_core.text import rounded

WIDTH, HEIGHT, LEFT, RIGHT, ABOVE, BELOW = 860, 320, 64, 24, 24, 44
RADIUS = 11
# How far values are from the ends of an axis, as a part of its length; FAR the finite ones where infinite ones are.
NEAR, FAR = 0.04, 0.16


@dataclass(frozen=True, slots=True)
class Dot:
    """One candidate: its number on the page, what it takes and gives, and whether it is worth its bytes.

    `value`: any number; what is infinite is drawn at the edge.
    """

    number: int
    name: str
    size_bytes: int
    value: float
    status: Status
    is_best: bool


def scatter_svg(dots: Sequence[Dot], metric: str, better: Better) -> str:
    """The dots, with better ones further up and smaller ones further left; "" without any."""
    if not dots:
        return ""
    x = _Axis([dot.size_bytes for dot in dots], LEFT + 16, WIDTH - RIGHT)
    ends = (HEIGHT - BELOW - 12, ABOVE) if better == "higher" else (ABOVE, HEIGHT - BELOW - 12)
    y = _Axis([dot.value for dot in dots], *ends)
    best = sorted((dot for dot in dots if dot.is_best), key=lambda dot: dot.size_bytes)
    line = " ".join(f"{x(dot.size_bytes):.1f},{y(dot.value):.1f}" for dot in best)
    parts = [
        f'<polyline class="front" points="{line}"/>',
        *_axes(dots, x, y, metric),
        *(_drawn(dot, x(dot.size_bytes), y(dot.value)) for dot in dots),
    ]
    said = escape(f"{metric} against bytes; worth their bytes: {', '.join(dot.name for dot in best) or 'none'}")
    return f'<svg class="scatter" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}">{"".join(parts)}</svg>'


class _Axis:
    """From values to places between two ends, with a little room; infinite ones are apart from the others."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        finite = [each for each in values if isfinite(each)] or [0.0]
        self._low, self._span = min(finite), (max(finite) - min(finite))
        self._start, self._end = start, end
        self._room = (FAR if -inf in values else NEAR, FAR if inf in values else NEAR)

    def __call__(self, value: float) -> float:
        if isinf(value):
            share = 1 - NEAR if value > 0 else NEAR
        else:
            among = (value - self._low) / self._span if self._span else 0.5
            share = self._room[0] + (1 - sum(self._room)) * among
        return self._start + (self._end - self._start) * share


def _axes(dots: Sequence[Dot], x: _Axis, y: _Axis, metric: str) -> Iterator[str]:
    bottom = HEIGHT - BELOW
    yield f'<path class="axis" d="M{LEFT} {ABOVE - 12}V{bottom}H{WIDTH}"/>'
    values = {dot.value for dot in dots}
    finite = {each for each in values if isfinite(each)}
    for value in sorted({*values - finite, min(finite, default=inf), max(finite, default=inf)} & values):
        said = rounded(value, 3)
        yield f'<text x="{LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{said}</text>'
    for size in dict.fromkeys((min(dot.size_bytes for dot in dots), max(dot.size_bytes for dot in dots))):
        yield f'<text x="{x(size):.1f}" y="{bottom + 18}" text-anchor="middle">{size:,}</text>'
    yield f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 6}" text-anchor="middle">bytes</text>'
    yield f'<text x="{LEFT + 8}" y="{ABOVE - 8}">{escape(metric)}</text>'


def _drawn(dot: Dot, x: float, y: float) -> str:
    kind = f"dot {dot.status}{' best' if dot.is_best else ''}"
    said = rounded(dot.value)
    title = escape(f"{dot.name}: {dot.size_bytes:,} bytes, {said}, {dot.status}")
    return (
        f'<g class="{kind}"><title>{title}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle">{dot.number}</text></g>'
    )
