"""Hold a run against a baseline: one comparison for each benchmark of either side. Pure: values in, values out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from pytest_giflab.decision.rule import Decision, decide_stored
from pytest_giflab.decision.speeds import SMALLEST_MOMENT, speed
from pytest_giflab.model import (
    Baseline,
    Benchmark,
    Clock,
    Comparison,
    Environment,
    Measurement,
    Process,
    Recording,
)

# A benchmark blocks when more than this share of its wall time is neither work nor waiting for a processor ...
BLOCKED_SHARE = 0.1
# ... and it gave up its processor itself at least every second turn; or when child processes worked for it.
BLOCKED_SWITCHES_A_TURN = 0.5
CHILDREN_SHARE = 0.01
# Two sides that differ by more of their wall time, or by this in log parallelism, differ in what CPU time cannot see.
UNLIKE_WAITING = 0.02
UNLIKE_PARALLELISM = math.log(1.1)


def compare(
    baseline: Baseline,
    measurements: Mapping[str, Measurement],
    environment: Environment,
    is_selected: Callable[[Benchmark], bool],
) -> tuple[Comparison, ...]:
    """Compare what was measured now, by id, with the recordings of a baseline.

    A benchmark of the baseline that was not measured is `missing` if `is_selected` says that this run should have
    had it. Where no recording comes from an equal environment, verdicts are advisory; so is that of a benchmark whose
    test function changed.
    """
    equal = [each for each in baseline.recordings if not each.environment.differences(environment)]
    foreign = () if equal else baseline.recordings[-1].environment.differences(environment)
    recordings = equal or list(baseline.recordings)
    family = max(1, sum(name in measurements for name in baseline.benchmarks))
    found = [_compare_one(each, recordings, foreign, family) for each in measurements.values()]
    missing = [
        Comparison(benchmark, "missing", reason="in the baseline, not in this run")
        for name, benchmark in baseline.benchmarks.items()
        if name not in measurements and is_selected(benchmark)
    ]
    return (*found, *missing)


def _compare_one(
    measurement: Measurement, recordings: Sequence[Recording], foreign: Sequence[str], family: int
) -> Comparison:
    benchmark = measurement.benchmark
    if measurement.status != "measured":
        return Comparison(benchmark, measurement.status, reason=measurement.reason)
    known = [each.measurements[benchmark.id] for each in recordings if benchmark.id in each.measurements]
    before = [each for each in known if len(each.processes) >= SMALLEST_MOMENT]
    if not before:
        reason = "not in the baseline; --giflab-update-baseline records it"
        return Comparison(benchmark, "new", reason=reason, processes=len(measurement.processes))
    now = measurement.processes
    clock = benchmark.limits.clock or choose_clock([*(each.processes for each in before), now])
    current = seconds(now, clock)
    decision = decide_stored(
        [seconds(each.processes, clock) for each in before],
        current,
        thresholds=benchmark.limits.thresholds,
        family=family,
    )
    comparison = to_comparison(benchmark, clock, decision, math.exp(speed(current, "current").level))
    if foreign:
        comparison = _advise(comparison, f"recorded in another environment ({'; '.join(foreign)})")
    if before[-1].benchmark.source not in (None, benchmark.source):
        comparison = replace(_advise(comparison, "the test itself changed"), status="changed")
    return comparison


def to_comparison(benchmark: Benchmark, clock: Clock, decision: Decision, after: float) -> Comparison:
    """A line of the report from a decision; `after`: seconds a call of head."""
    ratio, low, high = (each if math.isfinite(each) else None for each in (decision.ratio, decision.low, decision.high))
    return Comparison(
        benchmark,
        "measured",
        clock=clock,
        before=after / ratio if ratio else None,
        after=after if ratio else None,
        ratio=ratio,
        low=low,
        high=high,
        processes=decision.pairs_used,
        verdict=decision.verdict,
        reason=decision.reason,
    )


def _advise(comparison: Comparison, why: str) -> Comparison:
    return replace(comparison, advisory=True, reason=f"advisory, {why}: {comparison.reason}")


def choose_clock(sides: Iterable[Sequence[Process]]) -> Clock:
    """The clock that sees what these processes do.

    CPU time leaves out the neighbours on the machine, but it is blind to sleeping, I/O and child processes: wall time
    if most processes of any side block, if one side waits or works in parallel for another share of its time than
    the other, or if the system cannot count CPU time finely. Process CPU time if most have threads of their own.
    """
    sides = list(sides)
    if any(_most(side, is_blocking) or not all(each.thread_cpu_ns for each in side) for side in sides):
        return "wall"
    if any(_most(side, _gives_up) for side in sides) and _spread(sides, _waiting) > UNLIKE_WAITING:
        return "wall"
    if any(_most(side, lambda process: bool(process.process_cpu_ns)) for side in sides):
        return "wall" if _spread(sides, _parallelism) > UNLIKE_PARALLELISM else "process_cpu"
    return "thread_cpu"


def _spread(sides: Iterable[Sequence[Process]], measure: Callable[[Process], float]) -> float:
    middles = [median(map(measure, side)) for side in sides]
    return max(middles) - min(middles)


def _waiting(process: Process) -> float:
    """The share of wall time that is neither work nor waiting for a processor."""
    wall_ns = max(1, sum(map(sum, process.wall_ns)))
    return (wall_ns - sum(map(sum, process.rounds("process_cpu"))) - process.run_delay_ns) / wall_ns


def _parallelism(process: Process) -> float:
    """Log of how many processors worked at a time, on average."""
    cpu_ns, wall_ns = (max(1, sum(map(sum, rounds))) for rounds in (process.rounds("process_cpu"), process.wall_ns))
    return math.log(cpu_ns / wall_ns)


def _gives_up(process: Process) -> bool:
    """Whether the thread gave its processor up itself, often enough to be the benchmark's doing."""
    return process.switches >= BLOCKED_SWITCHES_A_TURN * len(process.wall_ns)


def _most(processes: Sequence[Process], holds: Callable[[Process], bool]) -> bool:
    return 2 * sum(map(holds, processes)) > len(processes)


def is_blocking(process: Process) -> bool:
    """Whether the process waited for something else than a processor, or let child processes work."""
    waits = _waiting(process) > BLOCKED_SHARE and _gives_up(process)
    return waits or process.children_ns > CHILDREN_SHARE * sum(map(sum, process.wall_ns))


def seconds(processes: Sequence[Process], clock: Clock) -> NDArray[np.float64]:
    """Seconds a call, shape (process, turn, round); what some process does not have is trailing NaN."""
    rounds = [process.rounds(clock) for process in processes]
    shape = (len(rounds), max(map(len, rounds)), max(len(turn) for turns in rounds for turn in turns))
    result = np.full(shape, np.nan)
    for row, process, turns in zip(result, processes, rounds, strict=True):
        for place, turn in zip(row, turns, strict=False):
            place[: len(turn)] = np.array(turn) / (1e9 * process.loops)
    return result
