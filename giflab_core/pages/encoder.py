"""Write pictures as a GIF that browsers play for ever, one after the other: none but the last one is held.

An image has 256 colours. A picture of more is written in layers, 20 ms apart, the shortest delay that browsers honour:
the first shows the nearest of 256 colours, and each one after it draws the pixels anew that have others. What is shown
for too short a time for all of them keeps the nearest, until a later picture has the time.
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
    Mask = npt.NDArray[np.bool_]
    Numbers = npt.NDArray[np.int64]

SHORTEST_CS, LONGEST_CS = 2, 0xFFFF
MOST_COLOURS = 256
# The index that draws none.
CLEAR = MOST_COLOURS - 1
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
        # Where a colour on screen is not near the one that was asked for.
        self._is_left = np.zeros(size[::-1], np.bool_)
        stream.write(b"GIF89a" + struct.pack("<HHBBB", *size, 0, 0, 0) + FOR_EVER)
        # A number for each colour that there may be.
        self._numbers = np.empty(1 << 24, np.int32)

    def add(self, picture: Rgb, delay_cs: int) -> None:
        """A picture, uint8, shape (height, width, 3), that is shown for so long, from 2 on."""
        codes = _codes(picture)
        is_new = np.ones(codes.shape, np.bool_) if self._before is None else codes != self._before
        self._before = codes
        is_drawn = is_new | self._is_left
        top, bottom, left, right = _box(is_drawn)
        box = slice(top, bottom), slice(left, right)
        left_cs = min(delay_cs, LONGEST_CS)
        layers, self._is_left[box] = self._layers(codes[box], is_drawn[box], is_new[box], left_cs // SHORTEST_CS)
        layer = next(layers)
        for following in layers:
            self._stream.write(_image(layer, left, top, SHORTEST_CS))
            left_cs -= SHORTEST_CS
            layer = following
        self._stream.write(_image(layer, left, top, left_cs))

    def finish(self) -> None:
        self._stream.write(b"\x3b")

    def _layers(self, codes: Codes, is_drawn: Mask, is_new: Mask, most: int) -> tuple[Iterator[Layer], Mask]:
        """The layers, and where the colours are not near the right ones after them."""
        colours = self._of(codes)
        if len(colours) > MOST_COLOURS:
            return _layers_of_many(codes, is_drawn, is_new, most)
        self._numbers[colours] = np.arange(len(colours), dtype=np.int32)
        layer = Layer(self._numbers[codes].astype(np.uint8), _colours(colours))
        return iter([layer]), np.zeros(codes.shape, np.bool_)

    def _of(self, codes: Codes) -> Codes:
        """Which colours there are, in as many steps as there are pixels: of each colour, one pixel's number is kept."""
        flat = codes.ravel()
        numbers = np.arange(flat.size, dtype=np.int32)
        self._numbers[flat] = numbers
        found: Codes = np.sort(flat[self._numbers[flat] == numbers])
        return found


def _layers_of_many(codes: Codes, is_drawn: Mask, is_new: Mask, most: int) -> tuple[Iterator[Layer], Mask]:
    """At most so many layers of more than 256 colours, and where the colours are not near the right ones after them.

    Only some pixels are drawn. Of these, those that are new get at least the nearest colour; the others have one.
    """
    colours, numbers, counts = np.unique(codes[is_drawn], return_inverse=True, return_counts=True)
    places = np.full(codes.shape, len(colours))
    places[is_drawn] = numbers.ravel()
    is_fresh = np.zeros(len(colours), np.bool_)
    is_fresh[places[is_new]] = True
    often = np.lexsort((-counts, ~is_fresh))
    fresh, wrong = often[: is_fresh.sum()], often
    # For each layer, which colours it draws, the index of each, and the palette.
    layers: list[tuple[Numbers, Plane, Rgb]] = []
    if len(fresh) > CLEAR:
        room = CLEAR if len(fresh) < len(colours) or not is_drawn.all() else MOST_COLOURS
        fit = len(colours) <= room + CLEAR * (most - 1)
        palette = _colours(colours[fresh[:room]]) if fit else _few(codes[is_new], room)
        nearest, far = _nearest(_colours(colours[fresh]), palette)
        layers.append((fresh, nearest, palette))
        is_wrong = ~is_fresh
        is_wrong[fresh] = far > NEAR
        wrong = often[is_wrong[often]]
    exact = CLEAR * (most - len(layers))
    for start in range(0, min(len(wrong), exact), CLEAR):
        chosen = wrong[start : min(start + CLEAR, exact)]
        layers.append((chosen, np.arange(len(chosen), dtype=np.uint8), _colours(colours[chosen])))
    is_left = np.zeros(len(colours) + 1, np.bool_)
    is_left[wrong[exact:]] = True
    return (_layer(places, len(colours), *each) for each in layers), is_left[places]


def _layer(places: Numbers, count: int, chosen: Numbers, indices: Plane, palette: Rgb) -> Layer:
    """An image of those pixels whose colour, of so many, is among the chosen."""
    index = np.full(count + 1, CLEAR, np.uint8)
    index[chosen] = indices
    return Layer(index[places], palette, CLEAR if len(palette) < MOST_COLOURS else None)


def _nearest(colours: Rgb, palette: Rgb) -> tuple[Plane, Numbers]:
    """For each colour the index of the nearest one of a palette, and the largest difference of a channel to it."""
    found = np.empty(len(colours), np.uint8)
    wide = palette.astype(np.int32)
    for start in range(0, len(colours), AT_ONCE):
        apart = colours[start : start + AT_ONCE, None].astype(np.int32) - wide
        found[start : start + AT_ONCE] = (apart**2).sum(axis=2).argmin(axis=1)
    return found, np.abs(colours.astype(np.int64) - palette[found]).max(axis=1)


def _few(codes: Codes, most: int) -> Rgb:
    """So many colours that stand for those of all pixels, shape (pixels,)."""
    picture = Image.fromarray(_colours(codes[None]))
    few = picture.quantize(most, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return np.array(few.getpalette(), np.uint8).reshape(-1, 3)[:most]


def _codes(picture: Rgb) -> Codes:
    red, green, blue = (picture[..., channel].astype(np.uint32) for channel in range(3))
    codes: Codes = np.bitwise_or(red << 16, green << 8, dtype=np.uint32) | blue
    return codes


def _colours(codes: Codes) -> Rgb:
    return np.stack([codes >> 16 & 255, codes >> 8 & 255, codes & 255], axis=-1).astype(np.uint8)


def _box(is_drawn: Mask) -> tuple[int, int, int, int]:
    """The box of what is drawn: top, bottom, left, right; one pixel if nothing is."""
    rows, columns = np.flatnonzero(is_drawn.any(axis=1)), np.flatnonzero(is_drawn.any(axis=0))
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
