"""Where and when there is something to spoil."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tests.helpers.local_faults.grounds import drawn, ground
from tests.helpers.local_faults.scenes import Box, Footage, Pixels, Scene, Span

Shape = Callable[[int, int, float, np.random.Generator], tuple[int, int]]
"""From the canvas's width and height and a share of its area to the width and height of a box."""
Worth = Callable[[Scene], float]
"""How much a box at a time has to spoil, 0 to 1; 0 for nothing."""

BOXES = 24


def any_shape(width: int, height: int, share: float, chance: np.random.Generator) -> tuple[int, int]:
    """Twice as wide as high, or twice as high as wide, or between."""
    return _sized(width, height, share * width * height, float(np.exp(chance.uniform(np.log(0.5), np.log(2)))))


def band(width: int, height: int, share: float, chance: np.random.Generator) -> tuple[int, int]:
    """Four to twelve times as wide as high, as lines of text are."""
    return _sized(width, height, share * width * height, chance.uniform(4, 12))


def quarter(width: int, height: int, share: float, chance: np.random.Generator) -> tuple[int, int]:
    return width // 2, height // 2


def whole(width: int, height: int, share: float, chance: np.random.Generator) -> tuple[int, int]:
    return width, height


def thin(width: int, height: int, share: float, chance: np.random.Generator) -> tuple[int, int]:
    """Two rows from edge to edge, or two columns."""
    return (width, 2) if chance.random() < 0.5 else (2, height)


def _sized(width: int, height: int, area: float, aspect: float) -> tuple[int, int]:
    across = min(max(round(np.sqrt(area * aspect)), 1), width)
    return across, min(max(round(area / across), 1), height)


def anything(scene: Scene) -> float:
    return 1.0


def drawing(scene: Scene) -> float:
    """The share of what is drawn on the ground, at its best if a quarter is."""
    share = float(np.mean([drawn(patch, ground(patch)).mean() for patch in _some(scene)]))
    return min(share, 0.25)


def thing(scene: Scene) -> float:
    """As `drawing`, and more if the edge of the box cuts nothing: a label or a part as a whole."""
    return float(np.mean([_whole(patch) for patch in _some(scene)]))


def _whole(patch: Pixels) -> float:
    edge = np.concatenate([patch[0], patch[-1], patch[:, 0], patch[:, -1]])
    colour = ground(edge)
    share, cut = drawn(patch, colour).mean(), drawn(edge, colour).mean()
    return float(min(share, 0.25) * (1 - cut) ** 4)


def detail(scene: Scene) -> float:
    """How much neighbours in a row differ."""
    return float(np.mean([np.abs(np.diff(patch.astype(np.int16), axis=1)).mean() / 255 for patch in _some(scene)]))


def motion(scene: Scene) -> float:
    """The share that differs from the frame before the span, or after it."""
    before, after = scene.patch(scene.span.first - 1), scene.patch(scene.span.end)
    return max(float(drawn(patch, before).mean() + drawn(patch, after).mean()) / 2 for patch in _some(scene))


def chroma(scene: Scene) -> float:
    """How far the colours are from greys."""
    return float(np.mean([np.ptp(patch[..., :3], axis=-1).mean() / 255 for patch in _some(scene)]))


def opaque(scene: Scene) -> float:
    return float(np.mean([(patch[..., 3] > 0).mean() for patch in _some(scene)]))


def transparent(scene: Scene) -> float:
    return 1 - opaque(scene)


def _some(scene: Scene) -> Sequence[Pixels]:
    """The first, the middle and the last patch."""
    first, last = scene.span.first, scene.span.end - 1
    return [scene.patch(number) for number in sorted({first, (first + last) // 2, last})]


def span(footage: Footage, share: float, chance: np.random.Generator) -> Span:
    """Some frames in a row that fill about this share of the time; at least one."""
    ends = np.cumsum(footage.durations_ms)
    starts = ends - footage.durations_ms
    start = chance.uniform(0, max(0.0, 1 - share)) * ends[-1]
    first = int(np.abs(starts - start).argmin())
    last = int(np.abs(ends - (starts[first] + share * ends[-1])).argmin())
    return Span(first, max(first, last) + 1)


def box(
    footage: Footage, share: float, at: Span, shape: Shape, worth: Worth, chance: np.random.Generator
) -> Box | None:
    """One of the better quarter of some boxes; None if none has anything to spoil."""
    height, width = footage.frames[0].shape[:2]
    found = []
    for _ in range(BOXES):
        across, down = shape(width, height, share, chance)
        x, y = int(chance.integers(width - across + 1)), int(chance.integers(height - down + 1))
        each = Box(x, y, across, down)
        found.append((worth(Scene(footage.frames, each, at)), x, y, each))
    found.sort(key=lambda one: one[0], reverse=True)
    better = [one[-1] for one in found[: BOXES // 4] if one[0] > 0]
    return better[int(chance.integers(len(better)))] if better else None
