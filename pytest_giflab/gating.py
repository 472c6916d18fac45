"""What a gated run does with its measurements: record them or compare them, and report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pytest_giflab import environment
from pytest_giflab.comparison import compare, overall
from pytest_giflab.decision import Thresholds
from pytest_giflab.model import (
    Baseline,
    Benchmark,
    Comparison,
    Environment,
    GateReport,
    Measurement,
    Recording,
    Revision,
)
from pytest_giflab.storage import BaselineStore, updated


@dataclass(frozen=True, slots=True)
class Gate:
    """One gated run: its baseline is `name` in `store`, a folder of files at `folder`; its code is below `root`."""

    store: BaselineStore
    folder: Path
    name: str
    root: Path
    thresholds: Thresholds
    started: float = field(default_factory=time.time)

    def record(
        self,
        before: Baseline | None,
        measurements: Mapping[str, Measurement],
        is_selected: Callable[[Benchmark], bool],
    ) -> Baseline:
        """Save what was measured, as `updated` does, and return it; raises StoreError, and then nothing has changed."""
        recording = Recording(_iso(time.time()), self._revision(), environment.capture(), measurements)
        baseline = updated(before, self.name, recording, is_selected)
        self.store.save(baseline)
        return baseline

    def report_recorded(self, measurements: Mapping[str, Measurement]) -> GateReport:
        """A report in which everything is new."""
        rows = (
            Comparison(each.benchmark, "new", reason="recorded by this run", processes=len(each.processes))
            if each.status == "measured"
            else Comparison(each.benchmark, each.status, reason=each.reason)
            for each in measurements.values()
        )
        return self._report(environment.capture(), tuple(rows), Revision(None, dirty=False), ())

    def report_compared(
        self,
        baseline: Baseline,
        measurements: Mapping[str, Measurement],
        is_selected: Callable[[Benchmark], bool],
    ) -> GateReport:
        """A report of what was measured against a baseline."""
        here = environment.capture()
        last = baseline.recordings[-1]
        changes = tuple(_changes(last.environment.packages, here.packages))
        return self._report(here, compare(baseline, measurements, here, is_selected), last.revision, changes)

    def _report(
        self, here: Environment, comparisons: tuple[Comparison, ...], base: Revision, warnings: tuple[str, ...]
    ) -> GateReport:
        return GateReport(
            verdict=overall(comparisons),
            baseline=self.name,
            base=base,
            head=self._revision(),
            environment=here,
            thresholds=self.thresholds,
            started=_iso(self.started),
            seconds=round(time.time() - self.started, 1),
            comparisons=comparisons,
            warnings=warnings,
        )

    def _revision(self) -> Revision:
        return environment.revision(self.root, self.folder)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            was, is_now = before.get(name, "absent"), now.get(name, "absent")
            yield f"{name} was {was} when the baseline was recorded, and is {is_now}"
