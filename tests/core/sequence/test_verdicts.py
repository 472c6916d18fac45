"""What is said of clips over time: it is found, and it is true."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.model import Check
from giflab_core.sequence import Matching, check_sequence
from tests.helpers.gifs import Indices
from tests.helpers.scenes import HEIGHT, SCENES, WIDTH, cards, disc, held, writing
from tests.helpers.sequences import compare

scenes = st.sampled_from(sorted(SCENES))


def judged(
    original: list[Indices],
    compressed: list[Indices],
    original_ms: int | list[int] = 100,
    compressed_ms: int | list[int] = 100,
) -> dict[str, Check]:
    found = check_sequence(compare(original, compressed, original_ms, compressed_ms), None, 0)
    return {check.name: check for check in found}


def failing(checks: dict[str, Check]) -> set[str]:
    return {name for name, check in checks.items() if check.status == "fail"}


@given(scenes, st.integers(2, 30), st.integers(0, 99))
def test_a_clip_keeps_time_with_itself(kind: str, count: int, seed: int) -> None:
    clip = SCENES[kind](count, seed)
    checks = judged(clip, clip)
    assert not failing(checks)
    assert (checks["timing"].value, checks["timing"].message) == (0, "pictures come on time")


@given(
    *(scenes, st.integers(2, 12), st.integers(0, 6), st.integers(-9, 9), st.integers(0, 99)),
    st.lists(st.sampled_from([10, 20, 30, 100, 400]), min_size=12, max_size=12),
)
def test_a_clip_in_step_is_judged_as_any_other(
    kind: str, count: int, noise: int, tone: int, seed: int, shown_ms: list[int]
) -> None:
    clip = SCENES[kind](count, seed)
    random = np.random.default_rng(seed)
    other = [
        np.clip(random.integers(tone - noise, tone + noise + 1, each.shape) + each, 0, 255).astype(np.uint8)
        for each in clip
    ]
    found = compare(clip, other, shown_ms[:count], shown_ms[:count])
    for motion in (None, 0.1, 0.9):
        checks = check_sequence(found, motion, 10)
        with patch.object(Matching, "is_in_step", False):
            assert check_sequence(found, motion, 10) == checks


@given(scenes, st.integers(3, 16), st.data())
def test_a_tick_more_or_less_is_a_number_and_no_fault(kind: str, count: int, data: st.DataObject) -> None:
    moves = data.draw(st.lists(st.sampled_from([-20, -10, 0, 10, 20]), min_size=count - 1, max_size=count - 1))
    ends = [100 * number + move for number, move in enumerate(moves, 1)] + [100 * count]
    checks = judged(SCENES[kind](count, 1), SCENES[kind](count, 1), 100, np.diff([0, *ends]).tolist())
    assert not failing(checks)
    # The first picture comes at 0 ms in both.
    assert checks["timing"].value == pytest.approx(sum(map(abs, moves)) / count)


@given(scenes, st.integers(6, 20), st.sampled_from([120, 200, 240]))
def test_pictures_that_come_late_fail_by_timing_alone(kind: str, count: int, late_ms: int) -> None:
    clip = SCENES[kind](count, 3)
    checks = judged(clip, clip, 120, [120 + late_ms, *[120] * (count - 1)])
    assert failing(checks) == {"timing"}
    assert f"{late_ms} ms late at most" in checks["timing"].message


@given(st.integers(3, 12), st.integers(0, 99), st.data())
def test_a_card_that_is_left_out_is_named(count: int, seed: int, data: st.DataObject) -> None:
    clip = cards(count, seed)
    lost = data.draw(st.integers(1, count - 1))
    shown_ms = data.draw(st.sampled_from([150, 210, 400, 1000]))
    checks = judged(clip, held(clip, lost, lost), shown_ms, shown_ms)
    assert failing(checks) == {"frames"}
    assert f"frame {lost}, at {lost * shown_ms} ms, {shown_ms} ms long" in checks["frames"].message
    assert "never shown" in checks["frames"].message
    assert ("last" in checks["frames"].message) == (lost == count - 1)


@given(scenes, st.integers(3, 20), st.integers(30, 500))
def test_an_end_that_is_cut_off_is_named_however_short(kind: str, count: int, shown_ms: int) -> None:
    clip = SCENES[kind](count, 2)
    checks = judged(clip, clip[:-1], shown_ms, shown_ms)
    start_ms = (count - 1) * shown_ms
    assert failing(checks) == {"frames"}
    assert checks["frames"].message.startswith(f"the last picture (frame {count - 1}, at {start_ms} ms, {shown_ms} ms")


@given(scenes, st.integers(0, 99))
def test_an_end_that_is_cut_off_is_named_however_coarse_the_rest_is(kind: str, seed: int) -> None:
    chance = np.random.default_rng(seed)
    clip = SCENES[kind](10, 2)
    coarse = [np.clip(frame + chance.normal(0, 60, frame.shape), 0, 255).astype(np.uint8) for frame in clip[:-1]]
    message = judged(clip, coarse)["frames"].message
    assert message.startswith("the last picture (frame 9, at 900 ms, 100 ms long; the compressed clip is over by then)")


@given(st.integers(3, 20), st.integers(0, 99))
def test_a_first_picture_that_is_left_out_is_named(count: int, seed: int) -> None:
    clip = cards(count, seed)
    checks = judged(clip, [clip[1], *clip[1:]])
    assert "frames" in failing(checks)
    assert "the first picture (frame 0, at 0 ms, 100 ms long) is never shown" in checks["frames"].message


def test_a_flash_of_60_ms_that_is_left_out_is_named() -> None:
    clip = disc(24)
    flash = [*clip[:11], np.full((HEIGHT, WIDTH), 255, np.uint8), *clip[12:]]
    checks = judged(flash, held(flash, 11, 11), 60, 60)
    assert failing(checks) == {"frames"}
    assert "frame 11, at 660 ms, 60 ms long" in checks["frames"].message


@pytest.mark.parametrize("shown_ms", [20, 30, 40, 50, 60])
@pytest.mark.parametrize("every", [2, 3])
def test_a_lower_rate_of_a_smooth_motion_that_keeps_its_end_passes(shown_ms: int, every: int) -> None:
    clip = disc(36 // every * every + 1)
    compressed_ms = [every * shown_ms] * (36 // every) + [shown_ms]
    assert not failing(judged(clip, clip[::every], shown_ms, compressed_ms))


@pytest.mark.parametrize(("shown_ms", "rate_ms", "count"), [(40, 60, 16), (40, 50, 21), (60, 70, 19), (20, 30, 20)])
def test_a_last_picture_that_a_lower_rate_rounds_away_is_no_loss(shown_ms: int, rate_ms: int, count: int) -> None:
    """So many pictures last longer than whole frames of the new rate do by 40, 40, 20 and 10 ms."""
    clip = disc(count)
    moments = range(0, count * shown_ms - rate_ms + 1, rate_ms)
    assert not failing(judged(clip, [clip[ms // shown_ms] for ms in moments], shown_ms, rate_ms))


@pytest.mark.parametrize(("shown_ms", "rate_ms"), [(40, 40), (100, 110), (70, 70)])
def test_a_last_picture_that_no_rate_rounds_away_is_a_loss(shown_ms: int, rate_ms: int) -> None:
    clip = disc(20)
    count = 19 * shown_ms // rate_ms
    shown = [clip[number * rate_ms // shown_ms] for number in range(count)]
    left_ms = 19 * shown_ms - count * rate_ms
    assert "frames" in failing(judged(clip, shown, shown_ms, [*[rate_ms] * (count - 1), rate_ms + left_ms]))


@pytest.mark.parametrize("shown_ms", [50, 100, 200])
@pytest.mark.parametrize("kind", sorted(SCENES))
def test_a_last_picture_in_whose_time_the_one_before_is_held_is_named(kind: str, shown_ms: int) -> None:
    clip = SCENES[kind](20, 2)
    checks = judged(clip, held(clip, 19, 19), shown_ms, shown_ms)
    assert failing(checks) == {"frames"}
    last = f"the last picture (frame 19, at {19 * shown_ms} ms, {shown_ms} ms long)"
    assert checks["frames"].message == f"{last} is never shown"


def test_a_last_picture_that_hardly_differs_may_be_merged() -> None:
    clip = disc(20)
    nearly = [*clip, np.clip(clip[-1] + 3.0, 0, 255).astype(np.uint8)]
    assert not failing(judged(nearly, held(nearly, 20, 20)))


def test_pictures_that_are_missing_and_not_listed_are_counted_too() -> None:
    clip = disc(20)
    message = judged(clip, held(clip, 16, 19), 60, 60)["frames"].message
    assert message.startswith("the last picture (frame 19, at 1140 ms, 60 ms long) is never shown")
    assert message.endswith("; not counted: 3 more, which last 60 ms at most")


def test_what_a_stall_counts_is_said() -> None:
    clip = cards(21)
    twice = held(held(clip, 3, 6), 12, 14)
    assert judged(clip, held(clip, 3, 6))["stall"].message.endswith("from its frame 3, at 300 ms on; 19% of the time")
    # 4 and 3 of 21 pictures
    assert judged(clip, twice)["stall"].message.endswith("; 2 stretches of 3 changes and more are 33% of the time")


def test_a_line_that_is_missing_from_some_moment_on_is_no_matter_of_time() -> None:
    clip = []
    for frame in writing(20):
        clip += [frame, frame.copy()]
        clip[-1][-6:, :8] = 230  # a cursor that blinks
    lost = [frame.copy() for frame in clip]
    for frame in lost[20:]:
        frame[42:45] = 30  # the line that comes with frame 20: that looks as frame 18 now, and 21 as 19
    assert not {"order", "timing"} & failing(judged(clip, lost, 300, 300))


def test_a_picture_of_long_ago_amid_those_in_place_is_a_jump() -> None:
    clip = disc(30)
    jumped = [*clip[:20], clip[3], clip[4], *clip[22:]]
    assert judged(clip, jumped)["order"].message.startswith("frame 20, at 2000 ms, is most like the original's frame 3")


@given(scenes, st.integers(0, 3))
def test_a_clip_that_stands_still_for_a_while_is_told_with_how_long(kind: str, seed: int) -> None:
    clip = SCENES[kind](20, seed)
    checks = judged(clip, held(clip, 8, 12))
    assert "stall" in failing(checks)
    assert "stands still for 500 ms while the original shows 5 other pictures, from its frame 8, at 800 ms on" in (
        checks["stall"].message
    )


@given(scenes, st.integers(0, 9))
def test_a_last_tenth_that_is_held_is_a_stall(kind: str, seed: int) -> None:
    clip = SCENES[kind](50, seed) if kind != "writing" else SCENES[kind](20, seed)
    first = len(clip) - max(3, len(clip) // 10)
    assert "stall" in failing(judged(clip, held(clip, first, len(clip) - 1)))


@given(scenes, st.integers(4, 24), st.data())
def test_one_black_frame_is_no_matter_of_time(kind: str, count: int, data: st.DataObject) -> None:
    clip = SCENES[kind](count, 4)
    place = data.draw(st.integers(0, count - 1))
    black = [*clip[:place], np.zeros((HEIGHT, WIDTH), np.uint8), *clip[place + 1 :]]
    checks = judged(clip, black)
    assert failing(checks) <= {"frames", "order"}
    for name in failing(checks):  # it is told of the picture in whose place it is, and of no other
        assert f"frame {place}, at {100 * place} ms" in checks[name].message
    if "order" in failing(checks):
        darkest = min(range(count), key=lambda number: float(clip[number].mean()))
        assert kind == "writing"  # a terminal with one line is nearly black
        assert darkest == 0 < place


@given(scenes, st.integers(0, 2**32 - 1))
def test_noise_and_another_tone_are_no_matter_of_time(kind: str, seed: int) -> None:
    chance = np.random.default_rng(seed)
    clip = SCENES[kind](12, 5)
    tone = chance.uniform(0.85, 1.15)
    changed = [np.clip(tone * frame + chance.normal(0, 20, frame.shape), 0, 255).astype(np.uint8) for frame in clip]
    assert not failing(judged(clip, changed))
