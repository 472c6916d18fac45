"""Pictures in their places, and pictures that are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.decoding.picture import Still
from giflab_core.sequence import Fingerprinter, Matching, Runs, check_sequence
from giflab_core.sequence import matching as looking_up
from giflab_core.sequence.order import Misplaced, in_sequence, misplaced
from tests.helpers.gifs import Indices, moving_frames
from tests.helpers.sequences import compare


def test_a_clip_is_in_its_own_order() -> None:
    clip = moving_frames(10)
    assert misplaced(compare(clip, clip)) == Misplaced(0.0)


@pytest.mark.parametrize("count", [2, 3, 4, 10, 41])
def test_a_reversed_clip_is_misplaced(count: int) -> None:
    clip = moving_frames(count)
    found = misplaced(compare(clip, clip[::-1]))
    assert found.share > 0.4
    assert found.pictures[0] == 0


def test_dropped_frames_leave_the_others_in_place() -> None:
    clip = moving_frames(10)
    assert misplaced(compare(clip, clip[::2], 100, 200)).share == 0.0


def test_two_swapped_frames_are_counted_by_their_time() -> None:
    clip = moving_frames(10)
    swapped = [clip[8], *clip[1:8], clip[0], clip[9]]
    assert misplaced(compare(clip, swapped)) == Misplaced(0.2, (0, 8), (0, 8))


def test_a_blinker_that_starts_with_the_other_picture_is_misplaced() -> None:
    one, other = moving_frames(2)
    assert misplaced(compare([one, other] * 3, [other, one] * 3)).share > 0.5


def test_a_long_hold_does_not_hide_reversed_motion() -> None:
    clip, delays = moving_frames(11), [6000, *[40] * 10]
    assert misplaced(compare(clip, clip[::-1], delays, delays[::-1])).share > 0.5


def test_delays_rounded_by_an_encoder_misplace_nothing() -> None:
    clip = moving_frames(100)
    assert misplaced(compare(clip, clip, [33, 33, 34] * 33 + [33], [30, 30, 40] * 33 + [30])).share == 0.0


def test_transparency_tells_pictures_of_one_luma_apart() -> None:
    prints = []
    for column in range(8):
        pixels = np.zeros((64, 64, 4), np.uint8)
        pixels[:, 8 * column : 8 * column + 8, 3] = 255
        prints.append(Fingerprinter(64, 64).take(Still(pixels)))
    runs = Runs.of(prints, [100] * 8), Runs.of(prints[::-1], [100] * 8)
    assert misplaced(Matching(*runs, (64, 64))).share > 0.5


def test_a_long_clip_is_looked_up_by_some_cells_among_some_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking_up, "MOST_PRODUCTS", 1 << 20)
    clip = moving_frames(600)
    found = compare(clip, clip)
    assert found.best.tolist() == list(range(600))
    assert misplaced(compare(clip, clip[::-1])).share > 0.1


def test_a_still_clip_has_no_order() -> None:
    clip = moving_frames(1) * 5
    assert misplaced(compare(clip, clip[::-1])).share == 0.0


def test_a_frame_of_another_clip_is_not_misplaced() -> None:
    clip = moving_frames(10)
    other = np.random.default_rng(5).integers(0, 256, clip[0].shape).astype(np.uint8)
    assert misplaced(compare(clip, [other, *clip[1:]])).share == 0.0


def test_only_the_common_time_counts() -> None:
    clip = moving_frames(10)
    assert misplaced(compare(clip[:5], [*clip[:5], clip[0]])).share == 0.0


@given(st.lists(st.integers(0, 8), max_size=12))
def test_a_longest_course_forward_goes_nowhere_back_and_no_other_is_longer(values: list[int]) -> None:
    places = in_sequence(values)
    course = [values[place] for place in places]
    longest = [1] * len(values)  # by the plain definition: the longest course that ends here
    for place, value in enumerate(values):
        longest[place] = 1 + max((longest[other] for other in range(place) if values[other] <= value), default=0)
    assert places == sorted(set(places))
    assert course == sorted(course)
    assert len(places) == max(longest, default=0)


def still_ground(side: int = 160) -> Indices:
    return np.full((side, side), 120, np.uint8)


def pointer(at: tuple[int, int], ground: Indices | None = None) -> Indices:
    """A pointer of 6 by 9 pixels at (row, column)."""
    frame = (still_ground() if ground is None else ground).copy()
    frame[at[0] : at[0] + 9, at[1] : at[1] + 6] = 250
    return frame


def order_of(found: Matching) -> tuple[str, str]:
    check = next(each for each in check_sequence(found, None, 0) if each.name == "order")
    return check.status, check.message


@pytest.mark.parametrize("back", [0, 3, 9])
@pytest.mark.parametrize("at", [14, 18, 19])
def test_a_small_thing_that_jumps_back_once_is_told_with_both_frames(at: int, back: int) -> None:
    clip = [pointer((60 + 3 * step, 7 * step)) for step in range(20)]
    jumping = [*clip[:at], clip[back], *clip[at + 1 :]]
    status, message = order_of(compare(clip, jumping))
    assert status == "fail"
    assert f"frame {at}, at {100 * at} ms" in message
    assert f"frame {back}, at {100 * back} ms" in message


def test_a_small_thing_that_moves_backwards_beside_a_large_one_is_told_with_its_place() -> None:
    def scene(large: int, small: int) -> Indices:
        frame = still_ground()
        frame[10:60, 5 * large : 5 * large + 40] = 20
        return pointer((130, 8 * small), frame)

    clip = [scene(step, step) for step in range(16)]
    strayed = [scene(step, 15 - step) for step in range(16)]
    status, message = order_of(compare(clip, strayed))
    assert status == "fail"
    assert "does not move as in the original" in message or "of another moment" in message


@pytest.mark.parametrize("step", [1, 2])
def test_a_slow_fade_whose_steps_are_merged_is_in_order(step: int) -> None:
    fade = [np.full((90, 120), 100 + step * number // 2, np.uint8) for number in range(24)]
    merged = [fade[number // 6 * 6] for number in range(24)]
    assert order_of(compare(fade, merged)) == ("pass", "")


@given(st.integers(0, 2**32 - 1), st.integers(8, 48))
def test_noise_on_pictures_of_a_slow_cloud_changes_no_order(seed: int, noise: int) -> None:
    chance = np.random.default_rng(seed)
    rows, columns = np.mgrid[:90, :120] / 20
    cloud = [(128 + 60 * np.sin(rows + columns + 0.02 * number)).astype(np.uint8) for number in range(12)]
    noisy = [
        np.clip(frame + chance.integers(-noise, noise + 1, frame.shape), 0, 255).astype(np.uint8) for frame in cloud
    ]
    assert order_of(compare(cloud, noisy))[0] == "pass"
