"""The values that travel through the gate: benchmarks, what was measured, baselines, comparisons, the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from giflab_core.frozen import freeze
from pytest_giflab.thresholds import DEFAULTS, Thresholds, Verdict

Clock = Literal["thread_cpu", "process_cpu", "wall"]
Status = Literal["measured", "new", "missing", "changed", "error", "skipped"]
Mode = Literal["stored", "duet"]
Better = Literal["lower", "higher"]
Rounds = tuple[tuple[int, ...], ...]
"""Nanoseconds of each round, by turn: a round times `loops` calls together."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a benchmark is held against; `clock` None lets the measurements choose."""

    thresholds: Thresholds = DEFAULTS
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A test that uses the `benchmark` fixture: its node id, its `file` from the root folder, its `line` from 1.

    `source` is a digest of the test function without its decorators; None if there is no source to read. `exclusive`:
    it holds what just one process can hold at a time.
    """

    id: str
    file: str
    line: int
    source: str | None = None
    limits: Limits = Limits()
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    """What one fresh process measured of one benchmark: raw rounds in order, on each clock.

    `thread_cpu_ns` is empty if the system cannot count CPU time finely; `process_cpu_ns` too then, and if one thread
    did all the work. `run_delay_ns`: waiting for a processor; `switches`: how often the thread gave its processor up
    itself; `children_ns`: CPU time of child processes. `loops`: calls a round; `warm_calls` went before, unrecorded;
    `gc`: whether garbage collection was on outside of the rounds (inside it is off).
    """

    loops: int
    wall_ns: Rounds
    thread_cpu_ns: Rounds
    process_cpu_ns: Rounds
    run_delay_ns: int
    switches: int
    children_ns: int
    warm_calls: int
    gc: bool
    hash_seed: int

    def rounds(self, clock: Clock) -> Rounds:
        """Nanoseconds of each round on this clock."""
        cpu_ns = self.thread_cpu_ns or self.wall_ns
        if clock == "process_cpu":
            return self.process_cpu_ns or cpu_ns
        return self.wall_ns if clock == "wall" else cpu_ns


@dataclass(frozen=True, slots=True)
class Measurement:
    """One benchmark in several fresh processes, or why it has no numbers (`status`, `reason`)."""

    benchmark: Benchmark
    processes: tuple[Process, ...] = ()
    status: Status = "measured"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Environment:
    """Machine and interpreter; two runs compare only if all but `packages` are equal."""

    python: str
    implementation: str
    cpu: str
    cores: int
    system: str
    machine: str
    packages: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        freeze(self, "packages")

    def differences(self, other: Environment) -> tuple[str, ...]:
        """What sets the two apart so that their times do not compare, in words."""
        names = ("python", "implementation", "cpu", "cores", "system", "machine")
        pairs = ((name, getattr(self, name), getattr(other, name)) for name in names)
        return tuple(f"{name} {mine}, then {theirs}" for name, mine, theirs in pairs if mine != theirs)


@dataclass(frozen=True, slots=True)
class Revision:
    """The code measured: its commit (None outside of version control), and whether files differ from it."""

    commit: str | None
    dirty: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """All benchmarks of one run, by id, at one moment (`recorded`: ISO 8601, UTC)."""

    recorded: str
    revision: Revision
    environment: Environment
    measurements: Mapping[str, Measurement]

    def __post_init__(self) -> None:
        freeze(self, "measurements")


@dataclass(frozen=True, slots=True)
class Baseline:
    """What to compare with: recordings of the same code at one or more moments, oldest first."""

    name: str
    recordings: tuple[Recording, ...]

    @property
    def benchmarks(self) -> dict[str, Benchmark]:
        """Every benchmark that has numbers, as recorded last."""
        return {
            name: measurement.benchmark
            for recording in self.recordings
            for name, measurement in recording.measurements.items()
        }


@dataclass(frozen=True, slots=True)
class Quantity:
    """What was measured, the unit of its numbers, and which of them are better."""

    name: str = "time"
    unit: str = "s"
    better: Better = "lower"


TIME = Quantity()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the report.

    `before`, `after`: of `quantity`, for time in seconds a call; `ratio` after / before with its interval `low` to
    `high`; None if there is no such number. `processes`: how many fresh processes, or process pairs, were measured
    now. An `advisory` verdict does not decide the run. `base_limits`: those of the base, which hold in a duet.
    `samples`: of `quantity` in each process, by side. `said`: what a process said of an error, which may hold secrets:
    it is for the terminal, and no report has it.
    """

    benchmark: Benchmark
    status: Status
    clock: Clock | None = None
    before: float | None = None
    after: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    processes: int = 0
    verdict: Verdict | None = None
    advisory: bool = False
    reason: str = ""
    base_limits: Limits | None = None
    samples: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    quantity: Quantity = TIME
    said: str = ""

    def __post_init__(self) -> None:
        freeze(self, "samples")


@dataclass(frozen=True, slots=True)
class GateReport:
    """The verdict on a run, with everything it rests on.

    `root`: pytest's root folder in the repository, which files are named from; "" at its top, and outside of git.
    `ref`: what was compared with, the name of a baseline or, in a duet, of a commit. `selfcheck`: what comparing head
    with itself gave. `tests_failed`: whether the run failed for other reasons than its verdicts, such as a failed test;
    None if that is not known.
    """

    verdict: Verdict
    mode: Mode
    ref: str
    base: Revision
    head: Revision
    environment: Environment
    thresholds: Thresholds
    started: str
    seconds: float
    comparisons: tuple[Comparison, ...]
    warnings: tuple[str, ...] = ()
    selfcheck: Mapping[str, Any] = field(default_factory=dict)
    root: str = ""
    tests_failed: bool | None = None

    def __post_init__(self) -> None:
        freeze(self, "selfcheck")
