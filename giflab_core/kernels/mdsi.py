"""Mean deviation similarity of two colour pictures."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from giflab_core.kernels.extension import NATIVE

if TYPE_CHECKING:
    from giflab_core.model import Floats, Pixels

# Pictures are reduced until their smaller side is about as long.
SIDE = 256
# Luma and two chroma channels of red, green and blue.
LHM = ((0.2989, 0.587, 0.114), (0.3, 0.04, -0.35), (0.34, -0.6, 0.17))
C1, C2, C3 = 140.0, 55.0, 550.0
ALPHA = 0.6
# Sums are of integers in this unit, so that they do not depend on their order.
UNIT = 2.0**-36


def mdsi(x: Pixels, y: Pixels) -> float:
    """The deviation of two pictures' similarity in gradients and chroma: 0 for equal ones, hardly ever above 1.

    `x`, `y`: uint8, one shape (height, width, 4), RGB and a byte that is ignored, of any size. Ziaei Nafchi et al.
    2016, "Mean deviation similarity index: efficient and reliable full-reference image quality evaluator", with the
    constants of the paper, the sum of both similarities, and pictures averaged over boxes of n x n pixels, n the
    smaller side divided by 256, rounded; beyond their borders all is black.
    """
    factor = max(1, round(min(x.shape[:2]) / SIDE))
    return NATIVE.mdsi(x, y, factor) if NATIVE else mdsi_numpy(x, y, factor)


def mdsi_numpy(x: Pixels, y: Pixels, factor: int) -> float:
    """The twin of the native function: the same number, in the same order of operations."""
    (xl, xh, xm), (yl, yh, ym) = (_channels(_box_sums(pixels, factor), factor) for pixels in (x, y))
    (xu, xv), (yu, yv) = _gradient(xl), _gradient(yl)
    a, b, mean = _length(xu, xv), _length(yu, yv), _length(0.5 * (xu + yu), 0.5 * (xv + yv))
    gradient = _unlikeness(a, b, C1) + (_unlikeness(a, mean, C2) - _unlikeness(b, mean, C2))
    dh, dm = xh - yh, xm - ym
    chroma = (dh * dh + dm * dm) / ((xh * xh + yh * yh) + (xm * xm + ym * ym) + C3)
    loss = chroma + ALPHA * (gradient - chroma)
    # What the fourth root of a similarity lacks of 1. That of a negative number is complex, at 45 degrees.
    similarity = 1 - loss
    square = np.sqrt(abs(similarity))
    fourth = np.sqrt(square)
    straight, turned = loss / ((1 + square) * (1 + fourth)), fourth.astype(np.float64) * sqrt(0.5)
    real, imaginary = np.where(similarity < 0, 1 - turned, straight), np.where(similarity < 0, turned, 0.0)
    p, q = real - _mean(real), imaginary - _mean(imaginary)
    return sqrt(sqrt(_mean(np.sqrt(p * p + q * q))))


def _box_sums(pixels: Pixels, factor: int) -> npt.NDArray[np.int32]:
    """Sums of red, green and blue over boxes of factor x factor pixels: int32, shape (3, rows, columns)."""
    height, width = pixels.shape[:2]
    rows, columns = -(-height // factor), -(-width // factor)
    wide = np.pad(pixels[..., :3], [((factor - 1) // 2, factor)] * 2 + [(0, 0)])
    boxes = wide[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor, 3)
    sums: npt.NDArray[np.int32] = boxes.sum((1, 3), dtype=np.int32).transpose(2, 0, 1)
    return sums


def _channels(sums: npt.NDArray[np.int32], factor: int) -> list[Floats]:
    red, green, blue = sums.astype(np.float32)
    weights = (np.array(LHM) / (factor * factor)).astype(np.float32)
    return [r * red + g * green + b * blue for r, g, b in weights]


def _gradient(luma: Floats) -> tuple[Floats, Floats]:
    """Prewitt's, with zeros beyond the border."""
    wide = np.pad(luma, 1)
    columns = wide[:-2] + wide[1:-1] + wide[2:]
    rows = wide[:, :-2] + wide[:, 1:-1] + wide[:, 2:]
    return (columns[:, 2:] - columns[:, :-2]) * (1 / 3), (rows[2:] - rows[:-2]) * (1 / 3)


def _length(u: Floats, v: Floats) -> Floats:
    length: Floats = np.sqrt(u * u + v * v)
    return length


def _unlikeness(a: Floats, b: Floats, constant: float) -> Floats:
    """What (2 a b + c) / (a² + b² + c) lacks of 1, which stays exact where that is little."""
    result: Floats = (a - b) * (a - b) / (a * a + b * b + constant)
    return result


def _mean(values: npt.NDArray[np.float64]) -> float:
    return int(np.rint(values / UNIT).astype(np.int64).sum()) * UNIT / values.size
