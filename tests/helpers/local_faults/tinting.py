"""Parts whose pixels have other values. `strength`: 1 for a plain fault, 0.5 for a milder one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tests.helpers.local_faults.drawing import recoloured
from tests.helpers.local_faults.scenes import Pixels

LUMA = np.array([0.299, 0.587, 0.114])


def rows_missing(patch: Pixels, strength: float) -> Pixels:
    """Every fourth row is black, or every eighth."""
    result = patch.copy()
    result[:: 4 if strength >= 1 else 8] = (0, 0, 0, 255)
    return result


def columns_dark(patch: Pixels, strength: float) -> Pixels:
    """Every second column is darker, up to black."""
    result = patch.copy()
    result[:, ::2, :3] = patch[:, ::2, :3] * (1 - strength)
    return result


def veiled(patch: Pixels, strength: float) -> Pixels:
    """Under white."""
    return _mixed(patch, np.full(3, 255.0), 0.6 * strength)


def inverted(patch: Pixels, strength: float) -> Pixels:
    return _mixed(patch, 255.0 - patch[..., :3], 0.8 * strength)


def greyed(patch: Pixels, strength: float) -> Pixels:
    return _mixed(patch, (patch[..., :3] @ LUMA)[..., np.newaxis], strength)


def two_tone(patch: Pixels, strength: float) -> Pixels:
    """Black and white."""
    return _mixed(patch, np.where(patch[..., :3] @ LUMA > 127, 255.0, 0.0)[..., np.newaxis], strength)


def posterised(patch: Pixels, strength: float) -> Pixels:
    """Two levels of red, green and blue, or three."""
    steps = 1 if strength >= 1 else 2
    return recoloured(patch, np.rint(patch[..., :3] / 255 * steps) / steps * 255)


def without_red(patch: Pixels, strength: float) -> Pixels:
    return recoloured(patch, patch[..., :3] * np.array([1 - strength, 1, 1]))


def swapped(patch: Pixels, strength: float) -> Pixels:
    """As if drawn by another table of colours."""
    return _mixed(patch, patch[..., [1, 2, 0]].astype(np.float64), strength)


def shaded(patch: Pixels, strength: float) -> Pixels:
    """Darker from left to right."""
    light = np.linspace(1, 1 - 0.8 * strength, patch.shape[1])
    return recoloured(patch, patch[..., :3] * light[:, np.newaxis])


def bordered(patch: Pixels, strength: float) -> Pixels:
    """A border of three pixels, or of one."""
    return _framed(patch, 3 if strength >= 1 else 1, np.array([255, 0, 255, 255], np.uint8))


def letterboxed(patch: Pixels, strength: float) -> Pixels:
    """Black bars above and below."""
    bar = max(1, round(0.15 * strength * len(patch)))
    result = patch.copy()
    result[:bar] = result[-bar:] = (0, 0, 0, 255)
    return result


def cornered(patch: Pixels, strength: float) -> Pixels:
    """Round corners, transparent."""
    height, width = patch.shape[:2]
    radius = max(4.0, 0.4 * strength * min(height, width))
    rows, columns = (
        np.maximum(0, radius - np.minimum(np.arange(side), side - 1 - np.arange(side))) for side in (height, width)
    )
    is_outside = np.hypot(rows[:, np.newaxis], columns) > radius
    return np.where(is_outside[..., np.newaxis], 0, patch).astype(np.uint8)


def lined(patch: Pixels, strength: float) -> Pixels:
    """A line all over, of the opposite tone."""
    return _mixed(patch, np.where((patch[..., :3] @ LUMA).mean() > 127, 0.0, 255.0), 0.5 + strength / 2)


def _framed(patch: Pixels, width: int, colour: Pixels) -> Pixels:
    result = np.broadcast_to(colour, patch.shape).copy()
    result[width:-width, width:-width] = patch[width:-width, width:-width]
    return result


def _mixed(patch: Pixels, other: npt.ArrayLike, share: float) -> Pixels:
    return recoloured(patch, (1 - share) * patch[..., :3] + share * np.asarray(other))
