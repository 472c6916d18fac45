"""Two threads that score a segment each find what one finds, whatever the files are like and wherever they break."""

from __future__ import annotations

import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from giflab_core import DecodeError, open_clip, pair, resolve
from giflab_core.decoding import pictures
from giflab_core.events import Progress, ProgressObserver, ignore
from giflab_core.measurement import threads
from giflab_core.measurement.scoring import Scores, score
from giflab_core.metrics import METRICS, PairView
from tests.core.measurement.test_scoring import write
from tests.helpers.gifs import GREYS

Paths = tuple[Path, Path]


@pytest.fixture(autouse=True)
def worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little there is to do, two threads do it, up to the middle."""
    monkeypatch.setattr(threads, "LEAST_PIXELS", 0)
    monkeypatch.setattr(threads, "FIRST_FEW", 1 << 40)


def scores(paths: Paths, threads: int, on_progress: Progress | None = None) -> Scores:
    clips = open_clip(paths[0]), open_clip(paths[1])
    metrics = [metric for metric in METRICS.values() if metric.absence(clips[0].width, clips[0].height) is None]
    return score(
        *clips,
        pair(*clips),
        metrics,
        resolve(threads=threads),
        ProgressObserver(on_progress) if on_progress else ignore,
    )


def assert_alike(one: Scores, two: Scores) -> None:
    for name in ("pairs", "values", "findings", "motion", "content_type"):
        assert getattr(one, name) == getattr(two, name), name
    for mine, theirs in ((one.original, two.original), (one.compressed, two.compressed)):
        assert (mine.damage, mine.moving) == (theirs.damage, theirs.moving)
        assert all((a == b).all() for a, b in zip(mine.fingerprints, theirs.fingerprints, strict=True))
        assert shared(mine.fingerprints) == shared(theirs.fingerprints)


def shared(fingerprints: tuple[Any, ...]) -> list[bool]:
    """Which frames are known to show the picture before."""
    return [now is before for before, now in pairwise(fingerprints)]


def damaged(path: Path, frame: int) -> None:
    """The pixels of one frame no longer decode: its codes begin with one that no table has."""
    data = bytearray(path.read_bytes())
    at = codes_of_image(data, frame)
    data[at : at + 4] = b"\xff" * 4
    path.write_bytes(data)
    assert decodable(path) == frame


def codes_of_image(data: bytearray, image: int) -> int:
    """Where the codes of an image begin in a file of `write`."""
    at = 13 + len(GREYS)
    while True:
        if data[at] == 0x2C:
            flags = data[at + 9]
            at += 11 + (3 << (flags & 7) + 1) * (flags >> 7)
            if image == 0:
                return at + 1
            image -= 1
        else:
            at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1


def decodable(path: Path) -> int:
    count = 0
    try:
        for _ in pictures(path):
            count += 1
    except DecodeError:
        pass
    return count


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1 << 20), st.integers(0, 1 << 20), st.integers(1, 16), st.integers(1, 16), st.integers(7, 30))
def test_two_threads_find_what_one_finds(
    tmp_path: Path, seed: int, other: int, frames: int, others: int, side: int
) -> None:
    paths = write(tmp_path / "a.gif", seed, side, 24, frames), write(tmp_path / "b.gif", other, side, 24, others)
    assert_alike(scores(paths, 1), scores(paths, 2))


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("frame", [1, 3, 7, 9])
def test_damage_is_found_in_either_segment(tmp_path: Path, side: int, frame: int) -> None:
    paths = write(tmp_path / "a.gif", 1, 20, 20), write(tmp_path / "b.gif", 2, 20, 20)
    damaged(paths[side], frame)
    one, two = scores(paths, 1), scores(paths, 2)
    assert (one.compressed if side else one.original).damage
    assert_alike(one, two)


@pytest.mark.parametrize("few", [0, 1 << 40])
def test_the_caller_may_take_over_at_any_pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(threads, "FIRST_FEW", few)
    paths = write(tmp_path / "a.gif", 3, 30, 30, 40), write(tmp_path / "b.gif", 4, 30, 30, 40)
    assert_alike(scores(paths, 1), scores(paths, 2))


def test_progress_rises_to_the_end_in_the_callers_thread(tmp_path: Path) -> None:
    paths = write(tmp_path / "a.gif", 1, 30, 30, 40), write(tmp_path / "b.gif", 2, 30, 30, 40)
    seen: list[tuple[int, int, bool]] = []
    here = threading.current_thread()
    found = scores(paths, 2, lambda done, total: seen.append((done, total, threading.current_thread() is here)))
    done = [each for each, _, _ in seen]
    assert done == sorted(set(done))
    assert done[-1] == len(found.pairs)
    assert {each[1:] for each in seen} == {(len(found.pairs), True)}


@pytest.mark.parametrize("where", ["giflab", "MainThread"])
def test_an_error_in_either_thread_ends_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    paths = write(tmp_path / "a.gif", 1, 30, 30, 60), write(tmp_path / "b.gif", 2, 30, 30, 60)
    plain = PairView.score

    def failing(self: PairView, metric: Any) -> float:
        if threading.current_thread().name.startswith(where):
            raise KeyboardInterrupt if where == "MainThread" else ZeroDivisionError
        return plain(self, metric)

    monkeypatch.setattr(PairView, "score", failing)
    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt if where == "MainThread" else ZeroDivisionError):
        scores(paths, 2)
    assert threading.active_count() == threads


def test_a_file_that_changes_meanwhile_is_an_error(tmp_path: Path) -> None:
    paths = write(tmp_path / "a.gif", 1, 30, 30, 40), write(tmp_path / "b.gif", 2, 30, 30, 40)

    def cut(done: int, total: int) -> None:
        paths[0].write_bytes(paths[0].read_bytes()[:-200])

    with pytest.raises(DecodeError, match=r"a\.gif changed while it was read"):
        scores(paths, 2, cut)
