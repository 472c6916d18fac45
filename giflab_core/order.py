"""Tell whether a clip shows its pictures in the order of the original.

Scores of frames on screen together cannot: where little moves, a reversed clip looks much like the original at every
moment. So each picture is looked up in the whole original, by a small print of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from giflab_core.model import Floats, Pixels

    Print = Floats

SIDE = 16
# A picture belongs elsewhere when it is less than half as far from a picture of another moment as from all near ones.
MUCH_CLOSER = 0.5
# Below this distance (grey levels, root mean square) two prints are the same picture.
SAME = 1e-3
# "Near" is the frame's own time, and 2 % of the clip or half a (median) frame around it: encoders round delays.
NEAR_SHARE, NEAR_FRAMES = 0.02, 0.5
ROWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Misplaced:
    """The share of the compared time that shows pictures of another moment, 0 to 1, and when that first happens."""

    share: float
    first_ms: int | None


def fingerprint(pixels: Pixels) -> Print:
    """Luma on black and alpha of an RGBA frame, averaged over at most 16x16 cells: float64, one dimension."""
    hidden = pixels[..., 3] == 0
    luma = np.asarray(Image.fromarray(pixels).convert("L"))
    planes = (np.where(hidden, np.uint8(0), luma), np.where(hidden, np.uint8(0), np.uint8(255)))
    height, width = luma.shape
    size = (min(SIDE, width), min(SIDE, height))
    cells = [np.asarray(Image.fromarray(plane).convert("F").resize(size, Image.Resampling.BOX)) for plane in planes]
    return np.concatenate([each.ravel() for each in cells]).astype(np.float64)


def misplaced(
    original: Sequence[Print],
    original_durations_ms: Sequence[int],
    compressed: Sequence[Print],
    compressed_durations_ms: Sequence[int],
) -> Misplaced:
    """Look up each frame of the compressed clip in the original, over the time that both last.

    Fingerprints and durations are in the order of the clip. Frames that an encoder dropped or merged leave their
    neighbours in place, so those are not misplaced.
    """
    before, after = np.array(original), np.array(compressed)
    before_ends, after_ends = np.cumsum(original_durations_ms), np.cumsum(compressed_durations_ms)
    before_starts, after_starts = before_ends - original_durations_ms, after_ends - compressed_durations_ms
    common_ms = min(before_ends[-1], after_ends[-1])
    near_ms = max(NEAR_FRAMES * np.median(original_durations_ms), NEAR_SHARE * before_ends[-1])

    elsewhere = np.zeros(len(after), np.bool_)
    for top in range(0, len(after), ROWS_AT_ONCE):
        rows = slice(top, top + ROWS_AT_ONCE)
        distance = _distances(after[rows], before)
        gap_ms = np.maximum(
            before_starts[None, :] - after_ends[rows, None], after_starts[rows, None] - before_ends[None, :]
        )
        near = np.where(gap_ms <= near_ms, distance, np.inf).min(axis=1)
        elsewhere[rows] = (near > SAME) & np.isfinite(near) & (distance.min(axis=1) < MUCH_CLOSER * near)
    shown_ms = np.clip(after_ends, 0, common_ms) - np.clip(after_starts, 0, common_ms)
    elsewhere &= shown_ms > 0
    if not elsewhere.any():
        return Misplaced(0.0, None)
    return Misplaced(float(shown_ms[elsewhere].sum() / common_ms), int(after_starts[elsewhere.argmax()]))


def _distances(rows: Floats, columns: Floats) -> Floats:
    """Root mean square difference of each row with each column."""
    squares = (rows**2).sum(axis=1)[:, None] + (columns**2).sum(axis=1)[None, :] - 2 * rows @ columns.T
    result: Floats = np.sqrt(np.maximum(squares, 0) / rows.shape[1])
    return result
