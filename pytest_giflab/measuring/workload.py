"""What one benchmark does in this process, played in turns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pytest_giflab.measuring.clocks import FINE_CPU_CLOCK, Round, Usage, is_threaded, now_ns, timed
from pytest_giflab.measuring.messages import Plan
from pytest_giflab.measuring.system import System
from pytest_giflab.model import Process

# A turn is several rounds in a row: 2.5 ms, one speed mode of the processor; long enough for clocks that take 0.3 us.
TURN_NS = 2_500_000
ROUNDS_A_TURN = 4
# Work of one benchmark in one process, in turns; a call of a second and more is measured once a process.
BUDGET_NS = 200_000_000
MOST_TURNS, FEWEST_TURNS = 20, 3
# Of more rounds than these that pedantic() asks for, every so many are kept.
MOST_ROUNDS = 400
ONE_CALL_IS_ENOUGH_NS = 1_000_000_000
MOST_LOOPS = 1 << 24


class Workload:
    """What a benchmark does in this process, played in turns."""

    # The rounds that the test asks for; None leaves their number to us.
    asked: int | None = None
    # How long one of them took that was not recorded, with its setup; 0 if none was left.
    unrecorded_ns = 0

    def __init__(self, run: Callable[[int], None]) -> None:
        self._run = run
        self._turns: list[list[Round]] = []
        self._usage = Usage()
        self.loops = 1
        self.unrecorded = 0  # calls
        # Whether threads of the benchmark's own worked in any turn.
        self.is_threaded = False

    def warm_up(self, calls: int = 1) -> int:
        """Make calls that are not recorded; nanoseconds of wall time."""
        start = now_ns()
        self._run(calls)
        self.unrecorded += calls
        return now_ns() - start

    def calibrate(self) -> tuple[Plan, int]:
        """Find how many calls fill a turn, and how many ns a turn takes.

        By CPU time, since a fast call that is interrupted is slow by the wall clock; by wall time if it waits by
        itself.
        """
        loops = 1
        needed = TURN_NS / ROUNDS_A_TURN
        while True:
            usage = Usage()
            with _quiet(), usage:
                wall, process_cpu, _ = timed(self._run, loops)
            self.unrecorded += loops
            spent = max(1, wall if usage.waited or not FINE_CPU_CLOCK else process_cpu)
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
            turn = [timed(self._run, plan.loops) for _ in range(plan.rounds)]
        return self._record(turn)

    def _record(self, turn: list[Round]) -> int:
        self._turns.append(turn)
        self.is_threaded = self.is_threaded or is_threaded([turn])
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


class PedanticWorkload(Workload):
    """The workload of `pedantic()`: `around` hands over one round at a time, between its setup and its teardown."""

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
        start = now_ns()
        for _ in range(self._warmup):
            self._around(lambda run: run(self.loops))
        self.unrecorded += self._warmup * self.loops
        return now_ns() - start

    def turn(self, plan: Plan) -> int:
        """`plan.rounds` more of the rounds that the test asks for, each of as many calls as it asks for."""
        turn: list[Round] = []

        def play(run: Callable[[int], None]) -> None:
            with _quiet(), self._usage:
                turn.append(timed(run, self.loops))

        for _ in range(plan.rounds):
            self._around(play)
        self._left -= plan.rounds
        return self._record(turn)

    def finish(self) -> None:
        """The rest of the rounds, unrecorded."""
        start = now_ns()
        for _ in range(self._left):
            self._around(lambda run: run(self.loops))
        self.unrecorded_ns = (now_ns() - start) // max(1, self._left)


def play_alone(workload: Workload) -> None:
    """Play all turns, one after the other: within 200 ms of work, or what the test asks for."""
    workload.warm_up()
    if workload.asked:
        for _ in range(workload.asked):
            workload.turn(Plan())
        return
    plan, _ = workload.calibrate()
    for _ in range(_turns(workload.turn(plan)) - 1):
        if System.has_collection():
            System.collect()  # between turns, when nothing is timed
        workload.turn(plan)


def _turns(turn_ns: int) -> int:
    if turn_ns >= ONE_CALL_IS_ENOUGH_NS:
        return 1
    return max(FEWEST_TURNS, min(MOST_TURNS, BUDGET_NS // max(1, turn_ns)))


@contextmanager
def _quiet() -> Iterator[None]:
    """No garbage collection inside."""
    enabled = System.has_collection()
    System.forbid_collection()
    try:
        yield
    finally:
        if enabled:
            System.allow_collection()
