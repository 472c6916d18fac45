"""Lay two clips on one time line: which frames are on screen together, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from giflab_core.model import Clip, FramePair
from giflab_core.sequence import TICKS_MS


def pair(original: Clip, compressed: Clip) -> tuple[FramePair, ...]:
    """Pair frames by presentation time, over the time that both clips last.

    Encoders merge equal frames and drop others while keeping time, so frames with the same number need not belong
    together; frames on screen at the same moment do. For n and m frames there are at most n + m - 1 pairs, in order,
    and their durations add up to the shorter clip. A frame shown for 0 ms is in no pair.
    """
    ends_original = tuple(accumulate(original.durations_ms))
    ends_compressed = tuple(accumulate(compressed.durations_ms))
    pairs = []
    i = j = now_ms = 0
    while i < original.n_frames and j < compressed.n_frames:
        end_ms = min(ends_original[i], ends_compressed[j])
        if end_ms > now_ms:
            pairs.append(FramePair(i, j, now_ms, end_ms - now_ms))
            now_ms = end_ms
        i, j = i + (ends_original[i] == end_ms), j + (ends_compressed[j] == end_ms)
    return tuple(pairs)


def comparable(pairs: Sequence[FramePair], original: Clip, compressed: Clip) -> tuple[FramePair, ...]:
    """The pairs whose pictures belong together: all but those that only a boundary moved by a tick or two makes.

    Such a pair lasts at most `TICKS_MS` and half of either frame; one clip shows its next picture from its start on,
    the other one from its end on. A frame that has no others keeps its longest.
    """
    moved = {place for place in range(1, len(pairs) - 1) if _is_moved_boundary(*pairs[place - 1 : place + 2])}
    moved = {place for place in moved if _is_short(pairs[place], original, compressed)}
    if not moved:
        return tuple(pairs)
    moved -= _needed(pairs, moved)
    return tuple(each for place, each in enumerate(pairs) if place not in moved)


def _needed(pairs: Sequence[FramePair], moved: set[int]) -> set[int]:
    """Of the moved ones the longest of each frame that has no other."""
    places: dict[tuple[str, int], list[int]] = {}
    for place, each in enumerate(pairs):
        for key in (("original", each.original), ("compressed", each.compressed)):
            places.setdefault(key, []).append(place)
    bare = (found for found in places.values() if moved.issuperset(found))
    return {max(found, key=lambda place: pairs[place].duration_ms) for found in bare}


def _is_moved_boundary(before: FramePair, now: FramePair, after: FramePair) -> bool:
    """Whether one clip changes before a pair and not after it, and the other one the other way round."""
    is_new = before.original != now.original, before.compressed != now.compressed
    is_old = now.original != after.original, now.compressed != after.compressed
    return is_new == is_old[::-1] and is_new[0] != is_new[1]


def _is_short(pair: FramePair, original: Clip, compressed: Clip) -> bool:
    frame_ms = min(original.durations_ms[pair.original], compressed.durations_ms[pair.compressed])
    return pair.duration_ms <= TICKS_MS and 2 * pair.duration_ms <= frame_ms
