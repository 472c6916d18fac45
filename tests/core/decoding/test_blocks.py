"""The structure of GIF files: what is read, what is tolerated, what is refused."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.config import DecodeLimits
from giflab_core.decoding.blocks import BlockReader, Extension
from giflab_core.decoding.image import ImageBlock
from giflab_core.decoding.layers import KEEP, TO_BACKGROUND, TO_PREVIOUS
from giflab_core.errors import DecodeError, LimitExceeded
from tests.helpers.codecs import use_codec
from tests.helpers.gifs import Picture, gif

DOT = np.zeros((1, 1), np.uint8)


def read(data: bytes, limits: DecodeLimits | None = None) -> tuple[BlockReader, list[ImageBlock]]:
    reader = BlockReader(io.BytesIO(data), limits or DecodeLimits())
    return reader, list(reader.images())


def one_picture(**changes: object) -> bytes:
    return gif([Picture(DOT, **changes)], size=(1, 1))  # type: ignore[arg-type]


def application(name: bytes, *blocks: bytes) -> bytes:
    return b"\x21\xff\x0b" + name + b"".join(bytes([len(block)]) + block for block in blocks) + b"\x00"


def test_canvas_and_image_geometry_are_read() -> None:
    reader, (image,) = read(gif([Picture(np.zeros((3, 5), np.uint8), left=7, top=9)], size=(20, 30)))
    assert (reader.width, reader.height) == (20, 30)
    assert (image.left, image.top, image.width, image.height) == (7, 9, 5, 3)


@pytest.mark.parametrize(
    ("stored", "meaning"),
    [(0, KEEP), (1, KEEP), (2, TO_BACKGROUND), (3, TO_PREVIOUS), (4, TO_PREVIOUS), (5, KEEP), (7, KEEP)],
)
def test_disposal_is_read_as_browsers_do(stored: int, meaning: int) -> None:
    _, (image,) = read(one_picture(disposal=stored))
    assert image.control.disposal == meaning


def test_a_control_block_speaks_of_the_next_image_only() -> None:
    _, (first, second) = read(gif([Picture(DOT, delay_cs=70), Picture(DOT, delay_cs=None)], size=(1, 1)))
    assert (first.control.delay_cs, second.control.delay_cs) == (70, 0)


@pytest.mark.parametrize(("loop", "count"), [(None, None), (0, 0), (1, 1), (65535, 65535)])
def test_the_loop_count_is_the_stored_number(loop: int | None, count: int | None) -> None:
    reader, _ = read(gif([Picture(DOT)], size=(1, 1), loop=loop))
    assert reader.loop_count == count


def test_animexts_is_a_loop_block_too() -> None:
    extra = application(b"ANIMEXTS1.0", b"\x01\x05\x00")
    assert read(gif([Picture(DOT)], size=(1, 1), extra=extra))[0].loop_count == 5


def test_a_buffering_block_is_no_loop_block() -> None:
    extra = application(b"NETSCAPE2.0", b"\x02\x00\x04\x00\x00")
    assert read(gif([Picture(DOT)], size=(1, 1), extra=extra))[0].loop_count is None


@pytest.mark.parametrize(
    "extra",
    [b"\x21\xfe\x03abc\x00", b"\x21\xfe\x00", b"\x21\x77\x02ab\x01c\x00", application(b"XMP DataXMP", b"x" * 200)],
    ids=["comment", "empty comment", "unknown extension", "other application"],
)
def test_extensions_without_pictures_are_skipped(extra: bytes) -> None:
    assert len(read(gif([Picture(DOT)], size=(1, 1), extra=extra))[1]) == 1


def test_a_loop_block_may_follow_one_for_buffering() -> None:
    extra = application(b"NETSCAPE2.0", b"\x02\x00\x00\x01\x00", b"\x01\x07\x00")
    assert read(gif([Picture(DOT)], size=(1, 1), extra=extra))[0].loop_count == 7


def test_a_loop_block_that_is_too_short_is_none() -> None:
    extra = application(b"NETSCAPE2.0", b"\x01\x07")
    assert read(gif([Picture(DOT)], size=(1, 1), extra=extra))[0].loop_count is None


def test_zeros_between_blocks_are_counted_and_passed_over() -> None:
    reader, images = read(gif([Picture(DOT)], size=(1, 1), extra=b"\0" * 200_000))
    assert (len(images), reader.stray_bytes) == (1, 200_000)


def test_of_a_long_extension_only_the_beginning_is_kept() -> None:
    comment = b"\x21\xfe" + (b"\xff" + b"a" * 255) * 1000 + b"\x00"
    data = gif([Picture(DOT)], size=(1, 1), extra=comment)
    found = next(iter(BlockReader(io.BytesIO(data), DecodeLimits()).blocks()))
    assert isinstance(found, Extension)
    assert (len(found.data), found.data_bytes) == (4096, 256_001)


def test_of_an_image_no_more_is_kept_than_its_size_can_need() -> None:
    data = one_picture()
    end = data.index(b"\x00\x3b")
    long = data[:end] + (b"\xff" + b"a" * 255) * 10_000 + data[end:]
    _, (image,) = read(long)
    assert len(image.data) == 65536 + 4
    assert image.data_bytes == len(long) - len(data) + len(read(data)[1][0].data)


def test_too_many_extensions_are_refused() -> None:
    data = gif([Picture(DOT)], size=(1, 1), extra=b"\x21\xfe\x00" * 30)
    with pytest.raises(LimitExceeded, match="more than 20 extensions"):
        read(data, DecodeLimits(max_frames=2))


def test_all_blocks_are_told_in_the_order_of_the_file() -> None:
    data = gif([Picture(DOT, palette=bytes(6))], size=(1, 1), extra=b"\x21\xfe\x03abc\x00\x00\x21\x01\x00")
    reader = BlockReader(io.BytesIO(data), DecodeLimits())
    comment, text, control, image = reader.blocks()
    assert comment == Extension(0xFE, b"\x03abc\x00", 5)
    assert text == Extension(0x01, b"\x00", 1)
    assert isinstance(control, Extension)
    assert isinstance(image, ImageBlock)
    assert image.own_palette
    assert reader.stray_bytes == 1


def test_stray_zero_bytes_between_blocks_are_tolerated() -> None:
    assert len(read(gif([Picture(DOT)], size=(1, 1), extra=b"\x00\x00"))[1]) == 1


def test_a_missing_trailer_is_noted() -> None:
    assert read(one_picture())[0].has_trailer
    assert not read(gif([Picture(DOT)], size=(1, 1), trailer=b""))[0].has_trailer


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a GIF"),
        (b"\x89PNG\r\n\x1a\n", "not a GIF"),
        (b"GIF88a" + one_picture()[6:], "not a GIF"),
        (one_picture()[:9], "inside a block"),
        (gif([], size=(1, 1), trailer=b""), "before the first image"),
        (gif([], size=(1, 1), extra=b"\x99"), "0x99 at 781"),
        (gif([Picture(DOT)], size=(0, 4)), "nothing can be shown"),
        (gif([Picture(DOT)], size=(1, 1), palette=None), "colour table"),
        (gif([], size=(1, 1), extra=b"\x21\x01\x0c", trailer=b""), "inside an extension"),
        (gif([], size=(1, 1), extra=b"\x21\xf9\x02\x00\x00\x00"), "2 bytes instead of 4"),
        (gif([], size=(1, 1), extra=b"\x21\xfe\xff", trailer=b"abc"), "inside an extension"),
        (gif([], size=(1, 1), extra=b"\x2c" + bytes(4) + b"\x01\x00\x01\x00\x00\x0c"), "code size of 12"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(data: bytes, message: str) -> None:
    with pytest.raises(DecodeError, match=message):
        read(data)


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (DecodeLimits(max_pixels=99), "canvas of 10x10.*max_pixels=99"),
        (DecodeLimits(max_frames=2), "max_frames=2"),
        (DecodeLimits(max_total_pixels=299), "max_total_pixels=299"),
    ],
)
def test_limits_are_enforced(limits: DecodeLimits, message: str) -> None:
    with pytest.raises(LimitExceeded, match=message):
        read(gif([Picture(DOT)] * 3, size=(10, 10)), limits)


def test_images_larger_than_the_canvas_count_in_full() -> None:
    with pytest.raises(LimitExceeded, match="max_total_pixels=250"):
        read(gif([Picture(np.zeros((10, 10), np.uint8))] * 3, size=(1, 1)), DecodeLimits(max_total_pixels=250))


def test_an_image_beyond_the_limit_is_refused_before_its_data_are_read() -> None:
    huge = b"\x2c" + bytes(4) + b"\xff\xff\xff\xff\x00"
    with pytest.raises(LimitExceeded, match="image of 65535x65535"):
        read(gif([], size=(1, 1), extra=huge))


def told(data: bytes, codec: str, limits: DecodeLimits, *, with_data: bool) -> list[object]:
    """All that a reader tells of a file, and where it leaves the stream."""
    stream = io.BytesIO(data)
    found: list[object] = []
    with use_codec(codec):
        reader = None
        try:
            reader = BlockReader(stream, limits, with_data=with_data)
            found += list(reader.images())
        except DecodeError as error:
            found.append(repr(error))
    if reader:
        found += [reader.n_images, reader.loop_count, reader.has_trailer, reader.stray_bytes, reader.extent]
        found += [reader.extras.texts, list(reader.extras.bloat(1))]
        found += [stream.tell()] * reader.has_trailer
    return found


parts = st.sampled_from(
    [
        Picture(np.zeros((3, 5), np.uint8), left=2, transparent=3).encode(),
        Picture(np.zeros((3, 5), np.uint8), palette=bytes(24), delay_cs=None, interlaced=True).encode(),
        Picture(np.zeros((120, 150), np.uint8), delay_cs=3, disposal=3).encode(),
        Picture(np.zeros((260, 300), np.uint8), delay_cs=0).encode(),
        b"\x2c" + bytes(9),
        b"\x21\xfe\x03abc\x00",
        b"\x21\xf9\x04\x05\x09\x00\x02\x00",
        b"\x21\xf9\x05\x05\x09\x00\x02\x00\x00",
        application(b"NETSCAPE2.0", b"\x01\x05\x00"),
        b"\0" * 3,
    ]
)
CLEAN = DecodeLimits()
LIMITS = [CLEAN, CLEAN, DecodeLimits(max_frames=3), DecodeLimits(max_pixels=400), DecodeLimits(max_total_pixels=20_000)]


@given(
    st.lists(parts, max_size=8),
    st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 255)), max_size=3),
    st.sampled_from([None, None, None, 1, 3, 40]),
    st.sampled_from([bytes(6), None]),
    st.sampled_from(LIMITS),
    st.booleans(),
)
def test_plain_images_are_read_as_by_the_way_for_all_blocks(
    blocks: list[bytes],
    changes: list[tuple[int, int]],
    missing: int | None,
    palette: bytes | None,
    limits: DecodeLimits,
    with_data: bool,
) -> None:
    data = bytearray(gif([], size=(20, 20), palette=palette, extra=b"".join(blocks)))
    for place, value in changes:
        data[place % len(data)] = value
    whole = bytes(data)[: None if missing is None else -missing]
    assert told(whole, "native", limits, with_data=with_data) == told(whole, "pillow", limits, with_data=with_data)


def test_an_image_that_is_whole_comes_without_its_data_where_nobody_wants_them() -> None:
    data = gif([Picture(DOT), Picture(np.zeros((300, 300), np.uint8))], size=(1, 1), trailer=b"")[:-1]
    whole, cut = BlockReader(io.BytesIO(data), DecodeLimits(), with_data=False).images()
    assert (whole.data, whole.cut, whole.data_bytes) == (b"", False, 6)  # 3 codes of 9 bits
    assert (len(cut.data), cut.cut) == (cut.data_bytes, True)
