"""Read clocks and counters round the calls of a benchmark."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from pytest_giflab.measuring.system import HASH_SEED, System
from pytest_giflab.model import Process

if sys.platform != "win32":
    import resource

# Beyond this ratio of process to thread time the benchmark has threads of its own; reading the clocks aside.
THREADED, CLOCKS_NS = 1.1, 10_000

# Windows counts CPU time in steps of 15.6 ms; then there is wall time alone.
FINE_CPU_CLOCK = sys.platform != "win32" and time.get_clock_info("thread_time").resolution < 1e-6

# Wall, process CPU, thread CPU. Kept together: what freezes time in a test looks for clocks among the names of all
# modules, and puts its own in their place.
CLOCKS = (time.perf_counter_ns, time.process_time_ns, time.thread_time_ns)

Round = tuple[int, int, int]
"""Wall, process CPU and thread CPU nanoseconds."""


def timed(run: Callable[[int], None], loops: int) -> Round:
    """Make so many calls, between the clocks; 0 where one went backwards."""
    wall_ns, process_ns, thread_ns = CLOCKS
    wall, process_cpu, thread_cpu = wall_ns(), process_ns(), thread_ns()
    run(loops)
    thread_end, process_end, wall_end = thread_ns(), process_ns(), wall_ns()
    return max(0, wall_end - wall), max(0, process_end - process_cpu), max(0, thread_end - thread_cpu)


def now_ns() -> int:
    """Wall time, from any moment on."""
    return CLOCKS[0]()


def cpu_ns() -> int:
    """CPU time of this process so far."""
    return CLOCKS[1]()


def is_threaded(turns: list[list[Round]]) -> bool:
    """Whether threads of the benchmark's own worked in these turns."""
    rounds = [each for turn in turns for each in turn]
    process_cpu, thread_cpu = (sum(each[clock] for each in rounds) for clock in (1, 2))
    return process_cpu > THREADED * thread_cpu + CLOCKS_NS * len(rounds)


class Usage:
    """What else happened inside of `with usage:`, added up: waiting for a processor, switches, child processes."""

    def __init__(self) -> None:
        self._spent: tuple[int, ...] = (0, 0, 0)
        self._gc = System.has_collection()

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
        """What was measured in these turns."""
        wall, process_cpu, thread_cpu = (
            tuple(tuple(timed[clock] for timed in turn) for turn in turns) for clock in range(3)
        )
        run_delay_ns, switches, children_ns = self._spent
        return Process(
            loops=loops,
            wall_ns=wall,
            thread_cpu_ns=thread_cpu if FINE_CPU_CLOCK else (),
            process_cpu_ns=process_cpu if FINE_CPU_CLOCK and is_threaded(turns) else (),
            run_delay_ns=run_delay_ns,
            switches=switches,
            children_ns=children_ns,
            warm_calls=warm_calls,
            gc=self._gc,
            hash_seed=HASH_SEED,
        )


def _counters() -> tuple[int, ...]:
    """Run-queue delay of this thread in ns, its voluntary switches, CPU ns of ended child processes; 0 if unknown."""
    try:
        with System.open("/proc/thread-self/schedstat", encoding="ascii") as stream:
            delay_ns = int(stream.read().split()[1])
    except (OSError, IndexError, ValueError):
        delay_ns = 0
    if sys.platform == "win32":
        return delay_ns, 0, 0
    own = System.usage(getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF))
    return delay_ns, own.ru_nvcsw, round(1e9 * cpu_seconds_of_children())


def cpu_seconds_of_children() -> float:
    """CPU time of all child processes that have ended; 0 if the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    children = System.usage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
