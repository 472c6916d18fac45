"""What came of a duet. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pytest_giflab.measuring import Outcome
from pytest_giflab.model import Comparison
from pytest_giflab.thresholds import FLAGS


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a duet.

    `outcomes`: what head's tests said, by id; `failures`: what base's said if only those failed. `null`: head compared
    with itself. `phases`: seconds by phase. `ended`: why it ended before all was decided. `notes`: for the reader.
    """

    outcomes: Mapping[str, Outcome]
    failures: Mapping[str, Outcome]
    comparisons: tuple[Comparison, ...]
    null: tuple[Comparison, ...]
    pairs: int
    phases: Mapping[str, float]
    ended: str = ""
    interrupted: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_void(self) -> bool:
        """Whether head differs from itself, so that no verdict can be trusted."""
        return any(each.verdict in FLAGS for each in self.null)


def void(played: Played) -> Played:
    """The same, but nothing is decided."""
    return replace(played, comparisons=tuple(map(_undecided, played.comparisons)))


def _undecided(comparison: Comparison) -> Comparison:
    why = "head differs from itself on this machine now, so nothing can be said"
    return replace(comparison, verdict="inconclusive", reason=why) if comparison.verdict else comparison
