"""Observers: what each of them is told, and that they travel to another process."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from giflab_core import Event, PairsScored, validate
from giflab_core.events import Observer, Progress, ProgressObserver, ignore, together
from giflab_core.evidence import Evidence, Task
from giflab_core.measurement import gathering
from tests.helpers.gifs import moving_frames, write_clip

events_told: list[Event] = []
progress_told: list[tuple[int, int]] = []


def note_event(event: Event) -> None:
    events_told.append(event)


def note_progress(done: int, total: int) -> None:
    progress_told.append((done, total))


@pytest.fixture(autouse=True)
def nothing_told() -> None:
    events_told.clear()
    progress_told.clear()


def test_nobody_together_is_the_observer_who_does_not_want_to_know() -> None:
    assert together() is ignore
    assert together(None, None) is ignore


def test_one_alone_is_itself() -> None:
    assert together(None, note_event) is note_event


def test_all_are_told_in_their_order() -> None:
    told: list[str] = []
    both = together(lambda event: told.append("first"), lambda event: told.append("second"))
    both(Event())
    assert told == ["first", "second"]


def test_progress_is_told_of_pairs_alone() -> None:
    observer = ProgressObserver(note_progress)
    observer(Event())
    observer(PairsScored(1, 2))
    assert progress_told == [(1, 2)]


def test_observers_of_the_same_are_equal() -> None:
    assert together(note_event, ProgressObserver(note_progress)) == together(
        note_event, ProgressObserver(note_progress)
    )


def test_observers_that_are_pickled_tell_as_before() -> None:
    observer = pickle.loads(pickle.dumps(together(note_event, ProgressObserver(note_progress))))  # noqa: S301
    observer(PairsScored(1, 2))
    assert events_told == [PairsScored(1, 2)]
    assert progress_told == [(1, 2)]


@pytest.mark.parametrize("observer", [None, note_event])
@pytest.mark.parametrize("on_progress", [None, note_progress])
def test_what_validate_asks_for_pickles(
    observer: Observer | None, on_progress: Progress | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks: list[Task] = []
    measure = gathering.measure

    def noted(task: Task) -> Evidence:
        tasks.append(task)
        return measure(task)

    monkeypatch.setattr(gathering, "measure", noted)
    path = write_clip(tmp_path / "a.gif", moving_frames(2))
    validate(path, path, metrics=["mse"], observer=observer, on_progress=on_progress)
    assert [pickle.loads(pickle.dumps(each)) for each in tasks] == tasks  # noqa: S301
