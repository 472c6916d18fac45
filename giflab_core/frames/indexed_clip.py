"""A clip that is decompressed but not drawn: what takes long to find out, in little space.

Its frames are drawn from that as decoding does it, by the same canvas, without reading LZW data again.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from types import NoneType
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import numpy as np

from giflab_core.config import DecodeLimits
from giflab_core.decoding import (
    KEEP,
    REPLACEMENT_CS,
    TO_PREVIOUS,
    BlockReader,
    Canvas,
    GraphicControl,
    ImageBlock,
    browser_ms,
    indices,
    scaled,
    shown,
)
from giflab_core.errors import DecodeError, LimitExceeded
from giflab_core.kernels.boxes import NOTHING

if TYPE_CHECKING:
    from giflab_core.model import Pixels, Plane

T = TypeVar("T")
MAGIC, FORMAT = b"GIFLABFR", 1
# Magic, format, checksum of all that follows it, bytes of the description after the header, bytes in all.
HEADER = struct.Struct("<8sIIQQ")
CHECKED_FROM = 16
PAGE, LINE = 4096, 64
"""Planes begin on a page, each on a line of the processor's cache, so that a file can be used where it is mapped."""

# Fresh memory costs most where it is asked for in pages of 4 KiB; NumPy asks for large ones where it is asked for much.
SMALL_BYTES, LARGEST_BYTES = 1 << 20, 1 << 26
SUMMED = 64
"""So many pages are summed up at once: the processor's cache holds them."""
IMAGE_BYTES = 900
"""An image takes about so much, however few pixels it has: the objects that describe it and its plane."""
LARGEST, COLOURS = 0xFFFF, 256
"""What GIF has room for: pixels of a side, and colours."""


class Damaged(ValueError):
    """Bytes that are not what was written."""


@dataclass(frozen=True, slots=True, eq=False)
class IndexedClip:
    """The images of a clip, one a frame, and their palette indices: `planes`, uint8, read-only.

    Without `images`, `planes` are the frames themselves, RGBA. `whole`: these are all frames of the file; else `damage`
    says why there are no more to be had, and where that is None too, there may be more.
    """

    width: int
    height: int
    durations_ms: tuple[int, ...]
    images: tuple[ImageBlock, ...]
    planes: tuple[Plane, ...]
    whole: bool
    damage: str | None = None

    def __len__(self) -> int:
        return len(self.durations_ms)

    @property
    def is_final(self) -> bool:
        """Whether the file has no frame beyond these."""
        return self.whole or self.damage is not None

    @property
    def nbytes(self) -> int:
        return sum(max(plane.nbytes, IMAGE_BYTES) for plane in self._distinct())

    def beginning(self, count: int) -> IndexedClip:
        """The first frames, as many as asked for; or this very clip if it has no more."""
        if count >= len(self):
            return self
        images, planes = self.images[:count], self.planes[:count]
        return IndexedClip(self.width, self.height, self.durations_ms[:count], images, planes, whole=False)

    def frames(self, first: int = 0) -> Iterator[Pixels]:
        """The frames from this one on: RGBA, read-only. Where nothing changes, it is the same array again."""
        if not self.images:
            yield from self.planes[first:]
            return
        canvas = Canvas(self.width, self.height)
        picture: Pixels | None = None
        for number in range(self._start(first), len(self)):
            changed = canvas.put(self.images[number], self.planes[number])
            if number >= first:
                picture = canvas.snapshot() if picture is None or changed != NOTHING else picture
                yield picture

    def resized(self, size: tuple[int, int]) -> IndexedClip:
        """All frames at this size (width, height), in pixels."""
        if size == (self.width, self.height):
            return self
        planes: list[Plane] = []
        before = None
        for pixels in self.frames():
            planes.append(planes[-1] if pixels is before else locked(scaled(pixels, size)))
            before = pixels
        return IndexedClip(*size, self.durations_ms, (), tuple(planes), self.whole, self.damage)

    def to_buffer(self, key: str) -> Plane:
        """The bytes of a file of this indexed clip; `key` says of what it is one."""
        palettes = {palette: number for number, palette in enumerate({each.palette: None for each in self.images})}
        distinct = {id(plane): number for number, plane in enumerate(self._distinct())}
        document = json.dumps(
            {
                "key": key,
                "size": [self.width, self.height],
                "durations_ms": self.durations_ms,
                "whole": self.whole,
                "damage": self.damage,
                "palettes": [palette.hex() for palette in palettes],
                "images": [_to_row(image, palettes[image.palette]) for image in self.images],
                "planes": [distinct[id(plane)] for plane in self.planes],
            },
            separators=(",", ":"),
        ).encode()
        shapes = [plane.shape for plane in self._distinct()]
        places = list(_places(shapes, HEADER.size + len(document)))
        buffer = np.zeros(places[-1].stop, np.uint8)
        buffer[HEADER.size : HEADER.size + len(document)] = np.frombuffer(document, np.uint8)
        for place, plane in zip(places, self._distinct(), strict=True):
            buffer[place] = plane.reshape(-1)
        HEADER.pack_into(buffer.data, 0, MAGIC, FORMAT, 0, len(document), buffer.size)
        HEADER.pack_into(buffer.data, 0, MAGIC, FORMAT, _checksum(buffer), len(document), buffer.size)
        return buffer

    @classmethod
    def from_buffer(cls, buffer: Plane, key: str) -> IndexedClip:
        """The indexed clip of this key from the bytes of a file, which must not change any more.

        Raises Damaged for anything but what `to_buffer` gave.
        """
        checksum, length = opening(buffer[: HEADER.size].tobytes(), buffer.size)
        if _checksum(buffer) != checksum:
            raise Damaged("its checksum is another one")
        try:
            document = json.loads(buffer[HEADER.size : HEADER.size + length].tobytes())
            if document["key"] != key:
                raise Damaged("it is that of another file")
            return _to_clip(document, buffer, HEADER.size + length)
        except Damaged:
            raise
        except (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError) as error:
            raise Damaged(f"its description makes no sense: {error!r:.80}") from error

    def _distinct(self) -> list[Plane]:
        return list({id(plane): plane for plane in self.planes}.values())

    def _start(self, first: int) -> int:
        """The last image up to this one that all drawing can begin with: it hides what was there, for good."""
        whole = 0, self.height, 0, self.width
        for number in range(first, 0, -1):
            image = self.images[number]
            is_opaque = image.control.transparent is None and image.control.disposal != TO_PREVIOUS
            if is_opaque and shown(image, (self.height, self.width)) == whole:
                return number
        return 0


def opening(header: bytes, size: int) -> tuple[int, int]:
    """Checksum and length of the description of a file of this size that begins so; raises Damaged where none does."""
    if len(header) < HEADER.size:
        raise Damaged("it is cut off")
    magic, written, checksum, length, total = HEADER.unpack(header)
    if (magic, written) != (MAGIC, FORMAT):
        raise Damaged("it is of another format")
    if total != size:
        raise Damaged("its size is another one")
    return checksum, length


def index_clip(stream: BinaryIO, limits: DecodeLimits, most: int | None = None) -> IndexedClip:
    """Decompress the images of a GIF file, or only the first `most`, an image a frame.

    Raises DecodeError where there is no whole frame, LimitExceeded where the file asks for more than `limits`.
    """
    blocks = BlockReader(stream, limits)
    images: list[ImageBlock] = []
    planes: list[Plane] = []
    shelf = _Shelf()
    whole, damage = True, None
    try:
        for image in blocks.images():
            planes.append(locked(indices(image, shelf.room(image.height, image.width))[0]))
            images.append(_without_data(image))
            if len(images) == most:
                whole = False
                break
    except LimitExceeded:
        raise
    except DecodeError as error:
        if not images:
            raise
        whole, damage = False, str(error)
    if not images:  # an empty canvas is shown
        images.append(ImageBlock(0, 0, 0, 0, False, b"", GraphicControl(delay_cs=REPLACEMENT_CS), 2, b""))
        planes.append(np.empty((0, 0), np.uint8))
    durations_ms = tuple(browser_ms(image.control.delay_cs) for image in images)
    return IndexedClip(blocks.width, blocks.height, durations_ms, tuple(images), tuple(planes), whole, damage)


def locked(array: Plane) -> Plane:
    """A view of an array through which nothing can be written any more, whatever its receiver does with it."""
    return np.asarray(array.data.toreadonly())  # a mere view may be written again as long as its owner may


def _without_data(image: ImageBlock) -> ImageBlock:
    """What drawing needs of an image. (`replace()` takes twice as long, which shows in clips of many frames.)"""
    return ImageBlock(
        image.left, image.top, image.width, image.height, False, image.palette, image.control, image.code_size, b""
    )


class _Shelf:
    """Where planes stay: those of a large clip side by side in pieces of memory that grow with it."""

    def __init__(self) -> None:
        self._bytes = 0
        self._left = np.empty(0, np.uint8)

    def room(self, height: int, width: int) -> Plane:
        size = height * width
        self._bytes += size
        if self._bytes <= SMALL_BYTES:
            return np.empty((height, width), np.uint8)
        if size > self._left.size:
            self._left = np.empty(max(size, min(self._bytes, LARGEST_BYTES)), np.uint8)
        found, self._left = self._left[:size], self._left[size:]
        return found.reshape(height, width)


def _places(shapes: Sequence[tuple[int, ...]], position: int) -> Iterator[slice]:
    """Where planes of these shapes lie in a file, whose description ends at this position."""
    step = PAGE
    for shape in shapes:
        start = position + -position % step
        position = start + prod(shape)
        step = LINE
        yield slice(start, position)


def _checksum(buffer: Plane) -> int:
    """Of a file, from its size on: the CRC-32 of the sums of its rows and columns, of 64-bit words, 4 KiB a row.

    It takes a quarter of the time of a CRC-32 of it all. Only changes that cancel each other in rows and columns both,
    which takes four of them in the corners of a rectangle, are seen no better than by chance.
    """
    checked = buffer[CHECKED_FROM:]
    whole = checked.size // PAGE * PAGE
    words = checked[:whole].view("<u8").reshape(-1, PAGE // 8)
    rows = [np.add.reduce(words[start : start + SUMMED], axis=1) for start in range(0, len(words), SUMMED)]
    columns = [np.add.reduce(words[start : start + SUMMED], axis=0) for start in range(0, len(words), SUMMED)]
    found = zlib.crc32(checked[whole:].data)
    for sums in (*rows, *columns):
        found = zlib.crc32(sums.data, found)
    return found


def _to_row(image: ImageBlock, palette: int) -> list[Any]:
    control = image.control
    return [image.left, image.top, image.width, image.height, control.disposal, control.transparent, palette]


def _to_clip(document: dict[str, Any], buffer: Plane, end: int) -> IndexedClip:
    """What a document describes that ends there in a file. Whoever wrote its checksum could have written anything."""
    palettes = [_palette(text) for text in document["palettes"]]
    images = tuple(_to_image(row, palettes) for row in document["images"])
    durations_ms = tuple(_within(0, browser_ms(LARGEST), each) for each in document["durations_ms"])
    most = LARGEST if images else buffer.size
    width, height = (_within(1, most, each) for each in document["size"])
    numbers = [_within(0, len(durations_ms) - 1, number) for number in document["planes"]]
    shapes: list[tuple[int, ...]] = [(image.height, image.width) for image in images]
    shapes = shapes or [(height, width, 4)] * (max(numbers) + 1)
    places = list(_places(shapes, end))
    is_complete = len(numbers) == len(durations_ms) and (not images or numbers == list(range(len(images))))
    if not is_complete or places[-1].stop != buffer.size:
        raise Damaged("its parts do not match")
    planes = [buffer[place].reshape(shape) for place, shape in zip(places, shapes, strict=True)]
    whole, damage = _one_of((bool,), document["whole"]), _one_of((str, NoneType), document["damage"])
    return IndexedClip(width, height, durations_ms, images, tuple(planes[number] for number in numbers), whole, damage)


def _to_image(row: list[Any], palettes: list[bytes]) -> ImageBlock:
    *box, disposal, transparent, palette = row
    left, top, width, height = (_within(0, LARGEST, each) for each in box)
    disposal = _within(KEEP, TO_PREVIOUS, disposal)
    transparent = transparent if transparent is None else _within(0, COLOURS - 1, transparent)
    control = GraphicControl(disposal, 0, transparent)
    colours = palettes[_within(0, len(palettes) - 1, palette)]
    return ImageBlock(left, top, width, height, False, colours, control, 2, b"")


def _palette(text: str) -> bytes:
    palette = bytes.fromhex(text)
    if len(palette) % 3 or len(palette) > 3 * COLOURS:
        raise Damaged("a palette is none")
    return palette


def _within(least: int, most: int, value: object) -> int:
    if type(value) is not int or not least <= value <= most:
        raise Damaged(f"{value!r:.80} is not {least} to {most}")
    return value


def _one_of(types: tuple[type, ...], value: T) -> T:
    if type(value) not in types:
        raise Damaged(f"{value!r:.80} makes no sense")
    return value
