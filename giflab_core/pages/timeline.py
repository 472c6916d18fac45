"""Lay a validated pair on one time line, on which something is shown at every moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from giflab_core.frozen import replace
from giflab_core.measurement import pair
from giflab_core.model import Clip, FramePair
from giflab_core.report import ValidationReport


def timeline(report: ValidationReport) -> tuple[FramePair, ...]:
    """Which two frames are on screen together, without a gap, until both clips have ended.

    Where pairs were scored it is those, so that a number and a picture of one moment belong together; between them
    (where only a boundary was moved) and after them, whatever both clips show. The clip that ends first stays on its
    last frame. A clip that was compared at another tempo is shown at that.
    """
    scored = next((series.frame_pairs for series in report.series.values()), ())
    shown = _until_both_end(report.original, report.compressed)
    if not scored:
        return shown
    places = {(each.start_ms, each.original, each.compressed) for each in shown}
    if not all((each.start_ms, each.original, each.compressed) in places for each in scored):
        return _held(scored, report.original.duration_ms)
    starts = {each.start_ms: each for each in (*shown, *scored)}
    return _held([starts[start_ms] for start_ms in sorted(starts)], shown[-1].start_ms + shown[-1].duration_ms)


def _until_both_end(original: Clip, compressed: Clip) -> tuple[FramePair, ...]:
    """The pairs of two clips, of which the shorter one stays on its last frame."""
    total_ms = max(original.duration_ms, compressed.duration_ms)
    return pair(_lasting(original, total_ms), _lasting(compressed, total_ms))


def _lasting(clip: Clip, total_ms: int) -> Clip:
    *others, last_ms = clip.durations_ms
    return replace(clip, durations_ms=(*others, last_ms + total_ms - clip.duration_ms))


def _held(pairs: Sequence[FramePair], end_ms: int) -> tuple[FramePair, ...]:
    """Each pair shown until the next one starts, the first one from the start on."""
    starts = [0, *(each.start_ms for each in pairs[1:])]
    return tuple(
        replace(each, start_ms=start_ms, duration_ms=next_ms - start_ms)
        for each, start_ms, next_ms in zip(pairs, starts, [*starts[1:], end_ms], strict=True)
    )


def at(pairs: Sequence[FramePair], time_ms: int) -> FramePair:
    """The pair that is on screen at a moment; after the end, the last one."""
    return next((each for each in pairs if time_ms < each.start_ms + each.duration_ms), pairs[-1])
