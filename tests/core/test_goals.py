"""What each goal asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from giflab_core import UsageError, resolve, validate
from giflab_core.cache import MemoryCache
from giflab_core.checks import GOAL_LIMITS
from giflab_core.config import DEFAULT_LIMITS, GOALS, Goal
from giflab_core.metrics import CATALOGUE
from giflab_core.model import ContentType
from tests.helpers.gifs import Indices, moving_frames, write_clip
from tests.helpers.shared import case_files


def failed(original: Path, compressed: Path, goal: Goal) -> set[str]:
    return {check.name for check in validate(original, compressed, config=resolve(goal=goal)).failed}


def clip(folder: Path, name: str, frames: list[Indices], delays: Any = 10) -> Path:
    return write_clip(folder / f"{name}.gif", frames, delays)


def test_the_default_is_the_goal_of_small_files() -> None:
    assert resolve().goal == "small"
    assert GOAL_LIMITS["small"] is DEFAULT_LIMITS


@pytest.mark.parametrize("goal", ["tiny", None, 1])
def test_an_unknown_goal_is_wrong_usage(goal: Any) -> None:
    with pytest.raises(UsageError, match="small, good, invisible, lossless"):
        resolve(goal=goal)


@pytest.mark.parametrize("content", get_args(ContentType))
@pytest.mark.parametrize(("looser", "tighter"), [("small", "good"), ("good", "invisible")])
def test_each_goal_asks_for_more_than_the_one_before(looser: Goal, tighter: Goal, content: ContentType) -> None:
    before, after = GOAL_LIMITS[looser][content], GOAL_LIMITS[tighter][content]
    assert set(before) <= set(after)
    for name, limit in before.items():
        is_higher_better = CATALOGUE[name.partition(".")[0]].better == "higher"
        assert after[name] > limit if is_higher_better else after[name] < limit, name


@pytest.mark.parametrize("goal", GOALS)
def test_equal_clips_reach_every_goal(tmp_path: Path, goal: Goal) -> None:
    original = clip(tmp_path, "original", moving_frames(6))
    assert failed(original, clip(tmp_path, "same", moving_frames(6)), goal) == set()


def test_one_pixel_of_one_frame_is_a_loss(tmp_path: Path) -> None:
    frames = moving_frames(6)
    original = clip(tmp_path, "original", frames)
    frames[4] = frames[4].copy()
    frames[4][20, 20] ^= 1
    other = clip(tmp_path, "other", frames)
    assert failed(original, other, "invisible") == set()
    report = validate(original, other, config=resolve(goal="lossless", metrics=["ssim"]))
    message = "the two clips first differ in the original's frame 4, at 400 ms"
    assert [check.message for check in report.failed] == [message]


def test_a_boundary_that_moved_is_a_loss(tmp_path: Path) -> None:
    frames = moving_frames(2)
    original = clip(tmp_path, "original", frames, [10, 10])
    assert "lossless" in failed(original, clip(tmp_path, "late", frames, [11, 9]), "lossless")


def test_another_tempo_differs_from_the_first_boundary_on(tmp_path: Path) -> None:
    frames = moving_frames(6)
    original = clip(tmp_path, "original", frames)
    report = validate(original, clip(tmp_path, "fast", frames, 5), config=resolve(goal="lossless"))
    assert {check.name: check.message for check in report.failed}[
        "lossless"
    ] == "the two clips first differ in the original's frame 0, at 50 ms"


def test_a_longer_end_is_a_loss(tmp_path: Path) -> None:
    frames = moving_frames(20)
    original = clip(tmp_path, "original", frames)
    longer = clip(tmp_path, "longer", frames, [10] * 19 + [11])
    assert failed(original, longer, "invisible") == set()
    assert failed(original, longer, "lossless") == {"lossless"}


def test_one_frame_as_two_is_not_a_loss(tmp_path: Path) -> None:
    first, second = moving_frames(2)
    original = clip(tmp_path, "original", [first, second], [20, 20])
    assert failed(original, clip(tmp_path, "twice", [first, first, second], [10, 10, 20]), "lossless") == set()


def test_a_contrast_that_is_halved_is_named(tmp_path: Path) -> None:
    y, x = np.mgrid[:80, :80]
    frames = [((x * 2 + y + 9 * number) % 200 + 28).astype(np.uint8) for number in range(4)]
    flat = [np.rint(128 + 0.5 * (frame - 128.0)).astype(np.uint8) for frame in frames]
    report = validate(clip(tmp_path, "original", frames), clip(tmp_path, "flat", flat))
    assert {check.name: check.message for check in report.failed}["tone"] == "contrast is 50% of the original's"


@pytest.mark.corpus
@pytest.mark.parametrize("original", case_files("gif/F07-*.original.gif"), ids=lambda path: path.stem)
def test_nothing_passes_with_a_quality_near_0(original: Path) -> None:
    compressed = original.with_name(original.name.replace("original", "compressed"))
    assert "quality.mean" in failed(original, compressed, "small")


def test_what_was_measured_at_one_goal_is_judged_at_another(tmp_path: Path) -> None:
    frames = moving_frames(6)
    original = clip(tmp_path, "original", frames)
    compressed = clip(tmp_path, "compressed", [frame // 12 * 12 for frame in frames])
    cache = MemoryCache(1 << 20)
    for goal in GOALS:
        config = resolve(goal=goal)
        anew = validate(original, compressed, config=config)
        assert validate(original, compressed, config=config, cache=cache).checks == anew.checks
