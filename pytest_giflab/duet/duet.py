"""Measure base and head side by side, pair after pair, until every benchmark is decided."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from giflab_core.text import counted
from pytest_giflab.decision import FIRST_LOOK, FULL_LOOK
from pytest_giflab.duet.collected import require_own_code, sort_out, why_not_collected, with_hint
from pytest_giflab.duet.pair import MORE_WORK, WORK, Clocked, Pair, Score
from pytest_giflab.duet.played import Played, late, void, with_more
from pytest_giflab.duet.qualities import quality_rows
from pytest_giflab.duet.shuffling import in_new_order
from pytest_giflab.duet.sides import BASE, HEAD, NULL, OVER, OWN, Sides, collecting
from pytest_giflab.duet.trial import Trial
from pytest_giflab.errors import MeasurementError
from pytest_giflab.measuring import (
    END_S,
    LATE_END_S,
    Collected,
    Finished,
    Fresh,
    Invocation,
    OutOfTime,
    let_end,
    started,
)
from pytest_giflab.model import Benchmark, Comparison, Process
from pytest_giflab.report import DuetProgress
from pytest_giflab.selection import Selection
from pytest_giflab.workspace import Scratch, elapsed_s

# How many benchmarks a second process of head plays, too.
NULL_BENCHMARKS = 3
# After so many starts that failed, what is still to be measured is given up.
FAILED_STARTS = 3


class Duet:
    """One duet of these benchmarks of head, from the first pair to the last.

    `selection`: whether the run was asked for a benchmark that only base has. `deadline`: by `elapsed_s`; what
    is going on then is given up. Where the time is short, as many benchmarks as come to their first look are played,
    then others; which come first is left to chance.
    """

    def __init__(
        self,
        benchmarks: Mapping[str, Benchmark],
        sides: Sides,
        selection: Selection,
        deadline: float,
        on_progress: Callable[[DuetProgress], None],
    ) -> None:
        self._benchmarks = benchmarks
        self._sides = sides
        self._selection = selection
        self._deadline = deadline
        self._on_progress = on_progress
        self._trials: dict[str, Trial] = {}
        self._is_sorted = False
        self._family = 0
        self._looked_at: set[str] = set()
        self._failed_starts = 0
        self._order = random.Random()  # noqa: S311  chance, not secrecy
        self._others: list[Comparison] = []
        self._null: frozenset[str] = frozenset()
        self._over: Invocation | None = None
        self._scores: dict[str, Score] = {}
        self._clocked = Clocked()
        self._pairs = 0
        self._spent_s = 0.0
        # Why processes did not end by themselves.
        self._late = ""
        # What the time is not enough for until the rest is decided.
        self._put_off: set[str] = set()
        # The first pair of what is being decided; when it began, infinite in the pairs after it.
        self._first_pair = 0
        self._began = math.inf

    def play(self, scratch: Scratch) -> Played:
        """Measure until all is decided, the budget is spent, or somebody presses Ctrl-C.

        Raises MeasurementError if a side cannot be measured at all, or measures other code than its own.
        """
        ended, interrupted = "", False
        try:
            while not self._is_sorted or self._pending() or self._put_off:
                start = elapsed_s()
                self._take_in_turn(start)
                self._play_pair(scratch)
                self._pairs += 1
                self._spent_s += elapsed_s() - start
                self._look()
        except OutOfTime:
            ended = f"the time was up after {counted(self._pairs, 'pair')}"
        except KeyboardInterrupt:
            ended, interrupted = f"interrupted after {counted(self._pairs, 'pair')}", True
        for each in self._trials.values():
            each.drop_unfinished()
        return self._played(ended, interrupted)

    def _take_in_turn(self, now: float) -> None:
        """What was put off comes when the rest is decided."""
        is_first = not self._is_sorted
        if self._is_sorted and not self._pending():
            self._put_off.clear()
            self._first_pair = self._pairs
            is_first = True
        self._began = now if is_first else math.inf

    def _is_enough(self) -> bool:
        """In a first pair: whether what was begun needs all the time there is to come to its first look."""
        now = elapsed_s()
        is_full = (FIRST_LOOK + 2) * (now - self._began) > self._deadline - now  # with room for a busy machine
        if is_full:
            self._put_off.update(name for name, each in self._trials.items() if not each.has_begun)
        return is_full

    def _look(self) -> None:
        """Decide what can be decided. In question together is what the first look leaves open."""
        for name, each in self._trials.items():
            each.look(max(1, self._family))
            if each.is_looked_at and name not in self._looked_at:
                self._looked_at.add(name)
                self._family += not each.is_decided

    def _played(self, ended: str, interrupted: bool) -> Played:
        found = {name: each.result(ended) for name, each in self._trials.items()}
        null = tuple(each for name in sorted(self._null) if (each := self._trials[name].null_result()))
        if not self._trials and not self._others:  # interrupted before anything was collected
            found = {
                name: Comparison(each, "measured", verdict="inconclusive", reason=f"not measured: {ended}")
                for name, each in self._benchmarks.items()
            }
        played = Played(
            {name: each.of_head for name, each in self._trials.items()},
            {name: each.outcomes[BASE] for name, each in self._trials.items() if each.only_base_failed},
            (*found.values(), *self._others),
            null,
            self._pairs,
            dict(self._clocked.seconds),
            dict(self._clocked.cpu_s),
            ended,
            interrupted,
            (*_changed_limits(self._trials.values()), *filter(None, [self._late])),
        )
        qualities = [row for each in self._trials.values() for row in quality_rows(each)]
        return with_more(void(played) if played.is_void else played, qualities)

    def _pending(self) -> list[str]:
        return [name for name, each in self._trials.items() if each.is_pending and name not in self._put_off]

    def _play_pair(self, scratch: Scratch) -> None:
        """One more pair for everything that is not decided; the processes of those whose test changed are their own."""
        self._play_group(OWN, self._sides.base, scratch)
        changed = [self._trials[name] for name in self._pending() if self._trials[name].tests == OVER]
        if changed and self._sides.over:
            try:
                self._over = self._over or self._sides.over(list(dict.fromkeys(each.head.file for each in changed)))
                self._play_group(OVER, self._over, scratch)
            except MeasurementError as error:  # it cannot be built, or is not what it should be
                for each in changed:
                    each.outcomes[BASE].fail(error.reason, error.said)
            for each in changed:
                # A test that skips itself now hides what it measured.
                if why := each.outcomes[BASE].error or ("skipped" if each.is_skipped_by_both else ""):
                    each.said = each.outcomes[BASE].said
                    each.begin()
                    each.tests, each.is_advisory = OWN, True
                    each.note = f"advisory, the test changed and head's does not run on base ({why})"

    def _play_group(self, tests: str, base: Invocation, scratch: Scratch) -> None:
        """One pair for the pending benchmarks whose tests are these; after a loss, new processes for those left."""
        done: set[str] = set()
        while not self._is_sorted or self._waiting(tests, done):
            waiting = self._waiting(tests, done)
            files = list(dict.fromkeys(self._trials[name].head.file for name in waiting))
            invocations = {BASE: collecting(base, files), HEAD: collecting(self._sides.head, files)}
            if not self._is_sorted or self._controlled().intersection(waiting):
                invocations[NULL] = invocations[HEAD]
            with started(invocations, scratch, duet=True, deadline=self._deadline) as sides:
                collected = self._collect(sides, tests, done)
                if not collected:
                    continue
                for name, message in collected.items():
                    self._require_own_code(name, message)
                if not self._is_sorted:
                    self._sort_out(collected)
                done.update(self._without_test(self._waiting(tests, done), collected))
                ids = in_new_order(self._waiting(tests, done), self._order)
                self._control(ids)
                if self._play_all(sides, ids, done):
                    self._end(sides, collected)

    def _end(self, sides: Mapping[str, Fresh], collected: Mapping[str, Collected]) -> None:
        """Let the processes end, and take in the last that they say."""
        threads = 0
        with self._clocked.phase("exit"):
            for name, side in sides.items():
                last = side.finish()
                self._require_own_code(name, last)
                self._clocked.worked(name, "tests", max(0, last.cpu_ns - collected[name].cpu_ns))
                threads += last.threads
            limit_s = LATE_END_S if threads or self._late else END_S
            if not let_end(sides.values(), limit_s):
                self._late = self._late or late(limit_s, has_threads=threads > 0)

    def _require_own_code(self, name: str, message: Collected | Finished) -> None:
        if self._benchmarks:  # else base is only asked what it has
            require_own_code(name, message)

    def _collect(self, sides: Mapping[str, Fresh], tests: str, done: set[str]) -> dict[str, Collected]:
        """What each side has; nothing if one did not get that far: what is known is not lost for that."""
        collected = {}
        for name, side in sides.items():
            try:
                with self._clocked.phase("start"):
                    collected[name] = side.collect()
                self._clocked.worked(name, "start", collected[name].cpu_ns)
            except MeasurementError as error:
                if not self._is_sorted:
                    raise with_hint(error) from error
                self._failed_starts += 1
                if name == NULL:
                    self._null = frozenset()
                elif tests == OVER or self._failed_starts >= FAILED_STARTS:
                    for each in self._waiting(tests, done):
                        self._trials[each].outcomes[name].fail(error.reason, error.said.partition("\n")[0])
                        done.add(each)
                return {}
        return collected

    def _play_all(self, sides: dict[str, Fresh], ids: Sequence[str], done: set[str]) -> bool:
        def take(name: str, processes: Mapping[str, Process]) -> None:
            self._trials[name].add(processes)
            for side in processes.keys() - {NULL}:
                turns = processes[side].process_cpu_ns or processes[side].thread_cpu_ns
                self._clocked.worked(side, "turns", sum(map(sum, turns)))
            done.add(name)
            self._tell(name)

        outcomes = {name: self._trials[name].outcomes for name in ids}
        exclusive = {name for name in ids if self._trials[name].is_exclusive}
        pair = Pair(sides, self._scores, outcomes, exclusive, self._clocked, self._is_enough)
        again = self._pairs - self._first_pair >= FULL_LOOK
        return pair.play(ids, self._controlled(), MORE_WORK if again else WORK, take)

    def _tell(self, running: str) -> None:
        trials = self._trials.values()
        pending = [self._trials[name] for name in self._pending()]
        share = len(pending) / max(1, len(trials) - len(self._put_off))
        a_pair_s = self._spent_s / self._pairs if self._pairs else 0.0
        left_s = share * a_pair_s * max((each.pairs_to_next_look for each in pending), default=0)
        decided = sum(each.is_decided for each in trials)
        self._on_progress(DuetProgress(self._pairs, decided, len(trials), running, left_s))

    def _waiting(self, tests: str, done: set[str]) -> list[str]:
        """What is still to be played in this pair."""
        return [name for name in self._pending() if self._trials[name].tests == tests and name not in done]

    def _controlled(self) -> frozenset[str]:
        """What a second process of head still has to play."""
        return frozenset(name for name in self._null if not self._trials[name].is_control_over)

    def _without_test(self, ids: Sequence[str], collected: Mapping[str, Collected]) -> Iterator[str]:
        """Those of these benchmarks that a side has not collected, although it should have; they are its errors."""
        for side, message in collected.items():
            known = {each.id for each in message.benchmarks}
            for name in ids:
                if name not in known:
                    trial = self._trials[name]
                    fault = why_not_collected(trial.head, message, self._benchmarks)
                    trial.outcomes[side].fail(fault.reason, fault.said)
                    yield name

    def _sort_out(self, collected: Mapping[str, Collected]) -> None:
        """After the first collection: what is played, and what is played twice."""
        self._trials, self._others = sort_out(
            self._benchmarks, collected, self._selection, has_over=self._sides.over is not None
        )
        self._is_sorted = True

    def _control(self, ids: Sequence[str]) -> None:
        """Before the first is played: which ones are played twice; among the first few where the rest may not be."""
        if not (self._null or self._pairs):
            among = list(self._trials) if self._deadline == math.inf else ids[: 2 * NULL_BENCHMARKS]
            self._null = frozenset(random.sample(among, min(NULL_BENCHMARKS, len(among))))


def _changed_limits(trials: Iterable[Trial]) -> Iterator[str]:
    for each in trials:
        if each.base.limits != each.head.limits:
            yield f"{each.head.id}: its limits differ between the sides; those of base hold"
