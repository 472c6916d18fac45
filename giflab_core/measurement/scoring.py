"""Stream two clips side by side and score their pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from giflab_core.checks import ContentJudge
from giflab_core.config import Config
from giflab_core.events import Observer, PairsScored, ignore
from giflab_core.frozen import dataclass, freeze
from giflab_core.measurement.cursor import Track, watched
from giflab_core.measurement.scorer import Finding
from giflab_core.measurement.segment import Segment
from giflab_core.measurement.threads import LeadingSegment
from giflab_core.metrics import Metric
from giflab_core.model import Clip, ContentType, FramePair, Tone
from giflab_core.originals import Shelf


@dataclass(frozen=True, slots=True)
class Scores:
    """What one pass over both files gave.

    `values[name][i]` is the pooled number of that metric for `pairs[i]`, the pairs that could be scored, `findings[i]`
    what else was found in it; `motion`: see motion.py; `content_type`: what the original shows, None without a pair;
    `tone`: see tonality.py; `first_difference_ms`: when the pictures of a pair first differ.
    """

    pairs: tuple[FramePair, ...]
    values: Mapping[str, tuple[float, ...]]
    findings: tuple[Finding, ...]
    motion: float | None
    content_type: ContentType | None
    original: Track
    compressed: Track
    tone: Tone | None
    first_difference_ms: int | None

    def __post_init__(self) -> None:
        freeze(self, "values")


def score(
    original: Clip,
    compressed: Clip,
    pairs: Sequence[FramePair],
    metrics: Sequence[Metric],
    config: Config,
    observer: Observer = ignore,
    shelf: Shelf | None = None,
) -> Scores:
    """Score `pairs` by `metrics` in one pass over both files, which are read to their ends.

    Compressed frames of another size are scaled to the original's. A pair that shows the same two pictures as the one
    before it takes over its numbers. Where a file is damaged, the pairs before that are scored. `observer` is told in
    the caller's thread of `PairsScored`, up to the number of those that are scored. `shelf`: of the original.
    """
    clips = original, compressed
    leading = LeadingSegment(clips, pairs, metrics, config, shelf)
    segment = Segment(clips, metrics, config, is_first=not leading.is_worth, shelf=shelf)
    judge = ContentJudge(original.n_frames)
    count = told = 0

    def tell() -> None:
        nonlocal told
        done = leading.scored + len(segment.rows)
        if done > told:
            told = done
            observer(PairsScored(done, len(pairs)))

    with leading.at_work():
        for pair in pairs:
            leading.check()
            if not segment.screens.seek(pair):
                break
            if segment.rows or leading.yields(count, segment):
                segment.add(pair)
            else:
                segment.skip()
            if segment.screens.is_new:
                judge.see(pair.original, segment.screens.left.shown)
            count += 1
            tell()
        segment.drain()
        earlier = leading.finish(count - len(segment.rows), tell)
        tell()
    return _together(earlier, segment, pairs, metrics, judge)


def unscored(original: Clip, compressed: Clip, config: Config) -> Scores:
    """As `score()` without pairs, of two clips that cannot be compared: each is read to its end at its own size."""
    tracks = watched(original, config), watched(compressed, config)
    return Scores((), {}, (), None, None, *tracks, tone=None, first_difference_ms=None)


def _together(
    earlier: Segment | None, later: Segment, pairs: Sequence[FramePair], metrics: Sequence[Metric], judge: ContentJudge
) -> Scores:
    """What both segments found, one after the other; what the later one found, if that is all."""
    rows = earlier.rows + later.rows if earlier else later.rows
    before = earlier.screens if earlier else later.screens
    tracks = later.screens.left.track(before.left), later.screens.right.track(before.right)
    moved = later.motion.value(earlier.motion if earlier else None)
    factors = {metric.name: metric.factor(moved) for metric in metrics}
    numbers = [row.values for row in rows]
    return Scores(
        pairs=tuple(pairs[: len(rows)]),
        values={name: tuple(factor * each[name] for each in numbers) for name, factor in factors.items()},
        findings=tuple(row.finding for row in rows),
        motion=moved,
        content_type=judge.content_type() if rows else None,
        original=tracks[0],
        compressed=tracks[1],
        tone=later.tone.tone(earlier.tone if earlier else None),
        first_difference_ms=next(
            (each.first_difference_ms for each in (earlier, later) if each and each.first_difference_ms is not None),
            None,
        ),
    )
