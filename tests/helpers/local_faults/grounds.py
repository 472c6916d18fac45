"""What is around something, and what is there when it is not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tests.helpers.local_faults.scenes import Box, Pixels

# Farther than this from the ground, the sum over red, green, blue and alpha, is drawn on it.
FAR = 60
# So many moments tell what is there most of the time.
MOMENTS = 15


def keys(pixels: Pixels) -> npt.NDArray[np.uint32]:
    """Each pixel as one number."""
    found: npt.NDArray[np.uint32] = np.ascontiguousarray(pixels).view(np.uint32)[..., 0]
    return found


def pixels_of(found: npt.NDArray[np.uint32]) -> Pixels:
    return np.ascontiguousarray(found)[..., np.newaxis].view(np.uint8)


def ground(pixels: Pixels) -> Pixels:
    """The most frequent colour: uint8, shape (4,)."""
    colours, counts = np.unique(keys(pixels), return_counts=True)
    return pixels_of(colours[counts.argmax()])


def border(frame: Pixels, box: Box) -> Pixels:
    """The most frequent colour of a line round the box, as far as it is on the canvas."""
    height, width = frame.shape[:2]
    top, left = max(box.y - 1, 0), max(box.x - 1, 0)
    bottom, right = min(box.y + box.height, height - 1), min(box.x + box.width, width - 1)
    around = frame[top : bottom + 1, left : right + 1]
    return ground(np.concatenate([around[0], around[-1], around[:, 0], around[:, -1]]))


def drawn(pixels: Pixels, on: Pixels) -> npt.NDArray[np.bool_]:
    """Where something is drawn on a ground of this colour, or picture."""
    found: npt.NDArray[np.bool_] = np.abs(pixels.astype(np.int16) - on).sum(axis=-1) > FAR
    return found


def usual(patches: Sequence[Pixels]) -> Pixels:
    """What is there most of the time: the median by value, so that it is the value that half of the moments share."""
    chosen = np.linspace(0, len(patches) - 1, min(MOMENTS, len(patches))).astype(int)
    several = np.stack([keys(patches[number]) for number in chosen])
    return pixels_of(np.partition(several, len(several) // 2, axis=0)[len(several) // 2])
