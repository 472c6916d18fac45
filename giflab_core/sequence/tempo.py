"""Recognise the same pictures in the same order at another tempo."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.sequence.fingerprint import Fingerprint
from giflab_core.sequence.matching import Matching
from giflab_core.sequence.order import misplaced
from giflab_core.sequence.runs import Runs

# At another tempo the pictures must be half as far from the original's as at its own, and hardly one out of place.
MUCH_BETTER, MOST_MISPLACED = 0.5, 0.05


@dataclass(frozen=True, slots=True)
class Tempo:
    """`durations_ms`: how long the compressed frames would be shown at the original's tempo, 0 for some it may be.

    `is_whole`: the clip has all the pictures, as many frames as the original.
    """

    durations_ms: tuple[int, ...]
    is_whole: bool


def find_tempo(
    original: tuple[Sequence[Fingerprint], Sequence[int]],
    compressed: tuple[Sequence[Fingerprint], Sequence[int]],
    size: tuple[int, int],
) -> Tempo | None:
    """How to show the compressed clip so that its pictures come when the original's do; None if nothing would help.

    Each clip: a fingerprint a frame, and the durations in ms. Tried are the durations of the original's frames, if both
    have as many, and the compressed clip as a whole faster or slower.
    """
    before = Runs.of(*original)
    tried = [Tempo(_stretched(compressed[1], before.duration_ms), False)]
    if len(original[1]) == len(compressed[1]):
        tried.append(Tempo(tuple(original[1]), True))
    as_it_is = distance(Matching(before, Runs.of(*compressed), size))
    for tempo in reversed(tried):
        found = Matching(before, Runs.of(compressed[0], tempo.durations_ms), size)
        if distance(found) < MUCH_BETTER * as_it_is and misplaced(found).share <= MOST_MISPLACED:
            return tempo
    return None


def _stretched(durations_ms: Sequence[int], total_ms: int) -> tuple[int, ...]:
    """Durations in the same proportions that add up to another total."""
    whole = sum(durations_ms)
    ends = [0, *(end * total_ms // whole for end in accumulate(durations_ms))]
    return tuple(after - before for before, after in pairwise(ends))


def distance(found: Matching) -> float:
    """The mean distance of pictures that are on screen together, in grey levels times the root of the cells."""
    starts = np.union1d(found.original.starts_ms, found.compressed.starts_ms)
    starts = starts[starts < found.common_ms]
    shown_ms = np.diff(np.append(starts, found.common_ms))
    far = [
        float(np.sqrt(((found.x[found.original.at(start)] - found.y[found.compressed.at(start)]) ** 2).sum()))
        for start in starts.tolist()
    ]
    return float(np.average(far, weights=shown_ms))
