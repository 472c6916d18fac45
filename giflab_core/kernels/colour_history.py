"""How far blocks of a compressed clip go forth and back, in colour and light, where the original does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.blocks import block_means, shape_of_blocks, touching
from giflab_core.kernels.boxes import pixels_in
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.lab import LINEAR, lab

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Pixels

    Doubles: TypeAlias = npt.NDArray[np.float64]
    History: TypeAlias = npt.NDArray[np.uint8]
    """The mean colours of the blocks of pictures, of both clips: shape (pictures, 2, rows, columns, 4)."""
    Moments: TypeAlias = npt.NDArray[np.int64]
    KnownColours: TypeAlias = tuple[npt.NDArray[np.uint32], Doubles]

# What is left and taken again within this time goes forth and back, and so does what the next picture takes again.
RETURNS_MS, FEWEST = 350, 3
# So many pictures are kept at most: enough for as much time at 50 a second.
MOST_KEPT = 24
# So many colours are known at a time.
MOST_KNOWN, NO_COLOUR = 1 << 14, 0xFFFFFFFF
# What is less, in levels of R, G and B, is rounding.
LEAST = 2


class ColourHistory:
    """The last pictures of two clips, as the mean colours of blocks, and how far each block turned back last."""

    def __init__(self, height: int, width: int) -> None:
        self._whole: Box = 0, height, 0, width
        shape = shape_of_blocks(height, width)
        self._means: History = np.zeros((MOST_KEPT, 2, *shape, 4), np.uint8)
        self._starts_ms: list[int] = []
        self._latest = 0
        self._turned, self._until_ms = np.zeros(shape), np.zeros(shape, np.int64)
        self._known = no_colours()

    def update(
        self, original: Pixels, compressed: Pixels, box: Box | None, start_ms: int, *, equal: bool = False
    ) -> float:
        """How far the colour turned back lately, in units of CIELAB: 0 to about 400.

        `original`, `compressed`: RGBA, uint8, shape (height, width, 4), on screen together from `start_ms` on, which
        grows; `equal`: whether they are. `box`: (top, bottom, left, right) outside of which both are what they were at
        the last update, None for everywhere. It is a mean over the pixels that are opaque in both, of what
        `colour_turned` finds in their block.
        """
        box = self._whole if box is None else box
        if not pixels_in(box):
            return 0.0
        before, self._latest = self._latest, (self._latest + 1) % len(self._means)
        self._starts_ms = [start_ms, *self._starts_ms[: MOST_KEPT - 1]]
        now, where = self._means[self._latest], touching(box)
        now[:] = self._means[before]
        block_means(original, box, now[0])
        if equal:
            now[1][where] = now[0][where]
        else:
            block_means(compressed, box, now[1])
        left_ms = self._left_ms()
        if len(left_ms) < FEWEST:
            return 0.0
        kept = self._turned, self._until_ms, self._known
        total, shares = colour_turned(self._means, left_ms, self._latest, where, *kept)
        return total / max(1, shares)

    def _left_ms(self) -> Moments:
        """When each of the pictures was left that may be taken again now, the latest first, which is still there."""
        now_ms = self._starts_ms[0]
        left = [now_ms, *self._starts_ms[:-1]]
        return np.array([ms for place, ms in enumerate(left) if place < FEWEST or ms >= now_ms - RETURNS_MS], np.int64)


def no_colours() -> KnownColours:
    """Room for colours of 24 bits and their CIELAB, which are looked up again in picture after picture; none so far."""
    return np.full(MOST_KNOWN, NO_COLOUR, np.uint32), np.zeros((MOST_KNOWN, 3))


def colour_turned(
    means: History,
    left_ms: Moments,
    latest: int,
    where: tuple[slice, slice],
    turned: Doubles,
    until_ms: Moments,
    known: KnownColours,
) -> tuple[float, int]:
    """How far errors turned back: the sum over blocks, and by what to divide it.

    `means[latest]` are those of now; the others come before each other, in a ring; `left_ms`: until when 3 to 24 of
    them were there, the latest first, of which it is now. The error of a block in CIELAB goes forth from an earlier
    picture, and back to now: along each axis the shorter of both ways counts. From it comes off how far the original
    went meanwhile. Of the earlier pictures the one for which most is left counts, and of the blocks in `where` those
    that changed and whose error of R, G or B turned back by `LEAST` levels. It counts as long again as it took to be
    farthest and stay there; until then `turned` and `until_ms`, of shape (rows, columns), have it. Each block counts by
    how much of it is opaque in both. `known`: see `no_colours`, for the next pictures of the same clips.
    """
    if NATIVE:
        rows, columns = where
        part = rows.start, rows.stop, columns.start, columns.stop
        return NATIVE.colour_turned(means, left_ms, latest, part, LEAST, LINEAR, turned, until_ms, *known)
    return colour_turned_numpy(means, left_ms, latest, where, turned, until_ms)


def colour_turned_numpy(
    means: History,
    left_ms: Moments,
    latest: int,
    where: tuple[slice, slice],
    turned: Doubles,
    until_ms: Moments,
) -> tuple[float, int]:
    """The twin of the native function."""
    pictures = [means[(latest - back) % len(means)] for back in range(len(left_ms))]
    shares = pictures[0][..., 3].min(axis=0)
    parts = np.stack([each[:, *where] for each in pictures])
    visible = parts[..., 3].min(axis=1)[..., None] > 0
    levels = (parts[:, 1, ..., :3].astype(np.float64) - parts[:, 0, ..., :3]) * visible
    is_other = (parts[0] != parts[1]).any(axis=(0, -1))
    found = is_other & np.logical_or.reduce([(way >= LEAST).any(axis=-1) for way, _ in _ways(levels)])
    own, others = (lab(np.ascontiguousarray(parts[:, side][:, found]).reshape(-1, 4)) for side in (0, 1))
    own, others = (each.reshape(len(pictures), int(found.sum()), 3) for each in (own, others))
    most, until = np.zeros(own.shape[1]), np.zeros(own.shape[1], np.int64)
    for index, (way, farthest) in enumerate(_ways((others - own) * visible[:, found]), 1):
        left = _length(way) - _length(np.ptp(own[: index + 1], axis=0))
        middle = np.take_along_axis(farthest, way.argmax(axis=-1)[:, None], axis=-1)[:, 0]
        until_now = 2 * left_ms[np.where(way.any(axis=-1), middle, 0)] - left_ms[index]
        is_more = (left > most) & (until_now > left_ms[0])
        most, until = np.where(is_more, left, most), np.where(is_more, until_now, until)
    kept, kept_until = turned[where][found], until_ms[where][found]
    is_more = (most > 0) & ((most >= kept) | (kept_until <= left_ms[0]))
    turned[where][found] = np.where(is_more, most, kept)
    until_ms[where][found] = np.where(is_more, until, kept_until)
    return float((shares * turned)[until_ms > left_ms[0]].sum()), int(shares.sum())


def _ways(errors: Doubles) -> Iterator[tuple[Doubles, Moments]]:
    """From each picture but the first: how far an error went forth and back to the first, and where it was farthest."""
    now = errors[0]
    for index in range(1, len(errors)):
        since = errors[:index]
        up, down = (
            since.max(axis=0) - np.maximum(now, errors[index]),
            np.minimum(now, errors[index]) - since.min(axis=0),
        )
        yield np.maximum(0, np.maximum(up, down)), np.where(up >= down, since.argmax(axis=0), since.argmin(axis=0))


def _length(way: Doubles) -> Doubles:
    return np.asarray(np.sqrt((way * way).sum(axis=-1)))
