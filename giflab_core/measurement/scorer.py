"""Score the pairs of one segment of two clips, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.checks import Suspects, find_suspects, is_lost
from giflab_core.config import Config
from giflab_core.frozen import dataclass
from giflab_core.kernels.boxes import LARGE_PIXELS, NOTHING, Box, enclosing
from giflab_core.kernels.chroma import kept_chroma
from giflab_core.kernels.joint import joint_of_indices, joint_of_pixels
from giflab_core.kernels.same import same
from giflab_core.measurement.bands import SuspectFinder
from giflab_core.measurement.cursor import Screens
from giflab_core.metrics import Memory, Metric, PairView
from giflab_core.originals import Known

if TYPE_CHECKING:
    from giflab_core.decoding import Shown
    from giflab_core.originals import Shelf

# Pairs that are scored together at most: few enough that those by which is judged whether two threads pay are among
# them (threads.FIRST_FEW). Larger pairs are scored at once: to copy them costs more than a batch saves
# (tests/benchmarks/batches.py).
BATCH_PAIRS, BATCH_PIXELS = 4, 1 << 17
# Of pictures that are equal, about so many pixels are looked at for how colourful they are.
CHROMA_PIXELS = 1 << 15


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one pair of frames, beside its scores.

    `lost`: the compressed frame has lost the original's picture or a quarter of it; `lost_alpha` is the share of the
    original's transparent pixels that are opaque now; `chroma`: see kernels/chroma.py, here the means of pixels,
    of equal pictures of some rows; `suspects`: the tiles that differ much.
    """

    lost: bool = False
    lost_alpha: float = 0.0
    chroma: tuple[float, float] = (0.0, 0.0)
    suspects: Suspects | None = None


class Batch:
    """Pairs that wait to be scored together by the metrics that do so, in memory of their own."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._scorers = {metric.name: metric.score_many for metric in metrics if metric.score_many}
        self._pairs: list[PairView] = []
        self._values: list[dict[str, float]] = []

    def left(self, metrics: Sequence[Metric], pair: PairView) -> Sequence[Metric]:
        """Those of some metrics whose numbers of a pair are not found here."""
        width, height = pair.size
        if not self._scorers or pair.equal or width * height > BATCH_PIXELS:
            return metrics
        return [metric for metric in metrics if metric.name not in self._scorers]

    def add(self, pair: PairView, values: dict[str, float]) -> None:
        """Have the numbers of a pair added to its `values`, now or when `finish()` is called."""
        self._pairs.append(pair.detached())
        self._values.append(values)
        if len(self._pairs) == BATCH_PAIRS:
            self.finish()

    def finish(self) -> None:
        """Score the pairs that wait."""
        pairs, all_values = self._pairs, self._values
        self._pairs, self._values = [], []
        for name, score_many in self._scorers.items() if pairs else ():
            for values, number in zip(all_values, score_many(pairs), strict=True):
                values[name] = number


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of one pair, and what else was found in it."""

    found: dict[str, float]
    finding: Finding
    batch: Batch

    @property
    def values(self) -> dict[str, float]:
        """By all metrics: where the pair still waits for others to be scored with, it waits no longer."""
        self.batch.finish()
        return self.found


class Scorer:
    """Scores pair after pair, and keeps what makes the next one cheaper."""

    def __init__(self, metrics: Sequence[Metric], config: Config, shelf: Shelf | None = None) -> None:
        self._metrics = metrics
        self._shelf = shelf
        parts = dict.fromkeys(part for metric in metrics for part in metric.parts or (metric,))
        self._over_time = [part for part in parts if part.over_time]
        self._config = config
        self._memory = Memory()
        self._suspects = SuspectFinder(config)
        self._batch = Batch(metrics)
        self.different = 0  # pairs that were not equal
        # What has changed since the last pair whose pictures were looked at, and whether the pair before was equal.
        self._changes: tuple[Box, Box] = NOTHING, NOTHING
        self._equal = False
        self.view: PairView  # of the pair scored last

    def score(self, screens: Screens) -> Row:
        """The numbers of what both show now."""
        left, right = screens.left, screens.right
        self._changes = enclosing(self._changes[0], left.fresh), enclosing(self._changes[1], right.fresh)
        pixels = left.shown.pixels(), right.shown.pixels()
        self._equal = same(*pixels, screens.step if self._equal else None)
        view = self.view = self._view(screens)
        for part in self._over_time:  # first, so that what is kept of earlier pictures can go
            view.score(part)
        now = self._batch.left(self._metrics, view)
        values = {metric.name: view.score(metric) for metric in now}
        if self._equal:
            return Row(values, Finding(chroma=_chroma_of_equal(left.shown)), self._batch)
        if len(now) < len(self._metrics):
            self._batch.add(view, values)
        self.different += 1
        finding = self._finding(view)
        self._changes = NOTHING, NOTHING
        return Row(values, finding, self._batch)

    def watch(self, screens: Screens) -> None:
        """Learn of what both show now what the numbers of later pairs depend on.

        To be called before the first `score()`: all that is kept to make that cheaper is still empty then.
        """
        view = self._view(screens)
        for part in self._over_time:
            view.score(part)

    def _finding(self, view: PairView) -> Finding:
        width, height = view.size
        if width * height > LARGE_PIXELS:
            suspects = self._suspects.find(view, self._changes)
        else:
            suspects = find_suspects(view, self._config.goal)
        return Finding(is_lost(view), _lost_alpha(view), _chroma(view), suspects)

    def _view(self, screens: Screens) -> PairView:
        return PairView(
            screens.left.shown,
            screens.right.shown,
            self._config.mattes,
            memory=self._memory,
            serial=self.different,
            changes=self._changes,
            step=screens.step,
            start_ms=screens.start_ms,
            equal=self._equal,
            known=Known(self._shelf, screens.left.picture) if self._shelf else None,
        )


def _chroma(view: PairView) -> tuple[float, float]:
    width, height = view.size
    kept, whole = kept_chroma(view.joint)
    return kept / (width * height), whole / (width * height)


def _chroma_of_equal(shown: Shown) -> tuple[float, float]:
    """As `_chroma`, of a picture that is equal in both: nothing is lost, so some of its rows tell how much there is."""
    pixels = shown.pixels()
    step = ceil(pixels.shape[0] * pixels.shape[1] / CHROMA_PIXELS)
    indexed = shown.indexed()
    if indexed:
        rows = np.ascontiguousarray(indexed.indices[::step])
        joint = joint_of_indices(rows, indexed.colours, rows, indexed.colours)
    else:
        part = np.ascontiguousarray(pixels[::step])
        joint = joint_of_pixels(part, part)
    whole = kept_chroma(joint)[1] / int(joint.counts.sum())
    return whole, whole


def _lost_alpha(view: PairView) -> float:
    """The share of the original's transparent pixels that are opaque now, 0 to 1; 0 where it has none."""
    original, compressed = view.hidden
    if original is None:
        return 0.0
    kept = 0 if compressed is None else int(np.count_nonzero(original & compressed))
    return 1 - kept / int(np.count_nonzero(original))
