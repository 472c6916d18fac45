"""Which pairs of colours two pictures have at the same places, and how often: what colours differ in follows from it.

Frames of GIFs mostly have at most 256 colours, so that there are far fewer pairs than pixels.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.model import Pixels, Plane

    Colours = npt.NDArray[np.uint8]
    """RGBA, shape (n, 4)."""
    Counts = npt.NDArray[np.int64]

# Of hash functions, so that no picture can be made that is slow to score. No result depends on it.
MULTIPLIER = int.from_bytes(os.urandom(8), "little") | 1


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """The joint histogram of the colours of two pictures, as parallel arrays, one entry a pair of colours.

    `original`, `compressed`: uint8, shape (n, 4), RGBA; alpha is 0 or 255, and RGB is 0 where alpha is 0. `counts`:
    int64, shape (n,), how many pixels have that pair, 1 or more. A pair may have several entries, and they have no
    order that means anything.
    """

    original: Colours
    compressed: Colours
    counts: Counts

    def on(self, grey: int) -> Joint:
        """On a background of this grey (0 to 255), which shows where the colours are transparent: all opaque."""
        return Joint(_on(grey, self.original), _on(grey, self.compressed), self.counts)


def joint_of_indices(x: Plane, x_colours: Colours, y: Plane, y_colours: Colours) -> Joint:
    """The joint histogram of `x_colours[x]` and `y_colours[y]`.

    `x`, `y`: uint8, one shape (height, width), fewer than 2³² pixels; the colours: uint8, shape (256, 4), RGBA. One
    entry for each pair of indices.
    """
    if NATIVE:
        return _joint(*NATIVE.joint_of_indices(x, y, x_colours, y_colours))
    return joint_of_indices_numpy(x, x_colours, y, y_colours)


def joint_of_pixels(x: Pixels, y: Pixels) -> Joint:
    """The joint histogram of two pictures of any number of colours: uint8, one shape (height, width, 4), RGBA.

    One entry for each pair of colours. Takes time in proportion to the number of pixels, whatever they are.
    """
    return _joint(*NATIVE.joint_of_pixels(x, y, MULTIPLIER)) if NATIVE else joint_of_pixels_numpy(x, y)


def are_few(colours: Colours, most: int) -> bool:
    """Whether at most so many of some colours are different, 1 to 16; told as soon as there are more."""
    if NATIVE:
        return NATIVE.few_colours(colours, most)
    return len(set(packed(colours).tolist())) <= most


def joint_of_indices_numpy(x: Plane, x_colours: Colours, y: Plane, y_colours: Colours) -> Joint:
    """The twin of the native function."""
    table = np.bincount((x.astype(np.intp) << 8 | y).ravel(), minlength=256 * 256)
    pairs = np.flatnonzero(table)
    return Joint(x_colours[pairs >> 8], y_colours[pairs & 255], table[pairs].astype(np.int64, copy=False))


def joint_of_pixels_numpy(x: Pixels, y: Pixels) -> Joint:
    """The twin of the native function, in another order."""
    pairs = np.stack((packed(x), packed(y)), axis=-1).view(np.uint64)
    found, counts = np.unique(pairs, return_counts=True)
    colours = found.view(np.uint8).reshape(-1, 2, 4)
    original, compressed = (np.ascontiguousarray(colours[:, side]) for side in (0, 1))
    return Joint(original, compressed, counts.astype(np.int64, copy=False))


def packed(colours: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """Each colour of 4 bytes as one number: of shape (..., 4), contiguous, to shape (...), aligned."""
    numbers = colours.view(np.uint32)[..., 0]
    return numbers if numbers.flags.aligned else numbers.copy()


def _joint(original: bytes, compressed: bytes, counts: bytes) -> Joint:
    x, y = (np.frombuffer(colours, np.uint8).reshape(-1, 4) for colours in (original, compressed))
    return Joint(x, y, np.frombuffer(counts, np.int64))


def _on(grey: int, colours: Colours) -> Colours:
    hidden = colours[:, 3] == 0
    if not hidden.any():
        return colours
    shown = colours.copy()
    shown[hidden] = grey, grey, grey, 255
    return shown
