"""Kernels in C and in NumPy, and pictures for both."""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt
import pytest

from giflab_core.kernels.extension import NATIVE
from tests.conftest import REQUIRE_ALL

Plane = npt.NDArray[np.uint8]
Pixels = npt.NDArray[np.uint8]

# Where all is required a missing extension fails the test that calls it.
needs_native = pytest.mark.skipif(not NATIVE and not REQUIRE_ALL, reason="the C extension is not built")
ways = pytest.mark.parametrize("native", [pytest.param(True, marks=needs_native), False], ids=["native", "numpy"])


def use_twins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the kernels that are loaded computed by NumPy, for the rest of the test."""
    for name, module in list(sys.modules.items()):
        if name.startswith("giflab_core.kernels.") and hasattr(module, "NATIVE"):
            monkeypatch.setattr(module, "NATIVE", None)


def noisy_ramp(height: int, width: int, spread: int) -> tuple[Plane, Plane]:
    """A plane that rises to the right and downwards, and the same with noise of up to `spread` levels."""
    rng = np.random.default_rng(height * width)
    x = np.add.outer(np.arange(height) * 2, np.arange(width) * 3) % 256
    y = np.clip(x + rng.integers(-spread, spread + 1, x.shape), 0, 255)
    return x.astype(np.uint8), y.astype(np.uint8)


def noisy_slopes(height: int, width: int) -> tuple[Pixels, Pixels]:
    """A picture of four channels that rise in different directions, and the same with noise."""
    y, x = np.mgrid[:height, :width]
    slopes = np.stack([2 * x + y, x * y // 16, 255 - x - y, x], -1) % 256
    noise = np.random.default_rng(7).integers(-24, 25, slopes.shape)
    return slopes.astype(np.uint8), np.clip(slopes + noise, 0, 255).astype(np.uint8)
