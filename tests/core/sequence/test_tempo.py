"""The same pictures at another tempo, and what only looks like that."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core import validate
from giflab_core.sequence import find_tempo
from tests.helpers.gifs import Indices, write_clip
from tests.helpers.scenes import HEIGHT, SCENES, WIDTH, cards, disc
from tests.helpers.sequences import fingerprints

SIZE = (WIDTH, HEIGHT)


def tempo(original: list[Indices], compressed: list[Indices], before: list[int], after: list[int]) -> object:
    return find_tempo((fingerprints(original), before), (fingerprints(compressed), after), SIZE)


@given(st.sampled_from(sorted(SCENES)), st.integers(4, 20), st.integers(20, 900).filter(lambda ms: abs(ms - 100) > 30))
def test_the_same_pictures_are_shown_as_long_as_the_originals(kind: str, count: int, shown_ms: int) -> None:
    clip = SCENES[kind](count, 0)
    found = find_tempo((fingerprints(clip), [100] * count), (fingerprints(clip), [shown_ms] * count), SIZE)
    assert found
    assert found.durations_ms == (100,) * count
    assert found.is_whole


def test_some_of_the_pictures_are_stretched_as_a_whole() -> None:
    clip = disc(20)
    found = find_tempo((fingerprints(clip), [50] * 20), (fingerprints(clip[::2]), [50] * 10), SIZE)
    assert found
    assert found.durations_ms == (100,) * 10
    assert not found.is_whole


@pytest.mark.parametrize("kept", [3, 6, 9])
def test_a_missing_end_is_no_other_tempo(kept: int) -> None:
    clip = cards(12)
    assert tempo(clip, clip[:kept], [100] * 12, [100] * kept) is None


def test_a_longer_hold_is_no_other_tempo() -> None:
    clip = disc(12)
    assert tempo(clip, clip, [100] * 12, [100] * 11 + [900]) is None


@pytest.mark.parametrize("shown_ms", [50, 200])
def test_reversed_pictures_are_no_other_tempo(shown_ms: int) -> None:
    clip = disc(12)
    assert tempo(clip, clip[::-1], [100] * 12, [shown_ms] * 12) is None


@pytest.mark.parametrize(("delay_cs", "speed"), [(5, "2 times as fast"), (30, "3 times as slow"), (8, "1.25 times as")])
@pytest.mark.parametrize("kind", sorted(SCENES))
def test_another_tempo_is_all_that_is_said(tmp_path: Path, kind: str, delay_cs: int, speed: str) -> None:
    clip = SCENES[kind](12, 6)
    report = validate(write_clip(tmp_path / "a.gif", clip), write_clip(tmp_path / "b.gif", clip, delay_cs))
    assert [check.name for check in report.failed] == ["duration"]
    assert report.failed[0].message.startswith(f"same pictures in the same order, {speed}")
    assert report.metrics["quality"].mean == 1


def test_some_frames_that_last_longer_are_counted_with_the_first(tmp_path: Path) -> None:
    clip = cards(20)
    held = [*[10] * 18, 40, 10]
    report = validate(write_clip(tmp_path / "a.gif", clip, 10), write_clip(tmp_path / "b.gif", clip, held))
    assert [check.message for check in report.failed] == [
        "same pictures in the same order, 1 of 20 frames for another time, from frame 18, at 1800 ms, on: "
        "2000 ms, then 2300 ms"
    ]


def test_a_first_picture_that_is_held_is_no_tempo_of_all(tmp_path: Path) -> None:
    clip = cards(6)
    report = validate(write_clip(tmp_path / "a.gif", clip, 10), write_clip(tmp_path / "b.gif", clip, [60, *[10] * 5]))
    assert [check.name for check in report.failed] == ["duration"]
    assert report.failed[0].message.startswith("same pictures in the same order, 1 of 6 frames for another time")
