"""What changes from one pair of large pictures to the next: as `change`, in less memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.frozen import dataclass
from giflab_core.kernels.boxes import NOTHING, Box, enclosing, pixels_in
from giflab_core.kernels.change import GHOST_STEP, Change, change_step_numpy
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.model import Mask, Plane

    Bits: TypeAlias = npt.NDArray[np.uint8]
    """A mask, eight pixels of a row in a byte."""

# So many pixels are looked at together, in memory that stays in the cache.
BAND_PIXELS = 1 << 15


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """One clip's picture: luma on black, and where it is transparent, None for nowhere."""

    plane: Plane
    hidden: Bits | None

    def on(self, grey: int, rows: slice) -> Plane:
        """Luma on a grey, of some rows."""
        part = self.plane[rows]
        if self.hidden is None or not grey:
            return part
        return np.where(np.unpackbits(self.hidden[rows], axis=1, count=part.shape[1]), np.uint8(grey), part)


Moment: TypeAlias = tuple[_Shown, _Shown]


class LargeHistory:
    """As a `History` for each of some backgrounds. It keeps planes that it is given, and no copies of them.

    What is transparent has the grey of the background, so that a plane and a mask tell of all backgrounds.
    """

    def __init__(self, height: int, width: int) -> None:
        self._shape = height, width
        # The pictures before, the latest first, two at most.
        self._before: tuple[Moment, ...] = ()
        # By background, where ghosts are, and how many.
        self._ghosts: dict[int, Bits] = {}
        self._counts: dict[int, int] = {}
        self._box: Box = NOTHING

    @property
    def backgrounds(self) -> tuple[int, ...]:
        """Those of the last update."""
        return tuple(self._ghosts)

    def update(
        self,
        planes: tuple[Plane, Plane],
        hidden: tuple[Mask | None, Mask | None],
        backgrounds: Sequence[int],
        box: Box | None,
    ) -> tuple[Change, ...]:
        """As `History.update`, on each of some greys. One that is new was like another one, since all was opaque.

        `planes`: luma on black, uint8, shape (height, width), which nobody changes later; `hidden`: where both are
        transparent.
        """
        x, y = (
            _Shown(plane, None if mask is None else np.packbits(mask, axis=1))
            for plane, mask in zip(planes, hidden, strict=True)
        )
        self._follow(backgrounds)
        before, self._before = self._before, ((x, y), *self._before[:1])
        n = x.plane.size
        if not before:
            return tuple(Change(n) for _ in backgrounds)
        now = (0, self._shape[0], 0, self._shape[1]) if box is None else box
        changes = []
        for grey in backgrounds:
            xx, yy, xy, stirred, wobble, more = self._step(grey, (x, y), before, now)
            self._counts[grey] += more
            still = (n - stirred, wobble) if len(before) == 2 else (0, 0)
            changes.append(Change(n, xx, yy, xy, *still, self._counts[grey]))
        self._box = now
        return tuple(changes)

    def _follow(self, backgrounds: Sequence[int]) -> None:
        other = next(iter(self._ghosts), None)
        nowhere = np.zeros((self._shape[0], -(-self._shape[1] // 8)), np.uint8)
        ghosts, counts = (nowhere, 0) if other is None else (self._ghosts[other], self._counts[other])
        self._ghosts = {grey: self._ghosts.get(grey, ghosts.copy()) for grey in backgrounds}
        self._counts = {grey: self._counts.get(grey, counts) for grey in backgrounds}

    def _step(self, grey: int, now: Moment, before: tuple[Moment, ...], box: Box) -> list[int]:
        """What `change_step_numpy` tells of all rows."""
        step = NATIVE.change_step if NATIVE else change_step_numpy
        ghosts, width = self._ghosts[grey], self._shape[1]
        top, bottom, _, _ = enclosing(box, self._box)
        rows = max(1, BAND_PIXELS // width)
        totals = [0] * 6
        for first in range(top, bottom, rows):
            band = slice(first, min(first + rows, bottom))
            earlier = [moment[side].on(grey, band) for side in (0, 1) for moment in (before[0], before[-1])]
            kept = np.stack([*earlier, np.unpackbits(ghosts[band], axis=1, count=width)])
            x, y = (shown.on(grey, band) for shown in now)
            sums = step(x, y, kept, _within(box, band), _within(self._box, band), GHOST_STEP)
            ghosts[band] = np.packbits(kept[4], axis=1)
            totals = [one + other for one, other in zip(totals, sums, strict=True)]
        return totals


def _within(box: Box, rows: slice) -> Box:
    cut: Box = max(box[0], rows.start) - rows.start, min(box[1], rows.stop) - rows.start, box[2], box[3]
    return cut if pixels_in(cut) else NOTHING
