"""The C extension with any arguments and with inputs for the fuzzer: it refuses or agrees with its twin, never crashes.

Both codecs refuse the same data and find the same indices in all others. Two habits of Pillow's decoder would differ,
and `pillow.py` hides them: Pillow reads no sub-block that the end of the data cuts, and goes on behind the terminator.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core import DecodeError, decode
from giflab_core.decoding import pillow
from giflab_core.decoding.layers import IS_KNOWN, NO_INDEX
from giflab_core.kernels.boxes import Box
from giflab_core.lazy import available
from tests.conftest import ROOT
from tests.helpers.codecs import use_codec
from tests.helpers.tools import miss

gif: Any = available("giflab_core.decoding._gif")
native: Any = available("giflab_core.decoding.native")

REGRESSIONS = sorted((ROOT / "tests" / "fuzz" / "regressions").iterdir())
REFUSALS = (TypeError, ValueError, BufferError, OverflowError)  # the last is Python's own, for numbers beyond 64 bits
MOST = 2**63 - 1  # of Py_ssize_t
BYTES = np.arange(256, dtype=np.uint8)
ONE_PIXEL = b"\x02\x4c\x01\x00"  # code size 2: clear, colour 1, end

Arguments = tuple[bytes, int, int, int, bool]
"""Sub-blocks, code size, width, height, interlaced."""


@pytest.fixture(scope="module", autouse=True)
def extension() -> None:
    if not native:
        miss("the C extension is not built")


def sub_blocks(data: bytes, size: int = 255) -> bytes:
    parts = (data[start : start + size] for start in range(0, len(data), size))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def lzw(code_size: int, count: int, odd: float, seed: int) -> bytes:
    """LZW data of random codes that have a meaning; a share of them, `odd`, are any codes."""
    random = np.random.default_rng(seed)
    clear = 1 << code_size
    size, following, is_first = code_size + 1, clear + 2, True
    bits = n_bits = 0
    for choice, is_odd in zip(random.random(count).tolist(), (random.random(count) < odd).tolist(), strict=True):
        if is_odd:
            code = int(choice * (1 << size))
        else:
            entries = 0 if is_first else min(following + 1, 1 << size) - clear - 2
            code = int(choice * (clear + entries))
            code += 2 * (code >= clear)
        bits |= code << n_bits
        n_bits += size
        if code == clear:
            size, following, is_first = code_size + 1, clear + 2, True
        else:
            following += not is_first and following < 4096
            size += not is_first and following == 1 << size and size < 12
            is_first = False
    return bits.to_bytes((n_bits + 7) // 8, "little")


@st.composite
def images(draw: st.DrawFn) -> Arguments:
    code_size = draw(st.integers(1, 11))
    count = draw(st.sampled_from([5, 50, 500, 5000]))
    data = lzw(code_size, count, draw(st.sampled_from([0, 0.001, 0.05])), draw(st.integers(0, 2**32 - 1)))
    blocks = sub_blocks(data, draw(st.integers(1, 255)))
    blocks = blocks[: len(blocks) - draw(st.sampled_from([0, 0, 0, 1, 2, 10]))]
    blocks += draw(st.sampled_from([b"", b"", b"\x03abc\x00"]))
    side = st.integers(1, 8) | st.integers(1, 100)
    return blocks, code_size, draw(side), draw(side), draw(st.booleans())


def decompressed(codec: Any, arguments: Arguments) -> tuple[bytes, bytes] | None:
    """Indices and those seen, or None where the codec refuses."""
    *sizes, interlaced = arguments
    try:
        plane, seen = codec.decompress(*sizes, interlaced=interlaced)
    except DecodeError:
        return None
    return plane.tobytes(), seen


def assert_same(arguments: Arguments) -> None:
    assert decompressed(native, arguments) == decompressed(pillow, arguments)


@given(images())
def test_both_codecs_decompress_and_refuse_the_same(arguments: Arguments) -> None:
    assert_same(arguments)


@given(st.binary(max_size=600), st.integers(1, 11), st.integers(1, 4), st.integers(1, 4), st.booleans())
def test_both_codecs_agree_on_any_bytes(blocks: bytes, code_size: int, width: int, height: int, lace: bool) -> None:
    assert_same((blocks, code_size, width, height, lace))


@given(st.binary(max_size=600), st.integers(0, 700))
def test_both_codecs_scan_the_same(data: bytes, start: int) -> None:
    assert native.scan(data, start) == pillow.scan(data, start)


@given(st.data())
def test_both_codecs_translate_the_same(data: st.DataObject) -> None:
    def size(least: int, most: int) -> int:
        return data.draw(st.integers(least, most))

    height, width = size(1, 9), size(1, 9)
    plane = np.frombuffer(data.draw(st.binary(min_size=81, max_size=81)), np.uint8)[: height * width]
    plane = plane.reshape(height, width)
    first, start = size(0, height - 1), size(0, width - 1)
    box = first, size(first, height), start, size(start, width)
    ours = np.full((height, width), 0xAB, np.uint8)
    theirs = ours.copy()
    native.translate(plane, box, BYTES[::-1].copy(), ours)
    pillow.translate(plane, box, BYTES[::-1].copy(), theirs)
    assert np.array_equal(ours, theirs)


class Surface:
    """Layers of one codec, with their memory."""

    def __init__(self, codec: Any, height: int, width: int) -> None:
        self.pixels = np.zeros((height, width), np.uint32)
        self.indices = np.zeros((height, width), np.uint8)
        self.colours = np.zeros(256, np.uint32)
        self.layers = codec.layers(self.pixels, self.indices, self.colours)
        self.plain = codec.layers(np.zeros_like(self.pixels), None, None)

    def state(self, found: tuple[int, Box]) -> object:
        """All that is known once an image is drawn; indices only where they tell what is on screen."""
        flags, box = found
        is_known = flags >= 0 and bool(flags & IS_KNOWN)
        indexed = [self.indices.tolist(), self.colours.tolist()] if is_known else []
        return flags, box, self.pixels.tolist(), indexed, self.layers.is_hiding()


PALETTES = [bytes(range(24)), bytes(range(12, 36)), bytes(768), bytes(value % 256 for value in range(0, 768 * 7, 7))]
shapes = st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(0, 9), st.integers(0, 9)) | st.just((0, 0, 6, 5))
placed = st.tuples(
    shapes, st.sampled_from(PALETTES), st.sampled_from([NO_INDEX, 0, 3]), st.integers(0, 2), st.integers(0, 2**32 - 1)
)


@given(st.lists(placed, min_size=1, max_size=8), st.booleans())
def test_both_codecs_compose_the_same(images: list[Any], compare: bool) -> None:
    surfaces = [Surface(codec, 5, 6) for codec in (native, pillow)]
    for place, palette, transparent, disposal, seed in images:
        random = np.random.default_rng(seed)
        count = int(random.choice([2, 8, 256])) if len(palette) == 768 else 8
        plane = random.integers(0, count, (place[3], place[2])).astype(np.uint8)
        found = [each.layers.put(plane, *place, palette, transparent, disposal, compare) for each in surfaces]
        states = [each.state(one) for each, one in zip(surfaces, found, strict=True)]
        assert states[0] == states[1]
        plain = [each.plain.put(plane, *place, palette, transparent, disposal, compare) for each in surfaces]
        assert plain[0] == plain[1] == (0, found[0][1])


@given(st.lists(st.tuples(images(), shapes, st.sampled_from(PALETTES)), min_size=1, max_size=4))
def test_both_codecs_draw_or_refuse_the_same(drawn: list[Any]) -> None:
    surfaces = [Surface(codec, 5, 6) for codec in (native, pillow)]
    for (blocks, code_size, width, height, interlaced), (left, top, _, _), palette in drawn:
        given = blocks, code_size, interlaced, left, top, width, height, palette, 3, 2, True
        states = [each.state(each.layers.draw(*given)) for each in surfaces]
        assert states[0] == states[1]


def frozen(values: np.ndarray) -> np.ndarray:
    values.flags.writeable = False
    return values


REFUSED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "start before the data": ("scan", (b"", -1)),
    "start beyond 64 bits": ("scan", (b"", 2**64)),
    "data that are text": ("scan", ("text", 0)),
    "data with gaps": ("scan", (memoryview(b"abcd")[::2], 0)),
    "code size 0": ("decompress", (ONE_PIXEL, 0, 1, 1, False, bytearray(1))),
    "code size 12": ("decompress", (ONE_PIXEL, 12, 1, 1, False, bytearray(1))),
    "code size beyond 32 bits": ("decompress", (ONE_PIXEL, 2**32 + 2, 1, 1, False, bytearray(1))),
    "no pixels": ("decompress", (ONE_PIXEL, 2, 0, 0, False, bytearray(0))),
    "negative sizes": ("decompress", (ONE_PIXEL, 2, -1, -1, False, bytearray(1))),
    "too small an output": ("decompress", (ONE_PIXEL, 2, 2, 2, False, bytearray(3))),
    "too large an output": ("decompress", (ONE_PIXEL, 2, 2, 2, False, bytearray(5))),
    "sizes whose product overflows": ("decompress", (ONE_PIXEL, 2, 2**32, 2**32, False, bytearray(0))),
    "sizes of which the product wraps to 1": ("decompress", (ONE_PIXEL, 2, 3, 0xAAAAAAAAAAAAAAB, False, bytearray(1))),
    "an output of constants": ("decompress", (ONE_PIXEL, 2, 1, 1, False, b"x")),
    "a read-only array": ("decompress", (ONE_PIXEL, 2, 1, 1, False, frozen(np.zeros(1, np.uint8)))),
    "an output with gaps": ("decompress", (ONE_PIXEL, 2, 2, 1, False, np.zeros(4, np.uint8)[::2])),
    "a turned output": ("decompress", (ONE_PIXEL, 2, 2, 2, False, np.zeros((2, 2), np.uint8).T)),
    "an output of objects": ("decompress", (ONE_PIXEL, 2, 8, 1, False, np.zeros(1, object))),
    "sub-blocks with gaps": ("decompress", (np.zeros(8, np.uint8)[::2], 2, 1, 1, False, bytearray(1))),
    "an image before the data": ("image", (b"", -1, True, True)),
    "an image in text": ("image", ("text", 0, True, True)),
    "bytes short of a row": ("translate", (bytes(3), 0, 2, 2, 2, BYTES, -1, bytearray(4), 0, 2)),
    "bytes that start too late": ("translate", (bytes(4), 1, 2, 2, 2, BYTES, -1, bytearray(4), 0, 2)),
    "bytes that start behind all": ("translate", (bytes(4), 5, 2, 0, 0, BYTES, -1, bytearray(4), 0, 2)),
    "bytes that start before all": ("translate", (bytes(4), -1, 2, 1, 1, BYTES, -1, bytearray(4), 0, 2)),
    "an output short of a byte": ("translate", (bytes(4), 0, 2, 2, 2, BYTES, -1, bytearray(3), 0, 2)),
    "an output that starts too late": ("translate", (bytes(4), 0, 2, 2, 2, BYTES, -1, bytearray(4), 1, 2)),
    "an output that starts before all": ("translate", (bytes(4), 0, 2, 1, 1, BYTES, -1, bytearray(4), -1, 2)),
    "rows that overlap": ("translate", (bytes(4), 0, 1, 2, 2, BYTES, -1, bytearray(4), 0, 2)),
    "strides that wrap": ("translate", (bytes(4), 0, 2**62, 5, 1, BYTES, -1, bytearray(4), 0, 2**62)),
    "a table of 255 bytes": ("translate", (bytes(4), 0, 2, 2, 2, BYTES[:255], -1, bytearray(4), 0, 2)),
    "an output of constant bytes": ("translate", (bytes(4), 0, 2, 2, 2, BYTES, -1, bytes(4), 0, 2)),
}


@pytest.mark.parametrize(("name", "arguments"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused(name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(REFUSALS):
        getattr(gif, name)(*arguments)


def made(pixels: Any, width: Any, indices: Any = None, colours: Any = None) -> Any:
    return gif.Layers(pixels, width, indices, colours)


@pytest.mark.parametrize(
    "arguments",
    {
        "no pixels": (bytearray(0), 1),
        "half a pixel": (bytearray(6), 1),
        "half a row": (bytearray(12), 2),
        "rows of nothing": (bytearray(4), 0),
        "a negative width": (bytearray(4), -1),
        "crooked pixels": (memoryview(bytearray(17))[1:], 2),
        "constant pixels": (bytes(4), 1),
        "pixels of objects": (np.zeros(2, object), 2),
        "indices short of one": (bytearray(16), 2, bytearray(3), bytearray(1024)),
        "constant indices": (bytearray(16), 2, bytes(4), bytearray(1024)),
        "colours short of one": (bytearray(16), 2, bytearray(4), bytearray(1020)),
        "indices without colours": (bytearray(16), 2, bytearray(4), None),
    }.values(),
)
def test_layers_that_do_not_fit_are_refused(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(REFUSALS):
        made(*arguments)


PLACE = (0, 0, 2, 2)
HOW = (bytes(6), NO_INDEX, 0, True)


@pytest.mark.parametrize(
    ("name", "arguments"),
    {
        "code size 0": ("draw", (ONE_PIXEL, 0, False, *PLACE, *HOW)),
        "code size 12": ("draw", (ONE_PIXEL, 12, False, *PLACE, *HOW)),
        "a place before the screen": ("draw", (ONE_PIXEL, 2, False, -1, 0, 1, 1, *HOW)),
        "a negative height": ("draw", (ONE_PIXEL, 2, False, 0, 0, 1, -1, *HOW)),
        "more than 32 bits of pixels": ("draw", (ONE_PIXEL, 2, False, 0, 0, 2**16, 2**16, *HOW)),
        "sizes whose product wraps": ("draw", (ONE_PIXEL, 2, False, 0, 0, 2**32, 2**32, *HOW)),
        "a palette of more than 256": ("draw", (ONE_PIXEL, 2, False, *PLACE, bytes(771), NO_INDEX, 0, True)),
        "a transparent index beyond 255": ("draw", (ONE_PIXEL, 2, False, *PLACE, bytes(6), 256, 0, True)),
        "a transparent index below none": ("draw", (ONE_PIXEL, 2, False, *PLACE, bytes(6), -2, 0, True)),
        "too few indices": ("put", (bytes(3), *PLACE, *HOW)),
        "too many indices": ("put", (bytes(5), *PLACE, *HOW)),
        "indices with gaps": ("put", (np.zeros(8, np.uint8)[::2], *PLACE, *HOW)),
    }.values(),
)
def test_images_that_do_not_fit_are_refused(name: str, arguments: tuple[Any, ...]) -> None:
    layers = made(bytearray(16), 2)
    with pytest.raises(REFUSALS):
        getattr(layers, name)(*arguments)


def test_layers_let_go_of_their_memory() -> None:
    pixels, palette = bytearray(16), bytearray(6)
    layers = made(pixels, 2)
    with pytest.raises(ValueError, match="code size"):
        layers.draw(ONE_PIXEL, 0, False, *PLACE, palette, NO_INDEX, 0, True)
    palette.append(0)  # would raise BufferError
    with pytest.raises(BufferError):
        pixels.append(0)
    del layers
    pixels.append(0)


def test_a_refusal_lets_go_of_the_buffers() -> None:
    plane = bytearray(4)
    with pytest.raises(TypeError):
        gif.translate(bytes(4), 0, 2, 2, 2, BYTES, -1, plane, 0, "stride")
    plane.append(0)  # would raise BufferError


GUARD = b"\xa5" * 32


class Guarded:
    """A buffer to write to between bytes that must stay."""

    def __init__(self, size: int) -> None:
        self.all = bytearray(GUARD + bytes(size) + GUARD)
        self.inside = memoryview(self.all)[len(GUARD) : len(GUARD) + size]

    def is_whole(self) -> bool:
        return self.all.startswith(GUARD) and self.all.endswith(GUARD)


numbers = st.one_of(
    st.integers(-2, 40),
    st.sampled_from([2**31 - 1, 2**31, 2**32, 2**62, MOST, -MOST - 1, 2**64]),
    st.sampled_from([None, 1.5, "1", True]),
)
inputs = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        [BYTES, BYTES[::2], BYTES.reshape(16, 16).T, np.zeros(3, object), memoryview(b""), None, "text", 3]
    ),
)
outputs = st.one_of(
    st.integers(0, 200).map(Guarded),
    st.sampled_from([b"bytes", frozen(np.zeros(4, np.uint8)), np.zeros(2, object), None, "text", 3]),
)


def call(function: Callable[..., object], *arguments: Any) -> None:
    """It returns or refuses, and leaves alone what lies around its output."""
    guarded = [each for each in arguments if isinstance(each, Guarded)]
    with suppress(*REFUSALS):
        function(*(each.inside if isinstance(each, Guarded) else each for each in arguments))
    assert all(each.is_whole() for each in guarded)


@given(inputs, numbers)
def test_scan_survives_any_arguments(data: Any, start: Any) -> None:
    call(gif.scan, data, start)


@given(st.tuples(inputs, numbers, numbers, numbers, st.booleans(), outputs))
def test_decompress_survives_any_arguments(arguments: tuple[Any, ...]) -> None:
    call(gif.decompress, *arguments)


@given(images(), st.integers(0, 3))
def test_decompress_writes_its_output_only(arguments: Arguments, missing: int) -> None:
    _, _, width, height, _ = arguments
    call(gif.decompress, *arguments, Guarded(max(0, width * height - missing)))


@given(inputs, numbers, st.booleans(), st.booleans())
def test_image_survives_any_arguments(data: Any, start: Any, has_palette: bool, with_data: bool) -> None:
    call(gif.image, data, start, has_palette, with_data)


places = st.tuples(*[st.integers(-1, 40) | numbers] * 4)
hows = st.tuples(st.binary(max_size=30) | inputs, st.integers(-1, 30) | numbers, numbers, st.booleans())


@given(
    st.tuples(st.integers(1, 40), st.integers(1, 9)),
    st.lists(st.tuples(images().map(lambda image: image[0]) | inputs, st.just(2) | numbers, places, hows), max_size=4),
)
def test_layers_survive_any_arguments(size: tuple[int, int], calls: list[Any]) -> None:
    count = size[0] * size[1]
    guarded = Guarded(4 * count), Guarded(count), Guarded(1024)
    pixels, indices, colours = (each.inside for each in guarded)
    layers = made(pixels, size[0], indices, colours)
    for data, code_size, place, how in calls:
        with suppress(*REFUSALS):
            layers.draw(data, code_size, False, *place, *how)
        with suppress(*REFUSALS):
            layers.put(data, *place, *how)
    assert all(each.is_whole() for each in guarded)


@given(
    st.tuples(inputs, numbers, numbers, numbers, numbers, st.just(BYTES) | inputs, numbers, outputs, numbers, numbers)
)
def test_translate_survives_any_arguments(arguments: tuple[Any, ...]) -> None:
    call(gif.translate, *arguments)


def shown(path: Path) -> Iterator[str]:
    """A digest of each frame, and what ends them."""
    try:
        for frame in decode(path):
            yield hashlib.sha256(frame.pixels.tobytes()).hexdigest()
    except DecodeError:
        yield "error"


def as_image(data: bytes) -> Arguments | None:
    """The image that fuzz_gif.c makes of bytes that are no file; None where they are too few."""
    if len(data) < 6:
        return None
    return data[6:], 1 + data[0] % 11, 1 + data[2], 1 + data[3], bool(data[1] & 1)


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.name)
def test_both_codecs_do_the_same_with_what_was_found(path: Path) -> None:
    arguments = as_image(path.read_bytes())
    if arguments:
        assert_same(arguments)
    found = []
    for name in ("native", "pillow"):
        with use_codec(name):
            found.append(list(shown(path)))
    assert found[0] == found[1]
