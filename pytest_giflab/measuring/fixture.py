"""Measure one benchmark in this process: pytest-benchmark's fixture with rounds of our own."""

from __future__ import annotations

import gc
import inspect
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from pytest_benchmark.fixture import BenchmarkFixture

from pytest_giflab.model import Process

if sys.platform != "win32":
    import resource

# A turn is several rounds in a row: 2.5 ms, one speed mode of the processor; long enough for clocks that take 0.3 us.
TURN_NS = 2_500_000
ROUNDS_A_TURN = 4
# Work of one benchmark in one process, in turns; a call of a second and more is measured once a process.
BUDGET_NS = 200_000_000
MOST_TURNS, FEWEST_TURNS = 20, 3
# Of more rounds than these that pedantic() asks for, every so many are kept.
MOST_ROUNDS = 400
ONE_CALL_IS_ENOUGH_NS = 1_000_000_000
# Rounds shorter than this are mostly the reading of three clocks.
SHORTEST_ROUND_NS = 20_000
MOST_LOOPS = 1 << 24
DISABLED = "pytest-benchmark is disabled"
COROUTINE = "a coroutine: only its creation would be timed; benchmark a function that awaits it"
NO_TURNS = "no turn was played"
# Beyond this ratio of process to thread time the benchmark has threads of its own; reading the clocks aside.
THREADED, CLOCKS_NS = 1.1, 10_000

# Windows counts CPU time in steps of 15.6 ms; then there is wall time alone.
FINE_CPU_CLOCK = sys.platform != "win32" and time.get_clock_info("thread_time").resolution < 1e-6

Round = tuple[int, int, int]
"""Wall, process CPU and thread CPU nanoseconds."""


class GatedFixture(BenchmarkFixture):  # type: ignore[misc]  # pytest-benchmark is untyped
    """The `benchmark` fixture as tests know it; what it measured is in `process`, or why not in `refusal`.

    Overrides the two methods in which pytest-benchmark runs its rounds. They are private;
    tests/plugin/measuring/test_fixture.py holds the newest and the lowest version that pyproject.toml admits to them.
    """

    process: Process | None = None
    refusal: str = ""
    # Who says when the next turn comes; a process that is one side of a duet puts another in its place.
    lead: ClassVar[Callable[[Part], None]]

    def _raw(self, function_to_benchmark: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.disabled:
            self.refusal = DISABLED
        elif inspect.iscoroutinefunction(function_to_benchmark):
            self.refusal = COROUTINE
        else:

            def run(loops: int) -> None:
                for _ in range(loops):
                    function_to_benchmark(*args, **kwargs)

            self._play(Part(run))
        return self._checked(function_to_benchmark(*args, **kwargs))

    def _raw_pedantic(
        self,
        target: Callable[..., Any],
        args: Any = (),
        kwargs: Any = None,
        setup: Callable[[], Any] | None = None,
        teardown: Callable[..., Any] | None = None,
        rounds: int = 1,
        warmup_rounds: int = 0,
        iterations: int = 1,
    ) -> Any:
        """Exactly the rounds and iterations that the test asks for: their number may be part of what it does."""
        for name, value, least in (
            ("iterations", iterations, 1),
            ("rounds", rounds, 1),
            ("warmup_rounds", warmup_rounds, 0),
        ):
            if not isinstance(value, int) or value < least:
                raise ValueError(f"{name} must be an integer of at least {least}, not {value!r}")
        if iterations > 1 and setup:
            raise ValueError("iterations must be 1 where there is a setup function")
        kwargs = kwargs or {}
        result = None

        def around(use: Callable[[Callable[[int], None]], None]) -> None:
            made = setup() if setup else None
            if made and (args or kwargs):
                raise TypeError("setup() returns the arguments, so args and kwargs must not be given too")
            given, named = made or (args, kwargs)

            def run(loops: int) -> None:
                nonlocal result
                for _ in range(loops):
                    result = target(*given, **named)

            use(run)
            if teardown:
                teardown(*given, **named)

        if self.disabled:
            self.refusal = DISABLED
            around(lambda run: run(iterations))
        else:
            self._play(FixedPart(around, rounds, warmup_rounds, iterations))
        return self._checked(result)

    def _checked(self, result: Any) -> Any:
        if inspect.iscoroutine(result) and not self.refusal:
            self.process, self.refusal = None, COROUTINE
        return result

    def _play(self, part: Part) -> None:
        # A coverage tool would be timed with the code.
        with _uninstrumented():
            type(self).lead(part)
        if part.has_turns:
            self._keep(part.process())
        else:
            self.refusal = NO_TURNS

    def _keep(self, process: Process) -> None:
        # On a busy machine a short round can last long; one that never waits is known by its CPU time.
        rounds = process.wall_ns if process.switches else process.rounds("thread_cpu")
        shortest = min(map(min, rounds))
        if shortest < SHORTEST_ROUND_NS:
            self.refusal = (
                f"too short to time: a round takes {shortest / 1000:.1f} us, and {SHORTEST_ROUND_NS // 1000} us "
                "are needed; give pedantic() more iterations"
            )
        else:
            self.process = process
        # Tests may look at `benchmark.stats`.
        stats = self._make_stats(process.loops)
        for turn in process.wall_ns:
            for wall in turn:
                stats.update(wall / 1e9)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a turn is played: `rounds` of `loops` calls; `warm`: after one call that is not recorded."""

    loops: int = 1
    rounds: int = 1
    warm: bool = False


class Part:
    """What a benchmark does in this process, played in turns."""

    # The rounds that the test asks for; None leaves their number to us.
    asked: int | None = None

    def __init__(self, run: Callable[[int], None]) -> None:
        self._run = run
        self._turns: list[list[Round]] = []
        self._usage = _Usage()
        self.loops = 1
        self.unrecorded = 0  # calls
        # Whether threads of the benchmark's own worked in any turn.
        self.is_threaded = False

    def warm_up(self, calls: int = 1) -> int:
        """Make calls that are not recorded; nanoseconds of wall time."""
        start = time.perf_counter_ns()
        self._run(calls)
        self.unrecorded += calls
        return time.perf_counter_ns() - start

    def calibrate(self) -> tuple[Plan, int]:
        """Find how many calls fill a turn, and how many ns a turn takes.

        By CPU time, since a fast call that is interrupted is slow by the wall clock; by wall time where it waits by
        itself.
        """
        loops = 1
        needed = TURN_NS / ROUNDS_A_TURN
        while True:
            usage = _Usage()
            with _quiet(), usage:
                wall, process_cpu, _ = _timed(self._run, loops)
            self.unrecorded += loops
            spent = wall if usage.waited or not FINE_CPU_CLOCK else max(process_cpu, 1)
            if loops == 1 and spent >= TURN_NS:
                return Plan(), spent
            if spent >= needed or loops >= MOST_LOOPS:
                rounds = max(1, min(ROUNDS_A_TURN, math.ceil(TURN_NS / spent)))
                return Plan(loops, rounds, warm=True), rounds * spent
            loops = min(MOST_LOOPS, max(loops + 1, min(10 * loops, math.ceil(1.1 * loops * needed / spent))))

    def turn(self, plan: Plan) -> int:
        """Play and record one turn; its nanoseconds of wall time."""
        self.loops = plan.loops
        with _quiet(), self._usage:
            turn = [_timed(self._run, plan.loops) for _ in range(plan.rounds)]
        return self._record(turn)

    def _record(self, turn: list[Round]) -> int:
        self._turns.append(turn)
        self.is_threaded = self.is_threaded or _is_threaded([turn])
        return sum(wall for wall, _, _ in turn)

    def finish(self) -> None:
        """Do what the test asks for beyond the turns that were played."""

    @property
    def has_turns(self) -> bool:
        """Whether anything was recorded."""
        return bool(self._turns)

    def process(self) -> Process:
        """What was measured: at least one turn."""
        kept = self._turns[:: -(-len(self._turns) // MOST_ROUNDS)]
        return self._usage.process(kept, self.loops, self.unrecorded)


class FixedPart(Part):
    """The part of `pedantic()`: `around` hands over one round at a time, between its setup and its teardown."""

    def __init__(
        self, around: Callable[[Callable[[Callable[[int], None]], None]], None], rounds: int, warmup: int, loops: int
    ) -> None:
        super().__init__(lambda _: None)
        self._around = around
        self._warmup = warmup
        self.asked = rounds
        self.loops = loops
        self._left = rounds

    def warm_up(self, calls: int = 1) -> int:
        """The rounds that the test asks for, whatever `calls` says."""
        start = time.perf_counter_ns()
        for _ in range(self._warmup):
            self._around(lambda run: run(self.loops))
        self.unrecorded += self._warmup * self.loops
        return time.perf_counter_ns() - start

    def turn(self, plan: Plan) -> int:
        """`plan.rounds` more of the rounds that the test asks for, each of as many calls as it asks for."""
        turn: list[Round] = []

        def timed(run: Callable[[int], None]) -> None:
            with _quiet(), self._usage:
                turn.append(_timed(run, self.loops))

        for _ in range(plan.rounds):
            self._around(timed)
        self._left -= plan.rounds
        return self._record(turn)

    def finish(self) -> None:
        """The rest of the rounds, unrecorded."""
        for _ in range(self._left):
            self._around(lambda run: run(self.loops))


def play_alone(part: Part) -> None:
    """Play all turns, one after the other: within 200 ms of work, or what the test asks for."""
    part.warm_up()
    if part.asked:
        for _ in range(part.asked):
            part.turn(Plan())
        return
    plan, _ = part.calibrate()
    for _ in range(_turns(part.turn(plan)) - 1):
        if gc.isenabled():
            gc.collect()  # between turns, when nothing is timed
        part.turn(plan)


GatedFixture.lead = staticmethod(play_alone)


def _turns(turn_ns: int) -> int:
    if turn_ns >= ONE_CALL_IS_ENOUGH_NS:
        return 1
    return max(FEWEST_TURNS, min(MOST_TURNS, BUDGET_NS // turn_ns))


def _timed(run: Callable[[int], None], loops: int) -> Round:
    wall, process_cpu, thread_cpu = time.perf_counter_ns(), time.process_time_ns(), time.thread_time_ns()
    run(loops)
    thread_end, process_end, wall_end = time.thread_time_ns(), time.process_time_ns(), time.perf_counter_ns()
    return wall_end - wall, process_end - process_cpu, thread_end - thread_cpu


def _is_threaded(turns: list[list[Round]]) -> bool:
    rounds = [each for turn in turns for each in turn]
    process_cpu, thread_cpu = (sum(each[clock] for each in rounds) for clock in (1, 2))
    return process_cpu > THREADED * thread_cpu + CLOCKS_NS * len(rounds)


@contextmanager
def _uninstrumented() -> Iterator[None]:
    """No tracer and no profiler inside: coverage tools would be timed with the code."""
    tracer, profiler = sys.gettrace(), sys.getprofile()
    sys.settrace(None)
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.settrace(tracer)
        sys.setprofile(profiler)


@contextmanager
def _quiet() -> Iterator[None]:
    """No garbage collection inside."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Usage:
    """What else happened inside of `with usage:`, added up: waiting for a processor, switches, child processes."""

    def __init__(self) -> None:
        self._spent: tuple[int, ...] = (0, 0, 0)
        self._gc = gc.isenabled()

    def __enter__(self) -> None:
        self._before = _counters()

    def __exit__(self, *_: object) -> None:
        self._spent = tuple(
            spent + after - before for spent, before, after in zip(self._spent, self._before, _counters(), strict=True)
        )

    @property
    def waited(self) -> bool:
        """Whether the thread gave its processor up itself."""
        return self._spent[1] > 0

    def process(self, turns: list[list[Round]], loops: int, warm_calls: int) -> Process:
        wall, process_cpu, thread_cpu = (
            tuple(tuple(timed[clock] for timed in turn) for turn in turns) for clock in range(3)
        )
        run_delay_ns, switches, children_ns = self._spent
        return Process(
            loops=loops,
            wall_ns=wall,
            thread_cpu_ns=thread_cpu if FINE_CPU_CLOCK else (),
            process_cpu_ns=process_cpu if FINE_CPU_CLOCK and _is_threaded(turns) else (),
            run_delay_ns=run_delay_ns,
            switches=switches,
            children_ns=children_ns,
            warm_calls=warm_calls,
            gc=self._gc,
            hash_seed=int(os.environ.get("PYTHONHASHSEED", "0")),
        )


def _counters() -> tuple[int, ...]:
    """Run-queue delay of this thread in ns, its voluntary switches, CPU ns of ended child processes; 0 if unknown."""
    try:
        with open("/proc/thread-self/schedstat", encoding="ascii") as stream:
            delay_ns = int(stream.read().split()[1])
    except (OSError, IndexError, ValueError):
        delay_ns = 0
    if sys.platform == "win32":
        return delay_ns, 0, 0
    own = resource.getrusage(getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF))
    return delay_ns, own.ru_nvcsw, round(1e9 * cpu_seconds_of_children())


def cpu_seconds_of_children() -> float:
    """CPU time of all child processes that have ended; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
