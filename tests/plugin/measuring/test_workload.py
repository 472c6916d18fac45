"""What a benchmark does, played in turns."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import pytest

from pytest_giflab.measuring import clocks
from pytest_giflab.measuring import workload as turns
from pytest_giflab.measuring.clocks import FINE_CPU_CLOCK
from pytest_giflab.measuring.workload import Workload, play_alone
from tests.helpers.work import spin

pytestmark = [
    pytest.mark.skipif(not FINE_CPU_CLOCK, reason="the clock of CPU time is too coarse"),
    pytest.mark.usefixtures("nothing_of_others_is_collected"),  # between its turns
]


def test_calibration_is_not_fooled_by_one_slow_call() -> None:
    calls: list[int] = []

    def run(loops: int) -> None:
        calls.append(loops)
        spin(0.003 if len(calls) == 1 else 1e-5 * loops)

    workload = Workload(run)
    play_alone(workload)
    process = workload.process()
    assert process.loops > 10


def test_turns_are_timed_while_a_test_has_frozen_the_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As freezegun does: in the module of time, and under every name that a module has for its functions."""
    names = ("perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "time", "time_ns", "process_time_ns")
    real: dict[int, Callable[[], float]] = {id(getattr(time, name)): getattr(time, name) for name in names}
    for module in (time, clocks, turns, sys.modules[__name__]):
        for name, value in list(vars(module).items()):
            if id(value) in real:
                monkeypatch.setattr(module, name, lambda: 0)
    assert time.perf_counter_ns() == 0

    def run(loops: int) -> None:
        sum(range(20_000 * loops))

    workload = Workload(run)
    play_alone(workload)
    process = workload.process()
    assert min(map(min, process.wall_ns)) > 20_000
    assert min(map(min, process.thread_cpu_ns)) > 20_000


def test_a_clock_that_goes_backwards_has_not_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = iter([5, 5, 5, 3, 3, 3])
    monkeypatch.setattr(clocks, "CLOCKS", (lambda: next(readings),) * 3)
    assert clocks.timed(lambda _: None, 1) == (0, 0, 0)
