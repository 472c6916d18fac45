"""Pictures in their places, and pictures that are not."""

from __future__ import annotations

import numpy as np
import pytest

from giflab_core.checks.order import MOST_ROWS, Fingerprinter, Misplaced, misplaced
from giflab_core.decoding.picture import Still
from tests.helpers.gifs import moving_frames


def fingerprint(pixels: np.ndarray) -> np.ndarray:
    height, width, _ = pixels.shape
    return Fingerprinter(width, height).take(Still(pixels))


def fingerprints(count: int) -> list[np.ndarray]:
    frames = [np.dstack([frame] * 3 + [np.full_like(frame, 255)]) for frame in moving_frames(count)]
    return [fingerprint(frame) for frame in frames]


def test_a_clip_is_in_its_own_order() -> None:
    clip = fingerprints(10)
    assert misplaced(clip, [100] * 10, clip, [100] * 10) == Misplaced(0.0, None)


@pytest.mark.parametrize("count", [2, 3, 4, 10, 41])
def test_a_reversed_clip_is_misplaced(count: int) -> None:
    clip = fingerprints(count)
    found = misplaced(clip, [100] * count, clip[::-1], [100] * count)
    assert found.share > 0.4
    assert found.first_ms == 0


def test_dropped_frames_leave_the_others_in_place() -> None:
    clip = fingerprints(10)
    assert misplaced(clip, [100] * 10, clip[::2], [200] * 5).share == 0.0


def test_two_swapped_frames_are_counted_by_their_time() -> None:
    clip = fingerprints(10)
    swapped = [clip[8], *clip[1:8], clip[0], clip[9]]
    assert misplaced(clip, [100] * 10, swapped, [100] * 10) == Misplaced(0.2, 0)


def test_a_blinker_that_starts_with_the_other_picture_is_misplaced() -> None:
    one, other = fingerprints(2)
    assert misplaced([one, other] * 3, [100] * 6, [other, one] * 3, [100] * 6).share > 0.5


def test_a_long_hold_does_not_hide_reversed_motion() -> None:
    clip, delays = fingerprints(11), [6000, *[40] * 10]
    assert misplaced(clip, delays, clip[::-1], delays[::-1]).share > 0.5


def test_delays_rounded_by_an_encoder_misplace_nothing() -> None:
    clip = fingerprints(100)
    assert misplaced(clip, [33, 33, 34] * 33 + [33], clip, [30, 30, 40] * 33 + [30]).share == 0.0


def test_transparency_tells_pictures_of_one_luma_apart() -> None:
    frames = []
    for column in range(8):
        pixels = np.zeros((16, 16, 4), np.uint8)
        pixels[:, 2 * column : 2 * column + 2, 3] = 255
        frames.append(fingerprint(pixels))
    assert misplaced(frames, [100] * 8, frames[::-1], [100] * 8).share > 0.5


def test_long_clips_are_looked_up_in_part() -> None:
    clip = fingerprints(50) * 90
    assert len(clip) > 2 * MOST_ROWS
    assert misplaced(clip, [100] * len(clip), clip, [100] * len(clip)).share == 0.0


def test_a_still_clip_has_no_order() -> None:
    clip = fingerprints(1) * 5
    assert misplaced(clip, [100] * 5, clip[::-1], [100] * 5).share == 0.0


def test_a_frame_of_another_clip_is_not_misplaced() -> None:
    clip = fingerprints(10)
    assert misplaced(clip, [100] * 10, [clip[0] * 0 + 9, *clip[1:]], [100] * 10).share == 0.0


def test_only_the_common_time_counts() -> None:
    clip = fingerprints(10)
    assert misplaced(clip[:5], [100] * 5, [*clip[:5], clip[0]], [100] * 6).share == 0.0
