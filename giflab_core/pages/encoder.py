"""Write pictures as a GIF that browsers play for ever, one after the other: none but the last one is held.

An image has 256 colours. A picture of more is written in layers, 20 ms apart, the shortest delay that browsers honour:
the first shows the nearest of 256 colours, and each one after it draws the pixels anew that have others. What is shown
for too short a time for all of them keeps the nearest.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from PIL import Image

from giflab_core.frozen import dataclass

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.model import Plane
    from giflab_core.pages.difference import Rgb

    Codes = npt.NDArray[np.uint32]
    """Colours as single numbers."""

SHORTEST_CS, LONGEST_CS = 2, 0xFFFF
MOST_COLOURS = 256
# A colour that is this near in each of R, G and B is not drawn anew.
NEAR = 2
KEEP = 1
FOR_EVER = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
# So many colours are held against 256 at a time.
AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Layer:
    """An image: an index a pixel, shape (height, width), the colours, shape (n, 3), and the index that draws none."""

    indices: Plane
    palette: Rgb
    transparent: int | None = None


class Encoder:
    """Writes a GIF of this size into a stream: call `add()` for each picture, `finish()` at the end."""

    def __init__(self, stream: BinaryIO, size: tuple[int, int]) -> None:
        self._stream = stream
        self._before: Codes | None = None
        # A place for each colour that there may be.
        self._is_there = np.zeros(1 << 24, np.bool_)
        self._index = np.empty(1 << 24, np.uint8)
        stream.write(b"GIF89a" + struct.pack("<HHBBB", *size, 0, 0, 0) + FOR_EVER)

    def add(self, picture: Rgb, delay_cs: int) -> None:
        """A picture, uint8, shape (height, width, 3), that is shown for so long, from 2 on."""
        codes = _codes(picture)
        top, bottom, left, right = _changed(codes, self._before)
        self._before = codes
        left_cs = min(delay_cs, LONGEST_CS)
        layers = list(self._layers(codes[top:bottom, left:right], left_cs // SHORTEST_CS))
        for layer in layers:
            shown_cs = left_cs if layer is layers[-1] else SHORTEST_CS
            left_cs -= shown_cs
            self._stream.write(_image(layer, left, top, shown_cs))

    def finish(self) -> None:
        self._stream.write(b"\x3b")

    def _layers(self, codes: Codes, most: int) -> Iterator[Layer]:
        colours = self._of(codes)
        if len(colours) > MOST_COLOURS:
            yield from _layers_of_many(codes, most)
            return
        self._index[colours] = np.arange(len(colours), dtype=np.uint8)
        yield Layer(self._index[codes], _colours(colours))

    def _of(self, codes: Codes) -> Codes:
        """Which colours there are."""
        self._is_there[codes.ravel()] = True
        found: Codes = np.flatnonzero(self._is_there).astype(np.uint32)
        self._is_there[found] = False
        return found


def _layers_of_many(codes: Codes, most: int) -> Iterator[Layer]:
    """At most so many layers of a picture of more than 256 colours, those first that most pixels have."""
    colours, places, counts = np.unique(codes, return_inverse=True, return_counts=True)
    places = places.reshape(codes.shape)
    often = np.argsort(-counts, kind="stable")
    fit = len(colours) <= MOST_COLOURS + (MOST_COLOURS - 1) * (most - 1)
    palette = _colours(colours[often[:MOST_COLOURS]]) if fit else _few(codes)
    nearest, far = _nearest(_colours(colours), palette)
    yield Layer(nearest[places], palette)
    wrong = often[far[often] > NEAR]
    clear = MOST_COLOURS - 1
    for start in range(0, min(len(wrong), clear * (most - 1)), clear):
        chosen = wrong[start : start + clear]
        index = np.full(len(colours), clear, np.uint8)
        index[chosen] = np.arange(len(chosen), dtype=np.uint8)
        yield Layer(index[places], _colours(colours[chosen]), clear)


def _nearest(colours: Rgb, palette: Rgb) -> tuple[Plane, npt.NDArray[np.int64]]:
    """For each colour the index of the nearest one of a palette, and the largest difference of a channel to it."""
    found = np.empty(len(colours), np.uint8)
    wide = palette.astype(np.int32)
    for start in range(0, len(colours), AT_ONCE):
        apart = colours[start : start + AT_ONCE, None].astype(np.int32) - wide
        found[start : start + AT_ONCE] = (apart**2).sum(axis=2).argmin(axis=1)
    return found, np.abs(colours.astype(np.int64) - palette[found]).max(axis=1)


def _few(codes: Codes) -> Rgb:
    """256 colours that stand for all of a picture."""
    picture = Image.fromarray(_colours(codes))
    few = picture.quantize(MOST_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return np.array(few.getpalette(), np.uint8).reshape(-1, 3)[:MOST_COLOURS]


def _codes(picture: Rgb) -> Codes:
    red, green, blue = (picture[..., channel].astype(np.uint32) for channel in range(3))
    codes: Codes = np.bitwise_or(red << 16, green << 8, dtype=np.uint32) | blue
    return codes


def _colours(codes: Codes) -> Rgb:
    return np.stack([codes >> 16 & 255, codes >> 8 & 255, codes & 255], axis=-1).astype(np.uint8)


def _changed(codes: Codes, before: Codes | None) -> tuple[int, int, int, int]:
    """The box of what is new: top, bottom, left, right; one pixel if nothing is."""
    if before is None:
        return 0, codes.shape[0], 0, codes.shape[1]
    differs = codes != before
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    if not len(rows):
        return 0, 1, 0, 1
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _image(layer: Layer, left: int, top: int, delay_cs: int) -> bytes:
    """An image with its control block, its own palette, and pixels that Pillow has compressed."""
    clear = layer.transparent
    control = struct.pack("<BBBBHBB", 0x21, 0xF9, 4, KEEP << 2 | (clear is not None), delay_cs, clear or 0, 0)
    count = max(2, len(layer.palette), (clear or 0) + 1)
    bits = (count - 1).bit_length()
    colours = np.zeros((1 << bits, 3), np.uint8)
    colours[: len(layer.palette)] = layer.palette
    height, width = layer.indices.shape
    descriptor = struct.pack("<BHHHHB", 0x2C, left, top, width, height, 0x80 | bits - 1)
    return control + descriptor + colours.tobytes() + _compressed(layer.indices)


def _compressed(indices: Plane) -> bytes:
    """The compressed pixels out of a whole file that Pillow writes."""
    image = Image.fromarray(np.ascontiguousarray(indices))
    buffer = BytesIO()
    image.save(buffer, "GIF", optimize=False, interlace=False)
    data = buffer.getvalue()
    place = 13 + _table_bytes(data[10])
    while data[place] == 0x21:
        place += 2
        while data[place]:
            place += 1 + data[place]
        place += 1
    return data[place + 10 + _table_bytes(data[place + 9]) : -1]


def _table_bytes(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
