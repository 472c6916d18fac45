"""Copies of a canvas: each stays what it was for as long as somebody holds any part of it."""

from __future__ import annotations

import gc

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.decoding.copies import Copies
from giflab_core.kernels.boxes import Box, enclosing

HEIGHT, WIDTH = 5, 7
boxes = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 8), st.integers(0, 8))


def canvas() -> npt.NDArray[np.uint32]:
    return np.arange(HEIGHT * WIDTH, dtype=np.uint32).reshape(HEIGHT, WIDTH)


@given(
    steps=st.lists(
        st.tuples(st.lists(boxes, max_size=3), st.sampled_from(["drop", "hold", "hold a view", "let all go"])),
        max_size=12,
    )
)
def test_what_is_held_never_changes_and_what_is_made_is_what_is_there(steps: list[tuple[list[Box], str]]) -> None:
    pixels = canvas()
    copies = Copies(pixels)
    held: list[tuple[object, bytes]] = []
    for number, (changes, then) in enumerate(steps, 1):
        for box in changes:
            top, bottom, left, right = box
            pixels[top:bottom, left:right] += np.uint32(number)
            copies.note(box)
        made = copies.make()
        assert made.tobytes() == pixels.tobytes()
        if then == "hold":
            held.append((made, made.tobytes()))
        elif then == "hold a view":
            part = made[1:, ::2, :3]
            held.append((part, part.tobytes()))
        elif then == "let all go":
            held.clear()
        del made
        assert [np.asarray(each).tobytes() for each, _ in held] == [before for _, before in held]


def test_memory_is_used_again_once_nobody_holds_it() -> None:
    copies = Copies(canvas())
    addresses = set()
    for _ in range(20):
        made = copies.make()  # the one before is held until here, as in a loop over frames
        addresses.add(made.__array_interface__["data"][0])
    assert len(addresses) == 2


def test_a_copy_outlives_its_canvas() -> None:
    copies = Copies(canvas())
    made = copies.make()
    del copies
    gc.collect()
    assert made.tobytes() == canvas().tobytes()


def test_a_memoryview_holds_its_copy() -> None:
    pixels = canvas()
    copies = Copies(pixels)
    view = copies.make().data
    before = view.tobytes()
    pixels += 1
    copies.note((0, HEIGHT, 0, WIDTH))
    for _ in range(3):
        copies.make()
    assert view.tobytes() == before


def test_nobody_can_write_into_a_copy() -> None:
    made = Copies(canvas()).make()
    with pytest.raises(ValueError, match="WRITEABLE"):
        made.flags.writeable = True


def test_a_copy_is_rgba_bytes_of_its_canvas() -> None:
    made = Copies(canvas()).make()
    assert made.dtype == np.uint8
    assert made.shape == (HEIGHT, WIDTH, 4)


@given(one=boxes, other=boxes)
def test_the_enclosing_box_has_every_pixel_of_both(one: Box, other: Box) -> None:
    both = np.zeros((10, 10), bool)
    for box in (one, other):
        both[box[0] : box[1], box[2] : box[3]] = True
    found = enclosing(one, other)
    assert both[found[0] : found[1], found[2] : found[3]].sum() == both.sum()
