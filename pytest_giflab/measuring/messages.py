"""What a session and its processes say to each other: frozen values, JSON objects on the way.

From the session: `Instructions` once, `Select` once; in a duet, for each benchmark, `Begin`, `Calibrate`, `WarmUp`,
`PlayTurn` and `Leave`. From the process: `Collected`; for each benchmark `BenchmarkStarted`, `Measured`, `Reported` and
`BenchmarkEnded`; in a duet `Ready`, `Calibrated`, `WarmedUp`, `TurnPlayed`, `Judged` between them; `Finished` last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from json import dumps, loads
from typing import Any, Literal, TypeAlias, TypeVar

from giflab_core.frozen import freeze
from pytest_giflab.errors import MeasurementError
from pytest_giflab.measuring.reading import reader_of
from pytest_giflab.model import Benchmark, Process
from pytest_giflab.quality import Appraisal
from pytest_giflab.thresholds import Terms

PytestReport: TypeAlias = dict[str, Any]
"""A pytest test report as `pytest_report_to_serializable` writes it."""

RefusalKind = Literal["disabled", "coroutine", "too-short", "no-turns", "too-late"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a turn is played: `rounds` of `loops` calls, 1 or more; `warm`: after one call that is not recorded."""

    loops: int = 1
    rounds: int = 1
    warm: bool = False

    def __post_init__(self) -> None:
        _require_from(1, self, "loops", "rounds")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a benchmark that ran has no numbers; "no-turns": it was stopped before its first one,
    "too-late": the time was up before it ran in every process that it needs."""

    kind: RefusalKind
    reason: str


class Message:
    """Whatever is sent."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Command(Message):
    """What a session says of the benchmark `id` in a duet."""

    id: str


class WorkerMessage(Message):
    """What a process says."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class BenchmarkMessage(WorkerMessage):
    """What a process says of the benchmark `id`."""

    id: str


M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Instructions(Message):
    """How a process runs pytest.

    `paths`: what to collect; none to collect what the arguments say. `with_folder`: the current folder is
    on the path. `original`, `tree`: the project is imported from `tree` instead of `original`. `own_environment`: what
    is installed for this interpreter was built from `tree`. `parent`: the process id of the session. `layout`: the seed
    of the memory layout in a duet, None outside of one. `cores`: the processors that may be used.
    """

    arguments: tuple[str, ...]
    paths: tuple[str, ...]
    with_folder: bool
    original: str | None
    tree: str | None
    own_environment: bool
    parent: int
    layout: int | None
    cores: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Select(Message):
    """Which of the collected benchmarks to run, in this order."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begin(Command):
    """Set this benchmark up; everything is taken down after it if it has all for itself (`exclusive`)."""

    exclusive: bool


@dataclass(frozen=True, slots=True)
class Calibrate(Command):
    """Find how many calls of this benchmark fill a turn."""

    cores: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WarmUp(Command):
    """Make so many calls, unrecorded; the turns to come are played by `plan`."""

    plan: Plan
    calls: int
    cores: tuple[int, ...]

    def __post_init__(self) -> None:
        _require_from(0, self, "calls")


@dataclass(frozen=True, slots=True)
class PlayTurn(Command):
    """Play and record one turn of so many rounds."""

    rounds: int
    cores: tuple[int, ...]

    def __post_init__(self) -> None:
        _require_from(1, self, "rounds")


@dataclass(frozen=True, slots=True)
class Leave(Command):
    """End this benchmark, wherever it is."""


@dataclass(frozen=True, slots=True)
class Collected(WorkerMessage):
    """The benchmarks that pytest has collected; why files and tests were not, by node id; modules that are not the
    tree's own; CPU nanoseconds so far; the benchmarks that were deselected; what a run by the configuration of this
    process goes by, None if that makes no sense."""

    benchmarks: tuple[Benchmark, ...]
    uncollected: Mapping[str, str]
    strays: tuple[str, ...]
    cpu_ns: int = 0
    deselected: tuple[str, ...] = ()
    terms: Terms | None = None

    def __post_init__(self) -> None:
        freeze(self, "uncollected")


@dataclass(frozen=True, slots=True)
class BenchmarkStarted(BenchmarkMessage):
    """pytest begins with this test."""


@dataclass(frozen=True, slots=True)
class Measured(BenchmarkMessage):
    """The call of the test is over: what was measured, or why nothing was; neither if it did not use the fixture."""

    process: Process | None
    refusal: Refusal | None

    def __post_init__(self) -> None:
        if self.process is not None:
            _require_from(1, self.process, "loops")


@dataclass(frozen=True, slots=True)
class Judged(BenchmarkMessage):
    """The test has validated a GIF."""

    appraisal: Appraisal


@dataclass(frozen=True, slots=True)
class Reported(BenchmarkMessage):
    """What pytest says of the set-up, the call or the teardown of the test."""

    report: PytestReport


@dataclass(frozen=True, slots=True)
class BenchmarkEnded(BenchmarkMessage):
    """pytest is done with this test."""


@dataclass(frozen=True, slots=True)
class Finished(WorkerMessage):
    """pytest is done; modules that are not the tree's own; CPU nanoseconds; threads left that it will wait for."""

    strays: tuple[str, ...]
    cpu_ns: int = 0
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Ready(WorkerMessage):
    """The running test has called the fixture; how many rounds it asks for, None for as many as we like."""

    rounds: int | None

    def __post_init__(self) -> None:
        if self.rounds is not None:
            _require_from(1, self, "rounds")


@dataclass(frozen=True, slots=True)
class Calibrated(WorkerMessage):
    """A turn by `plan` takes about `turn_ns`; `calls` were made to find that."""

    plan: Plan
    turn_ns: int
    calls: int

    def __post_init__(self) -> None:
        _require_from(0, self, "turn_ns", "calls")


@dataclass(frozen=True, slots=True)
class WarmedUp(WorkerMessage):
    """The calls that were asked for are made."""


@dataclass(frozen=True, slots=True)
class TurnPlayed(WorkerMessage):
    """Nanoseconds of the turn, and of the unrecorded call before it; whether threads of its own worked in any turn."""

    turn_ns: int
    warm_ns: int
    is_threaded: bool

    def __post_init__(self) -> None:
        _require_from(0, self, "turn_ns", "warm_ns")


KINDS: tuple[type[Message], ...] = (
    *(Instructions, Select),
    *(Begin, Calibrate, WarmUp, PlayTurn, Leave),
    *(Collected, BenchmarkStarted, Measured, Reported, BenchmarkEnded, Finished),
    *(Ready, Calibrated, WarmedUp, TurnPlayed, Judged),
)
# Made at once: a process that measures this very project forgets the modules that the annotations are looked up in.
READERS = {kind.__name__: reader_of(kind) for kind in KINDS}


def to_json(message: Message) -> bytes:
    """The message as a JSON object, on one line."""
    document = {"kind": type(message).__name__, **_shallow(message)}
    return dumps(document, default=_plain, separators=(",", ":")).encode()


def from_json(line: bytes) -> Message:
    """The message in a line; raises MeasurementError for anything else than one that `to_json` wrote."""
    try:
        document = loads(line)
    except (ValueError, RecursionError) as error:
        raise MeasurementError(f"a message is not JSON: {error}") from error
    kind = document.pop("kind", None) if isinstance(document, dict) else None
    if not isinstance(kind, str) or kind not in READERS:
        raise MeasurementError("a message of an unknown kind", repr(str(kind)[:40]))
    message: Message = READERS[kind](document, kind)
    return message


def expected(message: Message, kind: type[M]) -> M:
    """The message, which must be of this class; raises MeasurementError for another."""
    if not isinstance(message, kind):
        raise MeasurementError(f"a process said {type(message).__name__} instead of {kind.__name__}")
    return message


def _require_from(least: int, value: object, *names: str) -> None:
    """Raises MeasurementError if a field of these names is below `least`."""
    for name in names:
        found = getattr(value, name)
        if found < least:
            raise MeasurementError(f"a message is wrong: {type(value).__name__}.{name} is {found}, below {least}")


def _shallow(value: Any) -> dict[str, Any]:
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _plain(value: object) -> object:
    """A value inside of a message as JSON knows it. Tests may record properties of any type: their text is shown."""
    return _shallow(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
