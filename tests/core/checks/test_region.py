"""The worst place: how much, how long, where; by made pairs and suspects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from giflab_core.checks.explained import COLOUR, LOST, SPECK, STRUCTURE, TINT
from giflab_core.checks.region import BRIEF_MS, LATE_MS, SEEN_MS, check_region, worst_place
from giflab_core.checks.suspects import PLACE_LIMITS, Suspects
from giflab_core.kernels.tiles import SIDE
from giflab_core.model import Clip, FramePair, Region

LIMITS = PLACE_LIMITS["small"]
# A canvas of 100x60: 13 x 8 tiles, of which the last column is 4 wide and the last row 4 high.
SIZE = 100, 60
COLUMNS = 13


def tiles(*places: tuple[int, int], measure: int = STRUCTURE, times: float = 1.5) -> Suspects:
    """So many times the limit of a measure at these (row, column)."""
    values = np.zeros((len(LIMITS), len(places)), np.float32)
    values[measure] = times * LIMITS[measure]
    return Suspects(np.array([row * COLUMNS + column for row, column in places], np.intp), values)


def in_turn(*durations_ms: int, held: bool = False) -> list[FramePair]:
    """A pair for each duration, each of an original frame; of one compressed frame if `held`."""
    starts = np.cumsum([0, *durations_ms]).tolist()
    return [FramePair(i, 0 if held else i, starts[i], each) for i, each in enumerate(durations_ms)]


def region(pairs: Sequence[FramePair], found: Sequence[Suspects | None]) -> Region | None:
    place = worst_place(pairs, found, SIZE)
    return place.region if place else None


def test_nothing_is_found_in_nothing() -> None:
    assert region(in_turn(100, 100), [None, None]) is None


def test_a_place_is_the_tiles_that_touch() -> None:
    assert region(in_turn(100), [tiles((1, 2), (1, 3), (2, 4))]) == Region(16, 8, 24, 16)


def test_tiles_at_the_edge_end_with_the_canvas() -> None:
    assert region(in_turn(100), [tiles((6, 12), (7, 12))]) == Region(96, 48, 4, 12)


def test_of_two_places_that_with_more_area_times_time_is_told() -> None:
    found = [tiles((0, 0), (0, 1), (5, 5), (5, 6), (6, 5)), tiles((0, 0), (0, 1))]
    assert region(in_turn(100, 20), found) == Region(40, 40, 16, 16)
    assert region(in_turn(20, 100), found) == Region(0, 0, 16, 8)


@pytest.mark.parametrize(
    ("times", "shown_ms", "wide", "is_found"),
    [(1.2, 90, 4, False), (1.3, 90, 4, True), (1.2, 100, 4, True), (1.2, 90, 5, True)],
)
def test_a_few_tiles_that_are_gone_at_once_must_differ_more(
    times: float, shown_ms: int, wide: int, is_found: bool
) -> None:
    place = tiles(*((0, column) for column in range(wide)), times=times)
    assert (region(in_turn(shown_ms, 500), [place, None]) is not None) is is_found


def test_what_is_below_its_limit_is_no_place() -> None:
    assert region(in_turn(100), [tiles((1, 2), (1, 3), times=0.99)]) is None


def test_a_single_tile_must_differ_more() -> None:
    assert region(in_turn(100), [tiles((1, 2), times=1.2)]) is None
    assert region(in_turn(100), [tiles((1, 2), times=1.3)]) == Region(16, 8, 8, 8)


@pytest.mark.parametrize(("shown_ms", "is_seen"), [(SEEN_MS - 5, False), (SEEN_MS, True)])
def test_it_must_be_there_long_enough_to_be_seen(shown_ms: int, is_seen: bool) -> None:
    place = tiles((1, 2), (1, 3))
    assert (region(in_turn(500, shown_ms, 500), [None, place, None]) is not None) is is_seen
    half = shown_ms // 2
    assert (region(in_turn(500, half, shown_ms - half, 500), [None, place, place, None]) is not None) is is_seen


def test_what_flickers_for_a_fifth_of_the_time_is_seen() -> None:
    place = tiles((1, 2), (1, 3))
    assert region(in_turn(*[20] * 10), [place, None] * 5) is not None
    assert region(in_turn(*[20] * 12), [place, *[None] * 11]) is None


@pytest.mark.parametrize(("late_ms", "is_seen"), [(LATE_MS, False), (LATE_MS + 10, True)])
def test_a_frame_that_is_right_at_another_moment_is_late_not_wrong_if_not_for_long(late_ms: int, is_seen: bool) -> None:
    pairs = in_turn(100, late_ms, held=True)
    assert (region(pairs, [None, tiles((1, 2), (1, 3))]) is not None) is is_seen
    assert (region(pairs[::-1], [tiles((1, 2), (1, 3)), None]) is not None) is is_seen


def test_a_frame_that_is_never_right_is_wrong_however_short() -> None:
    pairs = [FramePair(0, 0, 0, 400), FramePair(0, 1, 400, 40), FramePair(0, 2, 440, 400)]
    assert region(pairs, [None, tiles((1, 2), (1, 3)), None]) is not None


def clip() -> Clip:
    return Clip(Path("a.gif"), "0" * 64, *SIZE, (100,) * 4, 0)


def test_the_message_tells_place_moment_and_kind() -> None:
    place = tiles((1, 2), (1, 3), measure=LOST, times=3)
    check = check_region(in_turn(100, 100, 100, 100), [None, place, place, None], clip())
    assert check.status == "fail"
    assert check.message == "a part of 16x8 pixels at (16, 8) became transparent, from 100 to 300 ms (frames 1 to 2)"
    assert check.region == Region(16, 8, 16, 8)


def test_a_colour_is_told_with_how_far_it_is() -> None:
    place = tiles((0, 0), (0, 1), measure=COLOUR, times=2)
    message = check_region(in_turn(100), [place], clip()).message
    what = f"has another colour (CIEDE2000 {2 * LIMITS[COLOUR]:.0f})"
    assert message == f"a part of 16x8 pixels at (0, 0) {what}, from 0 to 100 ms (frame 0)"


def test_who_wants_no_visible_loss_has_stricter_limits() -> None:
    place = tiles((0, 0), (0, 1), measure=COLOUR, times=0.6)
    assert check_region(in_turn(100), [place], clip()).status == "pass"
    assert check_region(in_turn(100), [place], clip(), "good").status == "pass"
    assert check_region(in_turn(100), [place], clip(), "invisible").status == "fail"


def test_what_covers_the_canvas_is_the_picture() -> None:
    place = tiles(*((row, column) for row in range(8) for column in range(COLUMNS)), measure=LOST)
    assert (
        check_region(in_turn(100), [place], clip()).message
        == "the picture became transparent, from 0 to 100 ms (frame 0)"
    )


def test_a_border_all_round_is_told_as_its_share_of_the_picture() -> None:
    rows, columns = -(-clip().height // SIDE), -(-clip().width // SIDE)
    border = [(y, x) for y in range(rows) for x in range(columns) if y in (0, rows - 1) or x in (0, columns - 1)]
    share = f"{len(border) / (rows * columns):.0%}"
    assert check_region(in_turn(100), [tiles(*border)], clip()).message.startswith(f"{share} of the picture ")


def test_without_a_place_it_passes() -> None:
    check = check_region(in_turn(100), [None], clip())
    assert (check.status, check.region) == ("pass", None)


def test_many_places_are_told_apart_in_a_moment() -> None:
    """Every second tile of a canvas of 4096x4096."""
    side = 512
    rows, columns = np.mgrid[:side:2, :side:2]
    found = Suspects((rows * side + columns).ravel(), np.full((len(LIMITS), side * side // 4), 2, np.float32))
    place = worst_place(in_turn(100), [found], (4096, 4096), [1.0] * len(LIMITS))
    assert place
    assert (place.region.width, place.region.height) == (8, 8)


def test_a_place_that_winds_through_the_canvas_is_told_in_a_moment() -> None:
    """Columns of tiles, joined above and below in turn."""
    side = 256
    rows, columns = np.mgrid[:side, :side]
    winding = (columns % 2 == 0) | ((columns % 4 == 1) & (rows == 0)) | ((columns % 4 == 3) & (rows == side - 1))
    places = np.flatnonzero(winding)
    found = Suspects(places, np.full((len(LIMITS), len(places)), 2, np.float32))
    place = worst_place(in_turn(100), [found], (8 * side, 8 * side), [1.0] * len(LIMITS))
    assert place
    assert place.region == Region(0, 0, 8 * side, 8 * side)


@pytest.mark.parametrize(
    ("measure", "shown_ms", "is_found"), [(TINT, BRIEF_MS - 1, 0), (TINT, BRIEF_MS, 1), (COLOUR, 99, 1)]
)
def test_another_tint_counts_from_a_tenth_of_a_second_on(measure: int, shown_ms: int, is_found: bool) -> None:
    found = tiles((1, 1), (1, 2), (2, 1), (2, 2), (2, 3), measure=measure)
    assert (region(in_turn(2000, shown_ms, 2000), [None, found, None]) is not None) == is_found


@pytest.mark.parametrize(
    ("measure", "trouble"), [(SPECK, "structure"), (STRUCTURE, "structure"), (TINT, "tone"), (LOST, "opacity")]
)
def test_what_a_place_is_a_matter_of(measure: int, trouble: str) -> None:
    place = worst_place(in_turn(500), [tiles((1, 1), measure=measure)], SIZE)
    assert place
    assert place.trouble == trouble


def test_a_mark_that_is_gone_is_told() -> None:
    check = check_region(in_turn(500), [tiles((1, 1), measure=SPECK)], clip())
    what = "lost a small mark, has one more, or one of another colour"
    assert check.message == f"a part of 8x8 pixels at (8, 8) {what}, from 0 to 500 ms (frame 0)"
