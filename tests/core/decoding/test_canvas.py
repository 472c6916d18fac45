"""Composition against a slow one that works pixel by pixel."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from giflab_core.config import DecodeLimits
from giflab_core.decoding.blocks import BlockReader
from giflab_core.decoding.canvas import Canvas
from giflab_core.errors import DecodeError
from tests.helpers.gifs import GREYS, Picture, gif

SIZE = 5, 4
Pixel = tuple[int, int, int, int]
CLEAR: Pixel = (0, 0, 0, 0)


def stream(data: bytes) -> Iterator[npt.NDArray[np.uint8]]:
    reader = BlockReader(io.BytesIO(data), DecodeLimits())
    canvas = Canvas(reader.width, reader.height)
    for image in reader.images():
        canvas.draw(image)
        yield canvas.snapshot()


def compose(data: bytes) -> list[npt.NDArray[np.uint8]]:
    return list(stream(data))


def slow_compose(pictures: list[Picture]) -> list[list[list[Pixel]]]:
    """GIF89a, section 23, one pixel at a time: what is on screen after each picture."""
    width, height = SIZE
    screen = [[CLEAR] * width for _ in range(height)]
    shown = []
    for picture in pictures:
        before = [row[:] for row in screen]
        rows, columns = picture.indices.shape
        inside = [
            (x, y, int(picture.indices[y - picture.top, x - picture.left]))
            for y in range(picture.top, min(height, picture.top + rows))
            for x in range(picture.left, min(width, picture.left + columns))
        ]
        for x, y, index in inside:
            if index != picture.transparent:
                screen[y][x] = (index, index, index, 255)
        shown.append([row[:] for row in screen])
        if picture.disposal == 2:
            for x, y, _ in inside:
                screen[y][x] = CLEAR
        elif picture.disposal == 3:
            screen = before
    return shown


pictures = st.builds(
    Picture,
    indices=st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
        lambda shape: arrays(np.uint8, shape, elements=st.integers(0, 3))
    ),
    left=st.integers(0, 7),
    top=st.integers(0, 7),
    disposal=st.integers(0, 3),
    transparent=st.none() | st.integers(0, 3),
    interlaced=st.booleans(),
)


@given(st.lists(pictures, min_size=1, max_size=8))
def test_any_sequence_of_pictures_composes_as_the_slow_way(sequence: list[Picture]) -> None:
    data, expected = gif(sequence, size=SIZE), slow_compose(sequence)
    shown = [[list(map(list, row)) for row in screen] for screen in expected]
    assert [snapshot.tolist() for snapshot in compose(data)] == shown
    # Let go one after the other, so that their memory is used again.
    assert [snapshot.tolist() for snapshot in stream(data)] == shown


def test_the_canvas_starts_transparent() -> None:
    (shown,) = compose(gif([Picture(np.full((1, 1), 9, np.uint8))], size=(2, 1)))
    assert shown.tolist() == [[[9, 9, 9, 255], [0, 0, 0, 0]]]


def test_a_local_palette_goes_before_the_global_one() -> None:
    picture = Picture(np.zeros((1, 1), np.uint8), palette=b"\x01\x02\x03" * 2)
    (shown,) = compose(gif([picture], size=(1, 1), palette=GREYS))
    assert shown.tolist() == [[[1, 2, 3, 255]]]


def test_a_snapshot_does_not_change_when_drawing_goes_on() -> None:
    dots = [Picture(np.full((1, 1), value, np.uint8)) for value in (10, 20)]
    first, second = compose(gif(dots, size=(1, 1)))
    assert first[0, 0, 0] == 10
    assert second[0, 0, 0] == 20
    with pytest.raises(ValueError, match="read-only"):
        first[0, 0, 0] = 1


def test_a_colour_outside_the_palette_is_refused() -> None:
    data = gif([Picture(np.full((1, 1), 5, np.uint8))], size=(1, 1), palette=GREYS[: 4 * 3])
    with pytest.raises(DecodeError, match="colour 5 of a palette of 4"):
        compose(data)


def test_a_transparent_index_may_be_outside_the_palette() -> None:
    data = gif([Picture(np.full((1, 1), 5, np.uint8), transparent=5)], size=(1, 1), palette=GREYS[: 4 * 3])
    assert compose(data)[0].tolist() == [[[0, 0, 0, 0]]]


def test_another_colour_outside_the_palette_is_refused_beside_the_transparent_one() -> None:
    data = gif([Picture(np.array([[6, 5]], np.uint8), transparent=6)], size=(2, 1), palette=GREYS[: 4 * 3])
    with pytest.raises(DecodeError, match="colour 5 of a palette of 4"):
        compose(data)


def test_lzw_data_that_end_early_are_refused() -> None:
    whole = gif([Picture(np.zeros((20, 20), np.uint8))], size=(20, 20))
    start = whole.rindex(b"\x08\xff")
    with pytest.raises(DecodeError, match="20x20 image do not decode"):
        compose(whole[: start + 1] + b"\x03\x00\x01\x02\x00\x3b")
