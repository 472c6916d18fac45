"""What changes from one pair of pictures to the next, in exact integers, at the cost of what changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels.boxes import NOTHING
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane

    Integers = npt.NDArray[Any]

# Grey levels that the original changes by where a left-over may be. At the threshold a ghost is within 6 levels of the
# old picture, on the way to the new one: a smaller threshold would count the noise of coarse palettes.
GHOST_STEP = 24
# Integrals are of differences from this grey.
MIDDLE = 128


@dataclass(frozen=True, slots=True)
class Change:
    """Sums over all `n` pixels for one step, with dx = x[t] - x[t - 2] and dy = y[t] - y[t - 2] in grey levels.

    `xx`, `yy`, `xy`: of dx², dy², dx dy; over two steps, so that a change that is shown a moment later than in the
    original, which makes two steps of one, is the same from then on. `still`: how many pixels of the original have not
    changed in the last two steps, and `wobble`: over them the sum of how far y turned back, the smaller of the last two
    steps of y where one went up and the other down; neither a drift nor a late change adds to it.
    `ghosts`: how many pixels show a left-over, see `History`.
    """

    n: int
    xx: int = 0
    yy: int = 0
    xy: int = 0
    still: int = 0
    wobble: int = 0
    ghosts: int = 0


class History:
    """The last pictures of an original (x) and a compressed clip (y) as luma, and where a left-over is on screen.

    A pixel becomes a left-over, a ghost, in a step in which x changes by at least `GHOST_STEP` and after which y is
    three times as close to what x was as to what x is, or closer. It stays one until x changes, which is judged like
    any other change of x, or until y changes and is no longer three times as close to what y was as to x.
    """

    def __init__(self, height: int, width: int) -> None:
        # x before, and before that; y; whether a pixel is a ghost.
        self._kept = np.zeros((5, height, width), np.uint8)
        self._box: Box = NOTHING
        self._steps = 0
        self._ghosts = 0

    def copy(self) -> History:
        """The same history, which goes its own way from here on."""
        other = History(*self._kept.shape[1:])
        other._kept[:] = self._kept
        other._box, other._steps, other._ghosts = self._box, self._steps, self._ghosts
        return other

    def update(self, x: Plane, y: Plane, box: Box | None) -> Change:
        """The change to these planes: uint8, (height, width), C-contiguous, on screen together.

        `box`: (top, bottom, left, right), half open, outside of which both are what they were at the last update; None
        for everywhere. At the first update nothing has changed; `still` counts from the third one on.
        """
        shape = self._kept.shape[1:]
        if x.shape != shape or y.shape != shape:
            raise ValueError(f"planes of {x.shape} and {y.shape} where {shape} is needed")
        self._steps += 1
        if self._steps == 1:
            self._kept[:4] = x, x, y, y
            return Change(x.size)
        now = (0, shape[0], 0, shape[1]) if box is None else box
        step = NATIVE.change_step if NATIVE else change_step_numpy
        xx, yy, xy, stirred, wobble, ghosts = step(x, y, self._kept, now, self._box, GHOST_STEP)
        self._box = now
        self._ghosts += ghosts
        if self._steps == 2:
            return Change(x.size, xx, yy, xy, ghosts=self._ghosts)
        return Change(x.size, xx, yy, xy, x.size - stirred, wobble, self._ghosts)


def change_step_numpy(
    x: Plane, y: Plane, kept: Integers, now: Box, before: Box, least: int
) -> tuple[int, int, int, int, int, int]:
    """One step within two boxes: xx, yy, xy, how many pixels are not still, wobble, and how many more ghosts there are.

    `kept`: x before, x before that, the same of y, and where ghosts are, which all become those of this step.
    """
    x1, x2, y1, y2, ghosts = kept
    area = _around(now, before)
    a, b, a1, a2, b1, b2 = (plane[area].astype(np.int32) for plane in (x, y, x1, x2, y1, y2))
    moved, was = a != a1, ghosts[area] != 0
    still = ~moved & (a1 == a2)
    there, back = (b1 - b2)[still], (b1 - b)[still]
    turned = np.where(there * back > 0, np.minimum(np.abs(there), np.abs(back)), 0)
    near = 3 * np.abs(b - np.where(moved, a1, b1)) <= np.abs(b - a)
    ghost = np.where(moved, np.abs(a - a1) >= least, was) & near
    x2[area], x1[area], y2[area], y1[area], ghosts[area] = a1, a, b1, b, ghost
    dx, dy = a - a2, b - b2
    xx, yy, xy = (int((p * q).sum(dtype=np.int64)) for p, q in ((dx, dx), (dy, dy), (dx, dy)))
    more = int(ghost.sum()) - int(was.sum())
    return xx, yy, xy, int((~still).sum()), int(turned.sum(dtype=np.int64)), more


def _around(one: Box, other: Box) -> tuple[slice, slice]:
    """The smallest box around both, as an index."""
    boxes = [box for box in (one, other) if box[0] < box[1] and box[2] < box[3]] or [NOTHING]
    tops, bottoms, lefts, rights = zip(*boxes, strict=True)
    return slice(min(tops), max(bottoms)), slice(min(lefts), max(rights))


def integrate(x: Plane, y: Plane, box: Box, ms: int, shrink: int, cells: Integers, sums: Integers) -> None:
    """At the time `ms` (0 to 65535) two clips' cells go over to what the planes `x` and `y` show, within a box.

    A cell is the rounded mean of `shrink` x `shrink` pixels (1 to 128; fewer at the right and at the bottom). `cells`:
    uint8, shape (2, rows, columns), those of x and those of y, become the new ones. `sums`: int32, shape (5, rows,
    columns), get (f before - f now) * ms for the f in `terms()`. With f now times the time of the end added, they are
    the integrals of f over time.
    """
    function = NATIVE.change_integrate if NATIVE else integrate_numpy
    function(x, y, box, ms, shrink, cells, sums)


def integrate_numpy(x: Plane, y: Plane, box: Box, ms: int, shrink: int, cells: Integers, sums: Integers) -> None:
    top, bottom, left, right = box
    if top >= bottom or left >= right:
        return
    top, bottom, left, right = top // shrink, -(-bottom // shrink), left // shrink, -(-right // shrink)
    pixels = slice(top * shrink, bottom * shrink), slice(left * shrink, right * shrink)
    now = np.stack((_averaged(x[pixels], shrink), _averaged(y[pixels], shrink)))
    within = np.s_[:, top:bottom, left:right]
    sums[within] += (terms(*cells[within]) - terms(*now)) * np.int32(ms)
    cells[within] = now


def terms(x: Plane, y: Plane) -> Integers:
    """x, y, x², y², x y of differences from 128: int32, shape (5, height, width)."""
    a, b = x.astype(np.int32) - MIDDLE, y.astype(np.int32) - MIDDLE
    return np.stack((a, b, a * a, b * b, a * b))


def _averaged(plane: Plane, side: int) -> Integers:
    """The rounded means of cells; those at the right and at the bottom may be smaller."""
    starts = [np.arange(0, length, side) for length in plane.shape]
    sums = np.add.reduceat(np.add.reduceat(plane, starts[0], axis=0, dtype=np.int32), starts[1], axis=1)
    sides = [np.diff(start, append=length) for start, length in zip(starts, plane.shape, strict=True)]
    area = np.multiply.outer(*sides)
    result: Integers = (sums + area // 2) // area
    return result
