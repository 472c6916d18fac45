"""What two 8-bit arrays are statistically, from sums in exact integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.model import Mask, Plane

# The variance below which an original is blank.
BLANK = 4.0
# Values worked on at once in NumPy, so that the intermediate arrays stay in the processor's cache.
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Moments:
    """The number of pairs of values (x, y), and the sums of x, y, x², y² and xy."""

    n: int
    x: int
    y: int
    xx: int
    yy: int
    xy: int

    @property
    def error(self) -> int:
        """The sum of (x - y)²."""
        return self.xx + self.yy - 2 * self.xy

    @property
    def mse(self) -> float:
        """The mean of (x - y)²: 0 to 65025."""
        return self.error / self.n

    @property
    def variance_x(self) -> float:
        return (self.n * self.xx - self.x * self.x) / (self.n * self.n)

    @property
    def variance_y(self) -> float:
        return (self.n * self.yy - self.y * self.y) / (self.n * self.n)

    @property
    def correlation(self) -> float:
        """Pearson's correlation, -1 to 1.

        An x of less than `BLANK` variance has nothing to share, which is 1; else a y that does not vary has nothing of
        it, which is 0.
        """
        n = self.n
        spread_x, spread_y = n * self.xx - self.x * self.x, n * self.yy - self.y * self.y
        if spread_x < BLANK * n * n:
            return 1.0
        return (n * self.xy - self.x * self.y) / (spread_x**0.5 * spread_y**0.5) if spread_y else 0.0


def moments(x: Plane, y: Plane, mask: Mask | None = None) -> Moments:
    """The sums over two uint8 arrays of one shape, of one or two dimensions; with a mask over where it is True.

    With no value at all all sums are 0, and no statistic can be computed (ZeroDivisionError).
    """
    chosen = (x, y) if mask is None else (x, y, mask)
    return Moments(*(NATIVE.moments(*chosen) if NATIVE else moments_numpy(*chosen)))


def moments_numpy(x: Plane, y: Plane, mask: Mask | None = None) -> tuple[int, ...]:
    """n and the sums of x, y, x², y² and xy."""
    flat = [values.ravel() if mask is None else values[mask] for values in (x, y)]
    sums = np.zeros(5, np.int64)
    for start in range(0, flat[0].size, CHUNK):
        a, b = (values[start : start + CHUNK].astype(np.int32) for values in flat)
        sums += [values.sum(dtype=np.int64) for values in (a, b, a * a, b * b, a * b)]
    return flat[0].size, *(int(value) for value in sums)
