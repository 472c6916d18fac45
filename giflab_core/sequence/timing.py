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
    all_due = found.original.all_at(starts_ms[starts_ms < found.original.duration_ms]).tolist()
    for index, (due, best) in enumerate(zip(all_due, found.best.tolist(), strict=False)):
        if index in left_out:
            continue
        shown = best if best == due else _taken_for(found, index, best, due, before)
        if shown != before:
            changes.append((index, shown))
        before = shown
    comes_ms, due_ms = starts_ms.tolist(), found.original.starts_ms.tolist()
    return tuple(
        Lateness(index, comes_ms[index] - due_ms[shown])
        for index, shown in (changes[place] for place in in_sequence([shown for _, shown in changes]))
    )


def _taken_for(found: Matching, index: int, best: int, due: int, before: int | None) -> int:
    likely = [due, before, min(due + 1, len(found.original) - 1)]
    for other in (each for each in likely if each is not None):
        if other == best or not found.instead(index, best, other):
            return other
    return best
