"""Score the pairs of one segment of two clips, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from giflab_core.checks import is_lost
from giflab_core.config import Config
from giflab_core.kernels.boxes import NOTHING, Box, enclosing
from giflab_core.kernels.chroma import kept_chroma
from giflab_core.kernels.same import same
from giflab_core.measurement.cursor import Screens
from giflab_core.metrics import Memory, Metric, PairView


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one pair of frames, beside its scores.

    `lost`: the compressed frame shows nothing of the original's picture; `lost_alpha` is the share of the original's
    transparent pixels that are opaque now; `chroma`: see kernels/chroma.py, here the means of pixels.
    """

    lost: bool = False
    lost_alpha: float = 0.0
    chroma: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of one pair, and what else was found in it."""

    values: dict[str, float]
    finding: Finding


class Scorer:
    """Scores pair after pair, and keeps what makes the next one cheaper."""

    def __init__(self, metrics: Sequence[Metric], config: Config) -> None:
        self._metrics = metrics
        parts = dict.fromkeys(part for metric in metrics for part in metric.parts or (metric,))
        self._over_time = [part for part in parts if part.over_time]
        self._config = config
        self._memory = Memory()
        self.different = 0  # pairs that were not equal
        # What has changed since the last pair whose pictures were looked at, and whether the pair before was equal.
        self._changes: tuple[Box, Box] = NOTHING, NOTHING
        self._equal = False

    def score(self, screens: Screens) -> Row:
        """The numbers of what both show now."""
        left, right = screens.left, screens.right
        self._changes = enclosing(self._changes[0], left.fresh), enclosing(self._changes[1], right.fresh)
        pixels = left.shown.pixels(), right.shown.pixels()
        self._equal = same(*pixels, screens.step if self._equal else None)
        view = self._view(screens)
        row = Row(
            {metric.name: view.score(metric) for metric in self._metrics}, Finding() if self._equal else _finding(view)
        )
        if not self._equal:
            self.different += 1
            self._changes = NOTHING, NOTHING
        return row

    def watch(self, screens: Screens) -> None:
        """Learn of what both show now what the numbers of later pairs depend on.

        To be called before the first `score()`: all that is kept to make that cheaper is still empty then.
        """
        view = self._view(screens)
        for part in self._over_time:
            view.score(part)

    def _view(self, screens: Screens) -> PairView:
        return PairView(
            screens.left.shown,
            screens.right.shown,
            self._config.mattes,
            memory=self._memory,
            serial=self.different,
            changes=self._changes,
            step=screens.step,
            equal=self._equal,
        )


def _finding(view: PairView) -> Finding:
    return Finding(is_lost(view), _lost_alpha(view), _chroma(view))


def _chroma(view: PairView) -> tuple[float, float]:
    width, height = view.size
    kept, whole = kept_chroma(view.joint)
    return kept / (width * height), whole / (width * height)


def _lost_alpha(view: PairView) -> float:
    """The share of the original's transparent pixels that are opaque now, 0 to 1; 0 where it has none."""
    original, compressed = view.hidden
    if original is None:
        return 0.0
    kept = 0 if compressed is None else int(np.count_nonzero(original & compressed))
    return 1 - kept / int(np.count_nonzero(original))
