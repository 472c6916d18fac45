"""Measure benchmarks in fresh processes, one after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from pytest_giflab.errors import MeasurementError
from pytest_giflab.measuring.messages import BenchmarkEnded, BenchmarkMessage, Finished, Refusal, Select, expected
from pytest_giflab.measuring.outcome import Outcome
from pytest_giflab.measuring.processes import END_S, LATE_END_S, Fresh, Invocation, OutOfTime, let_end, started
from pytest_giflab.measuring.why import Fault, what_kept_from
from pytest_giflab.workspace import scratch

PROCESSES = 5
NOT_COLLECTED = "not collected in a fresh process"

OnProgress = Callable[[int, int], None]


def record(
    ids: Sequence[str],
    invocation: Invocation,
    on_progress: OnProgress | None = None,
    processes: int = PROCESSES,
    deadline: float = math.inf,
) -> dict[str, Outcome]:
    """Measure each benchmark in `processes` fresh pytest processes, one process at a time.

    A benchmark that fails, is skipped or kills its process is not tried again. `deadline`: by `elapsed_s`; what
    was not measured in all processes by then is refused. Raises MeasurementError if a process ends before it collected
    anything. Whatever ends this function ends the running process too.
    """
    outcomes = {name: Outcome() for name in ids}

    def tell() -> None:
        if on_progress:
            done = sum(len(each.processes) if each.is_measurable else processes for each in outcomes.values())
            on_progress(done, processes * len(ids))

    with scratch() as place:
        try:
            for _ in range(processes):
                pending = [name for name in ids if outcomes[name].is_measurable]
                while pending:
                    with started({"alone": invocation}, place, deadline=deadline) as found:
                        finished = _run(found["alone"], pending, outcomes, tell)
                    pending = [name for name in pending if name not in finished]
        except OutOfTime:
            for each in outcomes.values():
                each.drop_unfinished()
                if each.is_measurable and len(each.processes) < processes:
                    why = f"the time was up after {len(each.processes)} of {processes} processes"
                    each.refusal = Refusal("too-late", why)
    return outcomes


def _run(process: Fresh, ids: Sequence[str], outcomes: Mapping[str, Outcome], tell: Callable[[], None]) -> set[str]:
    """Run one process; the benchmarks that it is done with, for good or ill: at least one."""
    collected = process.collect()
    known = {each.id for each in collected.benchmarks}
    finished = set(ids) - known
    for name in finished:
        fault = what_kept_from(name, collected.uncollected) or Fault(NOT_COLLECTED)
        outcomes[name].fail(fault.reason, fault.said)
    process.tell(Select(tuple(name for name in ids if name in known)))
    running = ""
    try:
        while not isinstance(event := process.receive(), Finished):
            running = expected(event, BenchmarkMessage).id
            outcomes[running].add(event)
            if isinstance(event, BenchmarkEnded):
                finished.add(running)
                running = ""
                tell()
        let_end([process], LATE_END_S if event.threads else END_S)
    except MeasurementError as error:
        for name in [running] if running else set(ids) - finished:
            outcomes[name].fail(error.reason, error.said)
            finished.add(name)
    return finished
