"""CIEDE2000: how different two colours look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.lab import LINEAR, lab_numpy

if TYPE_CHECKING:
    from giflab_core.kernels.joint import Colours, Counts, Joint
    from giflab_core.kernels.lab import Doubles

PLACES, MOST_PLACES = 1 << 16, 1 << 19
# Pairs worked on at once by the twin, whose intermediate arrays are many.
CHUNK = 1 << 16

# Opposite hues are no more than half a turn apart, however their angles are rounded.
HALF_TURN = 180 + 1e-9


def ciede2000(lab1: Doubles, lab2: Doubles) -> Doubles:
    """The differences of pairs of colours: float64, shape (n,); 0 for equal ones, about 1 is just noticeable.

    `lab1`, `lab2`: float64, shape (n, 3), L*, a* and b*. Sharma, Wu and Dalal 2005, "The CIEDE2000 color-difference
    formula: implementation notes, supplementary test data, and mathematical observations", with kL = kC = kH = 1. The
    native function and its twin agree within 1e-9: sines and exponentials differ in the last digit.
    """
    if NATIVE:
        result: Doubles = np.empty(len(lab1))
        NATIVE.ciede2000(lab1, lab2, result)
        return result
    return ciede2000_numpy(lab1, lab2)


class ColourDifferences:
    """CIEDE2000 of colours, with a memory for pairs that come again, as they do from frame to frame.

    It takes 1 MiB, and up to 8 MiB where there are many pairs. Not for several threads at once.
    """

    def __init__(self) -> None:
        self._keys: Counts = np.zeros(PLACES, np.int64)
        self._values: Doubles = np.zeros(PLACES)

    def of(self, joint: Joint) -> Doubles:
        """The difference of each pair of opaque colours: float64, shape (n,)."""
        x, y = joint.original, joint.compressed
        result: Doubles = np.empty(len(x))
        if NATIVE:
            self._make_room(len(x))
            NATIVE.colour_differences(x, y, LINEAR, self._keys, self._values, result)
        else:
            _fill(x, y, result)
        return result

    def spreads(self, joint: Joint, greys: Sequence[int]) -> tuple[Spread, ...]:
        """Of a joint histogram with at least one pixel, on each grey, 0 to 255, which is what is transparent shows."""
        if not NATIVE:
            return tuple(Spread(*spread_numpy(self.of(joint.on(grey)), joint.counts)) for grey in greys)
        pairs, found = (joint.original, joint.compressed, joint.counts), np.empty((len(greys), 2))
        self._make_room(len(joint.counts))
        NATIVE.colour_spread(*pairs, np.array(greys, np.uint8), LINEAR, self._keys, self._values, found)
        return tuple(Spread(*each) for each in found.tolist())

    def _make_room(self, pairs: int) -> None:
        """Have several times as many places as pairs: to look a difference up takes a tenth of the time to find it."""
        places = len(self._keys)
        while places < min(MOST_PLACES, 4 * pairs):
            places *= 2
        if places > len(self._keys):
            self._keys, self._values = np.zeros(places, np.int64), np.zeros(places)


@dataclass(frozen=True, slots=True)
class Spread:
    """CIEDE2000 over the pixels of two pictures: the mean, and the least number that 95 % of them do not exceed."""

    mean: float
    p95: float


def spread_numpy(each: Doubles, counts: Counts) -> tuple[float, float]:
    """The twin of the native function, of the differences."""
    total = int(counts.sum())
    order = np.argsort(each)
    reached = np.cumsum(counts[order])
    place = np.searchsorted(reached, total - total // 20)  # in whole pixels, not less than 95 %
    return float((each * counts).sum()) / total, float(each[order[place]])


def _fill(x: Colours, y: Colours, result: Doubles) -> None:
    for start in range(0, len(x), CHUNK):
        part = slice(start, start + CHUNK)
        result[part] = ciede2000_numpy(lab_numpy(x[part]), lab_numpy(y[part]))


def ciede2000_numpy(lab1: Doubles, lab2: Doubles) -> Doubles:
    """The twin of the native function."""
    (l1, a1, b1), (l2, a2, b2) = lab1.T, lab2.T
    g = 0.5 * (1 - _saturation((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))

    # Hues are angles: differences go the shorter way round, and so do means. A grey has no hue to differ or to share.
    grey, turn = c1 * c2 == 0, np.where(abs(h2 - h1) > HALF_TURN, 360.0, 0.0)
    dh = np.where(grey, 0, h2 - h1 - np.copysign(turn, h2 - h1))
    h = np.where(grey, h1 + h2, (h1 + h2 + np.where(h1 + h2 < 360, turn, -turn)) / 2)
    l, c = (l1 + l2) / 2 - 50, (c1 + c2) / 2  # noqa: E741
    t = 1 - 0.17 * _cos(h - 30) + 0.24 * _cos(2 * h) + 0.32 * _cos(3 * h + 6) - 0.20 * _cos(4 * h - 63)
    rt = -2 * _saturation(c) * np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2))))

    lightness = (l2 - l1) / (1 + 0.015 * l * l / np.sqrt(20 + l * l))
    chroma = (c2 - c1) / (1 + 0.045 * c)
    hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh / 2)) / (1 + 0.015 * c * t)
    result: Doubles = np.sqrt(lightness**2 + chroma**2 + hue**2 + rt * chroma * hue)
    return result


def _saturation(chroma: Doubles) -> Doubles:
    seventh = chroma**7
    result: Doubles = np.sqrt(seventh / (seventh + 25.0**7))
    return result


def _cos(degrees: Doubles) -> Doubles:
    result: Doubles = np.cos(np.radians(degrees))
    return result
