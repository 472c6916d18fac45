"""CIELAB coordinates of sRGB colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.kernels.joint import Colours

    Doubles = npt.NDArray[np.float64]

# IEC 61966-2-1: the linear light of each level.
LINEAR = np.array([v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (n / 255 for n in range(256))])


def lab(colours: Colours) -> Doubles:
    """L* (0 to 100), a* and b* (about -108 to 99) of each colour: float64, shape (n, 3).

    `colours`: uint8, shape (n, 4), sRGB, whatever the fourth byte. CIE 1976 with the white of D65 and the 2 degree
    observer, in the constants of scikit-image's `rgb2lab`.
    """
    if NATIVE:
        result: Doubles = np.empty((len(colours), 3))
        NATIVE.lab(colours, LINEAR, result)
        return result
    return lab_numpy(colours)


def lab_numpy(colours: Colours) -> Doubles:
    """The twin of the native function: the same operations in the same order, so the same numbers."""
    r, g, b = LINEAR[colours[:, :3].T]
    x = _lightness((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047)
    y = _lightness(0.212671 * r + 0.715160 * g + 0.072169 * b)
    z = _lightness((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883)
    return np.stack((116 * y - 16, 500 * (x - y), 200 * (y - z)), axis=-1)


def _lightness(value: Doubles) -> Doubles:
    return np.where(value > 0.008856, _cube_root(np.maximum(value, 0.008856)), 7.787 * value + 16.0 / 116.0)


def _cube_root(value: Doubles) -> Doubles:
    """By Halley's method: cube roots of libraries differ in the last digit from system to system."""
    root = (value.view(np.uint64) // 3 + 0x2A9F7893782DA1CE).view(np.float64)
    for _ in range(3):
        cube = root * root * root
        root = root * (cube + 2 * value) / (2 * cube + value)
    return root
