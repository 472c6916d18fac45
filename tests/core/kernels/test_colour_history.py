"""Colours that go forth and back: by hand, in C as in NumPy."""

from __future__ import annotations

from math import dist
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.kernels.boxes import NOTHING
from giflab_core.kernels.colour_history import LEAST, ColourHistory, colour_turned, colour_turned_numpy, no_colours
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.lab import LINEAR, lab
from tests.helpers.kernels import needs_native

Colour: TypeAlias = tuple[int, int, int]
Pixels: TypeAlias = npt.NDArray[np.uint8]
GREY, RED, BLUE = (128, 128, 128), (180, 100, 100), (100, 100, 180)


def flat(colour: Colour, height: int = 16, width: int = 16) -> Pixels:
    return np.full((height, width, 4), (*colour, 255), np.uint8)


def found(originals: list[Colour], compressed: list[Colour], shown_ms: int = 100) -> list[float]:
    history = ColourHistory(16, 16)
    return [
        history.update(flat(x), flat(y), None, number * shown_ms)
        for number, (x, y) in enumerate(zip(originals, compressed, strict=True))
    ]


def apart(one: Colour, other: Colour) -> float:
    return dist(*lab(np.array([(*one, 255), (*other, 255)], np.uint8)))


@pytest.mark.usefixtures("either")
def test_what_goes_forth_and_back_turns_as_far_as_it_is_apart() -> None:
    turned = found([GREY] * 4, [GREY, RED, GREY, RED])
    assert turned == pytest.approx([0, 0, apart(RED, GREY), apart(RED, GREY)])


@pytest.mark.usefixtures("either")
def test_the_shorter_of_both_ways_counts() -> None:
    dark_red = (150, 115, 115)
    assert found([GREY] * 3, [GREY, RED, dark_red])[2] == pytest.approx(apart(RED, dark_red), rel=0.02)


@pytest.mark.usefixtures("either")
def test_a_colour_that_was_there_for_three_pictures_still_comes_back() -> None:
    assert found([GREY] * 5, [GREY, RED, RED, RED, GREY])[4] == pytest.approx(apart(RED, GREY))
    assert found([GREY] * 6, [GREY, RED, RED, RED, RED, GREY])[5] == 0


@pytest.mark.usefixtures("either")
@pytest.mark.parametrize(("shown_ms", "pictures"), [(20, 17), (50, 7), (350, 1)])
def test_how_many_pictures_that_are_depends_on_how_long_each_is_shown(shown_ms: int, pictures: int) -> None:
    """Back after 340 or 350 ms, and after one more after 360, 400 and 700 ms."""
    back = found([GREY] * (pictures + 2), [GREY, *[RED] * pictures, GREY], shown_ms)
    late = found([GREY] * (pictures + 3), [GREY, *[RED] * (pictures + 1), GREY], shown_ms)
    assert [back[-1], late[-1]] == pytest.approx([apart(RED, GREY), 0])


@pytest.mark.usefixtures("either")
def test_what_the_next_picture_takes_again_is_back_however_long_that_is() -> None:
    assert found([GREY] * 3, [GREY, RED, GREY], 500)[2] == pytest.approx(apart(RED, GREY))


@pytest.mark.usefixtures("either")
def test_it_counts_as_long_again_as_the_colour_was_away() -> None:
    """Three pictures are red, and after them so many count; of a hue that goes forth and back all do."""
    once = found([GREY] * 12, [GREY, RED, RED, RED, *[GREY] * 3, *[RED] * 5], 20)
    assert [value > 0 for value in once] == [False] * 4 + [True] * 3 + [True] * 3 + [False] * 2
    assert found([GREY] * 9, [GREY, *[RED] * 3, *[GREY] * 5], 20)[4:] == pytest.approx([apart(RED, GREY)] * 3 + [0] * 2)


@pytest.mark.usefixtures("either")
def test_a_drift_does_not_turn_back() -> None:
    assert found([GREY] * 4, [GREY, (140, 120, 120), (160, 110, 110), RED]) == [0, 0, 0, 0]


@pytest.mark.usefixtures("either")
def test_what_the_original_does_itself_is_not_flicker_and_a_picture_too_late_is_none_either() -> None:
    assert found([GREY, RED, GREY, RED], [GREY, RED, GREY, RED]) == [0, 0, 0, 0]
    assert found([GREY, RED, RED, BLUE, BLUE], [GREY, GREY, RED, RED, BLUE]) == [0, 0, 0, 0, 0]


@pytest.mark.usefixtures("either")
def test_light_alone_goes_forth_and_back_too() -> None:
    dark = (90, 90, 90)
    assert found([GREY] * 4, [GREY, dark, GREY, dark])[3] == pytest.approx(apart(GREY, dark))


@pytest.mark.usefixtures("either")
def test_a_level_of_rounding_does_not() -> None:
    assert found([GREY] * 4, [GREY, (129, 128, 127), GREY, (129, 128, 127)]) == [0, 0, 0, 0]


@pytest.mark.usefixtures("either")
def test_it_is_a_mean_over_what_is_opaque_in_both() -> None:
    """Of 32 columns half change; of those, and of the others in the upper half, nothing else is opaque."""
    history, still = ColourHistory(16, 32), flat(GREY, 16, 32)
    still[8:, 16:] = 0
    flash = still.copy()
    flash[:, :16, :3] = RED
    turned = [history.update(still, each, None, ms) for ms, each in ((0, still), (20, flash), (40, still))]
    assert turned[2] == pytest.approx(apart(RED, GREY) * 255 / (255 + 128))


@pytest.mark.usefixtures("either")
def test_dithering_that_keeps_the_mean_is_no_flicker() -> None:
    one = flat(GREY)
    one[::2] = (*RED, 255)
    history = ColourHistory(16, 16)
    other = one[::-1].copy()
    assert [history.update(flat(GREY), each, None, ms) for ms, each in enumerate((one, other, one, other))] == [
        0,
        0,
        0,
        0,
    ]


@pytest.mark.usefixtures("either")
def test_boxes_and_being_equal_change_nothing() -> None:
    chance = np.random.default_rng(2)
    x = y = flat(GREY, 40, 40)
    whole, parts = ColourHistory(40, 40), ColourHistory(40, 40)
    numbers = [(whole.update(x, y, None, 0), parts.update(x, y, (0, 40, 0, 40), 0, equal=True))]
    for number in range(1, 21):
        top, left = chance.integers(0, 30, 2).tolist()
        before, y = y, x.copy() if chance.random() < 0.2 else y.copy()
        y[top : top + 10, left : left + 10, :3] += chance.integers(0, 60, 3, np.uint8)
        rows, columns = np.nonzero((y != before).any(axis=-1))
        box = int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1
        numbers.append((whole.update(x, y, None, 30 * number), parts.update(x, y, box, 30 * number)))
    assert [one for one, _ in numbers] == [other for _, other in numbers]
    assert max(numbers) > (0, 0)


def test_where_nothing_changed_nothing_turns_back() -> None:
    history = ColourHistory(16, 16)
    for number, each in enumerate((GREY, RED)):
        history.update(flat(GREY), flat(each), None, 20 * number)
    assert history.update(flat(GREY), flat(RED), NOTHING, 40) == 0
    assert history.update(flat(GREY), flat(GREY), None, 60) == pytest.approx(apart(RED, GREY))


@needs_native
@given(st.integers(0, 2**32 - 1), st.integers(3, 8), st.integers(1, 4), st.integers(1, 4))
def test_numpy_finds_the_same(seed: int, count: int, rows: int, columns: int) -> None:
    chance = np.random.default_rng(seed)
    means = chance.integers(0, 256, (8, 2, rows, columns, 4), np.uint8)
    means[chance.random(means.shape[:-1]) < 0.2] = 0
    latest, where = int(chance.integers(8)), (slice(0, rows), slice(columns // 2, columns))
    left_ms = np.sort(chance.integers(0, 300, count))[::-1].copy()
    kept = chance.uniform(0, 200, (rows, columns)), chance.integers(0, 600, (rows, columns))
    others = kept[0].copy(), kept[1].copy()
    assert colour_turned(means, left_ms, latest, where, *kept, no_colours()) == pytest.approx(
        colour_turned_numpy(means, left_ms, latest, where, *others), rel=1e-9
    )
    assert kept[0] == pytest.approx(others[0], rel=1e-9)
    assert np.array_equal(kept[1], others[1])


@needs_native
@pytest.mark.parametrize(
    ("latest", "count", "part"), [(5, 3, (0, 2, 0, 2)), (0, 2, (0, 2, 0, 2)), (0, 3, (0, 3, 0, 2))]
)
def test_what_does_not_fit_is_an_error(latest: int, count: int, part: tuple[int, int, int, int]) -> None:
    assert NATIVE
    means, left_ms = np.zeros((5, 2, 2, 2, 4), np.uint8), np.zeros(count, np.int64)
    with pytest.raises(ValueError, match="pictures"):
        NATIVE.colour_turned(
            *(means, left_ms, latest, part, LEAST, LINEAR),
            *(np.zeros((2, 2)), np.zeros((2, 2), np.int64), *no_colours()),
        )
