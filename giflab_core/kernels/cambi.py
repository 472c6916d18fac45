"""CAMBI, the contrast-aware multiscale banding index of an 8-bit plane: how visible its bands are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.model import Mask, Plane

    Levels = npt.NDArray[np.int16]
    Values = npt.NDArray[np.int32]

SMALLEST = 93
"""Width and height from which a window has more than one pixel; below, there is nothing to compare."""
CONTRASTS = 4
SCALES = (16, 8, 4, 2, 1)
# By contrast: its weight, and the brightest level of 10 bits from which a step of this size is still seen: 1.9 % more
# light on a screen of 0.01 to 300 cd/m2 after BT.1886, where black is 64 and white 940. From the seventh on, all are.
WEIGHTS = (1, 2, 3, 4, 4, 5, 5) + 4 * (6,) + 4 * (7,) + 7 * (8,) + 10 * (9,)
BRIGHTEST = (178, 305, 432, 559, 686, 813) + 26 * (1023,)
HALF_MASK = 3
LONGEST_REACH = 127
UNIT = 1 << 28
# A level so far from all others that no contrast reaches it.
OUTSIDE = -1000
# Pixels worked on at once, so that their counts stay in the processor's cache.
CHUNK = 1 << 14


def cambi(plane: Plane, contrasts: int = CONTRASTS) -> float:
    """Visibility of bands: 0 where there are none; at most 31 with four contrasts, 69.75 with 32.

    `plane`: uint8, shape (height, width), both sides at least `SMALLEST` (smaller ones score 0). `contrasts`: the
    largest step between two bands that counts, in quarters of a level of `plane`; 1 to 32. Tandon, Afonso, Sole,
    Krasula 2021, "CAMBI: Contrast-aware Multiscale Banding Index", with the constants, window and filters of libvmaf 3,
    where `contrasts` is 2 to the power of `max_log_contrast`. Luma is taken to be of limited range, as there.
    """
    return NATIVE.cambi(plane, contrasts) if NATIVE else cambi_numpy(plane, contrasts)


def cambi_numpy(plane: Plane, contrasts: int = CONTRASTS) -> float:
    """As `cambi`, and exactly equal to it."""
    height, width = plane.shape
    # A window of 65 pixels at 3840 x 2160, and in proportion to width and height together.
    reach = min(65 * (width + height) // 6000 // 2, LONGEST_REACH)
    image = _ten_bits(plane)
    mask = _mask(image)
    score = 0.0
    for scale, weight in enumerate(SCALES):
        if scale:
            image, mask = image[::2, ::2], mask[::2, ::2]
        image = _filter_modes(image)
        score += weight * _pool(_c_values(image, mask, reach, contrasts), image.size)
    return score / UNIT


def _ten_bits(plane: Plane) -> Levels:
    # The sum is also the filter against dithering: a mean of 2 x 2 pixels (those outside repeat the edge).
    wide = np.pad(plane.astype(np.int16), ((0, 1), (0, 1)), mode="edge")
    result: Levels = wide[:-1, :-1] + wide[1:, :-1] + wide[:-1, 1:] + wide[1:, 1:]
    return result


def _mask(image: Levels) -> Mask:
    """Where enough pixels around equal their neighbours to the right and below: half of them at 3840 x 2160."""
    height, width = image.shape
    wide = np.pad(image, ((0, 1), (0, 1)), mode="edge")
    flat = (image == wide[:-1, 1:]) & (image == wide[1:, :-1])
    side = 2 * HALF_MASK + 1
    total = np.pad(flat, ((HALF_MASK + 1, HALF_MASK),) * 2).astype(np.int32).cumsum(axis=0).cumsum(axis=1)
    around = total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
    blocks = (width // 64) * (height // 64)
    least = (side**2 + 3 * (max(blocks - 1, 0).bit_length() - 11) - 1) // 2
    result: Mask = around > least
    return result


def _filter_modes(image: Levels) -> Levels:
    """The modes of three pixels in a row, then of three in a column; pixels at the edge keep their value."""
    rows, result = image.copy(), image.copy()
    rows[:, 1:-1] = _mode(image[:, :-2], image[:, 1:-1], image[:, 2:])
    result[1:-1] = _mode(rows[:-2], rows[1:-1], rows[2:])
    return result


def _mode(a: Levels, b: Levels, c: Levels) -> Levels:
    """What two of three agree on, or the least of them."""
    least = np.minimum(np.minimum(a, b), c)
    return np.where((a == b) | (a == c), a, np.where(b == c, b, least))


def _c_values(image: Levels, mask: Mask, reach: int, contrasts: int) -> Values:
    """The c-values, in units of 2**-28 of the window's pixels, where the mask is and a step could be seen."""
    height, width = image.shape
    side = 2 * reach + 1
    wide = np.full((height + 2 * reach, width + 2 * reach), OUTSIDE, np.int16)
    wide[reach : reach + height, reach : reach + width] = np.where(mask, image, OUTSIDE)
    rows, columns = np.nonzero(mask & (image <= BRIGHTEST[contrasts - 1]))
    centres = (rows + reach) * wide.shape[1] + columns + reach
    steps = np.arange(-reach, reach + 1)
    offsets = (steps[:, None] * wide.shape[1] + steps).ravel()
    unit = np.float32(UNIT) / np.float32(side**2)
    flat = wide.ravel()
    values = np.zeros(centres.size, np.int32)
    for start in range(0, centres.size, CHUNK):
        chunk = slice(start, start + CHUNK)
        values[chunk] = _largest(flat, centres[chunk], offsets, contrasts, unit)
    return values


def _largest(
    levels: Levels, centres: npt.NDArray[np.intp], offsets: npt.NDArray[np.intp], contrasts: int, unit: np.float32
) -> Values:
    """The largest over the contrasts of weight * p0 * p / (p0 + p), with p0 and p counted in the window."""
    own_levels = levels[centres]
    counts = np.zeros((2 * contrasts + 1, centres.size), np.int32)
    for offset in offsets:
        lanes = levels[centres + offset] - own_levels + contrasts
        near = np.flatnonzero((lanes >= 0) & (lanes <= 2 * contrasts))
        counts[lanes[near], near] += 1
    own = counts[contrasts].astype(np.float32)
    result = np.zeros(centres.size, np.int32)
    for contrast in range(1, contrasts + 1):
        weight = np.float32(WEIGHTS[contrast - 1]) * unit
        seen = own_levels <= BRIGHTEST[contrast - 1]
        for lane in (contrasts - contrast, contrasts + contrast):
            other = counts[lane].astype(np.float32)
            values = (weight * (own * other) / (own + other)).astype(np.int32)
            np.maximum(result, np.where(seen, values, 0), out=result)
    return result


def _pool(values: Values, pixels: int) -> float:
    """The mean of the largest 60 % of the c-values of all pixels; `values` lacks some that are 0."""
    wanted = max(pixels * 3 // 5, 1)
    if values.size > wanted:
        values = np.partition(values, values.size - wanted)[-wanted:]
    return float(values.sum(dtype=np.int64)) / wanted
