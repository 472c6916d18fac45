"""Parts whose pixels are in other places. `strength`: 1 for a plain fault, 0.5 for a milder one."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from tests.helpers.local_faults.drawing import recoloured
from tests.helpers.local_faults.scenes import Pixels


def mirrored(patch: Pixels, strength: float) -> Pixels:
    """Left is right; if mild, in the lower half."""
    start = 0 if strength >= 1 else len(patch) // 2
    return np.concatenate([patch[:start], patch[start:, ::-1]])


def upside_down(patch: Pixels, strength: float) -> Pixels:
    """Top is bottom; if mild, in the right half."""
    start = 0 if strength >= 1 else patch.shape[1] // 2
    return np.concatenate([patch[:, :start], patch[::-1, start:]], axis=1)


def tiled(patch: Pixels, strength: float) -> Pixels:
    """Its corner again and again: of half its sides, or of three quarters."""
    rows, columns = (side - int(side * strength / 2) for side in patch.shape[:2])
    again = np.tile(patch[:rows, :columns], (2, 2, 1))
    return again[: patch.shape[0], : patch.shape[1]]


def combed(patch: Pixels, strength: float) -> Pixels:
    """Every second row is up to 6 pixels off, as fields of interlaced pictures are."""
    result = patch.copy()
    result[::2] = np.roll(patch[::2], round(6 * strength), axis=1)
    return result


def sheared(patch: Pixels, strength: float) -> Pixels:
    """Each row is farther off than the one above."""
    return np.stack([np.roll(row, round(number * strength / 2), axis=0) for number, row in enumerate(patch)])


def zoomed(patch: Pixels, strength: float) -> Pixels:
    """Its middle, enlarged by up to a half."""
    height, width = patch.shape[:2]
    rows, columns = (round(side / (1 + strength / 2)) for side in (height, width))
    top, left = (height - rows) // 2, (width - columns) // 2
    middle = Image.fromarray(np.ascontiguousarray(patch[top : top + max(rows, 1), left : left + max(columns, 1)]))
    return np.asarray(middle.resize((width, height), Image.Resampling.NEAREST))


def thickened(patch: Pixels, strength: float) -> Pixels:
    """Dark strokes grow by one or two pixels on each side."""
    return _filtered(patch, ImageFilter.MinFilter(5 if strength >= 1 else 3))


def thinned(patch: Pixels, strength: float) -> Pixels:
    """Dark strokes shrink by one or two pixels on each side."""
    return _filtered(patch, ImageFilter.MaxFilter(5 if strength >= 1 else 3))


def doubled(patch: Pixels, strength: float) -> Pixels:
    """It is seen twice, a few pixels apart."""
    ghost = np.roll(patch, (2, 4), axis=(0, 1))[..., :3].astype(np.float64)
    return recoloured(patch, patch[..., :3] * (1 - strength / 2) + ghost * strength / 2)


def bled(patch: Pixels, strength: float) -> Pixels:
    """The colours are up to 10 pixels beside the shapes."""
    image = np.asarray(Image.fromarray(np.ascontiguousarray(patch[..., :3])).convert("YCbCr")).copy()
    image[..., 1:] = np.roll(image[..., 1:], round(10 * strength), axis=1)
    rgb = np.asarray(Image.fromarray(image, "YCbCr").convert("RGB"))
    return np.dstack([rgb, patch[..., 3:]])


def _filtered(patch: Pixels, by: ImageFilter.Filter) -> Pixels:
    rgb = Image.fromarray(np.ascontiguousarray(patch[..., :3])).filter(by)
    return np.dstack([np.asarray(rgb), patch[..., 3:]])
