"""How far apart the histograms of two pictures' colours are, wherever the colours are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.kernels.joint import Colours, Counts, Joint
    from giflab_core.kernels.lab import Doubles

BINS = 32
# A level lies between two bins' centres, a multiple of a sixteenth of the way from one to the other.
SHARES = 16


def bhattacharyya(joint: Joint) -> float:
    """The Bhattacharyya distance of the histograms of red, green and blue: 0 for equal ones, 1 for disjoint ones.

    sqrt(1 - BC), with BC the mean over the three channels of the Bhattacharyya coefficient (Bhattacharyya 1943) in the
    form of Comaniciu, Ramesh and Meer 2003, "Kernel-based object tracking". Each histogram has `BINS` bins of 8 levels;
    a level counts for the two bins whose centres are nearest, by linear interpolation (beyond the outer centres, for
    the outer bin), so that a colour that changes a little changes the distance a little.
    """
    x, y = (np.sqrt(_histograms(colours, joint.counts)) for colours in (joint.original, joint.compressed))
    total = 3 * SHARES * int(joint.counts.sum())
    # As a sum of squares, which is 1 - BC without the cancellation for histograms that are almost equal.
    return min(1.0, float(np.sqrt(np.square(x - y).sum() / (2 * total))))


def _bins() -> Doubles:
    """How much each level counts for each bin, in sixteenths: shape (256, BINS)."""
    sixteenths = np.clip(2 * np.arange(256) - 7, 0, SHARES * (BINS - 1))  # from the first centre, which is 3.5
    distances = abs(sixteenths[:, np.newaxis] - SHARES * np.arange(BINS))
    shares: Doubles = np.maximum(SHARES - distances, 0).astype(np.float64)
    return shares


SHARE_OF_BIN = _bins()


def _histograms(colours: Colours, counts: Counts) -> Doubles:
    """Of the channels, in sixteenths of a pixel, whole numbers: shape (3, BINS)."""
    return margins(colours, counts).astype(np.float64) @ SHARE_OF_BIN


def margins(colours: Colours, counts: Counts) -> Counts:
    """How many pixels have each level of red, green and blue: int64, shape (3, 256)."""
    if NATIVE:
        result: Counts = np.empty((3, 256), np.int64)
        NATIVE.margins(colours, counts, result)
        return result
    return margins_numpy(colours, counts)


def margins_numpy(colours: Colours, counts: Counts) -> Counts:
    """The twin of the native function: the sums of weights are whole numbers below 2**53, so exact."""
    levels = [np.bincount(colours[:, channel], counts, 256) for channel in range(3)]
    return np.stack(levels).astype(np.int64)
