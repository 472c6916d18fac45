"""Choose the pairs that belong together where the rate of frames has changed.

An encoder that changes the rate takes the picture that is on screen when each new frame begins. So each compressed
frame shows one picture of the original, and is on screen with the next one or the one before too, for as long as the
two rates are apart. Those pairs are a matter of time, and of no picture.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, groupby
from math import ceil, sqrt

import numpy as np

from giflab_core.config import Config
from giflab_core.measurement.cursor import Screens
from giflab_core.measurement.timeline import comparable
from giflab_core.model import Clip, FramePair
from giflab_core.pooling import median
from giflab_core.sequence import TICKS_MS

# Longer than this a picture is not early or late, but missing; see `region`.
LATE_MS = 100
# A compressed frame belongs to the picture that it is plainly nearer to: to one with this share of the squared error.
NEARER = 0.5
# Where more of the pictures have no frame, frames were dropped: that is another fault than another rate.
MOST_DROPPED = 0.36
# Pixels that are looked at.
PIXELS = 1 << 16


def is_resampled(original: Clip, compressed: Clip) -> bool:
    """Whether boundaries are moved by more than rounding does, or others than in the original; by structure alone."""
    ends = [list(accumulate(clip.durations_ms))[:-1] for clip in (original, compressed)]
    if not all(ends):
        return False
    if len(ends[0]) == len(ends[1]):
        return any(TICKS_MS < abs(one - other) <= LATE_MS for one, other in zip(*ends, strict=True))
    fewer = len(ends[1]) + 1 >= (1 - MOST_DROPPED) * (len(ends[0]) + 1)
    return fewer and any(0 < _away_ms(each, ends[0]) <= LATE_MS for each in ends[1])


def _away_ms(moment_ms: int, ends: Sequence[int]) -> int:
    """How far the nearest of some moments is, which are in order."""
    place = bisect_left(ends, moment_ms)
    return min(abs(moment_ms - each) for each in ends[max(0, place - 1) : place + 1])


def belonging(
    pairs: Sequence[FramePair], original: Clip, compressed: Clip, config: Config
) -> tuple[FramePair, ...] | None:
    """The pairs that belong together, after a look at both clips; None if these do not tell."""
    errors = _errors(pairs, original, compressed, config)
    if errors is None:
        return None
    kept: list[FramePair] = []
    usual = set(comparable(pairs, original, compressed))
    for _, group in groupby(range(len(pairs)), key=lambda place: pairs[place].compressed):
        places = list(group)
        best = min(places, key=lambda place: (errors[place], -pairs[place].duration_ms))
        for place in places:
            pair = pairs[place]
            is_other = abs(pair.original - pairs[best].original) == 1 and errors[best] <= NEARER * errors[place]
            is_off = is_other and pair.duration_ms <= LATE_MS and errors[place] > 0
            if place == best or (pair in usual and not is_off):
                kept.append(pair)
    return tuple(kept) if _explains(pairs, errors, kept, original) else None


def _explains(pairs: Sequence[FramePair], errors: Sequence[float], kept: list[FramePair], original: Clip) -> bool:
    """Whether another rate is what makes pictures differ: not dropped frames, and not pictures that differ anyway."""
    dropped = {pair.original for pair in pairs} - {pair.original for pair in kept}
    if len(dropped) > MOST_DROPPED * original.n_frames:
        return False
    chosen = set(kept)
    inside, outside = (
        [error for pair, error in zip(pairs, errors, strict=True) if (pair in chosen) is side] for side in (True, False)
    )
    return not outside or median(inside) <= NEARER * median(outside)


def _errors(pairs: Sequence[FramePair], original: Clip, compressed: Clip, config: Config) -> list[float] | None:
    """The mean squared difference of the two pictures of each pair; None if a file is damaged."""
    screens = Screens(original, compressed, config)
    step = ceil(sqrt(original.width * original.height / PIXELS))
    errors: list[float] = []
    for pair in pairs:
        if not screens.seek(pair):
            return None
        if screens.is_new:
            left, right = (cursor.shown.pixels()[::step, ::step] for cursor in (screens.left, screens.right))
            error = left.astype(np.int32) - right
            errors.append(float(np.square(error).mean()))
        else:
            errors.append(errors[-1])
    return errors
