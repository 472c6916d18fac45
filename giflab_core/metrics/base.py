"""What a metric is, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.config import Matte
from giflab_core.kernels.luma import luma
from giflab_core.kernels.mse import mse
from giflab_core.model import Better

if TYPE_CHECKING:
    from giflab_core.model import Mask, Pixels, Plane

MATTE_LUMA = {"white": 255, "black": 0}


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to score a pair of frames.

    `score` turns a pair into the number that is pooled over time; `identical` is that number for two equal frames.
    `present` turns a pooled number into the one that is reported (the identity, except where a mean of the reported
    numbers makes no sense). `window`: the smallest width and height it is defined for. `better` and `unit` speak of
    the reported number; `pooled_better` of the pooled one. `version` changes whenever a number may.
    """

    name: str
    version: str
    unit: str
    better: Better
    score: Callable[[PairView], float]
    identical: float
    window: int = 1
    pooled_better: Better | None = None
    present: Callable[[float], float] = lambda value: value

    @property
    def pools(self) -> Better:
        return self.pooled_better or self.better


class PairView:
    """Two frames on screen together, with what several metrics share computed once.

    `original`, `compressed`: uint8, one shape (height, width, 4), RGBA with alpha 0 or 255.
    """

    def __init__(self, original: Pixels, compressed: Pixels, mattes: tuple[Matte, ...]) -> None:
        self.original = original
        self.compressed = compressed
        self._mattes = mattes

    @cached_property
    def hidden(self) -> tuple[Mask, Mask]:
        """Where each frame is transparent: bool, shape (height, width)."""
        return self.original[..., 3] == 0, self.compressed[..., 3] == 0

    @cached_property
    def bare_luma(self) -> tuple[Plane, Plane]:
        """Luma of both without a matte, 0 where transparent: uint8, shape (height, width)."""
        return luma(self.original), luma(self.compressed)

    @cached_property
    def luma(self) -> tuple[tuple[Plane, Plane], ...]:
        """Luma of both on each matte: uint8, shape (height, width); one entry where neither frame is transparent."""
        original, compressed = self.bare_luma
        if not any(mask.any() for mask in self.hidden):
            return ((original, compressed),)
        return tuple(
            (
                np.where(self.hidden[0], np.uint8(MATTE_LUMA[matte]), original),
                np.where(self.hidden[1], np.uint8(MATTE_LUMA[matte]), compressed),
            )
            for matte in self._mattes
        )

    @cached_property
    def luma_mse(self) -> float:
        """Mean squared error of luma, on the matte where it is larger; 0 to 65025."""
        return max(mse(x, y) for x, y in self.luma)
