"""The decoder's arithmetic by Pillow and NumPy: what `native` does in C, for where there is no C."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from PIL import Image

from giflab_core.decoding.layers import (
    DOES_NOT_DECODE,
    IS_KNOWN,
    IS_RENEWED,
    KEEP,
    NO_INDEX,
    STRAY_INDEX,
    TO_PREVIOUS,
    does_not_decode,
)
from giflab_core.errors import DecodeError
from giflab_core.kernels.boxes import NOTHING, enclosing, slices

if TYPE_CHECKING:
    import numpy.typing as npt

    from giflab_core.decoding.layers import Layers, Table
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Plane

    T = TypeVar("T", np.uint8, np.uint32)

NAME = "pillow"
CLEAR = 0
"""The transparent pixel: what palettes have is opaque."""
# Pictures are held against those before by so many pixels at once: what is copied for that stays in the cache.
BAND_PIXELS = 1 << 15


def scan(data: bytes, start: int) -> tuple[int, bool]:
    """As `native.scan`."""
    position, size = start, len(data)
    while position < size:
        length = data[position]
        position += length + 1
        if not length:
            return position, True
    return position, False


def image(data: bytes, start: int, has_palette: bool, with_data: bool) -> bool:
    """As `native.image`, which is there to save time: nothing is."""
    return False


def decompress(
    blocks: bytes, code_size: int, width: int, height: int, *, interlaced: bool, out: Plane | None = None
) -> tuple[Plane, bytes]:
    """As `native.decompress`."""
    try:
        decoded = Image.frombytes("P", (width, height), _whole(blocks), "gif", code_size, interlaced)
    except Exception as error:  # Pillow raises ValueError, OSError, IndexError, MemoryError ...
        raise does_not_decode(width, height) from error
    plane = np.asarray(decoded)
    seen = _seen(plane)
    if out is None:
        return plane, seen
    out[...] = plane
    return out, seen


def _whole(blocks: bytes) -> bytes:
    """The sub-blocks before the terminator, the last as long as it is: Pillow reads on, and reads none that is cut."""
    position = 0
    while position < len(blocks) and blocks[position]:
        length, rest = blocks[position], len(blocks) - position - 1
        if length > rest:
            return blocks[:position] + bytes([rest]) + blocks[position + 1 :]
        position += 1 + length
    return blocks[:position]


def layers(pixels: Table, indices: Plane | None, colours: Table | None) -> Layers:
    """As `native.layers`."""
    return _Layers(pixels, indices, colours)


def translate(plane: Plane, box: Box, table: Plane, out: Plane) -> None:
    """As `native.translate`."""
    out[slices(box)] = table[plane[slices(box)]]


def _paint(plane: Plane, table: npt.NDArray[T], transparent: int, region: npt.NDArray[T]) -> None:
    """Draw indices through a table of 256 colours onto a region of their shape; `transparent` leaves what is there."""
    if transparent == NO_INDEX:
        region[...] = table[plane]
    else:
        np.copyto(region, table[plane], where=plane != transparent)


@lru_cache(maxsize=64)
def _rgba(palette: bytes) -> Table:
    """The palette as a table of 256 opaque RGBA pixels."""
    table = np.zeros((256, 4), np.uint8)
    table[: len(palette) // 3, :3] = np.frombuffer(palette, np.uint8).reshape(-1, 3)
    table[:, 3] = 255
    table.flags.writeable = False
    return table.view(np.uint32).reshape(256)


def _seen(plane: Plane) -> bytes:
    """1 for each of 256 indices that occurs, else 0."""
    seen = np.zeros(256, np.uint8)
    seen[plane.ravel()] = 1
    return seen.tobytes()


def _overlap(one: Box, other: Box) -> Box:
    """What is in both."""
    top, bottom, left, right = (
        max(one[0], other[0]),
        min(one[1], other[1]),
        max(one[2], other[2]),
        min(one[3], other[3]),
    )
    return (top, bottom, left, right) if top < bottom and left < right else NOTHING


def _bands(box: Box) -> Iterator[Box]:
    """Its rows, some at a time."""
    top, bottom, left, right = box
    step = max(1, BAND_PIXELS // max(1, right - left))
    for first in range(top, bottom, step):
        yield first, min(first + step, bottom), left, right


class _Colours:
    """Up to 256 colours. They keep their indices, so that what was drawn before stays right."""

    def __init__(self) -> None:
        self.pixels = np.zeros(256, np.uint32)
        self._places: dict[int, int] = {}  # the index of each colour

    def find(self, wanted: list[int]) -> list[int] | None:
        """The indices of colours, which become part of the table; None, and no change, where there is no room."""
        places, count = self._places, len(self._places)
        new = [colour for colour in dict.fromkeys(wanted) if colour not in places]
        if count + len(new) > 256:
            return None
        self.pixels[count : count + len(new)] = new
        places.update(zip(new, range(count, count + len(new)), strict=True))
        return [places[colour] for colour in wanted]


class _Undo:
    """How to dispose of an image to be drawn: what is in its box before, as pixels or indices, or that it is cleared.

    `pixels`: uint32, of the box's shape; `before`: indices of that shape, and their table. Neither: it is cleared.
    """

    def __init__(self, disposal: int, box: Box, before: tuple[Plane, _Colours] | None) -> None:
        self.box = NOTHING if disposal == KEEP else box
        self.is_to_previous = disposal == TO_PREVIOUS
        self.before = before
        self.pixels: Table | None = None
        if self.is_to_previous and before is None:
            self.pixels = np.empty((box[1] - box[0], box[3] - box[2]), np.uint32)

    def save(self, canvas: Table, first: int, last: int) -> None:
        """Take what is on these rows of the canvas, if that is needed."""
        top, bottom = max(first, self.box[0]), min(last, self.box[1])
        if self.pixels is not None and top < bottom:
            self.pixels[top - self.box[0] : bottom - self.box[0]] = canvas[top:bottom, self.box[2] : self.box[3]]

    def restore(self, canvas: Table, first: int, last: int) -> None:
        """Put it back on these rows of the canvas."""
        top, bottom = max(first, self.box[0]), min(last, self.box[1])
        if top >= bottom:
            return
        region = canvas[top:bottom, self.box[2] : self.box[3]]
        rows = slice(top - self.box[0], bottom - self.box[0])
        if self.before:
            region[...] = self.before[1].pixels[self.before[0][rows]]
        else:
            region[...] = 0 if self.pixels is None else self.pixels[rows]


class _Layers:
    """As `layers.Layers`."""

    def __init__(self, pixels: Table, indices: Plane | None, colours: Table | None) -> None:
        self._pixels, self._indices, self._colours = pixels, indices, colours
        self._whole: Box = 0, pixels.shape[0], 0, pixels.shape[1]
        self._undo = _Undo(KEEP, NOTHING, None)
        self._known: _Colours | None = None
        if indices is not None:
            self._clear(indices, self._whole)
        self._flags()
        # That no pixel is transparent: now, and once the image drawn last is disposed of.
        self._is_covered = self._stays_covered = False

    def draw(self, blocks: bytes, code_size: int, interlaced: bool, *image: Any) -> tuple[int, Box]:
        _, _, width, height, palette, transparent, *_ = image
        plane, seen = np.empty((height, width), np.uint8), bytes(256)
        if plane.size:
            try:
                plane, seen = decompress(blocks, code_size, width, height, interlaced=interlaced)
            except DecodeError:
                return DOES_NOT_DECODE, NOTHING
            stray = [index for index in range(len(palette) // 3, 256) if seen[index] and index != transparent]
            if stray:
                return STRAY_INDEX - stray[-1], NOTHING
        return self._put(plane, seen, *image)

    def put(self, indices: Plane, *image: Any) -> tuple[int, Box]:
        # Without indices any may occur: nobody translates them.
        return self._put(indices, bytes(256 * [1]) if self._indices is None else _seen(indices), *image)

    def _put(
        self,
        indices: Plane,
        seen: bytes,
        left: int,
        top: int,
        width: int,
        height: int,
        palette: bytes,
        transparent: int,
        disposal: int,
        compare: bool,
    ) -> tuple[int, Box]:
        box = _overlap((top, top + height, left, left + width), self._whole)
        hides_all = box == self._whole and (transparent == NO_INDEX or not seen[transparent])
        drawn = indices[: box[1] - box[0], : box[3] - box[2]]
        table = _rgba(palette)
        undo, before = self._undo, None
        if self._indices is not None:
            before = self._dispose(self._indices, box, disposal)
            self._known = _Colours() if hides_all else self._known
            if box != NOTHING:
                self._draw_indices(self._indices[slices(box)], drawn, table, seen, transparent)
        self._undo = _Undo(disposal, box, before)
        self._note_cover(box, disposal, hides_all=hides_all)
        is_new = not compare
        for rows in _bands(enclosing(undo.box, box)):
            part = self._pixels[slices(rows)]
            was = b"" if is_new else part.tobytes()
            undo.restore(self._pixels, *rows[:2])
            self._undo.save(self._pixels, *rows[:2])
            top, bottom, left, right = _overlap(rows, box)
            if top < bottom:
                _paint(drawn[top - box[0] : bottom - box[0]], table, transparent, self._pixels[top:bottom, left:right])
            is_new = is_new or part.tobytes() != was
        return self._flags(), enclosing(undo.box, box) if is_new else NOTHING

    def is_hiding(self) -> bool:
        return not self._is_covered and bool((self._pixels == CLEAR).any())

    def _note_cover(self, box: Box, disposal: int, *, hides_all: bool) -> None:
        self._is_covered = self._stays_covered or hides_all
        if box != NOTHING and disposal != TO_PREVIOUS:
            self._stays_covered = self._is_covered and disposal == KEEP

    def _flags(self) -> int:
        """Those that drawing returns, once it is done; the table is shown."""
        is_renewed = False
        if self._known and self._colours is not None and not np.array_equal(self._colours, self._known.pixels):
            self._colours[...], is_renewed = self._known.pixels, True
        return IS_KNOWN * (self._known is not None) | IS_RENEWED * is_renewed

    def _dispose(self, indices: Plane, box: Box, disposal: int) -> tuple[Plane, _Colours] | None:
        """Dispose of the image before, of the indices. Returns what is in a box then, if it is to come back."""
        undo = self._undo
        if undo.is_to_previous and undo.box != NOTHING:
            self._known = undo.before[1] if undo.before else None
            if undo.before:
                indices[slices(undo.box)] = undo.before[0]
        elif undo.box != NOTHING:
            self._clear(indices, undo.box)
        return (indices[slices(box)].copy(), self._known) if disposal == TO_PREVIOUS and self._known else None

    def _draw_indices(self, region: Plane, drawn: Plane, table: Table, seen: bytes, transparent: int) -> None:
        used = [index for index in range(256) if seen[index] and index != transparent]
        found = self._known.find(table[used].tolist()) if self._known else None
        if found is None:
            self._known = None
        else:
            translation = np.zeros(256, np.uint8)
            translation[used] = found
            _paint(drawn, translation, transparent, region)

    def _clear(self, indices: Plane, box: Box) -> None:
        if box == self._whole:
            self._known = _Colours()
        found = self._known.find([CLEAR]) if self._known else None
        if found is None:
            self._known = None
        else:
            indices[slices(box)] = found[0]
