"""Measurements made up for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pytest_giflab.model import (
    Benchmark,
    Comparison,
    Environment,
    GateReport,
    Limits,
    Measurement,
    Process,
    Recording,
    Revision,
)
from pytest_giflab.thresholds import Thresholds

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


def comparison(verdict: str | None = "ok", **changes: Any) -> Comparison:
    """One line of a report: twice as slow, whatever the verdict says."""
    base = Comparison(
        Benchmark("t.py::test_a", "t.py", 3, limits=Limits(Thresholds(0.02, 0.3), "wall")),
        "measured" if verdict else "new",
        clock="wall",
        before=0.001,
        after=0.002,
        ratio=2.0,
        low=1.5,
        high=2.5,
        processes=5,
        verdict=verdict,  # type: ignore[arg-type]
        reason="because",
    )
    return replace(base, **changes)


def report(*comparisons: Comparison, **changes: Any) -> GateReport:
    base = GateReport(
        verdict="critical",
        mode="stored",
        ref="main",
        base=CLEAN,
        head=replace(CLEAN, dirty=True),
        environment=HERE,
        thresholds=Thresholds(),
        started="2026-01-02T03:04:05+00:00",
        seconds=12.5,
        comparisons=comparisons,
        warnings=("numpy was 1.0",),
    )
    return replace(base, **changes)
