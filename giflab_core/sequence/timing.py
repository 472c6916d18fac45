"""Measure how early or late the pictures of a clip come."""

from __future__ import annotations

from collections.abc import Collection

from giflab_core.frozen import dataclass
from giflab_core.sequence.matching import Matching
from giflab_core.sequence.order import in_sequence


@dataclass(frozen=True, slots=True)
class Lateness:
    """A picture of the compressed clip that comes so many milliseconds late, or early if below 0."""

    picture: int
    shift_ms: int


def shifts(found: Matching, left_out: Collection[int] = ()) -> tuple[Lateness, ...]:
    """Of each change to another picture of the original, how late it comes.

    Pictures that are shown out of order are left out: they are a matter of `order`. So are those of `left_out`. Where a
    picture may as well be the one that is due, or the one before, that is what it is taken for.
    """
    changes: list[tuple[int, int]] = []
    before: int | None = None
    starts_ms = found.compressed.starts_ms
    for index, due in enumerate(found.original.all_at(starts_ms[starts_ms < found.original.duration_ms]).tolist()):
        if index in left_out:
            continue
        best = _taken_for(found, index, due, before)
        if best != before:
            changes.append((index, best))
        before = best
    return tuple(
        Lateness(index, int(found.compressed.starts_ms[index] - found.original.starts_ms[best]))
        for index, best in (changes[place] for place in in_sequence([best for _, best in changes]))
    )


def _taken_for(found: Matching, index: int, due: int, before: int | None) -> int:
    best = int(found.best[index])
    likely = [due, before, min(due + 1, len(found.original) - 1)]
    for other in (each for each in likely if each is not None):
        if other == best or not found.instead(index, best, other):
            return other
    return best
