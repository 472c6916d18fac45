"""Find the pictures of the original that the compressed clip never shows, and where it stands still meanwhile.

A picture is unseen if all that is on screen about its time is plainly another picture of the original. Encoders that
lower the rate drop pictures of a motion, and palettes of few colours run the steps of a fade together; both lose what
the pictures before and after tell as well. So a picture that is on screen for a short time counts only if it shows
something that is not found there. The first and the last picture have nothing on one side that could tell of them.
Where the rate is a little lower as a whole, each picture that falls between two that were taken is passed over, unless
it flashes up: then it is unlike both, and these are alike. The last ones may come after the
last whole frame of that rate.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.pooling import median
from giflab_core.sequence.fingerprint import PARTS, grid
from giflab_core.sequence.matching import VISIBLE, Matching
from giflab_core.sequence.order import NEAR_DRIFT
from giflab_core.sequence.runs import TICKS_MS

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.sequence.runs import Whole

# A picture that is on screen no longer may be lost between boundaries that are moved by a tick or two.
JITTER_MS = 2 * TICKS_MS
# Up to so many milliseconds, what was before and after explains a picture, at most so many cells from its place.
EXPLAINED = ((100, 3), (200, 1))
# At another rate pictures are shown longer, but less than twice as long; up to so many milliseconds one may be passed
# over. It flashes up if it is so many times as far from both beside it as these are from each other.
RATES, PASSED_MS, FLASH = (1.05, 1.7), 70, 2.0
# A clip stands still from so many changes of the original on that it does not show, within so long.
STALL_CHANGES, STALL_MS = 3, 200


@dataclass(frozen=True, slots=True)
class Unseen:
    """Pictures of the original that are never shown: all that are visible, and those of them that are a loss.

    `stalls`: (first, last) picture of the original of each stretch through which the compressed clip stands still.
    """

    pictures: tuple[int, ...]
    lost: tuple[int, ...]
    stalls: tuple[tuple[int, int], ...]


def unseen(found: Matching, *, anywhere: bool = False) -> Unseen:
    """Look for each picture of the original about its time; `anywhere`: also at any other."""
    shown = np.zeros(len(found.original), np.bool_)
    shown[found.best if anywhere else _in_time(found)] = True
    pictures = tuple(index for index in np.flatnonzero(~shown).tolist() if _is_unseen(found, index))
    missing = set(pictures)
    lost = tuple(index for index in pictures if _is_loss(found, index, missing))
    return Unseen(pictures, lost, tuple(_stalls(found, pictures)))


def _is_unseen(found: Matching, index: int) -> bool:
    """Whether a picture that none about its time is most like is plainly not shown."""
    clip = found.compressed
    if is_cut_off(found, index):  # it has no time, whatever compression made of the pictures before
        end = found.original.at(clip.duration_ms - TICKS_MS - 1)
        return all(found.difference(index, other) >= VISIBLE for other in (end, int(found.best[-1])))
    begin, end = (int(each[0]) for each in _around_time(found, np.array([index])))
    return all(found.instead(shown, int(found.best[shown]), index) > 0 for shown in range(begin, end))


def _around_time(found: Matching, pictures: Whole) -> tuple[Whole, Whole]:
    """For each of these pictures of the original those of the compressed clip about its time: from, and up to."""
    clip, starts_ms = found.compressed, found.original.starts_ms[pictures]
    slack = TICKS_MS + NEAR_DRIFT * starts_ms
    first = np.searchsorted(clip.ends_ms, starts_ms - slack, "right")
    last = np.searchsorted(clip.starts_ms, found.original.ends_ms[pictures] + slack, "left")
    end = np.where(first < len(clip), np.maximum(last, first + 1), len(clip))
    return np.minimum(first, len(clip) - 1), end


def _in_time(found: Matching) -> Whole:
    """The pictures of the original that the compressed clip has time for, and shows about theirs."""
    first, end = _around_time(found, found.best)
    places = np.arange(len(found.best))
    has_time = found.original.starts_ms[found.best] < found.compressed.duration_ms - TICKS_MS
    seen: Whole = found.best[has_time & (first <= places) & (places < end)]
    return seen


def is_cut_off(found: Matching, index: int) -> bool:
    """Whether a picture of the original begins when the compressed clip is over, but for a tick or two."""
    return bool(found.original.starts_ms[index] >= found.compressed.duration_ms - TICKS_MS)


def _is_loss(found: Matching, index: int, missing: set[int]) -> bool:
    shown_ms = int(found.original.shown_ms[index])
    if is_cut_off(found, index):
        return shown_ms > TICKS_MS and not _is_rounded_away(found, index, missing)
    if shown_ms <= JITTER_MS:
        return False
    if _is_passed_over(found, index, missing):
        return False
    reach = next((cells for most_ms, cells in EXPLAINED if shown_ms <= most_ms), None)
    if reach is None or index in (0, len(found.original) - 1):
        return True  # what comes before or after may explain a picture between two, but not where a clip begins or ends
    before = next((other for other in range(index - 1, -1, -1) if other not in missing), None)
    after = next((other for other in range(index + 1, len(found.original)) if other not in missing), None)
    return _is_new(found, index, [other for other in (before, after) if other is not None], reach)


def _is_rounded_away(found: Matching, index: int, missing: set[int]) -> bool:
    """Whether the last picture is gone since an encoder that lowers the rate ends with a whole frame of its own.

    That one begins less than two such frames before the end, and all that is not shown comes after it.
    """
    clip, usual_ms = found.original, median(found.compressed.shown_ms.tolist())
    first = next(other for other in range(index, -1, -1) if other - 1 not in missing)
    is_slower = usual_ms >= RATES[0] * median(clip.shown_ms.tolist())
    is_short = clip.shown_ms[index] <= PASSED_MS and clip.duration_ms - found.compressed.duration_ms < usual_ms
    return is_slower and is_short and bool(clip.duration_ms - clip.starts_ms[first] < 2 * usual_ms)


def _is_passed_over(found: Matching, index: int, missing: set[int]) -> bool:
    """Whether an encoder that lowers the rate takes the pictures beside this one, and no moment at which it is on."""
    slower = median(found.compressed.shown_ms.tolist()) / median(found.original.shown_ms.tolist())
    is_slower = RATES[0] <= slower <= RATES[1]
    if not is_slower or found.original.shown_ms[index] > PASSED_MS or {index - 1, index + 1} & missing or not index:
        return False
    if index == len(found.original) - 1:
        return True
    before, own, after = found.x[index - 1 : index + 2].astype(np.float64)
    nearer = min(float(((own - other) ** 2).sum()) for other in (before, after))
    return nearer <= FLASH**2 * float(((after - before) ** 2).sum())


def _is_new(found: Matching, index: int, others: list[int], reach: int) -> bool:
    """Whether a picture has a cell that is visibly lighter or darker than all of others about its place."""
    rows, columns = grid(*found.size)
    tolerance = np.full(rows * columns, np.inf)
    tolerance[found.places[:, 0] * columns + found.places[:, 1]] = found.tolerance
    planes = found.original.prints.reshape(len(found.original), 2, rows, columns)
    if not others:
        return True
    for half in range(2):
        low, high = zip(*(_around(planes[other, half] / PARTS, reach) for other in others), strict=True)
        own = planes[index, half] / PARTS
        beyond = np.maximum(np.minimum.reduce(low) - own, own - np.maximum.reduce(high))
        if (beyond.ravel() >= VISIBLE * tolerance).any():
            return True
    return False


def _around(plane: npt.NDArray[np.float64], reach: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The least and the largest value within so many cells of each."""
    low = high = plane
    for axis, length in enumerate(plane.shape):
        steps = [np.clip(np.arange(length) + step, 0, length - 1) for step in range(-reach, reach + 1)]
        low = np.minimum.reduce([low.take(step, axis) for step in steps])
        high = np.maximum.reduce([high.take(step, axis) for step in steps])
    return low, high


def _stalls(found: Matching, pictures: tuple[int, ...]) -> list[tuple[int, int]]:
    """Stretches of unseen pictures that follow each other, while the compressed clip stands still."""
    within = [index for index in pictures if not is_cut_off(found, index)]
    breaks = [place for place, (one, other) in enumerate(pairwise(within), 1) if other != one + 1]
    stretches = [within[begin:end] for begin, end in pairwise([0, *breaks, len(within)]) if begin < end]
    return [
        (each[0], each[-1])
        for each in stretches
        if len(each) >= STALL_CHANGES and stall_ms(found, each[0], each[-1]) >= STALL_MS and _is_still(found, each)
    ]


def stall_ms(found: Matching, first: int, last: int) -> int:
    """How long these pictures of the original are on screen, within the time that both clips last."""
    return int(min(found.original.ends_ms[last], found.common_ms) - found.original.starts_ms[first])


def _is_still(found: Matching, stretch: list[int]) -> bool:
    first = found.compressed.at(int(found.original.starts_ms[stretch[0]]) + TICKS_MS)
    last = found.compressed.at(int(found.original.ends_ms[stretch[-1]]) - TICKS_MS - 1)
    return found.stands_still(first, max(first, last))
