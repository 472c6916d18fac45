"""Stream two clips side by side and score their pairs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image

from giflab_core.config import Config
from giflab_core.content_type import ContentJudge
from giflab_core.decoding import is_changed, pictures
from giflab_core.decoding.canvas import area
from giflab_core.decoding.copies import NOTHING, Box, area_of, enclosing
from giflab_core.decoding.picture import Shown, Still
from giflab_core.errors import DecodeError
from giflab_core.kernels.chroma import kept_chroma
from giflab_core.kernels.joint import joint_of_pixels
from giflab_core.kernels.same import same
from giflab_core.lost import is_lost
from giflab_core.metrics import Memory, Metric, PairView
from giflab_core.model import Clip, ContentType, FramePair
from giflab_core.motion import MATTE, MotionCorrelation
from giflab_core.order import Printer
from giflab_core.text import printable

if TYPE_CHECKING:
    from giflab_core.model import Pixels
    from giflab_core.order import Print

T = TypeVar("T")
SAMPLED_PIXELS = 1 << 15
# Where fewer pixels change, handing work to another thread takes longer than doing it.
LEAST_PIXELS = 1 << 17
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Track:
    """What decoding one file to its end showed.

    `damage` is why it stopped early, None where it did not; `prints` are the fingerprints of its whole frames;
    `moving`: the picture changed.
    """

    damage: str | None
    prints: tuple[Print, ...]
    moving: bool


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
    left, right = (_Cursor(clip, config, size) for clip in (original, compressed))
    motion, judge = MotionCorrelation(*size), ContentJudge(original.n_frames)
    scored: list[FramePair] = []
    rows: list[_Row] = []
    with _team(config.threads) as team:
        scorer = _Scorer(metrics, config, team)
        for pair in pairs:
            is_large = area_of(enclosing(left.fresh, right.fresh)) >= LEAST_PIXELS
            seeks = partial(left.seek, pair.original), partial(right.seek, pair.compressed)
            if not all(team.both(*seeks, at_once=is_large)):
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
        tracks = team.both(left.drain, right.drain, at_once=True)
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


class _Team:
    """One helper beside this thread, or none."""

    def __init__(self, helper: Executor | None) -> None:
        self._helper = helper

    def both(self, mine: Callable[[], T], other: Callable[[], T], *, at_once: bool) -> tuple[T, T]:
        """Call two functions that do not share what they change, at once where that pays and there is a helper."""
        if not (self._helper and at_once):
            return mine(), other()
        waiting = self._helper.submit(other)
        try:
            own = mine()
        finally:
            theirs = waiting.result()
        return own, theirs

    def all(self, tasks: Sequence[Callable[[], object]], *, at_once: bool) -> None:
        """Call functions, the dearest of which come first."""
        left = deque(tasks)

        def work() -> None:
            while left:
                try:
                    task = left.popleft()
                except IndexError:
                    return  # the other one was faster
                task()

        self.both(work, work, at_once=at_once and len(tasks) > 1)


@contextmanager
def _team(threads: int) -> Iterator[_Team]:
    if threads < 2:
        yield _Team(None)
        return
    with ThreadPoolExecutor(1, "giflab") as helper:
        yield _Team(helper)


@dataclass(frozen=True, slots=True)
class _Row:
    """The numbers of one pair, and what else was found in it."""

    values: dict[str, float]
    finding: Finding


class _Scorer:
    """Scores pair after pair, and keeps what makes the next one cheaper."""

    def __init__(self, metrics: Sequence[Metric], config: Config, team: _Team) -> None:
        self._metrics = metrics
        parts = dict.fromkeys(part for metric in metrics for part in metric.parts or (metric,))
        self._parts = sorted(parts, key=lambda part: not part.dear)
        self._config = config
        self._team = team
        self._memory = Memory()
        self._serial = 0
        # What has changed since the last pair whose pictures were looked at, and whether the pair before was equal.
        self._changes: tuple[Box, Box] = NOTHING, NOTHING
        self._equal = False

    def score(self, left: _Cursor, right: _Cursor) -> _Row:
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
        parts = [part for part in self._parts if part.fits(width, height) and (part.over_time or not self._equal)]
        _ = view.luma  # what most of them share is made once, before they share it
        is_worth = any(part.dear for part in parts) or area_of(step) >= LEAST_PIXELS
        self._team.all([partial(view.score, part) for part in parts], at_once=is_worth)
        finding = Finding() if self._equal else _finding(view)
        if not self._equal:
            self._serial += 1
            self._changes = NOTHING, NOTHING
        return _Row({metric.name: view.score(metric) for metric in self._metrics}, finding)


def _finding(view: PairView) -> Finding:
    return Finding(is_lost(view), _lost_alpha(view), _chroma(view))


def _chroma(view: PairView) -> tuple[float, float]:
    """Means over every so many rows: whether colour is there shows in some of them."""
    width, height = view.size
    step = max(1, min(height, width * height // SAMPLED_PIXELS))
    original, compressed = (np.ascontiguousarray(shown.pixels()[step // 2 :: step]) for shown in view.shown)
    kept, whole = kept_chroma(joint_of_pixels(original, compressed))
    return kept / (original.size // 4), whole / (original.size // 4)


def _lost_alpha(view: PairView) -> float:
    """The share of the original's transparent pixels that are opaque now, 0 to 1; 0 where it has none."""
    original, compressed = view.hidden
    if original is None:
        return 0.0
    kept = 0 if compressed is None else int(np.count_nonzero(original & compressed))
    return 1 - kept / int(np.count_nonzero(original))


class _Cursor:
    """One clip's pictures, forward only, with what is learnt on the way.

    `shown` is the picture on screen; `fresh` the box that the last `seek()` changed, `NOTHING` where it did not.
    """

    def __init__(self, clip: Clip, config: Config, size: tuple[int, int]) -> None:
        self._pictures = pictures(clip.path, limits=config.decode_limits)
        self._clip = clip
        self._size = size
        self._before: Pixels | None = None
        self._printer = Printer(*size)
        self._prints: list[Print] = []
        self._damage: str | None = None
        self._moving = False
        self.fresh: Box = NOTHING
        self.shown: Shown

    def seek(self, index: int) -> bool:
        """Go to a frame that is not behind; False where the file does not have it."""
        self.fresh = NOTHING
        while len(self._prints) <= index:
            if not self._take_next():
                return False
        return True

    def drain(self) -> Track:
        """Decode what is left, and tell how it went."""
        while self._take_next():
            pass
        if is_changed(self._clip):
            raise DecodeError(f"{printable(self._clip.path)} changed while it was read; validate it again")
        return Track(self._damage, tuple(self._prints), self._moving)

    def _take_next(self) -> bool:
        try:
            picture = next(self._pictures, None)
        except DecodeError as error:
            self._damage = str(error)
            return False
        if picture is None:
            return False
        is_sized = (self._clip.width, self._clip.height) == self._size
        self.shown = picture if is_sized else Still(_scaled(picture.rgba(), self._size))
        if self._is_new():
            self._moving = self._moving or bool(self._prints)
            self.fresh = enclosing(self.fresh, self.shown.changed)
            self._prints.append(self._printer.take(self.shown))
        else:
            self._prints.append(self._prints[-1])
        return True

    def _is_new(self) -> bool:
        """Whether the picture is another one than before: images are also drawn over with what is there already."""
        pixels, box = self.shown.pixels(), self.shown.changed
        if self._before is None:
            self._before = pixels.copy()
            return True
        if same(pixels, self._before, box):
            return False
        self._before[area(box)] = pixels[area(box)]
        return True


def _scaled(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """RGBA pixels at `size` (width, height): bicubic, transparency again 0 or 255 as GIF has it."""
    scaled = np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))
    hidden = scaled[..., 3] < 128
    scaled[..., 3] = 255
    scaled[hidden] = 0
    return scaled
