"""What every kind of fault of a whole clip must do, and when anybody sees one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.helpers.blunders.captions import captioned
from tests.helpers.blunders.kinds import OF_CAPTIONS, OF_CLIPS, Blunder
from tests.helpers.blunders.seen import is_seen
from tests.helpers.local_faults.scenes import Footage, Pixels

ALL: Mapping[str, Blunder] = {**OF_CLIPS, **OF_CAPTIONS}


def moment(number: int) -> Pixels:
    """A light and a dark ground and words, over which a red disc moves; transparent above."""
    image = Image.new("RGBA", (96, 80), (40, 30, 60, 255))
    draw = ImageDraw.Draw(image)
    draw.rectangle((48, 0, 96, 80), fill=(235, 230, 240, 255))
    draw.text((2, 20), "The quick brown fox", fill=(120, 20, 90, 255))
    draw.ellipse((number * 4, 30, number * 4 + 24, 54), fill=(220 - 4 * number, 130, 40 + 8 * number, 255))
    draw.rectangle((0, 0, 96, 10), fill=(0, 0, 0, 0))
    return np.array(image)


CLIP = Footage(tuple(map(moment, range(16))), (100, 300) * 8)
ORIGINALS = {**dict.fromkeys(OF_CLIPS, CLIP), **dict.fromkeys(OF_CAPTIONS, captioned(CLIP))}


@pytest.mark.parametrize("strength", [1.0, 0.5])
@pytest.mark.parametrize("kind", ALL)
def test_a_blunder_gives_whole_frames_of_which_some_differ_or_come_at_other_times(kind: str, strength: float) -> None:
    faulty = ALL[kind](CLIP, strength, np.random.default_rng(1))
    if faulty is None:
        assert (kind, strength) == ("all_delays_alike", 0.5)
        return
    frames = np.stack(faulty.frames)
    assert frames.shape == (16, 80, 96, 4)
    assert frames.dtype == np.uint8
    assert set(np.unique(frames[..., 3])) <= {0, 255}
    assert not frames[frames[..., 3] == 0].any()
    is_other = not np.array_equal(frames, np.stack(ORIGINALS[kind].frames))
    assert is_other or faulty.durations_ms != CLIP.durations_ms


def test_a_caption_that_is_missing_leaves_the_clip_as_it_was() -> None:
    """It is there from 800 to 2720 ms, and is missing from 1760 ms on; frames begin every 400 ms, and 100 ms later."""
    faulty = OF_CAPTIONS["caption_missing_for_half"](CLIP, 1.0, np.random.default_rng(1))
    assert faulty
    shown = [not np.array_equal(one, other) for one, other in zip(faulty.frames, CLIP.frames, strict=True)]
    wanted = [not np.array_equal(one, other) for one, other in zip(captioned(CLIP).frames, CLIP.frames, strict=True)]
    assert [number for number, is_shown in enumerate(wanted) if is_shown] == [*range(4, 14)]
    assert [number for number, is_shown in enumerate(shown) if is_shown] == [*range(4, 10)]


def grey(level: int) -> Pixels:
    return np.dstack([np.full((16, 16, 3), level, np.uint8), np.full((16, 16, 1), 255, np.uint8)])


def test_what_differs_for_a_tenth_of_a_second_in_all_is_seen() -> None:
    clip = Footage((grey(0), grey(255)) * 5, (50,) * 10)
    faulty = [*clip.frames]
    faulty[1] = grey(0)
    assert not is_seen(clip, replace(clip, frames=tuple(faulty)), mild=False)
    faulty[7] = grey(0)
    assert is_seen(clip, replace(clip, frames=tuple(faulty)), mild=False)


def test_what_differs_less_is_seen_as_a_milder_fault() -> None:
    """Greys of 100 and 125 have CIELAB L* of 42.4 and 52.3, which are 9 to 10 dE00 apart."""
    clip, faulty = (Footage((grey(level),) * 2, (100, 100)) for level in (100, 125))
    assert [is_seen(clip, faulty, mild=mild) for mild in (True, False)] == [True, False]


def test_the_same_pictures_at_other_times_are_seen() -> None:
    clip = Footage((grey(0), grey(255), grey(0)), (200, 200, 200))
    assert is_seen(clip, replace(clip, durations_ms=(300, 100, 200)), mild=False)
