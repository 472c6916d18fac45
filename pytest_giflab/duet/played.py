"""What came of a duet. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pytest_giflab.duet.collected import UNCOLLECTED
from pytest_giflab.duet.sides import HEAD
from pytest_giflab.measuring import Outcome
from pytest_giflab.model import Comparison
from pytest_giflab.thresholds import FLAGS, Terms


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a duet.

    `outcomes`: what head's tests said, by id; `failures`: what base's said if only those failed. `null`: head compared
    with itself. `phases`: seconds by phase; `cpu_s`: CPU seconds of the processes, those of turns among those of tests.
    `ended`: why it ended before all was decided. `notes`: for the reader. `terms`: what it went by, if that is known.
    """

    outcomes: Mapping[str, Outcome]
    failures: Mapping[str, Outcome]
    comparisons: tuple[Comparison, ...]
    null: tuple[Comparison, ...]
    pairs: int
    phases: Mapping[str, float]
    cpu_s: Mapping[str, float]
    ended: str = ""
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    terms: Terms | None = None

    @property
    def is_void(self) -> bool:
        """Whether head differs from itself, so that no verdict can be trusted."""
        return any(each.verdict in FLAGS for each in self.null)

    @property
    def trouble(self) -> str:
        """All that is known of what went wrong, in words."""
        reasons = [f"{each.reason}\n{each.said}" for each in self.comparisons if each.status in ("error", "skipped")]
        said = [each.said for each in (*self.outcomes.values(), *self.failures.values())]
        return "\n".join(filter(None, [*reasons, *said]))

    @property
    def lost(self) -> list[str]:
        """Benchmarks that head cannot even collect."""
        return [each.benchmark.id for each in self.comparisons if _is_lost(each)]


def _is_lost(comparison: Comparison) -> bool:
    return comparison.status == "error" and comparison.reason.startswith(tuple(f"{HEAD}: {why}" for why in UNCOLLECTED))


def with_lost(played: Played) -> Played:
    """The same; what head could not even collect has an outcome too, so that it fails as a test does."""
    lost = {
        each.benchmark.id: Outcome(each.reason, each.said)
        for each in played.comparisons
        if each.status == "error" and each.reason.startswith(f"{HEAD}: ") and each.benchmark.id not in played.outcomes
    }
    return replace(played, outcomes={**played.outcomes, **lost})


def without_outcome(played: Played, benchmarks: Iterable[str]) -> list[str]:
    """Those of these benchmarks that no process of head has come to the end of."""
    known = {name for name, each in played.outcomes.items() if each.runs or each.error}
    return [name for name in benchmarks if name not in known]


def with_alone(played: Played, alone: Mapping[str, Outcome]) -> Played:
    """The same, with what became of benchmarks that head alone has run; those that failed there are errors."""
    lines = (
        _failed(each, alone[each.benchmark.id]) if each.benchmark.id in alone else each for each in played.comparisons
    )
    return replace(played, outcomes={**played.outcomes, **alone}, comparisons=tuple(lines))


def _failed(comparison: Comparison, outcome: Outcome) -> Comparison:
    return replace(comparison, status="error", reason=f"{HEAD}: {outcome.error}") if outcome.error else comparison


def with_more(played: Played, lines: Sequence[Comparison]) -> Played:
    """The same, with more lines of the report, which no comparison of head with itself makes void."""
    return replace(played, comparisons=(*played.comparisons, *lines))


def late(limit_s: float, *, has_threads: bool) -> str:
    """A note on processes that did not end by themselves within this time."""
    why = " because of threads that are not daemons" if has_threads else ""
    return f"processes still ran {limit_s:g} s after their last test{why}, and were ended; each pair waits so long"


def void(played: Played) -> Played:
    """The same, but nothing is decided."""
    return replace(played, comparisons=tuple(map(_undecided, played.comparisons)))


def _undecided(comparison: Comparison) -> Comparison:
    why = "head differs from itself on this machine now, so nothing can be said"
    return replace(comparison, verdict="inconclusive", reason=why) if comparison.verdict else comparison
