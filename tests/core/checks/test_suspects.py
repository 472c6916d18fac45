"""Which tiles of one pair of pictures are suspected: what no honest encoder does is, what a palette explains is not."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giflab_core.checks.explained import COLOUR, DETAIL, ERROR, GAINED, LOST, SPECK, STRUCTURE, TINT
from giflab_core.checks.suspects import Suspects, find_suspects
from giflab_core.config import Matte
from giflab_core.decoding import Still
from giflab_core.decoding.indexed import Indexed
from giflab_core.kernels.joint import packed
from giflab_core.kernels.lab import LINEAR
from giflab_core.metrics import Memory, PairView

Pixels = npt.NDArray[np.uint8]
MATTES: tuple[Matte, ...] = ("white", "black")


def flat(height: int, width: int, colour: tuple[int, int, int]) -> Pixels:
    picture = np.empty((height, width, 4), np.uint8)
    picture[..., :3], picture[..., 3] = colour, 255
    return picture


def text(height: int = 64, width: int = 64) -> Pixels:
    """White strokes on black."""
    picture = flat(height, width, (0, 0, 0))
    picture[2::6, 4:-4, :3] = 255
    picture[2:-4, 9::9, :3] = 255
    return picture


def suspected(original: Pixels, compressed: Pixels) -> dict[tuple[int, int], npt.NDArray[np.float32]]:
    found = find_suspects(PairView.of(original, compressed))
    columns = -(-original.shape[1] // 8)
    return {divmod(int(tile), columns): found.values[:, i] for i, tile in enumerate(found.tiles)} if found else {}


def test_equal_pictures_are_not() -> None:
    assert suspected(text(), text()) == {}


def test_what_was_erased_is_and_nothing_else() -> None:
    compressed = text()
    compressed[16:32, 24:48, :3] = 0
    found = suspected(text(), compressed)
    assert set(found) == {(row, column) for row in (2, 3) for column in (3, 4, 5)}
    assert min(values[STRUCTURE] for values in found.values()) > 0.9
    assert min(values[DETAIL] for values in found.values()) > 0.6  # steps at the edge of what is left count, too


def test_the_only_text_there_is_erased_is() -> None:
    """No colour is left that it could have become, but a palette has room for two."""
    original = flat(64, 64, (0, 0, 0))
    original[16:24, 16:40] = text()[16:24, 16:40]
    found = suspected(original, flat(64, 64, (0, 0, 0)))
    assert set(found) == {(2, column) for column in (2, 3, 4)}
    assert min(values[STRUCTURE] for values in found.values()) > 0.9


def test_a_word_of_another_colour_is() -> None:
    original, compressed = text(), text()
    for picture, colour in ((original, (255, 0, 0)), (compressed, (0, 160, 0))):
        strokes = picture[16:24, 16:40, 0] > 0
        picture[16:24, 16:40, :3][strokes] = colour
    found = suspected(original, compressed)
    assert found
    assert set(found) <= {(row, column) for row in (1, 2, 3) for column in range(1, 6)}
    assert max(values[COLOUR] for values in found.values()) > 20


def test_a_paler_word_is_where_no_visible_loss_is_wanted() -> None:
    original, compressed = flat(64, 64, (255, 255, 255)), flat(64, 64, (255, 255, 255))
    original[48:, :, :3] = compressed[48:, :, :3] = 200, 40, 40
    original[16:32, 16:40, :3], compressed[16:32, 16:40, :3] = (200, 40, 40), (200, 66, 58)
    view = PairView.of(original, compressed)
    assert find_suspects(view) is None
    assert find_suspects(view, "invisible")


def test_a_hole_is_and_so_is_what_fills_one() -> None:
    holed = text()
    holed[24:40, 24:40] = 0
    lost, gained = suspected(text(), holed), suspected(holed, text())
    for found, measure in ((lost, LOST), (gained, GAINED)):
        assert set(found) == {(row, column) for row in (3, 4) for column in (3, 4)}
        assert {float(values[measure]) for values in found.values()} == {1.0}


def test_noise_is() -> None:
    compressed = flat(64, 64, (120, 120, 120))
    chance = np.random.default_rng(1)
    compressed[16:32, 16:32, :3] = chance.integers(0, 256, (16, 16, 1))
    palette = np.linspace(0, 255, 256).astype(np.uint8)[:, None]
    compressed[48:52, :, :3] = palette.reshape(4, 64, 1)  # the colours of a whole grey scale are there
    original = flat(64, 64, (120, 120, 120))
    original[48:52] = compressed[48:52]
    found = suspected(original, compressed)
    assert set(found) >= {(2, 2), (3, 3)}
    assert found[2, 2][ERROR] == pytest.approx(74, abs=15)  # a uniform deviation of 255 / sqrt(12)


@pytest.mark.parametrize("levels", [2, 4, 8])
def test_dithering_a_ramp_to_few_levels_is_not(levels: int) -> None:
    """An ordered dither of 4 x 4 between equally spaced greys."""
    original = flat(64, 256, (0, 0, 0))
    original[..., :3] = np.arange(256, dtype=np.uint8)[None, :, None]
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 + 1 / 32
    scaled = original[..., 0] / 255 * (levels - 1)
    compressed = original.copy()
    compressed[..., :3] = np.rint(np.floor(scaled + np.tile(bayer, (16, 64))) * 255 / (levels - 1))[..., None]
    assert suspected(original, compressed) == {}


GREEN, PALETTE = (102, 151, 0), ((179, 201, 59), (1, 0, 1), (187, 98, 0), (254, 135, 0), (254, 64, 62))


def diffused() -> tuple[Pixels, Pixels]:
    """A green ground beside reds that are in the palette; and dithered in linear light (Floyd and Steinberg)."""
    original = flat(64, 64, PALETTE[4])
    original[:8, :, 2] += np.arange(64, dtype=np.uint8) // 6
    original[8:, 20:, :3] = GREEN
    colours = np.array(PALETTE, np.uint8)
    wanted, given = LINEAR[np.pad(original[..., :3], ((0, 1), (1, 1), (0, 0)))], LINEAR[colours]
    compressed = original.copy()
    for row in range(8, 64):
        for column in range(64):
            now = np.clip(wanted[row, column + 1], 0, 1)
            taken = int(((given - now) ** 2).sum(axis=1).argmin())
            compressed[row, column, :3] = colours[taken]
            for down, right, share in ((0, 2, 7), (1, 0, 3), (1, 1, 5), (1, 2, 1)):
                wanted[row + down, column + right] += (now - given[taken]) * share / 16
    return original, compressed


def test_nor_is_dithering_in_linear_light_to_black_and_a_bright_colour() -> None:
    assert suspected(*diffused()) == {}


def test_but_what_is_drawn_on_it_is() -> None:
    original, compressed = diffused()
    compressed[24:40, 32:48, :3] = PALETTE[4]
    found = suspected(original, compressed)
    assert set(found) >= {(3, 4), (3, 5), (4, 4), (4, 5)}


@pytest.mark.parametrize("levels", [2, 4, 8])
def test_nor_is_rounding_it_to_few_levels(levels: int) -> None:
    original = flat(64, 256, (0, 0, 0))
    original[..., :3] = np.arange(256, dtype=np.uint8)[None, :, None]
    compressed = original.copy()
    compressed[..., :3] = np.rint(np.rint(original[..., :3] / 255 * (levels - 1)) * 255 / (levels - 1))
    assert suspected(original, compressed) == {}


def test_a_rare_colour_that_the_palette_lost_is_not() -> None:
    """A few pixels of pink become the nearest colour there is."""
    original = flat(64, 64, (255, 255, 255))
    original[20:28, 20:28, :3] = 250, 120, 120
    original[40:60, :, :3] = 200, 30, 30
    compressed = original.copy()
    compressed[20:28, 20:28, :3] = 200, 30, 30
    assert suspected(original, compressed) == {}


PAPER, INK = 255, 30


def page(colours: int = 250) -> Pixels:
    """White paper with strokes, above a ramp of greys."""
    picture = flat(64, 64, (PAPER, PAPER, PAPER))
    picture[4:12:3, 8:40, :3] = INK
    ramp = np.linspace(0, 250, colours).astype(np.uint8)
    picture[56:, :, :3] = np.resize(ramp, (8, 64))[..., None]
    return picture


def dotted(levels: int = INK) -> Pixels:
    picture = page()
    picture[32:34, 20:22, :3] = levels
    return picture


def specks(original: Pixels, compressed: Pixels) -> dict[tuple[int, int], float]:
    found = suspected(original, compressed)
    return {tile: float(values[SPECK]) for tile, values in found.items() if values[SPECK]}


def test_a_dot_that_is_gone_is() -> None:
    """Four pixels of 225 levels."""
    assert specks(dotted(), page()) == {(4, 2): pytest.approx(4 * 225 / 255)}


def test_a_dot_that_came_is() -> None:
    assert specks(page(), dotted()) == {(4, 2): pytest.approx(4 * 225 / 255)}


def test_a_red_dot_that_became_grey_is() -> None:
    red, grey = dotted(), dotted(150)
    red[32:34, 20:22, :3] = 220, 40, 40
    assert specks(red, grey)[4, 2] > 1


def test_a_red_dot_that_became_the_nearest_of_a_small_palette_is_not() -> None:
    red, grey = dotted(), page(8)
    red[32:34, 20:22, :3] = 220, 40, 40
    grey[32:34, 20:22, :3] = 107
    assert specks(red, grey) == {}


def test_a_dot_in_another_grey_or_without_one_of_its_pixels_is_not() -> None:
    eaten = dotted()
    eaten[33, 21, :3] = PAPER
    assert specks(dotted(), dotted(60)) == {}
    assert specks(dotted(), eaten) == {}


def test_a_dot_whose_colour_became_that_of_the_paper_everywhere_is_not() -> None:
    original, compressed = dotted(170), page(2)
    assert specks(original, compressed) == {}
    assert specks(original, page()) != {}  # with a grey that is nearer than the paper it is


def test_dots_that_an_ordered_dither_makes_of_a_ground_are_not() -> None:
    """Of 240 levels a sixteenth of the pixels becomes black, and the others white."""
    original = page(2)
    original[16:48, :, :3] = 240
    compressed = original.copy()
    compressed[16:48, :, :3] = 255
    compressed[17:48:4, 1::4, :3] = 0
    assert specks(original, compressed) == {}


PALE = (229, 243, 255)
"""CIEDE2000 from white: 7.43."""


def with_pale(rows: slice, columns: slice) -> Pixels:
    picture = page()
    picture[rows, columns, :3] = PALE
    return picture


PATCH = slice(16, 40), slice(24, 48)


def test_a_pale_area_that_stayed_is() -> None:
    found = suspected(page(), with_pale(*PATCH))
    assert set(found) == {(row, column) for row in (2, 3, 4) for column in (3, 4, 5)}
    assert {round(float(values[TINT]), 2) for values in found.values()} == {7.43}


def test_a_pale_area_that_is_gone_is_if_the_palette_had_room() -> None:
    assert set(suspected(with_pale(*PATCH), page())) >= {(row, column) for row in (2, 3, 4) for column in (3, 4, 5)}


def test_a_pale_area_that_a_small_palette_lost_is_not() -> None:
    original = with_pale(*PATCH)
    original[56:, :, :3] = np.random.default_rng(1).integers(0, 256, (8, 64, 3))
    palette = np.array([(255, 255, 255), (30, 30, 30), (120, 120, 120), (160, 60, 60), (60, 60, 160), (60, 160, 60)])
    nearest = ((original[:, :, None, :3].astype(int) - palette) ** 2).sum(axis=3).argmin(axis=2)
    compressed = original.copy()
    compressed[..., :3] = palette[nearest]
    assert not any(values[TINT] for values in suspected(original, compressed).values())


def test_a_pale_area_of_one_tile_is_not() -> None:
    assert suspected(page(), with_pale(slice(16, 24), slice(24, 32))) == {}


def word(colour: tuple[int, int, int], colours: int = 250) -> Pixels:
    """A soft word of a colour on a dark terminal, each pixel of it a shade, above a ramp of greys."""
    picture = flat(64, 64, (30, 30, 30))
    shades = np.random.default_rng(1).permutation(np.linspace(0.25, 1, 8 * 24)).reshape(8, 24, 1)
    picture[24:32, 16:40, :3] = np.rint(30 + shades * (np.array(colour) - 30))
    picture[56:, :, :3] = np.resize(np.linspace(0, 250, colours).astype(np.uint8), (8, 64))[..., None]
    return picture


GREEN_INK, GREY_INK = (106, 190, 90), (150, 150, 150)


def test_a_green_word_that_became_grey_is_if_the_palette_had_room() -> None:
    found = suspected(word(GREEN_INK), word(GREY_INK))
    assert {(3, 2), (3, 3), (3, 4)} <= set(found)
    assert min(found[3, column][TINT] for column in (2, 3, 4)) > 7.5


def test_a_green_word_that_a_palette_of_few_greys_made_grey_is_not() -> None:
    """Of 250 greys and one green sixteen greys are left."""
    original, compressed = word(GREEN_INK), word((136, 136, 136))
    greys = np.linspace(0, 255, 16).astype(np.uint8)
    compressed[..., :3] = greys[np.abs(compressed[..., :1].astype(int) - greys).argmin(axis=2)][..., None]
    assert suspected(original, compressed) == {}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(8, 90), st.integers(8, 90))
def test_after_changes_in_boxes_the_same_tiles_are_as_anew(seed: int, height: int, width: int) -> None:
    chance = np.random.default_rng(seed)
    pictures = [text(height, width), text(height, width)]
    memory = Memory()
    for serial in range(4):
        changes = []
        for picture in pictures:
            top, bottom = sorted(chance.integers(0, height + 1, 2).tolist())
            left, right = sorted(chance.integers(0, width + 1, 2).tolist())
            picture[top:bottom, left:right] = chance.integers(0, 256, 4) if chance.random() < 0.7 else 0
            picture[top:bottom, left:right, 3] = 255
            changes.append((top, bottom, left, right))
        stills = Still(pictures[0].copy()), Still(pictures[1].copy())
        boxes = (changes[0], changes[1]) if serial else None
        found = find_suspects(PairView(*stills, MATTES, memory=memory, serial=serial, changes=boxes))
        assert content(found) == content(find_suspects(PairView.of(pictures[0], pictures[1])))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(8, 90), st.integers(8, 90), st.sampled_from([2, 12, 40, 120]))
def test_tiles_that_differ_too_little_to_be_looked_at_are_no_suspects(
    seed: int, height: int, width: int, colours: int
) -> None:
    """With indices only those that may be are looked at, without them all that differ; and only what is new is anew."""
    chance = np.random.default_rng(seed)
    table = np.full((256, 4), 255, np.uint8)
    table[:, :3] = chance.integers(0, 256, (256, 3))
    table[colours:] = table[0]
    nearest = ((table[:, None, :3].astype(int) - table[None, : 1 + colours // 2, :3]) ** 2).sum(axis=2).argmin(axis=1)
    indices = chance.integers(0, colours, (height // 4 + 1, width // 4 + 1), np.uint8)
    indices = indices.repeat(4, axis=0).repeat(4, axis=1)[:height, :width].copy()
    memory, changes = Memory(), None
    for serial in range(3):
        quantised = nearest[indices].astype(np.uint8)
        quantised[chance.random((height, width)) < 0.03 * serial] = chance.integers(0, colours)
        shown = FromIndices(indices.copy(), table), FromIndices(quantised, table)
        found = find_suspects(PairView(*shown, MATTES, memory=memory, serial=serial, changes=changes))
        anew = find_suspects(PairView.of(shown[0].pixels(), shown[1].pixels()))
        assert content(found) == content(anew)
        top, left = int(chance.integers(0, height)), int(chance.integers(0, width))
        indices[top : top + 9, left : left + 20] = chance.integers(0, colours)
        whole = 0, height, 0, width
        changes = (top, min(top + 9, height), left, min(left + 20, width)), whole


def indexed_pair(original: Pixels, compressed: Pixels) -> PairView:
    """As `PairView.of`, of pictures with indices."""
    keys = np.unique(np.stack([packed(original), packed(compressed)]))
    table = np.zeros((256, 4), np.uint8)
    table[: len(keys)] = keys.view(np.uint8).reshape(-1, 4)
    x, y = (np.searchsorted(keys, packed(picture)).astype(np.uint8) for picture in (original, compressed))
    return PairView(FromIndices(x, table), FromIndices(y, table), MATTES)


def test_faint_strokes_that_are_gone_are_seen_by_indices_too() -> None:
    """22 levels above and below a grey: an error not far from the least that counts."""
    original = flat(64, 64, (120, 120, 120))
    original[:, ::2, :3] -= 22
    original[:, 1::2, :3] += 22
    original[60:, :, :3] = np.arange(64, dtype=np.uint8)[:, None]
    compressed = original.copy()
    compressed[24:40, 24:40, :3] = 120
    found = find_suspects(indexed_pair(original, compressed))
    assert found
    assert set(found.tiles.tolist()) == {27, 28, 35, 36}
    assert content(found) == content(find_suspects(PairView.of(original, compressed)))


def test_another_colour_is_seen_by_indices_whatever_its_error() -> None:
    """20 levels of one channel are an error of 11.5 over all three."""
    original = flat(64, 64, (20, 20, 20))
    original[60:, :, :3] = np.arange(64, dtype=np.uint8)[:, None]
    compressed = original.copy()
    compressed[:24, :24, 1] = 40
    original[48:56, :, 1] = compressed[48:56, :, 1] = 40
    found = find_suspects(indexed_pair(original, compressed))
    assert found
    assert found.values[COLOUR].max() == pytest.approx(15.7, abs=0.1)
    assert content(found) == content(find_suspects(PairView.of(original, compressed)))


class FromIndices(Still):
    """A picture of which there are indices."""

    def __init__(self, indices: npt.NDArray[np.uint8], table: Pixels) -> None:
        super().__init__(table[indices])
        self._indexed = Indexed(indices, table)

    def indexed(self) -> Indexed:
        return self._indexed


def content(found: Suspects | None) -> object:
    return found and (found.tiles.tolist(), found.values.tolist())
