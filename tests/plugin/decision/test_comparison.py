"""Baseline against run: which clock, which recordings, and one line for every benchmark of either side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pytest_giflab.decision.comparison import choose_clock, compare, is_blocking, seconds
from pytest_giflab.model import Baseline, Comparison, Limits, Measurement, Process
from pytest_giflab.thresholds import Thresholds
from tests.helpers.measurements import HERE, blocking, measurement, process, recording


def against(*now: Measurement, before: Baseline | None = None, **here: Any) -> dict[str, Comparison]:
    baseline = before or Baseline("main", (recording(),))
    measured = {each.benchmark.id: each for each in now}
    found = compare(baseline, measured, replace(HERE, **here), lambda benchmark: benchmark.file == "t.py")
    assert len({each.benchmark.id for each in found}) == len(found)
    return {each.benchmark.id.partition("::")[2]: each for each in found}


@pytest.mark.parametrize(
    ("call_ns", "verdict"), [(1_000_000, "inconclusive"), (2_000_000, "critical"), (500_000, "improved")]
)
def test_times_decide(call_ns: int, verdict: str) -> None:
    found = against(measurement(call_ns=call_ns))["test_a"]
    assert (found.status, found.verdict, found.advisory) == ("measured", verdict, False)
    assert found.ratio == pytest.approx(call_ns / 1_000_000, rel=1e-4)


def test_before_and_after_are_seconds_a_call() -> None:
    found = against(measurement(call_ns=3_000_000))["test_a"]
    assert found.before == pytest.approx(0.001, rel=1e-4)
    assert found.after == pytest.approx(0.003, rel=1e-4)


def test_a_benchmark_that_the_baseline_lacks_is_new() -> None:
    found = against(measurement(), measurement("t.py::test_b"))["test_b"]
    assert (found.status, found.verdict) == ("new", None)


def test_a_benchmark_that_the_run_should_have_is_missing() -> None:
    found = against(measurement("t.py::test_b"))["test_a"]
    assert (found.status, found.verdict) == ("missing", None)


def test_a_benchmark_that_was_not_asked_for_is_not_missing() -> None:
    before = Baseline("main", (recording(measurement(), measurement("other.py::test_c")),))
    assert set(against(measurement(), before=before)) == {"test_a"}


@pytest.mark.parametrize("status", ["error", "skipped"])
def test_a_benchmark_without_numbers_says_why(status: str) -> None:
    found = against(measurement(processes=(), status=status, reason="because"))["test_a"]
    assert (found.status, found.reason, found.verdict) == (status, "because", None)


@pytest.mark.parametrize("difference", [{"python": "3.12.0"}, {"cpu": "Another"}, {"cores": 64}, {"machine": "arm64"}])
def test_another_environment_makes_a_verdict_advisory(difference: dict[str, Any]) -> None:
    found = against(measurement(call_ns=5_000_000), **difference)["test_a"]
    assert (found.verdict, found.advisory) == ("critical", True)
    assert next(iter(difference)) in found.reason


def test_other_packages_are_no_other_environment() -> None:
    assert not against(measurement(), packages={"numpy": "3.0"})["test_a"].advisory


def test_recordings_of_this_environment_go_before_others() -> None:
    foreign = recording(measurement(call_ns=9_000_000), environment=replace(HERE, cpu="Another"))
    found = against(measurement(), before=Baseline("main", (recording(), foreign)))["test_a"]
    assert found.ratio == pytest.approx(1.0, rel=1e-4)
    assert not found.advisory


def test_a_changed_test_is_advisory() -> None:
    now = measurement(call_ns=5_000_000)
    now = replace(now, benchmark=replace(now.benchmark, source="another digest"))
    found = against(now)["test_a"]
    assert (found.status, found.advisory, found.verdict) == ("changed", True, "critical")


def test_limits_of_the_benchmark_decide() -> None:
    now = measurement(call_ns=2_000_000)
    now = replace(now, benchmark=replace(now.benchmark, limits=Limits(Thresholds(warning=0.5, critical=1.5))))
    assert against(now)["test_a"].verdict == "warning"


def test_a_clock_given_is_the_clock_taken() -> None:
    now = measurement()
    now = replace(now, benchmark=replace(now.benchmark, limits=Limits(clock="wall")))
    assert against(now)["test_a"].clock == "wall"


def test_cpu_time_is_the_clock_of_work() -> None:
    assert choose_clock([[process()] * 5, [process()] * 5]) == "thread_cpu"


def test_wall_time_is_the_clock_of_what_blocks_on_either_side() -> None:
    assert choose_clock([[process()] * 5, [blocking()] * 5]) == "wall"


def test_one_blocking_process_of_five_decides_nothing() -> None:
    assert choose_clock([[process()] * 4 + [blocking()]]) == "thread_cpu"


def test_process_time_is_the_clock_of_threads() -> None:
    threaded = process(process_cpu_ns=((2_000_000,),) * 5)
    assert choose_clock([[threaded] * 5]) == "process_cpu"


def waiting(share: float) -> Process:
    """Of each millisecond, this share is spent waiting for something."""
    waited = process(switches=5)
    return replace(waited, thread_cpu_ns=tuple((round((1 - share) * turn[0]),) for turn in waited.wall_ns))


@pytest.mark.parametrize(
    ("base", "head", "clock"),
    [(0.0, 0.03, "wall"), (0.05, 0.0, "wall"), (0.05, 0.06, "thread_cpu"), (0.2, 0.2, "wall")],
)
def test_a_little_waiting_decides_where_the_sides_differ_in_it(base: float, head: float, clock: str) -> None:
    assert choose_clock([[waiting(base)] * 5, [waiting(head)] * 5]) == clock


def test_what_never_gives_its_processor_up_does_not_wait() -> None:
    stolen = replace(waiting(0.3), switches=0)  # by another virtual machine
    assert choose_clock([[process()] * 5, [stolen] * 5]) == "thread_cpu"


@pytest.mark.parametrize(
    ("head", "clock"), [(2_000_000, "process_cpu"), (1_900_000, "process_cpu"), (1_100_000, "wall")]
)
def test_wall_time_is_the_clock_of_lost_parallelism(head: int, clock: str) -> None:
    """Two processors at a time on one side, about one on the other."""
    base = process(process_cpu_ns=((2_000_000,),) * 5)
    assert choose_clock([[base] * 5, [replace(base, process_cpu_ns=((head,),) * 5)] * 5]) == clock


def test_waiting_for_a_processor_is_not_blocking() -> None:
    waited = blocking()
    idle_ns = sum(wall[0] - cpu[0] for wall, cpu in zip(waited.wall_ns, waited.thread_cpu_ns, strict=True))
    assert is_blocking(waited)
    assert not is_blocking(replace(waited, run_delay_ns=idle_ns))


def test_wall_time_is_the_clock_where_there_is_no_fine_cpu_clock() -> None:
    coarse = process(thread_cpu_ns=())
    assert choose_clock([[process()] * 5, [coarse] * 5]) == "wall"
    assert coarse.rounds("thread_cpu") == coarse.wall_ns


def test_a_recording_of_too_few_processes_is_no_recording() -> None:
    before = Baseline("main", (recording(measurement(count=2)),))
    assert against(measurement(), before=before)["test_a"].status == "new"


def test_being_interrupted_is_not_blocking() -> None:
    assert not is_blocking(replace(blocking(), switches=1))


def test_work_of_child_processes_blocks() -> None:
    assert is_blocking(process(children_ns=4_000_000))


def test_seconds_are_a_call_and_missing_rounds_trail() -> None:
    short = process(wall_ns=((2_000, 4_000),), loops=2)
    long = process(wall_ns=((1_000, 2_000, 3_000), (4_000,)))
    expected = [
        [[1e-6, 2e-6, np.nan], [np.nan] * 3],
        [[1e-6, 2e-6, 3e-6], [4e-6, np.nan, np.nan]],
    ]
    np.testing.assert_allclose(seconds([short, long], "wall"), expected)
