"""What every baseline store must do."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_giflab.baselines.store import BaselineStore, JsonStore
from pytest_giflab.errors import BaselineMissing, StoreError
from pytest_giflab.model import Baseline, Benchmark, Environment, Measurement, Process, Recording, Revision
from tests.helpers.measurements import measurement, recording

BASELINE = Baseline("main", (recording(),))

counts = st.integers(0, 2**62)
rounds = st.lists(st.lists(counts, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple)
processes = st.builds(
    Process,
    loops=st.integers(1, 2**40),
    wall_ns=rounds,
    thread_cpu_ns=rounds,
    process_cpu_ns=st.just(()) | rounds,
    run_delay_ns=counts,
    switches=counts,
    children_ns=counts,
    warm_calls=counts,
    gc=st.booleans(),
    hash_seed=counts,
)
words = st.text(st.characters(codec="utf-8"), max_size=20)
recordings = st.builds(
    Recording,
    recorded=st.just("2026-01-02T03:04:05+00:00"),
    revision=st.builds(Revision, st.none() | st.just("0123456789abcdef"), st.booleans()),
    environment=st.builds(
        Environment, words, words, words, st.integers(1, 999), words, words, st.dictionaries(words, words, max_size=2)
    ),
    measurements=st.dictionaries(
        words,
        st.tuples(words, counts, st.none() | words, st.lists(processes, min_size=1, max_size=2).map(tuple)),
        max_size=2,
    ).map(
        lambda found: {
            name: Measurement(Benchmark(name, file, line, source), measured)
            for name, (file, line, source, measured) in found.items()
        }
    ),
)


@pytest.fixture
def store(tmp_path: Path) -> BaselineStore:
    return JsonStore(tmp_path / "baselines")


def test_an_empty_store_has_no_names(store: BaselineStore) -> None:
    assert store.names() == []


def test_what_is_not_there_is_missing(store: BaselineStore) -> None:
    for call in (store.load, store.remove):
        with pytest.raises(BaselineMissing, match="'main'"):
            call("main")


@given(found=st.lists(recordings, min_size=1, max_size=3).map(tuple))
def test_what_was_saved_is_loaded(tmp_path_factory: pytest.TempPathFactory, found: tuple[Recording, ...]) -> None:
    fresh = JsonStore(tmp_path_factory.mktemp("store"))
    baseline = Baseline("main", found)
    fresh.save(baseline)
    assert fresh.load("main") == baseline


def test_saving_again_replaces(store: BaselineStore) -> None:
    store.save(BASELINE)
    store.save(replace(BASELINE, recordings=(*BASELINE.recordings, recording())))
    assert len(store.load("main").recordings) == 2


@pytest.mark.parametrize("name", ["main", "release/1.2", "a b", "ünï", "CON", "%2e", "a.b"])
def test_any_name_goes_there_and_back(store: BaselineStore, name: str) -> None:
    store.save(replace(BASELINE, name=name))
    assert store.names() == [name]
    assert store.load(name).name == name
    store.remove(name)
    assert store.names() == []


@pytest.mark.parametrize("name", ["", " ", "..", ".hidden", "x" * 201, "é" * 60, "\udcff"])
def test_a_name_that_is_none_is_refused(store: BaselineStore, name: str) -> None:
    with pytest.raises(StoreError, match="cannot be the name of a baseline"):
        store.load(name)


def test_where_a_baseline_is_can_be_told_before_it_is_there(store: BaselineStore) -> None:
    before = store.where("main")
    store.save(BASELINE)
    assert before == store.where("main")
    assert "main" in before


def first_process(document: Any) -> Any:
    return document["recordings"][0]["benchmarks"]["t.py::test_a"]["processes"][0]


class TestJsonFiles:
    """What is particular to files: damage from outside, and reviews."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        JsonStore(tmp_path).save(BASELINE)
        return tmp_path / "main.json"

    @staticmethod
    def rewritten(path: Path, change: Any) -> str:
        document = json.loads(path.read_text())
        change(document)
        path.write_text(json.dumps(document))
        return path.read_text()

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "damaged"),
            (b"{", "damaged"),
            (b"\xff\xfe", "damaged"),
            (b"[" * 100_000, "damaged"),
            (b'{"schema": NaN}', "NaN is not JSON"),
            (b"[]", "is not a giflab.baseline"),
            (b'{"schema": "other/1"}', "is not a giflab.baseline"),
            (b'{"schema": "giflab.baseline/2"}', "newer version .giflab.baseline/2.; update pytest-giflab"),
            (b'{"schema": "giflab.baseline/1"}', "damaged"),
        ],
    )
    def test_a_file_that_is_no_baseline_gets_one_line_and_is_left_alone(
        self, path: Path, content: bytes, message: str
    ) -> None:
        path.write_bytes(content)
        store = JsonStore(path.parent)
        for call in (partial(store.load, "main"), partial(store.save, BASELINE)):
            with pytest.raises(StoreError, match=message) as caught:
                call()
            assert "\n" not in str(caught.value)
        assert path.read_bytes() == content

    @pytest.mark.parametrize(
        "change",
        [
            lambda document: document.update(extra=1),
            lambda document: document.update(recordings=[]),
            lambda document: document["recordings"][0].pop("environment"),
            lambda document: document["recordings"][0]["environment"].update(cores=0),
            lambda document: document["recordings"][0]["benchmarks"]["t.py::test_a"]["processes"][0].update(loops=0),
            lambda document: document["recordings"][0]["benchmarks"]["t.py::test_a"]["processes"][0].update(
                wall_ns=[[]]
            ),
            lambda document: document["recordings"][0]["benchmarks"]["t.py::test_a"]["processes"][0].update(
                wall_ns=[[-1]], run_delay_ns=10**400
            ),
        ],
    )
    def test_content_that_breaks_the_schema_is_damage(self, path: Path, change: Any) -> None:
        self.rewritten(path, change)
        with pytest.raises(StoreError, match="damaged"):
            JsonStore(path.parent).load("main")

    def test_a_file_under_another_name_is_not_taken(self, path: Path) -> None:
        path.rename(path.with_name("other.json"))
        with pytest.raises(StoreError, match="holds the baseline 'main'"):
            JsonStore(path.parent).load("other")

    def test_a_name_that_looks_like_a_list_is_kept(self, tmp_path: Path) -> None:
        saved = Baseline("main", (recording(measurement("t.py::test_a[ 1 ]"), measurement("t.py::test_a[1]")),))
        JsonStore(tmp_path).save(saved)
        assert JsonStore(tmp_path).load("main") == saved

    def test_a_file_too_large_to_be_read_is_not_written(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = path.read_bytes()
        monkeypatch.setattr("pytest_giflab.documents.LARGEST_BYTES", len(before) + 10)
        with pytest.raises(StoreError, match="drop old recordings"):
            JsonStore(path.parent).save(replace(BASELINE, recordings=BASELINE.recordings * 2))
        assert path.read_bytes() == before

    def test_numbers_of_a_turn_stand_on_one_line(self, path: Path) -> None:
        assert "[1000000]," in path.read_text()

    def test_a_failed_write_leaves_what_was_there(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        before = path.read_bytes()

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            JsonStore(path.parent).save(BASELINE)
        assert path.read_bytes() == before
        assert list(path.parent.iterdir()) == [path]
