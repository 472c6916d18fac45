"""Lay two clips on one time line: which frames are on screen together, and for how long."""

from __future__ import annotations

from itertools import accumulate

from giflab_core.model import Clip, FramePair


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
