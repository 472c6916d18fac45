"""Stream two clips side by side and score their pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from giflab_core.boxes import NOTHING, Box, enclosing, pixels_in
from giflab_core.config import Config
from giflab_core.content_type import ContentJudge
from giflab_core.cursor import Cursor, Track
from giflab_core.kernels.chroma import kept_chroma
from giflab_core.kernels.same import same
from giflab_core.lost import is_lost
from giflab_core.metrics import Memory, Metric, PairView
from giflab_core.model import Clip, ContentType, FramePair
from giflab_core.motion import MATTE, MotionCorrelation
from giflab_core.team import Team, team

# Where fewer pixels change, handing work to another thread takes longer than doing it.
LEAST_PIXELS = 1 << 17
Progress = Callable[[int, int], None]


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
class Scores:
    """What one pass over both files gave.

    `values[name][i]` is the pooled number of that metric for `pairs[i]`, the pairs that could be scored, `findings[i]`
    what else was found in it; `motion`: see motion.py; `content_type`: what the original shows, None without a pair.
    """

    pairs: tuple[FramePair, ...]
    values: dict[str, list[float]]
    findings: tuple[Finding, ...]
    motion: float | None
    content_type: ContentType | None
    original: Track
    compressed: Track


def score(
    original: Clip,
    compressed: Clip,
    pairs: Sequence[FramePair],
    metrics: Sequence[Metric],
    config: Config,
    on_progress: Progress | None = None,
) -> Scores:
    """Score `pairs` by `metrics` in one pass over both files, which are read to their ends.

    Compressed frames of another size are scaled to the original's. A pair that shows the same two pictures as the one
    before it takes over its numbers. Where a file is damaged, the pairs before that are scored.
    """
    size = original.width, original.height
    left, right = (Cursor(clip, config, size) for clip in (original, compressed))
    motion, judge = MotionCorrelation(*size), ContentJudge(original.n_frames)
    scored: list[FramePair] = []
    rows: list[_Row] = []
    with team(config.threads) as hands:
        scorer = _Scorer(metrics, config, hands)
        for pair in pairs:
            is_large = pixels_in(enclosing(left.fresh, right.fresh)) >= LEAST_PIXELS
            seeks = partial(left.seek, pair.original), partial(right.seek, pair.compressed)
            if not all(hands.both(*seeks, at_once=is_large)):
                break
            if left.fresh != NOTHING or right.fresh != NOTHING or not rows:
                rows.append(scorer.score(left, right))
                judge.see(pair.original, left.shown)
            else:
                rows.append(rows[-1])
            step = enclosing(left.fresh, right.fresh)
            motion.add(left.shown.grey(MATTE), right.shown.grey(MATTE), step, pair.duration_ms)
            scored.append(pair)
            if on_progress:
                on_progress(len(scored), len(pairs))
        tracks = hands.both(left.drain, right.drain, at_once=True)
    moved = motion.value()
    factors = {metric.name: metric.factor(moved) for metric in metrics}
    return Scores(
        pairs=tuple(scored),
        values={name: [factor * row.values[name] for row in rows] for name, factor in factors.items()},
        findings=tuple(row.finding for row in rows),
        motion=moved,
        content_type=judge.content_type() if rows else None,
        original=tracks[0],
        compressed=tracks[1],
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """The numbers of one pair, and what else was found in it."""

    values: dict[str, float]
    finding: Finding


class _Scorer:
    """Scores pair after pair, and keeps what makes the next one cheaper."""

    def __init__(self, metrics: Sequence[Metric], config: Config, team: Team) -> None:
        self._metrics = metrics
        self._parts = dict.fromkeys(part for metric in metrics for part in metric.parts or (metric,))
        self._config = config
        self._team = team
        self._memory = Memory()
        self._serial = 0
        # What has changed since the last pair whose pictures were looked at, and whether the pair before was equal.
        self._changes: tuple[Box, Box] = NOTHING, NOTHING
        self._equal = False

    def score(self, left: Cursor, right: Cursor) -> _Row:
        """The numbers of what both show now."""
        step = enclosing(left.fresh, right.fresh)
        self._changes = enclosing(self._changes[0], left.fresh), enclosing(self._changes[1], right.fresh)
        pixels = left.shown.pixels(), right.shown.pixels()
        self._equal = same(*pixels, step if self._equal else None)
        view = PairView(
            left.shown,
            right.shown,
            self._config.mattes,
            memory=self._memory,
            serial=self._serial,
            changes=self._changes,
            step=step,
            equal=self._equal,
        )
        width, height = view.size
        parts = [
            part for part in self._parts if part.absence(width, height) is None and (part.over_time or not self._equal)
        ]
        view.prepare()
        is_worth = any(part.dear for part in parts) or pixels_in(step) >= LEAST_PIXELS
        tasks = [partial(_score_all, view, group) for group in _groups(parts)]
        self._team.share(tasks, at_once=is_worth)
        finding = Finding() if self._equal else _finding(view)
        if not self._equal:
            self._serial += 1
            self._changes = NOTHING, NOTHING
        return _Row({metric.name: view.score(metric) for metric in self._metrics}, finding)


def _groups(parts: Sequence[Metric]) -> list[list[Metric]]:
    """Metrics that no two threads may score at once are in one group; the dearest come first."""
    groups: dict[str, list[Metric]] = {}
    for part in parts:
        groups.setdefault(part.shares or part.name, []).append(part)
    return sorted(groups.values(), key=lambda group: not any(part.dear for part in group))


def _score_all(view: PairView, metrics: Sequence[Metric]) -> None:
    for metric in metrics:
        view.score(metric)


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
