"""One benchmark in a duet: what was measured of it so far, and what follows from that."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from pytest_giflab.decision import (
    FIRST_LOOK,
    Decision,
    choose_clock,
    decide,
    is_suspicious,
    seconds,
    speed,
    to_comparison,
)
from pytest_giflab.duet.sides import BASE, HEAD, NULL, OWN
from pytest_giflab.measuring import Outcome
from pytest_giflab.model import Benchmark, Clock, Comparison, Process

Pairs = list[tuple[Process, Process]]

# What is said of a fixed port, a locked file or database, a name that is taken.
IN_USE = re.compile(r"\b(in use|Errno 98|Errno 48|is locked|already (exists|running|locked|bound))\b", re.IGNORECASE)
SIDES_COLLIDE = (
    "; both sides run at the same time: let the system choose the port or the name, or mark the test "
    "@pytest.mark.giflab(exclusive=True)"
)


class Trial:
    """A benchmark that both sides have. Base's limits hold: a change must not loosen its own gate."""

    def __init__(self, base: Benchmark, head: Benchmark) -> None:
        self.base, self.head = base, head
        self.tests = OWN
        # Why its numbers may not be what they seem.
        self.note = ""
        # What a process said, if there is such a reason.
        self.said = ""
        self.is_advisory = False
        self.begin()

    def begin(self) -> None:
        """Forget what was measured."""
        self.outcomes: Mapping[str, Outcome] = {name: Outcome() for name in (BASE, HEAD, NULL)}
        self._change = _Look(self.base)
        self._null = _Look(self.base)

    @property
    def is_changed(self) -> bool:
        """Whether the test itself differs between the sides."""
        return None not in (self.base.source, self.head.source) and self.base.source != self.head.source

    @property
    def is_exclusive(self) -> bool:
        """Whether the sides must not have it at the same time."""
        return self.base.exclusive or self.head.exclusive

    @property
    def of_head(self) -> Outcome:
        """What became of it on head: in its second process if it failed there alone."""
        head, second = self.outcomes[HEAD], self.outcomes[NULL]
        return second if second.error and not head.error else head

    @property
    def only_base_failed(self) -> bool:
        return bool(self.outcomes[BASE].error and not self.of_head.error)

    @property
    def is_skipped_by_both(self) -> bool:
        """Whether neither side has let `benchmark` run."""
        return _is_skipped(self.outcomes[HEAD]) and _is_skipped(self.outcomes[BASE])

    @property
    def is_measurable(self) -> bool:
        """Whether every process came to its end with it. Head's second one runs head's code: it counts no less."""
        return all(outcome.is_measurable for outcome in self.outcomes.values())

    @property
    def is_pending(self) -> bool:
        """Whether another pair is worth its time."""
        return self.is_measurable and (not self._change.is_final or self._null.is_suspicious)

    @property
    def is_control_over(self) -> bool:
        """Whether head compared with itself was looked at, and showed nothing that fresh pairs must confirm."""
        return self._null.decision is not None and not self._null.is_suspicious

    @property
    def has_begun(self) -> bool:
        """Whether any process has run it."""
        return any(outcome.runs or outcome.error for outcome in self.outcomes.values())

    @property
    def is_looked_at(self) -> bool:
        """Whether the first look at it is over."""
        return self._change.decision is not None

    @property
    def is_decided(self) -> bool:
        return not self.is_measurable or self._change.is_final

    @property
    def pairs_to_next_look(self) -> int:
        return max(1, self._change.due - len(self._change.pairs))

    def add(self, measured: Mapping[str, Process]) -> None:
        """Take in what the processes of one pair measured, by side."""
        if not self.is_measurable:
            return  # who left it early stopped the others anywhere: they have not measured the same turns
        if BASE in measured and HEAD in measured:
            self._change.pairs.append((measured[BASE], measured[HEAD]))
        if NULL in measured and HEAD in measured:
            self._null.pairs.append((measured[HEAD], measured[NULL]))

    def drop_unfinished(self) -> None:
        """Forget what the last pair did not come to an end with."""
        for outcome in self.outcomes.values():
            outcome.drop_unfinished()

    def look(self, family: int) -> None:
        """Decide, where it is time to; `family` benchmarks are in question."""
        if self.is_measurable:
            with self._own_errors():
                self._change.take(family)
                self._null.take(family)

    def result(self, ended: str) -> Comparison:
        """A line of the report; `ended` says why nothing more is measured, where that was not the decision's doing."""
        line = None
        if self.is_measurable:
            with self._own_errors():
                line = self._change.result(self.head, ended)
        if line is None:
            return self._why_not()
        if self.is_changed:
            line = replace(line, status="changed", advisory=self.is_advisory)
        return replace(line, reason=f"{self.note}: {line.reason}", said=self.said) if self.note else line

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        """Numbers that make no sense are an error of this benchmark, and of no other."""
        try:
            yield
        except (ArithmeticError, ValueError) as error:
            self.outcomes[HEAD].error = f"cannot be judged: {error}"

    def _why_not(self) -> Comparison:
        """What went wrong on a side matters more than that the other sides were stopped for it."""
        sides = [(name, self.outcomes[name]) for name in (HEAD, NULL, BASE) if not self.outcomes[name].is_measurable]
        name, outcome = min(sides, key=lambda side: (not side[1].error, _was_stopped(side[1])))
        name = BASE if name == BASE else HEAD
        found = outcome.measurement(self.head)
        base = self.outcomes[BASE]
        # A run of base is cut short if its process ends while head's test comes to its end.
        has_begun = base.runs or base.was_cut_short
        if _is_skipped(self.outcomes[HEAD]) and has_begun and not (base.error or _is_skipped(base)):
            reason = f"head skips it, base does not: {found.reason}"
            return Comparison(self.head, "missing", reason=reason, base_limits=self.base.limits)
        where = f"{name}: " if name == BASE or found.status == "error" else ""
        hint = SIDES_COLLIDE if not self.is_exclusive and IN_USE.search(f"{outcome.said} {found.reason}") else ""
        reason = f"{where}{found.reason}{hint}"
        return Comparison(self.head, found.status, reason=reason, base_limits=self.base.limits, said=outcome.said)

    def null_result(self) -> Comparison | None:
        """Head compared with itself; None if it was not measured twice."""
        return self._null.result(self.head, "too few pairs") if self._null.pairs else None


def _was_stopped(outcome: Outcome) -> bool:
    """Whether it was ended before its first turn, as the others are for the side that left."""
    return outcome.refusal is not None and outcome.refusal.kind == "no-turns"


def _is_skipped(outcome: Outcome) -> bool:
    """Whether it came to its end, and did not call `benchmark`."""
    return bool(outcome.runs) and not outcome.is_measurable and not (outcome.error or outcome.refusal)


class _Look:
    """Pairs of processes, and the decision on them at the last look."""

    def __init__(self, benchmark: Benchmark) -> None:
        self._limits = benchmark.limits
        self._family = 1
        self._clock: Clock = "wall"
        self.pairs: Pairs = []
        self.decision: Decision | None = None
        self.due = FIRST_LOOK

    @property
    def is_final(self) -> bool:
        return self.decision is not None and self.decision.next_pairs == 0

    @property
    def is_suspicious(self) -> bool:
        return bool(self.decision and not self.is_final and is_suspicious(self.decision, self._limits.thresholds))

    def take(self, family: int) -> None:
        if not self.is_final and len(self.pairs) >= self.due:
            self._family = family
            self.decision = self._decide()
            self.due = len(self.pairs) + self.decision.next_pairs

    def _decide(self) -> Decision:
        sides = list(zip(*self.pairs, strict=True))
        self._clock = self._limits.clock or choose_clock(sides)
        base, head = (seconds(side, self._clock) for side in sides)
        return decide(base, head, thresholds=self._limits.thresholds, family=self._family)

    def result(self, benchmark: Benchmark, ended: str) -> Comparison:
        if not self.pairs:
            return Comparison(
                benchmark, "measured", verdict="inconclusive", reason=f"not measured: {ended}", base_limits=self._limits
            )
        decision = self.decision if self.decision and self.is_final else self._decide()
        if decision.next_pairs:
            decision = replace(decision, reason=f"{ended}: {decision.reason}")
        pairs, clock = self.pairs[: decision.pairs_used], self._clock
        samples = {
            name: tuple(float(np.nanmedian(process)) for process in seconds(side, clock))
            for name, side in zip((BASE, HEAD), zip(*pairs, strict=True), strict=True)
        }
        after = math.exp(speed(seconds([head for _, head in pairs], clock), HEAD).level)
        return replace(to_comparison(benchmark, clock, decision, after), base_limits=self._limits, samples=samples)
