"""Judge the worst place of the picture by itself: what is small, or shown for a short time, moves no mean.

Each tile of 8x8 pixels counts that differs from the original by more than a limit, for long enough to be seen. The
numbers behind the constants are in docs/decisions/0019-the-worst-place.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.checks.explained import COLOUR, DETAIL, ERROR, GAINED, LOST, MEASURES, SPECK, STRUCTURE, TINT
from giflab_core.checks.suspects import PLACE_LIMITS
from giflab_core.frozen import dataclass
from giflab_core.kernels.tiles import SIDE
from giflab_core.model import Check, Clip, FramePair, Region, Trouble

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.checks.suspects import Suspects
    from giflab_core.config import Goal

    Grid = npt.NDArray[np.float32]

# A place differs for long enough if it does so for this time on end, or for this share of the clip in all; one that has
# another tint only, for `BRIEF_MS`.
SEEN_MS, SEEN_SHARE = 25, 0.2
# A compressed frame that is right at another moment is late or early, if it is wrong no longer than this.
LATE_MS = 150
# A single tile is less of a place than several, and so are a few that are gone before the eye has summed them up: it
# does so for about a tenth of a second (Bloch's law).
SINGLE = 1.25
FEW, BRIEF_MS = 4, 100
# What is said of a region is true of so much of it, or the share is said.
MOST = 0.5
# By measure, in the order of `explained`, with its value; and which is told first if several are above their limits.
PRIORITY = (LOST, GAINED, STRUCTURE, COLOUR, DETAIL, ERROR, SPECK, TINT)
WHAT = (
    "does not show what the original shows there",
    "lost its detail",
    "differs by {:.0f} levels (root mean square)",
    "has another colour (CIEDE2000 {:.0f})",
    "became transparent",
    "became opaque",
    "lost a small mark, has one more, or one of another colour",
    "has another colour (CIEDE2000 {:.0f})",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Tiles that touch, the pairs through which they differ most, by which measure, and how much.

    `filled`: which share of the region they are; a border all round has that of the whole.
    """

    region: Region
    first: int
    last: int
    kind: int
    value: float
    filled: float = 1.0

    @property
    def trouble(self) -> Trouble:
        """What it is a matter of; a change of tone of the whole picture may explain the first."""
        if self.kind in (DETAIL, ERROR, COLOUR, TINT):
            return "tone"
        return "structure" if self.kind in (STRUCTURE, SPECK) else "opacity"


def worst_place(
    pairs: Sequence[FramePair],
    suspects: Sequence[Suspects | None],
    size: tuple[int, int],
    limits: Sequence[float] = PLACE_LIMITS["small"],
) -> Place | None:
    """The place that differs most; None if all differ by less than `limits`, or not for long enough.

    `suspects[i]`: of `pairs[i]`; `size`: width and height.
    """
    shape = -(-size[1] // SIDE), -(-size[0] // SIDE)
    excess = _excesses(pairs, suspects, shape, np.array(limits, np.float32))
    if not excess:
        return None
    plain = _plain(suspects, excess, np.array(limits, np.float32))
    seen, peak = _seen(pairs, excess, plain, shape)
    if not seen.any():
        return None
    return _place(pairs, suspects, excess, seen, peak, size, limits)


def _excesses(
    pairs: Sequence[FramePair],
    suspects: Sequence[Suspects | None],
    shape: tuple[int, int],
    limits: npt.NDArray[np.float32],
) -> dict[int, Grid]:
    """By pair, how many times its limit each tile is; 0 if not above, or if its frame was right at another moment."""
    found: dict[int, Grid] = {}
    for place, each in enumerate(suspects):
        if each is not None:
            times = (each.values / limits[:, None]).max(axis=0)
            if (times > 1).any():
                grid = np.zeros(shape, np.float32)
                grid.flat[each.tiles] = np.where(times > 1, times, 0)
                found[place] = grid
    for first, end in _frames(pairs) if found else ():
        bad_ms = np.zeros(shape, np.int64)
        for i in range(first, end):
            if i in found:
                bad_ms += pairs[i].duration_ms * (found[i] > 0)
        total_ms = sum(pair.duration_ms for pair in pairs[first:end])
        right = (bad_ms < total_ms) & (bad_ms <= LATE_MS)
        for i in range(first, end):
            if i in found:
                found[i][right] = 0
    return found


def _frames(pairs: Sequence[FramePair]) -> list[tuple[int, int]]:
    """The pairs of each compressed frame: from the first up to the second."""
    starts = [i for i, pair in enumerate(pairs) if not i or pair.compressed != pairs[i - 1].compressed]
    return list(zip(starts, [*starts[1:], len(pairs)], strict=True))


def _plain(
    suspects: Sequence[Suspects | None], excess: Mapping[int, Grid], limits: npt.NDArray[np.float32]
) -> dict[int, npt.NDArray[np.bool_]]:
    """By pair, which tiles differ by more than another tint."""
    found: dict[int, npt.NDArray[np.bool_]] = {}
    others = [kind for kind in range(MEASURES) if kind != TINT]
    for place, grid in excess.items():
        each, plain = suspects[place], np.zeros(grid.shape, np.bool_)
        if each is not None:
            plain.flat[each.tiles] = (each.values[others] > limits[others, None]).any(axis=0)
        found[place] = plain
    return found


def _seen(
    pairs: Sequence[FramePair],
    excess: Mapping[int, Grid],
    plain: Mapping[int, npt.NDArray[np.bool_]],
    shape: tuple[int, int],
) -> tuple[npt.NDArray[np.bool_], Grid]:
    """Which tiles differ for long enough, and by how much at least while they do."""
    runs_ms, longest = np.zeros((2, 2, *shape), np.int64)
    all_ms, peak = np.zeros(shape, np.int64), np.zeros(shape, np.float32)
    for place, pair in enumerate(pairs):
        grid = excess.get(place)
        if grid is None:
            runs_ms[:] = 0
            continue
        bad = np.stack([(grid > 0) & plain[place], grid > 0])
        runs_ms = (runs_ms + pair.duration_ms) * bad
        all_ms += pair.duration_ms * bad[1]
        np.maximum(longest, runs_ms, out=longest)
        np.maximum(peak, grid, out=peak)
    total_ms = sum(pair.duration_ms for pair in pairs)
    is_long = (longest[0] >= min(SEEN_MS, total_ms)) | (longest[1] >= min(BRIEF_MS, total_ms))
    return (is_long | (all_ms >= SEEN_SHARE * total_ms)) & (all_ms > 0), peak


def _place(
    pairs: Sequence[FramePair],
    suspects: Sequence[Suspects | None],
    excess: Mapping[int, Grid],
    seen: npt.NDArray[np.bool_],
    peak: Grid,
    size: tuple[int, int],
    limits: Sequence[float],
) -> Place | None:
    part = _weightiest(pairs, excess, seen, peak)
    if part is None:
        return None
    tile = int(np.where(part, peak, 0).argmax())
    when = [place for place, grid in excess.items() if grid[part].any()]
    best = max(when, key=lambda place: float(excess[place].flat[tile]))
    first = last = best
    while first - 1 in excess and excess[first - 1][part].any():
        first -= 1
    while last + 1 in excess and excess[last + 1][part].any():
        last += 1
    values = _values(suspects[best], part)
    times = values / np.array(limits)
    kind = next((each for each in PRIORITY if times[each] > 1), int(times.argmax()))
    box = part[part.any(axis=1)][:, part.any(axis=0)]
    return Place(_region(part, size), first, last, kind, float(values[kind]), float(box.mean()))


def _values(found: Suspects | None, part: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    """The most of each measure in a place at a moment when it differs."""
    return found.values[:, part.flat[found.tiles]].max(axis=1) if found else np.zeros(MEASURES, np.float32)


def _weightiest(
    pairs: Sequence[FramePair], excess: Mapping[int, Grid], seen: npt.NDArray[np.bool_], peak: Grid
) -> npt.NDArray[np.bool_] | None:
    """Of the places the one with the most of excess times area times time; None if all are single tiles of little."""
    shown_ms = np.zeros(seen.shape)
    for place, grid in excess.items():
        shown_ms += pairs[place].duration_ms * (grid > 0)
    labels = _labels(seen)
    weights = np.bincount(labels.ravel(), (peak * shown_ms).ravel())
    counts = np.bincount(labels.ravel())
    peaks, longest_ms = np.zeros((2, len(weights)))
    np.maximum.at(peaks, labels.ravel(), peak.ravel())
    np.maximum.at(longest_ms, labels.ravel(), shown_ms.ravel())
    brief_ms = min(BRIEF_MS, sum(pair.duration_ms for pair in pairs))
    is_little = (counts == 1) | (counts <= FEW) & (longest_ms < brief_ms)
    weights[is_little & (peaks <= SINGLE) & (seen.size > 1)] = 0
    weights[0] = 0
    return labels == int(weights.argmax()) if weights.any() else None


def _labels(seen: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """The number of the place that each tile is in, 0 for none: tiles that touch are one place, corners included."""
    labels = np.zeros(seen.shape, np.intp)
    left = {(int(row), int(column)) for row, column in np.argwhere(seen)}
    count = 0
    while left:
        count += 1
        border = [left.pop()]
        while border:
            row, column = border.pop()
            labels[row, column] = count
            near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & left
            left -= near
            border += near
    return labels


def _region(part: npt.NDArray[np.bool_], size: tuple[int, int]) -> Region:
    rows, columns = (np.flatnonzero(part.any(axis=axis)) for axis in (1, 0))
    left, top = SIDE * int(columns[0]), SIDE * int(rows[0])
    right, bottom = min(size[0], SIDE * (int(columns[-1]) + 1)), min(size[1], SIDE * (int(rows[-1]) + 1))
    return Region(left, top, right - left, bottom - top)


def check_region(
    pairs: Sequence[FramePair], suspects: Sequence[Suspects | None], original: Clip, goal: Goal = "small"
) -> Check:
    """No place differs from the original much more than honest encoders make it, for long enough to be seen.

    `suspects`: found at this goal, see `find_suspects`.
    """
    found = worst_place(pairs, suspects, (original.width, original.height), PLACE_LIMITS[goal])
    return Check("region", "pass") if found is None else tell_place(found, pairs, original)


def share_in(region: Region, found: Suspects, width: int) -> float:
    """Which share of the tiles of a pair that differ much is in a part of the picture; `width`: of the whole."""
    rows, columns = np.divmod(found.tiles, -(-width // SIDE))
    down = (rows * SIDE < region.y + region.height) & (region.y < (rows + 1) * SIDE)
    across = (columns * SIDE < region.x + region.width) & (region.x < (columns + 1) * SIDE)
    return float((down & across).mean())


def tell_place(found: Place, pairs: Sequence[FramePair], original: Clip) -> Check:
    """The check that names a place."""
    first, last = pairs[found.first], pairs[found.last]
    box = found.region
    is_whole = (box.width, box.height) == (original.width, original.height)
    place = "the picture" if is_whole else f"a part of {box.width}x{box.height} pixels at ({box.x}, {box.y})"
    if found.filled < MOST:
        place = f"{found.filled:.0%} of {place}"
    end_ms = last.start_ms + last.duration_ms
    frames = (
        f"frame {first.compressed}"
        if first.compressed == last.compressed
        else (f"frames {first.compressed} to {last.compressed}")
    )
    what = WHAT[found.kind].format(found.value)
    message = f"{place} {what}, from {first.start_ms} to {end_ms} ms ({frames})"
    return Check("region", "fail", message, region=box)
