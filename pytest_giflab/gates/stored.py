"""The gate that holds a run against a stored baseline."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from giflab_core.text import counted
from pytest_giflab import machine
from pytest_giflab.baselines import BaselineStore, updated
from pytest_giflab.decision import compare
from pytest_giflab.duet import play
from pytest_giflab.errors import BaselineMissing, GateError
from pytest_giflab.gates.base import Asked, Conclusion, Run, now, uncollected, why_nothing_was_compared
from pytest_giflab.measuring import PROCESSES, Outcome, record
from pytest_giflab.model import Baseline, Comparison, Measurement, Recording, Revision
from pytest_giflab.report import ProgressView
from pytest_giflab.thresholds import FLAGS
from pytest_giflab.workspace import elapsed_s, find_repository


class StoredGate:
    """Records the baseline `name`, or compares with it; a baseline is never overwritten unless `update` says so.

    Raises StoreError at once if the baseline cannot be read, or must be there (`required`) and is not: what cannot
    be read or replaced must not cost the user minutes first.
    """

    def __init__(
        self, run: Run, store: BaselineStore, name: str, budget_s: float | None, *, update: bool, required: bool
    ) -> None:
        self._run = run
        self._store = store
        self._name = name
        self._budget_s = math.inf if budget_s is None else budget_s
        self._update = update
        self._baseline = self._load(required=required and not update)
        self._measurements: dict[str, Measurement] = {}
        self._compared: list[Comparison] = []

    def _load(self, *, required: bool) -> Baseline | None:
        try:
            return self._store.load(self._name)
        except BaselineMissing:
            if required:
                raise
            return None

    @property
    def _to_compare(self) -> Baseline | None:
        return None if self._update else self._baseline

    def measure(self, asked: Asked, view: ProgressView) -> Mapping[str, Outcome]:
        """Measure in fresh processes; what seems slower is measured again, side by side with the baseline's commit."""
        deadline = elapsed_s() + self._budget_s
        count = counted(len(asked.benchmarks), "benchmark")
        view.line(f"measuring {count} in {PROCESSES} fresh processes each")
        outcomes = record(list(asked.benchmarks), asked.call.invocation, view.recording, deadline=deadline)
        self._measurements = {name: outcomes[name].measurement(each) for name, each in asked.benchmarks.items()}
        self._compare(asked)
        late = {name for name, each in outcomes.items() if each.refusal and each.refusal.kind == "too-late"}
        self._compared = [_undecided(each) if each.benchmark.id in late else each for each in self._compared]
        alarms = {each.benchmark.id: each for each in self._compared if _is_alarm(each)}
        if alarms and self._baseline:
            confirmed = self._confirm(alarms, asked, view, deadline)
            self._compared = [confirmed.get(each.benchmark.id, each) for each in self._compared]
        return outcomes

    def _compare(self, asked: Asked) -> None:
        if self._to_compare:
            here = machine.capture()
            self._compared = list(compare(self._to_compare, self._measurements, here, asked.selection))

    def _confirm(
        self, alarms: Mapping[str, Comparison], asked: Asked, view: ProgressView, deadline: float
    ) -> dict[str, Comparison]:
        """Ask a duet with the baseline's commit; if that cannot be had, the alarms say so."""
        last = self._baseline.recordings[-1].revision if self._baseline else Revision(None, dirty=True)
        try:
            if not last.commit or last.dirty:
                raise GateError("the baseline was recorded from files that are not committed")
            repository = find_repository(self._run.root)
            if not repository.has(last.commit):
                raise GateError(f"git does not have its commit {last.commit[:12]}")
            view.line(f"confirming {len(alarms)} by measuring side by side with {last.commit[:12]}")
            left_s = max(0.0, deadline - elapsed_s())
            call = replace(asked.call, terms=replace(asked.call.terms, budget_s=left_s))
            named = {name: asked.benchmarks[name] for name in alarms}
            played = play(named, call, asked.selection, repository, last.commit, view.duet)
        except GateError as error:
            return {name: _with(each, f"not confirmed by a duet, {error.reason}") for name, each in alarms.items()}
        if played.interrupted:
            raise KeyboardInterrupt
        by_name = {each.benchmark.id: each for each in played.comparisons}
        return {name: _confirmed(each, by_name.get(name), last.commit) for name, each in alarms.items()}

    def conclude(self, asked: Asked, *, failed: bool | None) -> Conclusion | None:
        """Store what was measured, or say how it compares."""
        if not (self._measurements or failed):
            self._compare(asked)  # if no benchmark is left, all are missing
        if not (self._measurements or self._compared):
            self._compared = uncollected(asked)
        if not (self._measurements or self._compared):
            return None
        baseline = self._to_compare
        if baseline:
            last = baseline.recordings[-1]
            changes = tuple(_changes(last.environment.packages, machine.capture().packages))
            report = self._run.report("stored", self._name, last.revision, self._compared, changes, failed=failed)
            return Conclusion(report, problem=why_nothing_was_compared(self._compared))
        return self._record(asked, failed=bool(failed))

    def _record(self, asked: Asked, *, failed: bool) -> Conclusion:
        measured = {name: each for name, each in self._measurements.items() if each.status == "measured"}
        notes = [
            f"{each.benchmark.id}: {each.status}, {each.reason}"
            for each in self._measurements.values()
            if each.status != "measured"
        ]
        lines = [*_recorded(self._measurements), *self._compared]  # the latter are what could not be collected
        report = self._run.report("stored", self._name, Revision(None, dirty=False), lines, failed=failed)
        if failed or not measured:
            why = "tests failed" if failed else "nothing was measured"
            problem = f"baseline {self._name!r} was not recorded: {why}"
            return Conclusion(report, tuple(notes), has_table=False, problem=problem)
        recording = Recording(now(), self._run.revision(), machine.capture(), measured)
        baseline = updated(self._baseline, self._name, recording, asked.selection)
        self._store.save(baseline)
        count = counted(len(measured), "benchmark")
        earlier = len(baseline.recordings) - 1
        beside = f", beside {counted(earlier, 'earlier recording')}" if earlier else ""
        done = "updated" if self._baseline else "recorded"
        notes.append(f"{done} baseline {self._name!r} with {count}{beside}: {self._store.where(self._name)}")
        return Conclusion(report, tuple(notes), has_table=False)


def _recorded(measurements: Mapping[str, Measurement]) -> Sequence[Comparison]:
    """A report in which everything is new."""
    return [
        Comparison(each.benchmark, "new", reason="recorded by this run", processes=len(each.processes))
        if each.status == "measured"
        else Comparison(each.benchmark, each.status, reason=each.reason)
        for each in measurements.values()
    ]


def _undecided(comparison: Comparison) -> Comparison:
    """What the time was not enough for."""
    return replace(comparison, status="measured", verdict="inconclusive", reason=f"not measured: {comparison.reason}")


def _is_alarm(comparison: Comparison) -> bool:
    """Whether it says that something changed: improvements are not believed untested, either."""
    return comparison.verdict in FLAGS and not comparison.advisory


def _confirmed(stored: Comparison, duet: Comparison | None, commit: str) -> Comparison:
    """The duet's word counts, since both sides of it were measured at one moment."""
    if duet is None or duet.verdict is None:
        why = duet.reason if duet else "it is not in that commit"
        return _with(stored, f"not confirmed by a duet with {commit[:12]}, {why}")
    said = f"{stored.verdict} against the baseline ({stored.ratio:.2f} times)" if stored.ratio else "an alarm"
    return replace(duet, reason=f"{said}; side by side with {commit[:12]}: {duet.reason}")


def _with(comparison: Comparison, why: str) -> Comparison:
    return replace(comparison, reason=f"{comparison.reason}; {why}")


def _changes(before: Mapping[str, str], current: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*before, *current}):
        if before.get(name) != current.get(name):
            was, is_now = before.get(name, "absent"), current.get(name, "absent")
            yield f"{name} was {was} when the baseline was recorded, and is {is_now}"
