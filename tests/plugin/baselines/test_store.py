"""What a new recording makes of a baseline; the stored gate works with any store, not only with files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pytest_giflab.baselines import BaselineStore, fastest_ns, updated
from pytest_giflab.duet import Call
from pytest_giflab.errors import BaselineMissing
from pytest_giflab.gates import Asked, Run, StoredGate
from pytest_giflab.measuring import Invocation, Outcome
from pytest_giflab.measuring.messages import BenchmarkStarted, Measured
from pytest_giflab.model import Baseline, Benchmark
from pytest_giflab.report import ProgressView
from pytest_giflab.selection import Selection
from pytest_giflab.thresholds import Terms, Thresholds
from pytest_giflab.workspace import IniFile
from tests.helpers.measurements import CLEAN, measurement, process, recording

BENCHMARK = Benchmark("t.py::test_a", "t.py", 3, "digest")


class MemoryStore:
    """Baselines that are gone with the process."""

    def __init__(self) -> None:
        self._kept: dict[str, Baseline] = {}

    def names(self) -> list[str]:
        return sorted(self._kept)

    def load(self, name: str) -> Baseline:
        if name not in self._kept:
            raise BaselineMissing(f"no baseline {name!r}")
        return self._kept[name]

    def save(self, baseline: Baseline) -> None:
        self._kept[baseline.name] = baseline

    def remove(self, name: str) -> None:
        del self._kept[name]

    def where(self, name: str) -> str:
        return f"memory://{name}"


def measured(*_: object, **__: object) -> dict[str, Outcome]:
    outcome = Outcome()
    for _round in range(5):
        outcome.add(BenchmarkStarted(BENCHMARK.id))
        outcome.add(Measured(BENCHMARK.id, process(), None))
    return {BENCHMARK.id: outcome}


def asked(folder: Path) -> Asked:
    call = Call(Invocation((), folder, folder, 10.0), (), (), (), Terms(), IniFile())
    everything = Selection(folder, folder, (".",), frozenset(), frozenset())
    return Asked({BENCHMARK.id: BENCHMARK}, call, everything)


def gate(folder: Path, store: BaselineStore) -> StoredGate:
    run = Run(folder, folder / "elsewhere", Thresholds())
    return StoredGate(run, store, "main", None, update=False, required=False)


def concluded(gate: StoredGate, folder: Path) -> str:
    view = ProgressView(lambda _done, _total: None, lambda _: None, lambda _: None)
    gate.measure(asked(folder), view)
    conclusion = gate.conclude(asked(folder), failed=False)
    assert conclusion
    return " ".join((*conclusion.notes, *(each.status for each in conclusion.report.comparisons)))


def test_a_gate_records_in_a_store_without_files_and_compares_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytest_giflab.gates.stored.record", measured)
    store = MemoryStore()
    said = concluded(gate(tmp_path, store), tmp_path)
    assert "recorded baseline 'main' with 1 benchmark: memory://main" in said
    assert store.names() == ["main"]
    assert concluded(gate(tmp_path, store), tmp_path) == "measured"
    assert list(tmp_path.iterdir()) == []


def test_the_same_clean_code_is_one_more_moment() -> None:
    first = recording()
    second = replace(first, recorded="2026-01-03T00:00:00+00:00")
    assert updated(Baseline("main", (first,)), "main", second, lambda _: True).recordings == (first, second)


def test_changed_code_takes_the_place_of_what_was_measured_and_leaves_the_rest() -> None:
    a, b = measurement("t.py::test_a"), measurement("t.py::test_b")
    changed = recording(a, revision=replace(CLEAN, dirty=True))
    kept, new = updated(
        Baseline("main", (recording(a, b),)), "main", changed, lambda each: each.id == a.benchmark.id
    ).recordings
    assert (list(kept.measurements), new) == ([b.benchmark.id], changed)


def test_the_fastest_call_is_that_of_all_processes() -> None:
    assert fastest_ns([process(4000, loops=2), process(3000, loops=2)]) == 1500
