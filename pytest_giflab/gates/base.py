"""What the gates have in common: what they are asked, and the report that they give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from pytest_giflab import machine
from pytest_giflab.decision import overall
from pytest_giflab.duet import HEAD, Call
from pytest_giflab.measuring import Outcome, what_kept_from
from pytest_giflab.model import TIME, Benchmark, Comparison, GateReport, Mode, Revision
from pytest_giflab.report import ProgressView
from pytest_giflab.selection import Selection
from pytest_giflab.thresholds import Terms, Thresholds
from pytest_giflab.workspace import unix_s

STOPPED = "not measured: pytest stopped, since it could not collect everything"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run is to gate: its benchmarks by id, how it was called, and which benchmarks it was asked for.

    `uncollected`: what pytest said of what it could not collect, by node id.
    """

    benchmarks: Mapping[str, Benchmark]
    call: Call
    selection: Selection
    uncollected: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a gate found.

    `notes`: for the reader. `has_table`: the report is worth one. `failures`: what only base's tests said if they
    failed. `problem`: why the run is not green, whatever the verdicts; "" if nothing is wrong. `terms`: what the run
    goes by, if that is not for the session to say.
    """

    report: GateReport
    notes: tuple[str, ...] = ()
    has_table: bool = True
    problem: str = ""
    failures: Mapping[str, Outcome] = field(default_factory=dict)
    terms: Terms | None = None


class Gate(Protocol):
    """Measures the benchmarks of a run, and concludes."""

    def measure(self, asked: Asked, view: ProgressView) -> Mapping[str, Outcome]:
        """Measure; what became of each benchmark. Raises GateError if that cannot be done at all."""
        ...

    def conclude(self, asked: Asked, *, failed: bool | None) -> Conclusion | None:
        """After all tests; `failed`: some of them did, None before them. None if there is nothing to say."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """What every report of a run says: its code is below `root`, and the files in `store` do not belong to it."""

    root: Path
    store: Path
    thresholds: Thresholds
    started: float = field(default_factory=unix_s)

    def revision(self) -> Revision:
        """What is checked out."""
        return machine.revision(self.root, self.store)

    def so_far_s(self) -> float:
        """How long the run has taken, in seconds; at least 0, also if the clock was set back."""
        return max(0.0, unix_s() - self.started)

    def report(
        self,
        mode: Mode,
        ref: str,
        base: Revision,
        comparisons: Sequence[Comparison],
        warnings: Sequence[str] = (),
        selfcheck: Mapping[str, Any] | None = None,
        *,
        thresholds: Thresholds | None = None,
        failed: bool | None = None,
    ) -> GateReport:
        """The report, as of now; `thresholds`: those that decided, if they are not the session's own."""
        return GateReport(
            verdict=overall(comparisons),
            mode=mode,
            ref=ref,
            base=base,
            head=self.revision(),
            environment=machine.capture(),
            thresholds=thresholds or self.thresholds,
            started=iso(self.started),
            seconds=round(unix_s() - self.started, 1),
            comparisons=tuple(comparisons),
            warnings=tuple(warnings),
            selfcheck=selfcheck or {},
            root=machine.place_in_repository(self.root),
            tests_failed=failed,
        )


def uncollected(asked: Asked) -> list[Comparison]:
    """Lines of a run that pytest ended before any test, since it could not collect everything; none of another."""
    lost = [
        Comparison(
            Benchmark(name, name.partition("::")[0], 1),
            "error",
            reason=f"{HEAD}: {fault.reason}",
        )
        for name, said in asked.uncollected.items()
        if (fault := what_kept_from(name, {name: said}))
    ]
    left = asked.benchmarks.values() if lost else ()
    return [*lost, *(Comparison(each, "measured", verdict="inconclusive", reason=STOPPED) for each in left)]


def last_words(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """What processes said of errors, for the terminal alone; of those of head, pytest says it."""
    found = (each for each in comparisons if each.said and not each.reason.startswith(f"{HEAD}: "))
    return (f"{each.benchmark.id}: {each.reason}, and said last: {each.said}" for each in found)


def why_nothing_was_compared(comparisons: Sequence[Comparison]) -> str:
    """In words, if none of these benchmarks has a ratio; "" if one has, or if all are new, which is no failure."""
    known = [each for each in comparisons if each.status != "new" and each.quantity == TIME]
    if not known or any(each.ratio is not None for each in known):
        return ""
    first = known[0]
    more = f", and {len(known) - 1} more" if len(known) > 1 else ""
    return f"nothing could be compared: {first.benchmark.id}: {first.verdict or first.status}, {first.reason}{more}"


def iso(seconds: float) -> str:
    """ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def now() -> str:
    """The time, in ISO 8601."""
    return iso(unix_s())
