"""The gate that measures base and head side by side."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from giflab_core.text import counted
from pytest_giflab.decision import resolves
from pytest_giflab.duet import Played, play
from pytest_giflab.gates.base import Asked, Conclusion, Run, last_words, uncollected, why_nothing_was_compared
from pytest_giflab.measuring import Outcome, cores, cpu_ns, cpu_seconds_of_children
from pytest_giflab.model import TIME, Comparison, Revision
from pytest_giflab.report import ProgressView
from pytest_giflab.thresholds import FLAGS
from pytest_giflab.workspace import find_repository, resolve

WORKING_TREE = "the working tree"
# What a run takes until the first look at all, on two processors (make bench-suite): processes, and a benchmark.
START_S, A_BENCHMARK_S = 5.0, 1.0
# So often a run waits until then for processes that load and collect as this session did.
COLLECTIONS = 5
# Warning thresholds that a self-check tells of.
OFFERED = (0.05, 0.03, 0.02)


class SideBySideGate:
    """Compares the working tree with the commit `ref`, or with itself if that is None.

    Raises GitError at once if there is no such commit.
    """

    def __init__(self, run: Run, ref: str | None, *, verbose: bool = False) -> None:
        self._run = run
        self._ref = ref
        self._verbose = verbose
        self._repository = find_repository(run.root)
        self._commit = resolve(self._repository, ref) if ref else None
        self._played: Played | None = None
        self._cpu_s = self._own_cpu_s = 0.0

    def measure(self, asked: Asked, view: ProgressView) -> Mapping[str, Outcome]:
        """Play the duet; an interrupted one is concluded like any other, with what is known."""
        name = f"{self._ref} ({self._commit[:12]})" if self._ref and self._commit else "itself"
        count = len(asked.benchmarks)
        if count:
            outlook = _outlook(count, self._run.so_far_s(), asked.call.terms.budget_s)
            view.line(f"measuring {counted(count, 'benchmark')} side by side with {name}: {outlook}")
        else:
            view.line(f"no benchmark was selected here; asking {name} which ones it has")
        cpu_s, own_ns = cpu_seconds_of_children(), cpu_ns()
        self._played = play(
            asked.benchmarks,
            replace(asked.call, base_rules=True),
            asked.selection,
            self._repository,
            self._commit,
            view.duet,
        )
        self._cpu_s = cpu_seconds_of_children() - cpu_s
        self._own_cpu_s = (cpu_ns() - own_ns) / 1e9
        if self._played.interrupted:
            raise KeyboardInterrupt
        return self._played.outcomes

    def conclude(self, asked: Asked, *, failed: bool | None) -> Conclusion | None:
        """The verdicts, whether tests failed or not."""
        played = self._played or _not_played(uncollected(asked))
        if not played or not (played.comparisons or asked.benchmarks):
            return None
        base = Revision(self._commit, dirty=False) if self._commit else self._run.revision()
        warnings = [*played.notes, *_cannot_pin()]
        if played.ended:
            warnings.append(played.ended)
        if played.is_void:
            warnings.append("head differs from itself on this machine now, so no verdict can be trusted")
        ref = self._ref or WORKING_TREE
        limits = played.terms.thresholds if played.terms else None
        found, control = played.comparisons, null_control(played)
        report = self._run.report("duet", ref, base, found, warnings, control, thresholds=limits, failed=failed)
        costs = [*self._costs(played, report.seconds), *(_resolution(played, report.seconds) if not self._ref else [])]
        notes = (*last_words(played.comparisons), *costs)
        problem = why_nothing_was_compared(played.comparisons)
        return Conclusion(report, notes, problem=problem, failures=played.failures, terms=played.terms)

    def _costs(self, played: Played, wall_s: float) -> Iterator[str]:
        if not played.pairs:
            return
        measured = [each for each in played.comparisons if each.processes and each.quantity == TIME]
        a_benchmark = self._cpu_s / max(1, len(measured))
        yield (
            f"{counted(played.pairs, 'process pair')} in {wall_s:.0f} s, {self._cpu_s:.0f} s of CPU time: "
            f"{a_benchmark:.1f} s of CPU time and {wall_s / max(1, len(measured)):.1f} s a benchmark"
        )
        if self._verbose:
            rest = wall_s - sum(played.phases.values())
            for name, seconds in [*played.phases.items(), ("everything else", rest)]:
                yield f"  {name:15s} {seconds:6.1f} s, {seconds / max(1, played.pairs):5.2f} s a pair"
            yield self._cpu_time(played)

    def _cpu_time(self, played: Played) -> str:
        """Where the CPU time went: to processes until they had collected, to turns, to what is round those."""
        names = ("start", "tests", "turns", "null control")
        start, tests, turns, null = (played.cpu_s.get(name, 0.0) for name in names)
        rest = max(0.0, self._cpu_s - start - tests - null)
        return (
            f"  CPU time: start {start:.1f} s, turns {turns:.1f} s, set-up and calls not recorded "
            f"{max(0.0, tests - turns):.1f} s, null control {null:.1f} s, ends and builds {rest:.1f} s; "
            f"this session {self._own_cpu_s:.1f} s"
        )


def _not_played(lines: Sequence[Comparison]) -> Played | None:
    return Played({}, {}, tuple(lines), (), 0, {}, {}) if lines else None


def _outlook(count: int, collecting_s: float, budget_s: float | None) -> str:
    """How long it will take, as far as can be told before anything was measured."""
    needed_s = START_S + COLLECTIONS * collecting_s + A_BENCHMARK_S * count
    about = f"about {_duration(needed_s)} where nothing has changed and calls take up to 25 ms"
    if not budget_s or budget_s >= needed_s:
        return about
    enough = max(1, int(count * budget_s / needed_s))
    return f"{about}; {_duration(budget_s)} are enough for about {enough} of them, and the others run once, unmeasured"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def null_control(played: Played) -> dict[str, Any]:
    """What the report says of head compared with itself."""
    names = ("clock", "ratio", "low", "high", "verdict")
    rows = [
        {"id": each.benchmark.id, "pairs": each.processes, **{name: getattr(each, name) for name in names}}
        for each in played.null
    ]
    return {"alarm": played.is_void, "benchmarks": rows}


def _resolved(measured: Sequence[Comparison], warning: float | None) -> int:
    """How many of these benchmarks could be held to this threshold; None: each to its own."""
    count = 0
    for each in measured:
        own = each.benchmark.limits.thresholds
        limits = own if warning is None else replace(own, warning=warning, critical=max(own.critical, warning))
        count += resolves(each.low or 0.0, each.high or 0.0, each.processes, limits)
    return count


def _cannot_pin() -> list[str]:
    if cores():
        return []
    return [f"{sys.platform} cannot pin processes to a processor, so intervals are wider than on Linux"]


def _resolution(played: Played, seconds: float) -> Iterator[str]:
    """What this machine can tell in how much time, from comparing head with itself."""
    widths = {
        each.benchmark: math.expm1(math.log(each.high / each.low) / 2)
        for each in played.comparisons
        if each.low and each.high
    }
    if not widths:
        return
    worst = max(widths, key=widths.__getitem__)
    yield (
        f"in {seconds:.0f} s this machine tells changes of {statistics.median(widths.values()):.1%} (median; "
        f"{widths[worst]:.1%} for {worst.id})"
    )
    measured = [each for each in played.comparisons if each.low and each.high]
    told = [f"{_resolved(measured, warning)} at {warning:.0%}" for warning in OFFERED]
    own = _resolved(measured, None)
    yield (
        f"a change of the warning threshold would be flagged nine times of ten in {own} of {len(measured)} benchmarks; "
        f"with giflab_warning as here, in {', '.join(told)}"
    )
    flags = sum(each.verdict in FLAGS for each in played.comparisons)
    yield f"false alarms: {flags} of {len(widths)}"
