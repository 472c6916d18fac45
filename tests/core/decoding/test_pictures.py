"""Pictures against the frames of `decode()`: every form of a picture tells the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core import DecodeError, Frame, UsageError, decode, open_clip
from giflab_core.decoding import pictures
from giflab_core.decoding.picture import Picture
from giflab_core.kernels.boxes import Box
from giflab_core.kernels.luma import luma
from tests.core.decoding.test_canvas import SIZE
from tests.core.decoding.test_canvas import pictures as grey_images
from tests.helpers import gifs as builders
from tests.helpers.codecs import use_codec
from tests.helpers.gifs import GREYS, gif, write_clip
from tests.helpers.shared import files

T = TypeVar("T")
Array = npt.NDArray[np.uint8]
Rule = Literal["browser", "merge"]
MOST_PIXELS = 4_000_000
CODECS = ("native", "pillow")
# Two that share colours and two of many colours, of which three are more than one byte tells apart.
PALETTES = [GREYS[: 4 * 3], GREYS[3 * 3 : 7 * 3], GREYS, bytes(range(256)) * 3]

small = st.builds(
    replace,
    grey_images,
    delay_cs=st.sampled_from([None, 0, 0, 3, 10]),
    palette=st.none() | st.sampled_from(PALETTES),
)


def large(seed: int) -> builders.Picture:
    """An image of up to 256 colours that covers all, most or some of a canvas of 20 x 16."""
    random = np.random.default_rng(seed)
    least, most = sorted(random.integers(0, 256, 2).tolist())
    shape = (16, 20) if random.random() < 0.3 else tuple(random.integers(1, 20, 2).tolist())
    is_placed = random.random() < 0.5
    return builders.Picture(
        random.integers(least, most + 1, shape).astype(np.uint8),
        left=int(random.integers(0, 22)) if is_placed else 0,
        top=int(random.integers(0, 18)) if is_placed else 0,
        delay_cs=int(random.choice([0, 5])),
        disposal=int(random.integers(0, 4)),
        transparent=int(random.integers(least, most + 1)) if random.random() < 0.5 else None,
        palette=None if random.random() < 0.5 else random.integers(0, 256, 768).astype(np.uint8).tobytes(),
    )


def on_grey(pixels: Array, background: int) -> Array:
    return np.where(pixels[..., 3] == 0, np.uint8(background), luma(pixels))


def until_damage(stream: Iterable[T], ends: list[str]) -> Iterator[T]:
    """What a stream gives; the error that ends it goes to the list."""
    try:
        yield from stream
    except DecodeError as error:
        ends.append(str(error))


def assert_same(path: Path, rule: Rule = "browser", most: int | None = None) -> list[bool]:
    """All pictures up to so many, not all forms of each; returns which of them were there as indices."""
    ends: tuple[list[str], list[str]] = [], []
    streams = pictures(path, zero_delay=rule), decode(path, zero_delay=rule)
    both = zip(*map(until_damage, streams, ends), strict=True)
    found, before = [], None
    for number, (picture, frame) in enumerate(islice(both, most)):
        assert isinstance(picture, Picture)
        assert isinstance(frame, Frame)
        assert picture.duration_ms == frame.duration_ms
        assert number % 3 == 2 or np.array_equal(picture.rgba(), frame.pixels)
        for background in (0, 255, 77)[: 1 + number % 3]:
            assert np.array_equal(picture.grey(background), on_grey(frame.pixels, background))
        indexed = picture.indexed()
        assert not indexed or np.array_equal(indexed.colours[indexed.indices], frame.pixels)
        found.append(indexed is not None)
        assert_changed(picture.changed, before, frame.pixels)
        before = frame.pixels
    assert ends[0] == ends[1]
    return found


def assert_changed(box: Box, before: Array | None, now: Array) -> None:
    """The box lies on the canvas, and outside of it nothing has changed."""
    (top, bottom, left, right), (height, width, _) = box, now.shape
    assert 0 <= top <= bottom <= height
    assert 0 <= left <= right <= width
    outside = np.ones((height, width), bool)
    outside[top:bottom, left:right] = False
    assert not outside.any() if before is None else np.array_equal(before[outside], now[outside])


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pictures") / "any.gif"


@pytest.mark.parametrize("codec", CODECS)
@given(images=st.lists(small, min_size=1, max_size=8), rule=st.sampled_from(["browser", "merge"]))
def test_pictures_tell_what_frames_do(path: Path, codec: str, images: list[builders.Picture], rule: Rule) -> None:
    path.write_bytes(gif(images, size=SIZE))
    with use_codec(codec):
        assert_same(path, rule)


@pytest.mark.parametrize("codec", CODECS)
@given(
    seeds=st.lists(st.integers(0, 2**32), min_size=1, max_size=8),
    rule=st.sampled_from(["browser", "merge"]),
    missing=st.sampled_from([0, 0, 0, 1, 500]),
)
def test_pictures_of_many_colours_and_of_damaged_files_do_too(
    path: Path, codec: str, seeds: list[int], rule: Rule, missing: int
) -> None:
    data = gif(map(large, seeds), size=(20, 16))
    path.write_bytes(data[: len(data) - missing])
    with use_codec(codec):
        assert_same(path, rule)


def full(first: int, palette: bytes | None = None, **how: Any) -> builders.Picture:
    """256 indices, 16 x 16: all of a palette."""
    indices = (np.arange(256) + first).astype(np.uint8).reshape(16, 16)
    return builders.Picture(indices, palette=palette, **how)


BLUES = bytes(value for blue in range(256) for value in (0, 0, blue))
DOT = builders.Picture(np.full((1, 1), 9, np.uint8), palette=BLUES)


@pytest.mark.parametrize(
    ("images", "expected"),
    {
        "one palette and a transparent index": ([full(0, transparent=255), full(1, transparent=255)], [True, True]),
        "256 colours and nothing clear": ([full(0), full(1)], [True, True]),
        "256 colours, a part of them then cleared": (
            [full(0), replace(DOT, palette=None, disposal=2), DOT],
            [True, True, False],
        ),
        "256 colours, all then cleared": ([full(0, disposal=2), DOT], [True, True]),
        "one colour more": ([full(0), DOT], [True, False]),
        "one colour more, then another picture": ([full(0), DOT, full(0, BLUES)], [True, False, True]),
        "one colour more, which goes away": ([full(0), replace(DOT, disposal=3), full(0, left=8)], [True, False, True]),
        "another picture, which goes away": (
            [full(0), full(0, BLUES, disposal=3), full(0, left=8)],
            [True, True, True],
        ),
        "equal palettes twice": ([full(0), full(0, GREYS, left=8)], [True, True]),
    }.values(),
)
def test_indices_are_there_where_one_byte_can_tell(
    path: Path, images: list[builders.Picture], expected: list[bool]
) -> None:
    path.write_bytes(gif(images, size=(16, 16)))
    assert assert_same(path) == expected


def test_what_changed_is_cropped_and_covers_disposal(path: Path) -> None:
    spot = np.ones((2, 2), np.uint8)
    images = [
        builders.Picture(np.zeros((4, 6), np.uint8)),
        builders.Picture(spot, left=5, top=3, disposal=2),
        builders.Picture(spot, left=1, top=1),
        builders.Picture(spot, left=9, top=9),
    ]
    path.write_bytes(gif(images, size=(6, 4)))
    found = [picture.changed for picture in pictures(path)]
    assert found == [(0, 4, 0, 6), (3, 4, 5, 6), (1, 4, 1, 6), (0, 0, 0, 0)]


def test_what_changed_covers_all_images_of_a_frame(path: Path) -> None:
    spot = np.ones((1, 1), np.uint8)
    places = [(0, 10), (1, 0), (3, 10)]
    path.write_bytes(gif([builders.Picture(spot, left=x, delay_cs=delay) for x, delay in places], size=(6, 4)))
    found = [picture.changed for picture in pictures(path, zero_delay="merge")]
    assert found == [(0, 4, 0, 6), (0, 1, 1, 4)]


def test_an_empty_file_is_one_clear_picture(path: Path) -> None:
    path.write_bytes(gif([], size=(3, 2)))
    (picture,) = pictures(path)
    assert picture.grey(200).tolist() == [[200] * 3] * 2
    assert assert_same(path) == [True]


def test_pixels_stay_and_views_are_read_only(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "two.gif", [np.full((2, 2), value, np.uint8) for value in (10, 20)])
    stream = pictures(path)
    first = next(stream)
    kept, grey, indexed = first.rgba(), first.grey(0), first.indexed()
    assert indexed
    for view in (kept, grey, indexed.indices, indexed.colours):
        with pytest.raises(ValueError, match="read-only"):
            view[0, 0] = 1
    next(stream)
    assert kept[0, 0, 0] == 10


def test_an_unknown_rule_is_refused_at_once() -> None:
    with pytest.raises(UsageError):
        pictures("any.gif", zero_delay="other")  # type: ignore[arg-type]


@pytest.mark.corpus
@pytest.mark.parametrize("real", files("gifs/*.gif"), ids=lambda path: path.stem)
def test_pictures_of_real_files_tell_what_frames_do(real: Path) -> None:
    clip = open_clip(real)
    assert_same(real, most=max(9, min(40, MOST_PIXELS // (clip.width * clip.height))))
