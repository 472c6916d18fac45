"""The `benchmark` fixture of a process that measures: pytest-benchmark's, with rounds of our own."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from statistics import median
from typing import Any, ClassVar

from pytest_benchmark import plugin as pytest_benchmark_plugin
from pytest_benchmark.fixture import BenchmarkFixture

from pytest_giflab.measuring.clocks import now_ns
from pytest_giflab.measuring.messages import Refusal
from pytest_giflab.measuring.workload import PedanticWorkload, Workload, play_alone
from pytest_giflab.model import Process

# Rounds shorter than this are mostly the reading of three clocks. With a setup before each call a round cannot have
# more calls: it is measured all the same, with more of the clocks in it.
SHORTEST_ROUND_NS = 20_000
SHORTEST_CALL_NS = 5_000
DISABLED = Refusal("disabled", "pytest-benchmark is disabled")
COROUTINE = Refusal("coroutine", "a coroutine: only its creation would be timed; benchmark a function that awaits it")
NO_TURNS = Refusal("no-turns", "no turn was played")


class GatedFixture(BenchmarkFixture):  # type: ignore[misc]  # pytest-benchmark is untyped
    """The `benchmark` fixture as tests know it; what it measured is in `process`, or why not in `refusal`.

    Overrides the two methods in which pytest-benchmark runs its rounds. They are private;
    tests/plugin/measuring/test_fixture.py holds the newest and the lowest version that pyproject.toml admits to them.
    """

    process: Process | None = None
    refusal: Refusal | None = None
    # Who says when the next turn comes; a process that is one side of a duet puts another in its place.
    lead: ClassVar[Callable[[Workload], None]] = staticmethod(play_alone)

    def _raw(self, function_to_benchmark: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.disabled:
            self.refusal = DISABLED
        elif inspect.iscoroutinefunction(function_to_benchmark):
            self.refusal = COROUTINE
        else:

            def run(loops: int) -> None:
                for _ in range(loops):
                    function_to_benchmark(*args, **kwargs)

            self._play(Workload(run))
        start = now_ns()
        result = function_to_benchmark(*args, **kwargs)
        self._leave_stats(now_ns() - start)
        return self._checked(result)

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
            raise ValueError("iterations must be 1 if there is a setup function")
        result = None

        def around(use: Callable[[Callable[[int], None]], None]) -> None:
            made = setup() if setup else None
            if made and (args or kwargs):
                raise TypeError("setup() returns the arguments, so args and kwargs must not be given too")
            given, named = made or (args, kwargs or {})

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
            workload = PedanticWorkload(around, int(rounds), int(warmup_rounds), int(iterations))
            self._play(workload, SHORTEST_CALL_NS if setup else SHORTEST_ROUND_NS)
        return self._checked(result)

    def _leave_stats(self, spent_ns: int) -> None:
        """A test that looks at them must not fail since the other side has left before the first turn."""
        if self.refusal is NO_TURNS:
            self._make_stats(1).update(max(1, spent_ns) / 1e9)

    def _checked(self, result: Any) -> Any:
        if inspect.iscoroutine(result) and not self.refusal:
            self.process, self.refusal = None, COROUTINE
        return result

    def _play(self, workload: Workload, shortest_ns: int = SHORTEST_ROUND_NS) -> None:
        # A coverage tool would be timed with the code.
        with _uninstrumented():
            type(self).lead(workload)
        if workload.has_turns:
            self._keep(workload.process(), shortest_ns)
        else:
            self.refusal = NO_TURNS
            if workload.asked:
                self._leave_stats(workload.unrecorded_ns)

    def _keep(self, process: Process, shortest_ns: int) -> None:
        # On a busy machine a short round can last long; one that never waits is known by its CPU time.
        rounds = process.wall_ns if process.switches else process.rounds("thread_cpu")
        # A call may return early once; a benchmark is as short as its rounds typically are.
        typical_ns = median(each for turn in rounds for each in turn)
        if typical_ns < shortest_ns:
            advice = "let a call do more" if shortest_ns == SHORTEST_CALL_NS else "give pedantic() more iterations"
            needed = f"and {shortest_ns // 1000} us are needed; {advice}"
            self.refusal = Refusal(
                "too-short", f"too short to time: a round takes {typical_ns / 1000:.1f} us, {needed}"
            )
        else:
            self.process = process
        # Tests may look at `benchmark.stats`.
        stats = self._make_stats(process.loops)
        for turn in process.wall_ns:
            for wall in turn:
                stats.update(wall / 1e9)


class OnceFixture(BenchmarkFixture):  # type: ignore[misc]  # pytest-benchmark is untyped
    """The `benchmark` fixture of a test that runs once, disabled; its `stats` are those of this one call."""

    def _raw(self, function_to_benchmark: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return super()._raw(self._with_stats(function_to_benchmark), *args, **kwargs)

    def _raw_pedantic(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return super()._raw_pedantic(self._with_stats(target), *args, **kwargs)

    def _with_stats(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            start = now_ns()
            result = function(*args, **kwargs)
            spent = max(1, now_ns() - start)
            self._add_stats = _for_the_test_alone
            self._make_stats(1).update(spent / 1e9)
            return result

        return call


def _for_the_test_alone(_: object) -> None:
    """Statistics that pytest-benchmark neither shows nor saves."""


@contextmanager
def run_once(timing: Any) -> Iterator[None]:
    """Let benchmarks that are set up inside run once; `timing` is the session of pytest-benchmark."""
    before = timing.disabled, pytest_benchmark_plugin.BenchmarkFixture
    timing.disabled, pytest_benchmark_plugin.BenchmarkFixture = True, OnceFixture
    try:
        yield
    finally:
        timing.disabled, pytest_benchmark_plugin.BenchmarkFixture = before


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
