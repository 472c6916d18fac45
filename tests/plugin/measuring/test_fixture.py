"""The benchmark fixture as tests know it, with rounds of our own."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from pytest_giflab.measuring import clocks
from pytest_giflab.measuring import workload as timing
from pytest_giflab.measuring.fixture import GatedFixture, run_once
from pytest_giflab.measuring.messages import RefusalKind
from pytest_giflab.measuring.workload import Workload
from pytest_giflab.model import Process
from tests.helpers.work import spin

pytestmark = pytest.mark.skipif(not clocks.FINE_CPU_CLOCK, reason="the clock of CPU time is too coarse")


@pytest.fixture(autouse=True)
def little_garbage() -> Iterator[None]:
    """A collection between turns need not look at what thousands of other tests keep, as in a process that measures."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def gated(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> GatedFixture:
    """The fixture that pytest-benchmark makes when its class is replaced, as in a process that measures."""
    monkeypatch.setattr("pytest_benchmark.plugin.BenchmarkFixture", GatedFixture)
    monkeypatch.setattr(request.config._benchmarksession, "disabled", False)  # type: ignore[attr-defined]
    fixture: GatedFixture = request.getfixturevalue("benchmark")
    return fixture


def measured(fixture: GatedFixture) -> Process:
    assert fixture.process, fixture.refusal
    return fixture.process


def refused(fixture: GatedFixture) -> RefusalKind:
    assert fixture.refusal
    return fixture.refusal.kind


def per_call_ms(process: Process) -> float:
    return min(map(min, process.thread_cpu_ns)) / process.loops / 1e6


def test_the_result_of_the_call_is_returned(gated: GatedFixture) -> None:
    assert gated(spin, 0.0001) == "done"


def test_cpu_time_of_a_call_is_what_it_spins(gated: GatedFixture) -> None:
    gated(spin, 0.002)
    assert 1.9 < per_call_ms(measured(gated)) < 3


def test_short_calls_fill_turns_of_several_rounds(gated: GatedFixture) -> None:
    gated(sum, range(10))
    process = measured(gated)
    assert process.loops > 100
    (rounds,) = {len(turn) for turn in process.wall_ns}
    assert 1 < rounds <= timing.ROUNDS_A_TURN, "fewer if calls became slower on the way"
    assert len(process.wall_ns) <= timing.MOST_TURNS


def test_a_long_call_is_a_turn_of_its_own(gated: GatedFixture) -> None:
    gated(spin, 0.005)
    process = measured(gated)
    assert process.loops == 1
    assert {len(turn) for turn in process.wall_ns} == {1}


def test_sleeping_shows_in_wall_time_and_switches(gated: GatedFixture) -> None:
    gated(time.sleep, 0.004)
    process = measured(gated)
    assert min(map(min, process.wall_ns)) >= 4_000_000
    assert max(map(max, process.thread_cpu_ns)) < 2_000_000
    assert process.switches >= len(process.wall_ns)


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_coroutine_is_refused_however_it_is_made(gated: GatedFixture) -> None:
    async def work() -> None: ...

    gated.pedantic(lambda: work(), rounds=2, iterations=1000).close()
    assert gated.process is None
    assert refused(gated) == "coroutine"


def test_threads_show_in_process_time(gated: GatedFixture) -> None:
    def in_thread() -> None:
        thread = threading.Thread(target=spin, args=(0.003,))
        thread.start()
        thread.join()

    gated(in_thread)
    process = measured(gated)
    assert process.process_cpu_ns
    assert min(map(min, process.process_cpu_ns)) > 2_900_000


def test_one_thread_needs_no_second_cpu_clock(gated: GatedFixture) -> None:
    gated(spin, 0.001)
    assert measured(gated).process_cpu_ns == ()


def test_child_processes_are_counted(gated: GatedFixture) -> None:
    gated.pedantic(subprocess.run, args=([sys.executable, "-c", "sum(range(10**6))"],), kwargs={"check": True})
    assert measured(gated).children_ns > 1_000_000


def test_garbage_collection_is_off_inside_of_rounds_and_on_after(gated: GatedFixture) -> None:
    inside: set[bool] = set()

    def look() -> None:
        inside.add(gc.isenabled())
        spin(0.001)

    gated.pedantic(look, rounds=3)
    assert inside == {False}
    assert gc.isenabled()
    assert measured(gated).gc


def test_of_very_many_pedantic_rounds_some_are_kept(gated: GatedFixture) -> None:
    gated.pedantic(sum, args=(range(3000),), rounds=4 * timing.MOST_ROUNDS + 1)
    assert timing.MOST_ROUNDS // 2 < len(measured(gated).wall_ns) <= timing.MOST_ROUNDS


def test_without_a_fine_cpu_clock_there_is_wall_time(gated: GatedFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (clocks, timing):
        monkeypatch.setattr(module, "FINE_CPU_CLOCK", False)
    gated(spin, 0.001)
    process = measured(gated)
    assert process.thread_cpu_ns == process.process_cpu_ns == ()
    assert min(map(min, process.wall_ns)) / process.loops >= 1_000_000


@pytest.mark.parametrize(("rounds", "iterations", "warmup_rounds"), [(1, 1, 0), (5, 1, 2), (3, 4, 1)])
def test_pedantic_makes_exactly_the_calls_asked_for(
    gated: GatedFixture, rounds: int, iterations: int, warmup_rounds: int
) -> None:
    calls: list[int] = []

    def call() -> int:
        calls.append(1)
        spin(0.0002)
        return len(calls)

    last = gated.pedantic(call, rounds=rounds, iterations=iterations, warmup_rounds=warmup_rounds)
    process = measured(gated)
    assert last == len(calls) == (rounds + warmup_rounds) * iterations
    assert [len(turn) for turn in process.wall_ns] == [1] * rounds
    assert (process.loops, process.warm_calls) == (iterations, warmup_rounds * iterations)


def test_setup_and_teardown_run_around_each_round_untimed(gated: GatedFixture) -> None:
    order: list[str] = []

    def setup() -> tuple[tuple[str], dict[str, Any]]:
        order.append("setup")
        spin(0.02)
        return ("x",), {}

    def call(name: str) -> None:
        order.append(name)
        spin(0.001)

    gated.pedantic(
        call,
        setup=setup,
        teardown=lambda name: order.append("teardown"),
        rounds=2,
    )
    assert order == ["setup", "x", "teardown"] * 2
    assert max(map(max, measured(gated).thread_cpu_ns)) < 10_000_000


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"rounds": 0}, ValueError),
        ({"iterations": 0}, ValueError),
        ({"warmup_rounds": -1}, ValueError),
        ({"iterations": 2, "setup": lambda: None}, ValueError),
        ({"args": (1,), "setup": lambda: ((1,), {})}, TypeError),
    ],
)
def test_pedantic_refuses_what_pytest_benchmark_refuses(
    gated: GatedFixture, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        gated.pedantic(lambda *_: None, **options)


def test_stats_are_filled_for_tests_that_look_at_them(gated: GatedFixture) -> None:
    gated(spin, 0.001)
    assert 0.0009 < gated.stats.stats.min < 0.1


def left_before_the_first_turn(workload: Workload) -> None:
    workload.finish()


@pytest.mark.parametrize("is_pedantic", [False, True])
def test_so_they_are_if_the_other_side_left_before_the_first_turn(
    gated: GatedFixture, monkeypatch: pytest.MonkeyPatch, is_pedantic: bool
) -> None:
    monkeypatch.setattr(GatedFixture, "lead", staticmethod(left_before_the_first_turn))
    (gated.pedantic if is_pedantic else gated)(time.sleep, *([(0.01,)] if is_pedantic else [0.01]))
    assert refused(gated) == "no-turns"
    assert 0.01 <= gated.stats.stats.mean < 0.1


@pytest.mark.parametrize("is_pedantic", [False, True])
def test_what_runs_once_has_the_stats_of_that_call(request: pytest.FixtureRequest, is_pedantic: bool) -> None:
    calls = []

    def call(seconds: float) -> str:
        time.sleep(seconds)
        calls.append(seconds)
        return "done"

    session = request.config._benchmarksession  # type: ignore[attr-defined]
    shown = list(session.benchmarks)
    with run_once(session):
        once = request.getfixturevalue("benchmark")
    found = once.pedantic(call, (0.01,), rounds=5) if is_pedantic else once(call, 0.01)
    assert (found, calls) == ("done", [0.01])
    assert 0.01 <= once.stats.stats.mean < 0.1
    assert once.stats["rounds"] == 1
    assert session.benchmarks == shown, "pytest-benchmark would print it"


def test_a_round_that_the_clocks_swallow_is_refused(gated: GatedFixture) -> None:
    gated.pedantic(lambda: None, rounds=20)
    assert gated.process is None
    assert refused(gated) == "too-short"


def test_a_short_call_after_a_setup_is_measured_since_its_round_cannot_have_more(gated: GatedFixture) -> None:
    gated.pedantic(sum, setup=lambda: ((range(700),), {}), rounds=50)  # 10 to 15 us
    assert gated.refusal is None
    assert len(measured(gated).wall_ns) == 50


def test_a_call_that_the_clocks_swallow_is_refused_after_a_setup_too(gated: GatedFixture) -> None:
    gated.pedantic(lambda: None, setup=lambda: None, rounds=20)
    assert refused(gated) == "too-short"
    assert gated.refusal is not None
    assert "iterations" not in gated.refusal.reason, "pedantic() forbids more of them"


def test_a_call_that_returns_early_once_does_not_make_a_benchmark_too_short(gated: GatedFixture) -> None:
    calls: list[int] = []

    def call() -> None:
        calls.append(1)
        if len(calls) != 7:
            spin(0.0002)

    gated.pedantic(call, rounds=20)
    assert len(measured(gated).wall_ns) == 20


def test_a_coroutine_function_is_refused(gated: GatedFixture) -> None:
    async def wait() -> None: ...

    gated(wait).close()
    assert gated.process is None
    assert refused(gated) == "coroutine"


def test_an_exception_of_the_benchmark_is_the_tests_own(gated: GatedFixture) -> None:
    with pytest.raises(ZeroDivisionError):
        gated(lambda: 1 / 0)
    assert gated.process is None


def test_the_fixture_is_used_once(gated: GatedFixture) -> None:
    gated.pedantic(spin, args=(0.0001,))
    with pytest.raises(Exception, match="only be used once"):
        gated(spin, 0.001)
