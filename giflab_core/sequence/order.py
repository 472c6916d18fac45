"""Tell whether a clip shows its pictures in the order of the original.

Scores of frames on screen together cannot: where little moves, a reversed clip looks much like the original at every
moment. So each picture is looked up in the whole original.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.sequence.matching import MUCH_CLOSER, Matching

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.sequence.runs import Whole

# A picture is shown near its own time if the two overlap by a quarter of the shorter one, or would after a drift of
# 2 % of the time gone by: encoders round delays, and the roundings add up.
NEAR_OVERLAP, NEAR_DRIFT = 0.25, 0.02
# One picture alone is out of place if it is so plainly another one, from so long ago or ahead, and is seen.
PLAIN, FAR_MS, SEEN_MS = 3.0, 200, 20


@dataclass(frozen=True, slots=True)
class Misplaced:
    """How much of the compared clip shows pictures of another moment, 0 to 1.

    The larger of two shares, of the time and of the pictures: one still picture may fill most of the time. `pictures`:
    those of the compressed clip; `jumps`: those of them that are plainly from far away, and `worn` those that only seem
    to be, because something is missing in them that is missing too in the next picture in place.
    """

    share: float
    pictures: tuple[int, ...] = ()
    jumps: tuple[int, ...] = ()
    worn: tuple[int, ...] = ()


def misplaced(found: Matching) -> Misplaced:
    """Look up each picture of the compressed clip in the original, over the time that both last.

    Frames that an encoder dropped or merged leave their neighbours in place, so those are not misplaced.
    """
    clip = found.compressed
    compared = int(np.count_nonzero(clip.starts_ms < found.common_ms))
    far = np.flatnonzero(~_are_near(found, np.arange(compared), found.best[:compared]))
    plain = {index: _elsewhere(found, index) for index in far.tolist()}
    pictures = tuple(index for index, visibly in plain.items() if visibly)
    shown_ms = np.minimum(clip.ends_ms, found.common_ms) - clip.starts_ms
    shares = shown_ms[list(pictures)].sum() / found.common_ms, len(pictures) / compared
    jumps = tuple(
        index
        for index in pictures
        if plain[index] >= PLAIN and shown_ms[index] > SEEN_MS and _away_ms(found, index) >= FAR_MS
    )
    worn = tuple(index for index in jumps if _is_worn(found, index, pictures))
    jumps = tuple(index for index in jumps if index not in worn)
    return Misplaced(float(max(shares)) if pictures else 0.0, pictures, jumps, worn)


def _is_worn(found: Matching, index: int, misplaced: Collection[int]) -> bool:
    """Whether what makes a picture another one is the same in the next picture in place, before or after.

    A line of text that is missing makes a picture what it was before the line came; time does not go back for that.
    """
    best, own = int(found.best[index]), found.original.at(int(found.compressed.starts_ms[index]))
    where = np.abs(found.x[best] - found.x[own]) / found.tolerance >= 1
    sides = range(index - 1, -1, -1), range(index + 1, len(found.best))
    for beside in (next((other for other in side if other not in misplaced), None) for side in sides):
        if beside is None or found.due[beside] == best:
            continue
        shown, meant = found.y[beside, where], found.x[int(found.due[beside]), where]
        to_meant = float(((shown - meant) ** 2).sum())
        if float(((shown - found.x[best, where]) ** 2).sum()) < MUCH_CLOSER * to_meant:
            return True
    return False


def _elsewhere(found: Matching, index: int) -> float:
    """How visibly a picture is one of another moment; 0 if it is not."""
    best = int(found.best[index])
    near = _near(found, index)
    if not near or best in near:
        return 0.0
    least = inf
    for own in near:
        least = min(least, found.instead(index, best, own))
        if not least:  # of long clips many are near
            break
    return least


def _near(found: Matching, index: int) -> list[int]:
    """The pictures of the original on screen near a picture's own time."""
    start, end = int(found.compressed.starts_ms[index]), int(found.compressed.ends_ms[index])
    clip, drift = found.original, NEAR_DRIFT * start
    first = int(np.searchsorted(clip.ends_ms, start - drift, "right"))
    others = np.arange(first, int(np.searchsorted(clip.starts_ms, end + drift, "left")))
    near: list[int] = others[_are_near(found, np.array([index]), others)].tolist()
    return near


def _are_near(found: Matching, shown: Whole, others: Whole) -> npt.NDArray[np.bool_]:
    """Whether pictures of the original are on screen near those of the compressed clip: arrays that broadcast."""
    start, end = found.compressed.starts_ms[shown], found.compressed.ends_ms[shown]
    starts, ends = found.original.starts_ms[others], found.original.ends_ms[others]
    drift = NEAR_DRIFT * start
    overlap_ms = np.minimum(end, ends) - np.maximum(start, starts) + drift
    touches = (ends > start - drift) & (starts < end + drift)
    near: npt.NDArray[np.bool_] = touches & (overlap_ms >= NEAR_OVERLAP * np.minimum(end - start, ends - starts))
    return near


def _away_ms(found: Matching, index: int) -> int:
    """How long before or after a picture the one that it shows is on screen."""
    best, clip = found.best[index], found.compressed
    before = clip.starts_ms[index] - found.original.ends_ms[best]
    return int(max(before, found.original.starts_ms[best] - clip.ends_ms[index]))


def in_sequence(values: list[int]) -> list[int]:
    """The places of a longest subsequence that nowhere goes back."""
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        position = bisect_right(ends, value)
        before.append(places[position - 1] if position else -1)
        ends[position : position + 1] = [value]
        places[position : position + 1] = [place]
    result: list[int] = []
    place = places[-1] if places else -1
    while place >= 0:
        result.append(place)
        place = before[place]
    return result[::-1]
