"""Colours that go forth and back: by hand, in C as in NumPy."""

from __future__ import annotations

from math import hypot
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.kernels.boxes import NOTHING
from giflab_core.kernels.colour_history import ColourHistory, colour_turned, colour_turned_numpy
from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.lab import LINEAR, lab
from tests.helpers.kernels import needs_native

Colour: TypeAlias = tuple[int, int, int]
Pixels: TypeAlias = npt.NDArray[np.uint8]
GREY, RED, BLUE = (128, 128, 128), (180, 100, 100), (100, 100, 180)


def flat(colour: Colour, height: int = 16, width: int = 16) -> Pixels:
    return np.full((height, width, 4), (*colour, 255), np.uint8)


def found(originals: list[Colour], compressed: list[Colour]) -> list[float]:
    history = ColourHistory(16, 16)
    return [history.update(flat(x), flat(y), None) for x, y in zip(originals, compressed, strict=True)]


def apart(one: Colour, other: Colour) -> float:
    (_, a1, b1), (_, a2, b2) = lab(np.array([(*one, 255), (*other, 255)], np.uint8))
    return hypot(a1 - a2, b1 - b2)


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
def test_a_drift_does_not_turn_back() -> None:
    assert found([GREY] * 4, [GREY, (140, 120, 120), (160, 110, 110), RED]) == [0, 0, 0, 0]


@pytest.mark.usefixtures("either")
def test_what_the_original_does_itself_is_not_flicker_and_a_picture_too_late_is_none_either() -> None:
    assert found([GREY, RED, GREY, RED], [GREY, RED, GREY, RED]) == [0, 0, 0, 0]
    assert found([GREY, RED, RED, BLUE, BLUE], [GREY, GREY, RED, RED, BLUE]) == [0, 0, 0, 0, 0]


@pytest.mark.usefixtures("either")
def test_luma_alone_is_no_colour() -> None:
    assert max(found([GREY] * 4, [GREY, (90, 90, 90), GREY, (90, 90, 90)])) < 0.01


@pytest.mark.usefixtures("either")
def test_it_is_a_mean_over_what_is_opaque_in_both() -> None:
    """Of 32 columns half change; of those, and of the others in the upper half, nothing else is opaque."""
    history, still = ColourHistory(16, 32), flat(GREY, 16, 32)
    still[8:, 16:] = 0
    flash = still.copy()
    flash[:, :16, :3] = RED
    turned = [history.update(still, each, None) for each in (still, flash, still)]
    assert turned[2] == pytest.approx(apart(RED, GREY) * 255 / (255 + 128))


@pytest.mark.usefixtures("either")
def test_dithering_that_keeps_the_mean_is_no_flicker() -> None:
    one = flat(GREY)
    one[::2] = (*RED, 255)
    history = ColourHistory(16, 16)
    other = one[::-1].copy()
    assert [history.update(flat(GREY), each, None) for each in (one, other, one, other)] == [0, 0, 0, 0]


@pytest.mark.usefixtures("either")
def test_boxes_and_being_equal_change_nothing() -> None:
    chance = np.random.default_rng(2)
    x = y = flat(GREY, 40, 40)
    whole, parts = ColourHistory(40, 40), ColourHistory(40, 40)
    numbers = [(whole.update(x, y, None), parts.update(x, y, (0, 40, 0, 40), equal=True))]
    for _ in range(20):
        top, left = chance.integers(0, 30, 2).tolist()
        before, y = y, x.copy() if chance.random() < 0.2 else y.copy()
        y[top : top + 10, left : left + 10, :3] += chance.integers(0, 60, 3, np.uint8)
        rows, columns = np.nonzero((y != before).any(axis=-1))
        box = int(rows.min()), int(rows.max()) + 1, int(columns.min()), int(columns.max()) + 1
        numbers.append((whole.update(x, y, None), parts.update(x, y, box)))
    assert [one for one, _ in numbers] == [other for _, other in numbers]
    assert max(numbers) > (0, 0)


def test_where_nothing_changed_nothing_turns_back() -> None:
    history = ColourHistory(16, 16)
    for each in (GREY, RED):
        history.update(flat(GREY), flat(each), None)
    assert history.update(flat(GREY), flat(RED), NOTHING) == 0
    assert history.update(flat(GREY), flat(GREY), None) == pytest.approx(apart(RED, GREY))


@needs_native
@given(st.integers(0, 2**32 - 1), st.integers(3, 5), st.integers(1, 4), st.integers(1, 4))
def test_numpy_finds_the_same(seed: int, count: int, rows: int, columns: int) -> None:
    chance = np.random.default_rng(seed)
    means = chance.integers(0, 256, (5, 2, rows, columns, 4), np.uint8)
    means[chance.random(means.shape[:-1]) < 0.2] = 0
    latest, where = int(chance.integers(5)), (slice(0, rows), slice(columns // 2, columns))
    assert colour_turned(means, latest, count, where) == pytest.approx(
        colour_turned_numpy(means, latest, count, where), rel=1e-9
    )


@needs_native
@pytest.mark.parametrize(
    ("latest", "count", "part"), [(5, 3, (0, 2, 0, 2)), (0, 2, (0, 2, 0, 2)), (0, 3, (0, 3, 0, 2))]
)
def test_what_does_not_fit_is_an_error(latest: int, count: int, part: tuple[int, int, int, int]) -> None:
    assert NATIVE
    with pytest.raises(ValueError, match="pictures"):
        NATIVE.colour_turned(np.zeros((5, 2, 2, 2, 4), np.uint8), latest, count, part, LINEAR)
