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
from giflab_core.lazy import available
from tests.conftest import ROOT
from tests.helpers.codecs import use_codec
from tests.helpers.tools import miss

gif: Any = available("giflab_core.decoding._gif")
native: Any = available("giflab_core.decoding.native")

REGRESSIONS = sorted((ROOT / "tests" / "fuzz" / "regressions").iterdir())
REFUSALS = (TypeError, ValueError, BufferError, OverflowError)  # the last is Python's own, for numbers beyond 64 bits
MOST = 2**63 - 1  # of Py_ssize_t
TABLE = np.arange(256, dtype=np.uint32)
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
def test_both_codecs_paint_the_same(data: st.DataObject) -> None:
    def size(least: int, most: int) -> int:
        return data.draw(st.integers(least, most))

    height, width = size(1, 9), size(1, 9)
    plane = np.frombuffer(data.draw(st.binary(min_size=81, max_size=81)), np.uint8)[: height * width]
    plane = plane.reshape(height, width)
    rows, columns = size(0, height), size(0, width)
    top, left = size(0, 3), size(0, 3)
    transparent = data.draw(st.none() | st.integers(0, 255))
    canvas = np.full((top + rows + 1, left + columns + 1), 0xABCDEF, np.uint32)
    ours, theirs = canvas.copy(), canvas.copy()
    native.paint(plane, rows, columns, TABLE, transparent, ours, left, top)
    pillow.paint(plane, rows, columns, TABLE, transparent, theirs, left, top)
    assert np.array_equal(ours, theirs)


@given(st.data())
def test_both_codecs_translate_the_same(data: st.DataObject) -> None:
    def size(least: int, most: int) -> int:
        return data.draw(st.integers(least, most))

    height, width = size(1, 9), size(1, 9)
    plane = np.frombuffer(data.draw(st.binary(min_size=81, max_size=81)), np.uint8)[: height * width]
    plane = plane.reshape(height, width)
    first, start = size(0, height - 1), size(0, width - 1)
    box = first, size(first, height), start, size(start, width)
    top, left = size(0, 3), size(0, 3)
    transparent = data.draw(st.none() | st.integers(0, 255))
    ours = np.full((top + height + 1, left + width + 1), 0xAB, np.uint8)
    theirs = ours.copy()
    native.translate(plane, box, BYTES[::-1].copy(), transparent, ours, left, top)
    pillow.translate(plane, box, BYTES[::-1].copy(), transparent, theirs, left, top)
    assert np.array_equal(ours, theirs)


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
    "indices short of a row": ("paint", (bytes(3), 2, 2, 2, TABLE, -1, bytearray(16), 0, 2)),
    "a canvas short of a pixel": ("paint", (bytes(4), 2, 2, 2, TABLE, -1, bytearray(15), 0, 2)),
    "a start behind the canvas": ("paint", (bytes(4), 2, 2, 2, TABLE, -1, bytearray(16), 5, 2)),
    "a start that leaves too little": ("paint", (bytes(4), 2, 2, 2, TABLE, -1, bytearray(16), 1, 2)),
    "a negative start": ("paint", (bytes(4), 2, 2, 2, TABLE, -1, bytearray(16), -1, 2)),
    "a negative stride": ("paint", (bytes(4), -2, 2, 2, TABLE, -1, bytearray(16), 0, 2)),
    "strides of which the product wraps": ("paint", (bytes(4), 2**62, 5, 1, TABLE, -1, bytearray(16), 0, 2**62)),
    "a short table": ("paint", (bytes(4), 2, 2, 2, TABLE[:255], -1, bytearray(16), 0, 2)),
    "a crooked table": ("paint", (bytes(4), 2, 2, 2, memoryview(bytes(1025))[1:], -1, bytearray(16), 0, 2)),
    "a crooked canvas": ("paint", (bytes(4), 2, 2, 2, TABLE, -1, memoryview(bytearray(17))[1:], 0, 2)),
    "a canvas of constants": ("paint", (bytes(4), 2, 2, 2, TABLE, -1, bytes(16), 0, 2)),
    "a canvas of objects": ("paint", (bytes(4), 2, 2, 2, TABLE, -1, np.zeros(2, object), 0, 2)),
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


@pytest.mark.parametrize(("rows", "columns"), [(MOST, 0), (0, MOST), (0, 0)])
def test_nothing_is_painted_at_once(rows: int, columns: int) -> None:
    gif.paint(b"", MOST, rows, columns, TABLE, -1, bytearray(0), 0, MOST)


def test_a_single_row_may_have_any_stride() -> None:
    canvas = np.zeros(2, np.uint32)
    gif.paint(b"\x07", MOST, 1, 1, TABLE, -1, canvas, 1, MOST)
    assert canvas.tolist() == [0, 7]


def test_a_refusal_lets_go_of_the_buffers() -> None:
    canvas = bytearray(16)
    with pytest.raises(TypeError):
        gif.paint(bytes(4), 2, 2, 2, TABLE, -1, canvas, 0, "stride")
    canvas.append(0)  # would raise BufferError


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
        [TABLE, TABLE[::2], TABLE.reshape(16, 16).T, np.zeros(3, object), memoryview(b""), None, "text", 3]
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


@given(st.tuples(inputs, numbers, numbers, numbers, st.just(TABLE) | inputs, numbers, outputs, numbers, numbers))
def test_paint_survives_any_arguments(arguments: tuple[Any, ...]) -> None:
    call(gif.paint, *arguments)


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
