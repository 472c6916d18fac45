"""Drive one process pair: both sides through the same benchmarks, turn by turn on one processor."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TypeVar

from pytest_giflab.duet.sides import NULL
from pytest_giflab.errors import MeasurementError
from pytest_giflab.measuring import (
    TURN_NS,
    Begin,
    BenchmarkEnded,
    Calibrate,
    Calibrated,
    Command,
    Fresh,
    Leave,
    Outcome,
    Plan,
    PlayTurn,
    Ready,
    Select,
    TurnPlayed,
    WarmedUp,
    WarmUp,
    WorkerMessage,
    cores,
)
from pytest_giflab.model import Process
from pytest_giflab.workspace import elapsed_s

FEWEST_TURNS = 8
# Turns longer than this are counted by the time they take.
LONG_TURN_NS = 60_000_000
LONG_WORK = 6  # times the work of others

E = TypeVar("E", bound=WorkerMessage)


@dataclass(frozen=True, slots=True)
class Work:
    """How much of one benchmark is played on one side of a pair: nanoseconds of it, in `most` turns or fewer."""

    ns: int
    most: int


# The undecided get more: a pair that only few benchmarks still need is mostly its start.
WORK, MORE_WORK = Work(80_000_000, 20), Work(160_000_000, 40)


Outcomes = Mapping[str, Mapping[str, Outcome]]
"""By benchmark, then by side."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a benchmark is played: the same on all sides, and in every pair once it is known.

    A turn goes by the `plan` and takes about `turn_ns`. `threaded`: it may use all processors, since it has threads of
    its own.
    """

    plan: Plan = field(default_factory=Plan)
    turn_ns: int = 0
    threaded: bool = False

    def turns(self, work: Work) -> int:
        """How many turns make up this much work."""
        if self.turn_ns > LONG_TURN_NS:
            return max(1, min(FEWEST_TURNS, LONG_WORK * work.ns // self.turn_ns))
        return max(FEWEST_TURNS, min(work.most, work.ns // max(1, self.turn_ns)))


class Clocked:
    """Where the time goes, in seconds by phase: wall time, and CPU time of the processes that measure."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.cpu_s: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count the time of the block."""
        start = elapsed_s()
        try:
            yield
        finally:
            self.add(name, 1e9 * (elapsed_s() - start))

    def add(self, name: str, nanoseconds: float) -> None:
        self.seconds[name] += nanoseconds / 1e9

    def worked(self, side: str, name: str, nanoseconds: float) -> None:
        """Count CPU time of a side; head's second process is a phase of its own."""
        self.cpu_s["null control" if side == NULL else name] += nanoseconds / 1e9


class Pair:
    """Two or three fresh processes that are through with collecting, side by side.

    Those benchmarks that are `exclusive` are played by one side after the other, from their set-up to their end.
    """

    def __init__(
        self,
        sides: Mapping[str, Fresh],
        scores: dict[str, Score],
        outcomes: Outcomes,
        exclusive: Collection[str],
        clocked: Clocked,
        is_enough: Callable[[], bool],
    ) -> None:
        self._sides = sides
        self._scores = scores
        self._outcomes = outcomes
        self._exclusive = exclusive
        self._clocked = clocked
        self._is_enough = is_enough
        self._pinned = (random.choice(cores()),) if cores() else ()  # noqa: S311  chance, not secrecy

    def play(
        self,
        ids: Sequence[str],
        null: Collection[str],
        work: Work,
        take: Callable[[str, Mapping[str, Process]], None],
    ) -> bool:
        """Measure these benchmarks, those among `null` on the third side too; `take` gets each one's processes by side.

        A benchmark that is lost together with a process is an error of that side, and ends this pair once the other
        sides have come to its end, or are lost over it too; so does `is_enough`, asked before each but the first. The
        processes are then left where they are. Returns whether all came to their end. Raises OutOfTime when time is
        over.
        """
        for name, side in self._sides.items():
            side.tell(Select(tuple(each for each in ids if name != NULL or each in null)))
        for number, each in enumerate(ids):
            if number and self._is_enough():
                return False
            names = [name for name in self._sides if name != NULL or each in null]
            lost = self._play_one(each, names, work) if each not in self._exclusive else {}
            for name in random.sample(names, len(names)) if each in self._exclusive else ():
                lost |= self._play_one(each, [name], work)
            if lost:
                for name, error in lost.items():
                    self._outcomes[each][name].fail(error.reason, error.said)
                take(each, {})
                return False
            found = {name: self._outcomes[each][name] for name in names}
            take(each, {name: outcome.processes[-1] for name, outcome in found.items() if outcome.is_measurable})
        return True

    def _play_one(self, benchmark: str, names: Sequence[str], work: Work) -> dict[str, MeasurementError]:
        """One benchmark from its set-up to its end; which sides were lost over it."""
        piece = _Piece(benchmark, {name: self._sides[name] for name in names}, self._outcomes[benchmark])
        try:
            with suppress(_Left):
                piece.begin(exclusive=benchmark in self._exclusive)
                with self._clocked.phase("set-up"):
                    ready = {name: piece.hear(name, Ready) for name in names}
                self._play_turns(piece, ready, work)
            with self._clocked.phase("end"):
                piece.end()
        except MeasurementError as error:  # it is lost, or what it says makes no sense
            return {piece.current: error, **piece.leave_to_others(piece.current)}
        return {}

    def _play_turns(self, piece: _Piece, ready: Mapping[str, Ready], work: Work) -> None:
        asked = min((each.rounds for each in ready.values() if each.rounds), default=0)
        score = self._scores.get(piece.benchmark)
        calls = dict.fromkeys(ready, 1)
        if not score:
            score = Score()
            if not asked:
                score, calls = self._calibrate(piece, ready)
        with self._clocked.phase("warm-up"):
            for name in ready:
                piece.ask(name, WarmUp(piece.benchmark, score.plan, calls[name], self._cores(score)), WarmedUp)
        with self._clocked.phase("control"):
            played = 0
            while played < _rounds(score, asked, work):
                rounds = min(score.plan.rounds, _rounds(score, asked, work) - played)
                is_first = not score.turn_ns
                score = self._play_couple(piece, list(ready), score, rounds)
                played += rounds
                if is_first:  # how long a round is that the test asks for shows only now
                    score = replace(score, plan=replace(score.plan, rounds=_fixed_rounds(asked, score.turn_ns)))
        self._scores[piece.benchmark] = score

    def _calibrate(self, piece: _Piece, sides: Collection[str]) -> tuple[Score, dict[str, int]]:
        """One side after the other: together they would slow each other. And how many calls each still has to make
        so that all have made as many."""
        with self._clocked.phase("calibrate"):
            found = [piece.ask(name, Calibrate(piece.benchmark, self._pinned), Calibrated) for name in sides]
        turn_ns = [each.turn_ns / (each.plan.loops * each.plan.rounds) for each in found]
        loops, rounds = max(each.plan.loops for each in found), max(each.plan.rounds for each in found)
        most = max(each.calls for each in found)
        score = Score(Plan(loops, rounds, warm=loops * rounds > 1), round(loops * rounds * max(turn_ns)))
        return score, {name: most - each.calls for name, each in zip(sides, found, strict=True)}

    def _play_couple(self, piece: _Piece, sides: list[str], score: Score, rounds: int) -> Score:
        """A turn of each side, in random order; the score, with what it showed."""
        longest, threaded = 1, score.threaded
        for name in random.sample(sides, len(sides)):
            played = piece.ask(name, PlayTurn(piece.benchmark, rounds, self._cores(score)), TurnPlayed)
            longest = max(longest, played.turn_ns)
            threaded = threaded or played.is_threaded
            for phase, spent in (("turns", played.turn_ns), ("warm calls", played.warm_ns)):
                self._clocked.add(phase, spent)
                self._clocked.add("control", -spent)
        return replace(score, threaded=threaded, turn_ns=score.turn_ns or longest)

    def _cores(self, score: Score) -> tuple[int, ...]:
        """Threads of its own may use all processors: on one, parallel work would look like serial work."""
        return tuple(cores()) if score.threaded else self._pinned


def _rounds(score: Score, asked: int, work: Work) -> int:
    """How many rounds are recorded in a pair; of those that a test asks for not more than there are."""
    rounds = score.plan.rounds
    return min(asked, work.most * rounds) if asked else score.turns(work) * rounds


def _fixed_rounds(asked: int, round_ns: int) -> int:
    """How many of the rounds that a test asks for make a turn: as many as fill it, and leave enough turns."""
    return max(1, min(-(-TURN_NS // round_ns), asked // FEWEST_TURNS))


class _Piece:
    """One benchmark, as the sides speak of it."""

    def __init__(self, benchmark: str, sides: Mapping[str, Fresh], outcomes: Mapping[str, Outcome]) -> None:
        self.benchmark = benchmark
        self._sides = sides
        self._outcomes = outcomes
        self._gone: set[str] = set()
        # Who was spoken with last.
        self.current = next(iter(sides))

    def begin(self, *, exclusive: bool) -> None:
        """Let every side set the benchmark up."""
        for side in self._sides.values():
            side.tell(Begin(self.benchmark, exclusive))

    def hear(self, name: str, awaited: type[E]) -> E:
        """The event awaited from a side; raises _Left if it ends the benchmark, MeasurementError if it is lost."""
        while True:
            event = self._next(name)
            if isinstance(event, BenchmarkEnded):
                self._gone.add(name)
            if isinstance(event, awaited):
                return event
            if name in self._gone:
                raise _Left
            self._outcomes[name].add(event)

    def _next(self, name: str) -> WorkerMessage:
        self.current = name
        return self._sides[name].receive()

    def ask(self, name: str, command: Command, awaited: type[E]) -> E:
        """Tell a side what to do, and hear its answer."""
        self.current = name
        self._sides[name].tell(command)
        return self.hear(name, awaited)

    def end(self) -> None:
        """Let every side end the benchmark, wherever it is."""
        for name in self._sides:
            if name not in self._gone:
                self._sides[name].tell(Leave(self.benchmark))
        for name in self._sides:
            if name not in self._gone:
                self.hear(name, BenchmarkEnded)

    def leave_to_others(self, lost: str) -> dict[str, MeasurementError]:
        """Let the other sides end the benchmark: nobody else will run it. Which of them were lost over that, too."""
        found = {}
        for name in self._sides:
            if name != lost and name not in self._gone:
                try:
                    self.ask(name, Leave(self.benchmark), BenchmarkEnded)
                except MeasurementError as error:
                    found[name] = error
        return found


class _Left(Exception):
    """A side has ended the benchmark before it was through with it."""
