"""How far two pictures are apart, as a picture: black where they are equal, then from violet to white.

Pictures of two sizes are not apart by anything: a hatch says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.model import Pixels, Plane

    Rgb = npt.NDArray[np.uint8]
    """Shape (height, width, 3)."""

# How many times a difference is amplified. As both are whole levels, there are 33 steps of it.
GAIN = 8
# Where pictures cannot be compared: stripes of so many pixels, in greys that no difference has.
STRIPE, DIM, BRIGHT = 8, 72, 104
_STOPS = (0, 24, 72, 136, 200, 255)
_COLOURS = ((0, 0, 0), (38, 16, 92), (140, 30, 120), (230, 80, 60), (252, 180, 60), (255, 255, 235))


def _ramp() -> Rgb:
    colours = np.array(_COLOURS, float).T
    return np.stack([np.interp(np.arange(256), _STOPS, each) for each in colours], axis=1).round().astype(np.uint8)


RAMP: Rgb = _ramp()
"""The colour of each amplified difference: shape (256, 3)."""


def apart(original: Pixels, compressed: Pixels) -> Plane:
    """The largest difference of R, G and B in levels: uint8, shape (height, width).

    Where one of the two is transparent, on white or on black, whichever is more; where both are, none.
    """
    one, other = original[..., :3], compressed[..., :3]
    far: Plane = np.maximum(one, other) - np.minimum(one, other)
    hidden = original[..., 3] != compressed[..., 3]
    if hidden.any():
        opaque = np.where(original[..., 3:] > 0, one, other)[hidden]  # of a hidden pixel RGB is 0
        far[hidden] = np.maximum(opaque, 255 - opaque)
    return np.maximum(np.maximum(far[..., 0], far[..., 1]), far[..., 2])


def heat(far: Plane, gain: int = GAIN) -> Rgb:
    """Differences as colours, amplified."""
    return RAMP[np.minimum(far.astype(np.uint16) * gain, 255)]


def hatched(height: int, width: int) -> Rgb:
    """What stands in the place of a difference if there is none, as of pictures of two sizes."""
    y, x = np.ogrid[:height, :width]
    grey = np.where((x + y) // STRIPE % 2, np.uint8(BRIGHT), np.uint8(DIM))
    return np.repeat(grey[..., None], 3, axis=2)
