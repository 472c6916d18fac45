"""What tells how the tones, the colours and the detail of one picture became those of another: sums over pixels."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.histogram import margins
from giflab_core.kernels.joint import MULTIPLIER, packed

if TYPE_CHECKING:
    from giflab_core.kernels.joint import Colours, Counts, Joint
    from giflab_core.model import Plane

    Floats = npt.NDArray[np.float32]
    Doubles = npt.NDArray[np.float64]

LEVELS = 256
# The sums after the two of each level: pixels; y1, y2 and their squares and product; u and v of both; squared chroma of
# both; the inner and the outer product of chroma.
NAMES = ("n", "y1", "y2", "y11", "y22", "y12", "u1", "v1", "u2", "v2", "c11", "c22", "c12", "turn")
SIZE = 2 * LEVELS + len(NAMES)
# The sums of `level_sums`: four planes of three channels, and two more.
PLANES, CHANNELS = 4, 3
LEVEL_SIZE = PLANES * CHANNELS * LEVELS + 2
# A level that fewer of the pixels have does not count; so many of a channel are no few.
RARE, MANY_LEVELS = 1e-4, 16
# Of a picture, the steps in one of so many rows stand for those in all.
ROWS = 4
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def size_of_sums(places: int) -> int:
    """How many sums `add_tones` adds to."""
    return SIZE + 3 * places**2 + 3 + LEVEL_SIZE


def add_tones(joint: Joint, x: Plane, y: Plane, places: int, times: int, sums: Doubles) -> None:
    """Add, so many times, to `sums`: `tone_sums`, `detail_sums`, how many pixels, `changed_pixels` and `level_sums`."""
    if NATIVE:
        pairs = joint.original, joint.compressed, joint.counts
        NATIVE.add_tones(*pairs, x, y, places, ROWS, RARE, MANY_LEVELS, MULTIPLIER, times, sums)
    else:
        details = detail_sums(x, y, places).ravel()
        sums += times * np.concatenate([tone_sums(joint), details, [x.size], changed_pixels(joint), level_sums(joint)])


def tone_sums(joint: Joint) -> Doubles:
    """Sums over the pixels that are visible in both pictures, as means of those: float64, shape (`SIZE`,).

    First, for each grey level of the original's luma, how many pixels have it, and the sum of the compressed picture's
    luma there; then those of `NAMES`. Luma y is Rec. 601, 0 to 255; chroma is (u, v) = (blue - y, red - y). All 0 where
    nothing is visible in both.
    """
    sums = np.zeros(SIZE)
    (NATIVE.tone_sums if NATIVE else tone_sums_numpy)(joint.original, joint.compressed, joint.counts, sums)
    return sums


def tone_sums_numpy(original: Colours, compressed: Colours, counts: Counts, sums: Doubles) -> None:
    """The twin of the native function, which adds in another order."""
    visible = counts * ((original[:, 3] != 0) & (compressed[:, 3] != 0))
    total = int(visible.sum())
    if not total:
        return
    weights = (visible / total).astype(np.float32)
    (y1, u1, v1), (y2, u2, v2) = _opponent(original), _opponent(compressed)
    levels = np.rint(y1).astype(np.intp)
    curve = (np.bincount(levels, each, minlength=LEVELS) for each in (weights, weights * y2))
    terms = np.stack(
        (
            *(np.ones_like(y1), y1, y2, y1 * y1, y2 * y2, y1 * y2, u1, v1, u2, v2),
            *(u1 * u1 + v1 * v1, u2 * u2 + v2 * v2, u1 * u2 + v1 * v2, u1 * v2 - v1 * u2),
        )
    )
    # Sums, not inner products: NumPy would hand those to threads that wait for more, and cost more than they save.
    sums[:] = np.concatenate([*curve, (weights * terms).sum(axis=1, dtype=np.float64)])


def changed_pixels(joint: Joint) -> tuple[int, int]:
    """How many pixels have another colour and are visible in both pictures, and how many are visible in one only."""
    count = NATIVE.changed_pixels if NATIVE else changed_pixels_numpy
    return count(joint.original, joint.compressed, joint.counts)


def changed_pixels_numpy(original: Colours, compressed: Colours, counts: Counts) -> tuple[int, int]:
    """The twin of the native function."""
    before, after = original[:, 3] != 0, compressed[:, 3] != 0
    recoloured = before & after & (packed(original) != packed(compressed))
    return int(counts[recoloured].sum()), int(counts[before != after].sum())


def level_sums(joint: Joint) -> Doubles:
    """What each level of R, G and B became, of the pixels that are visible in both: float64, shape (`LEVEL_SIZE`,).

    First `PLANES` for each channel: for each level of the original its share of the pixels, and with that as a weight
    the mean of the compressed picture's level there and of its square; for each level of the compressed picture its
    share. Then how many colours that has, and whether a channel of it has more than `MANY_LEVELS` levels: 1, and all
    else is 0; otherwise 0. Levels and colours count if they have a share of more than `RARE`.
    """
    sums = np.zeros(LEVEL_SIZE)
    pairs = joint.original, joint.compressed, joint.counts
    if NATIVE:
        NATIVE.level_sums(*pairs, RARE, MANY_LEVELS, MULTIPLIER, sums)
    else:
        level_sums_numpy(*pairs, sums)
    return sums


def level_sums_numpy(original: Colours, compressed: Colours, counts: Counts, sums: Doubles) -> None:
    """The twin of the native function."""
    planes = sums[:-2].reshape(PLANES, CHANNELS, LEVELS)
    visible = counts * ((original[:, 3] != 0) & (compressed[:, 3] != 0))
    total = max(1, int(visible.sum()))
    planes[3] = margins(compressed, visible) / total
    if (np.count_nonzero(planes[3] > RARE, axis=1) > MANY_LEVELS).any():
        planes[:], sums[-1] = 0, 1
        return
    weights = visible / total
    for channel in range(CHANNELS):
        x, y = original[:, channel], compressed[:, channel].astype(np.float64)
        for plane, each in zip(planes, (weights, weights * y, weights * y * y), strict=False):
            plane[channel] = np.bincount(x, each, LEVELS)
    _, places = np.unique(packed(compressed), return_inverse=True)
    sums[-2] = np.count_nonzero(np.bincount(places, weights) > RARE)


def _opponent(colours: Colours) -> tuple[Floats, Floats, Floats]:
    red, green, blue = np.array(colours.T[:3], np.float32, order="C")
    luma = LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue
    return luma, blue - luma, red - luma


def detail_sums(x: Plane, y: Plane, places: int) -> Doubles:
    """The sums of dx dx, dx dy and dy dy over the steps from each pixel to its right neighbour, in every `ROWS`th row.

    `x`, `y`: uint8, one shape (height, width). Returns those of so many places down and across, which share no step:
    float64, shape (places, places, 3).
    """
    sums = np.zeros((places, places, 3), np.int64)
    (NATIVE.detail_sums if NATIVE else detail_sums_numpy)(x, y, ROWS, sums)
    return sums.astype(np.float64)


def detail_sums_numpy(x: Plane, y: Plane, every: int, sums: npt.NDArray[np.int64]) -> None:
    """The twin of the native function: steps in every so many rows."""
    height, width = x.shape
    places = len(sums)
    rows = [k * height // places // every * every for k in range(places)] + [height]
    columns = [k * width // places for k in range(places + 1)]
    for i, (top, bottom) in enumerate(pairwise(rows)):
        for j, (left, right) in enumerate(pairwise(columns)):
            part = slice(top, bottom, every), slice(left, right + 1)
            dx, dy = (values[:, 1:] - values[:, :-1] for values in (plane[part].astype(np.int64) for plane in (x, y)))
            sums[i, j] += [int((p * q).sum()) for p, q in ((dx, dx), (dx, dy), (dy, dy))]
