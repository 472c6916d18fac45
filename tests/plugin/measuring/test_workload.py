"""What a benchmark does, played in turns."""

from __future__ import annotations

import pytest

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
