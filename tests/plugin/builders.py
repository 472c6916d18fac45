"""Measurements made up for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pytest_giflab.model import Benchmark, Environment, Measurement, Process, Recording, Revision

HERE = Environment("3.11.7", "CPython", "A processor", 2, "Linux", "x86_64", {"numpy": "2.0"})
CLEAN = Revision("0123456789abcdef", dirty=False)


def process(call_ns: int = 1_000_000, **changes: Any) -> Process:
    """Five turns of one call each; wall and CPU time are equal."""
    rounds = tuple((call_ns + turn,) for turn in range(5))
    base = Process(
        loops=1,
        wall_ns=rounds,
        thread_cpu_ns=rounds,
        process_cpu_ns=(),
        run_delay_ns=0,
        switches=0,
        children_ns=0,
        warm_calls=1,
        gc=True,
        hash_seed=7,
    )
    return replace(base, **changes)


def blocking(call_ns: int = 5_000_000) -> Process:
    """Sleeps for most of each call."""
    slept = process(call_ns)
    return replace(slept, thread_cpu_ns=tuple((turn[0] // 50,) for turn in slept.wall_ns), switches=5)


def measurement(name: str = "t.py::test_a", call_ns: int = 1_000_000, count: int = 5, **changes: Any) -> Measurement:
    benchmark = Benchmark(name, name.partition("::")[0], 3, "digest")
    return replace(Measurement(benchmark, tuple(process(call_ns + number) for number in range(count))), **changes)


def recording(*measurements: Measurement, **changes: Any) -> Recording:
    by_name = {each.benchmark.id: each for each in measurements or (measurement(),)}
    return replace(Recording("2026-01-02T03:04:05+00:00", CLEAN, HERE, by_name), **changes)
