"""What every kind of fault of a part of the picture must do, and what counts as visible."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from giflab_core import decode, open_clip
from tests.helpers.local_faults.kinds import KINDS
from tests.helpers.local_faults.making import fault
from tests.helpers.local_faults.places import span
from tests.helpers.local_faults.scenes import Box, Footage, Pixels, Scene, Span, spoiled
from tests.helpers.local_faults.unusual import UNUSUAL
from tests.helpers.local_faults.visibility import difference, is_visible
from tests.helpers.local_faults.writing import write

WHITE, BLACK, CLEAR = (255, 255, 255, 255), (0, 0, 0, 255), (0, 0, 0, 0)
ALL = {**KINDS, **UNUSUAL}


def plain(colour: tuple[int, int, int, int], side: int = 16) -> Pixels:
    return np.full((side, side, 4), colour, np.uint8)


def moment(number: int) -> Pixels:
    """Words on a blue ground, over which a red disc moves; transparent above."""
    image = Image.new("RGBA", (64, 48), (40, 60, 200, 255))
    draw = ImageDraw.Draw(image)
    draw.text((2, 16), "The quick brown fox", fill=(250, 240, 90, 255))
    draw.ellipse((number * 5, 14, number * 5 + 16, 30), fill=(220, 30, 40, 255))
    draw.rectangle((0, 0, 64, 13), fill=(0, 0, 0, 0))
    return np.asarray(image)


FOOTAGE = Footage(tuple(map(moment, range(10))), (100,) * 10)
SCENE = Scene(FOOTAGE.frames, Box(5, 10, 40, 20), Span(3, 7))


@pytest.mark.parametrize("kind", ALL)
def test_a_fault_changes_its_box_alone_and_some_moment_of_its_span(kind: str) -> None:
    frames = spoiled(SCENE, ALL[kind].spoil(SCENE, np.random.default_rng(1)))
    changed = np.not_equal(np.stack(SCENE.frames), np.stack(frames))
    assert changed[3:7, 10:30, 5:45].any()
    changed[3:7, 10:30, 5:45] = False
    assert not changed.any()


@pytest.mark.parametrize("kind", ALL)
def test_a_fault_gives_whole_frames_in_which_transparent_pixels_have_no_colour(kind: str) -> None:
    frames = np.stack(spoiled(SCENE, ALL[kind].spoil(SCENE, np.random.default_rng(1))))
    assert frames.shape == (10, 48, 64, 4)
    assert frames.dtype == np.uint8
    assert set(np.unique(frames[..., 3])) <= {0, 255}
    assert not frames[frames[..., 3] == 0].any()


@pytest.mark.parametrize("size", [(64, 48), (13, 7), (1, 2)])
@pytest.mark.parametrize("kind", ALL)
def test_a_fault_fits_into_a_box_of_any_size(kind: str, size: tuple[int, int]) -> None:
    scene = Scene(FOOTAGE.frames, Box(0, 0, *size), Span(9, 10))
    (patch,) = ALL[kind].spoil(scene, np.random.default_rng(1))
    assert patch.shape == (size[1], size[0], 4)


@pytest.mark.parametrize(("x", "overlaps"), [(4, False), (5, True), (13, True), (14, False)])
def test_boxes_overlap_if_they_share_a_pixel(x: int, overlaps: bool) -> None:
    assert Box(x, 3, 6, 6).overlaps(Box(10, 0, 4, 4)) is overlaps


def test_the_same_chance_draws_the_same_fault() -> None:
    first, second = (fault("tone", KINDS["tone"], FOOTAGE, 0.1, 0.3, np.random.default_rng(5)) for _ in range(2))
    assert first
    assert second
    assert (first.box, first.span) == (second.box, second.span)
    assert np.array_equal(np.stack(first.frames), np.stack(second.frames))


def test_a_fault_that_no_one_can_see_is_not_drawn() -> None:
    empty = Footage((plain(WHITE),) * 4, (100,) * 4)
    assert fault("line", KINDS["line"], empty, 0.2, 0.5, np.random.default_rng(0)) is None


@pytest.mark.parametrize(("pixels", "mean"), [(64, 100.0), (8, 12.5), (7, 10.9375)])
def test_the_difference_is_the_mean_over_a_cell(pixels: int, mean: float) -> None:
    """Black is 100 away from white."""
    faulty = plain(WHITE)
    rows, columns = np.divmod(np.arange(pixels), 8)
    faulty[8 + rows, 8 + columns] = BLACK
    assert difference(plain(WHITE), faulty, Box(8, 8, 8, 8)) == pytest.approx(mean, abs=0.01)


def test_a_difference_across_cells_is_that_of_the_worst() -> None:
    faulty = plain(WHITE)
    faulty[6:9, 0:8] = BLACK  # two rows of the upper cell, one of the lower
    assert difference(plain(WHITE), faulty, Box(0, 6, 8, 3)) == pytest.approx(25, abs=0.01)


@pytest.mark.parametrize("colour", [WHITE, BLACK])
def test_a_hole_is_compared_on_the_ground_where_it_shows_more(colour: tuple[int, int, int, int]) -> None:
    assert difference(plain(colour), plain(CLEAR), Box(0, 0, 8, 8)) == pytest.approx(100, abs=0.01)


def test_cells_that_are_cut_by_the_edge_do_not_count() -> None:
    faulty = plain(WHITE, 12)
    faulty[:, 8:] = BLACK
    assert difference(plain(WHITE, 12), faulty, Box(8, 0, 4, 12)) == 0


@pytest.mark.parametrize(("moments", "visible"), [(9, True), (8, False)])
def test_a_fault_is_seen_for_nine_tenths_of_its_time(moments: int, visible: bool) -> None:
    footage = Footage((plain(WHITE),) * 10, (50,) * 10)
    frames = (plain(BLACK),) * moments + (plain(WHITE),) * (10 - moments)
    assert is_visible(footage, frames, Box(0, 0, 8, 8), Span(0, 10)) is visible


@pytest.mark.parametrize(("share", "frames"), [(0.02, 1), (0.3, 3), (1.0, 10)])
def test_a_span_has_the_share_of_the_time_that_is_asked_for(share: float, frames: int) -> None:
    found = span(FOOTAGE, share, np.random.default_rng(3))
    assert found.end - found.first == frames


@pytest.mark.parametrize("top", [0, 14], ids=["transparent", "opaque"])
def test_a_clip_is_written_as_it_is(tmp_path: Path, top: int) -> None:
    frames = tuple(frame[top:] for frame in FOOTAGE.frames)
    path = tmp_path / "clip.gif"
    write(path, Footage(frames, tuple(range(20, 120, 10)), 3))
    shown = list(decode(path))
    assert [frame.duration_ms for frame in shown] == list(range(20, 120, 10))
    assert open_clip(path).loop_count == 3
    assert np.array_equal(np.stack([frame.pixels for frame in shown]), np.stack(frames))


def test_a_faulty_clip_is_written_the_same_with_or_without_the_images_of_the_other(tmp_path: Path) -> None:
    images = write(tmp_path / "original.gif", FOOTAGE)
    faulty = Footage(spoiled(SCENE, KINDS["block"].spoil(SCENE, np.random.default_rng(1))), FOOTAGE.durations_ms)
    assert write(tmp_path / "a.gif", faulty, (FOOTAGE, images)) == write(tmp_path / "b.gif", faulty)
