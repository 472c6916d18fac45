"""Pairs of two clips that follow each other, and what is learnt of them one by one."""

from __future__ import annotations

from collections.abc import Sequence

from giflab_core.checks import MATTE, MotionCorrelation, ToneJudge
from giflab_core.config import Config
from giflab_core.kernels.boxes import LARGE_PIXELS
from giflab_core.measurement.cursor import Screens
from giflab_core.measurement.scorer import Row, Scorer
from giflab_core.metrics import Metric
from giflab_core.model import Clip, FramePair
from giflab_core.originals import Shelf


class Segment:
    """Pairs that follow each other, seen by cursors of their own: `rows`, one a pair, and how both clips move.

    `is_first`: it begins with the first pair, and so takes the fingerprints of all frames. `shelf`: see
    originals/shelf.py.
    """

    def __init__(
        self,
        clips: tuple[Clip, Clip],
        metrics: Sequence[Metric],
        config: Config,
        *,
        is_first: bool,
        shelf: Shelf | None = None,
    ) -> None:
        self.screens = Screens(*clips, config)
        self._has_fingerprints = is_first
        if is_first:
            self.screens.start_fingerprints()
        self.rows: list[Row] = []
        self.motion = MotionCorrelation(clips[0].width, clips[0].height)
        self.tone = ToneJudge(min(clip.duration_ms for clip in clips))
        self.first_difference_ms: int | None = None
        self._scorer = Scorer(metrics, config, shelf)
        self._is_large = clips[0].width * clips[0].height > LARGE_PIXELS

    @property
    def different(self) -> int:
        """How many of the pairs were scored and not equal."""
        return self._scorer.different

    def skip(self) -> None:
        """Only learn what later numbers depend on of the pair on screen, which comes before this segment."""
        if self.screens.is_new:
            self._scorer.watch(self.screens)

    def add(self, pair: FramePair) -> None:
        """Score the pair on screen. The first one of a segment must be another than the pair before it."""
        self._start_fingerprints()
        screens = self.screens
        self.rows.append(self._scorer.score(screens) if screens.is_new else self.rows[-1])
        view = self._scorer.view
        self.motion.add(*view.luma_on(MATTE), screens.step, pair.duration_ms)
        if not view.equal:
            if self.first_difference_ms is None:
                self.first_difference_ms = pair.start_ms
            if moments := self.tone.moments(pair):
                self.tone.add(view.joint, *view.luma_on(MATTE), moments)
        if self._is_large:
            view.release()

    def drain(self) -> None:
        """Decode what is left of both files."""
        self._start_fingerprints()
        self.screens.left.drain()
        self.screens.right.drain()

    def _start_fingerprints(self) -> None:
        """Begin with the fingerprints: the segment before has those of what is on screen when this one begins."""
        if not self._has_fingerprints:
            self._has_fingerprints = True
            self.screens.start_fingerprints()
