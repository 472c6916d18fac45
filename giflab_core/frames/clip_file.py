"""A file of an indexed clip: a header, a description, and the planes, under one checksum."""

from __future__ import annotations

import errno
import json
import os
import stat
import struct
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from math import prod
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from giflab_core.decoding import KEEP, TO_PREVIOUS, GraphicControl, ImageBlock, browser_ms
from giflab_core.frames.indexed_clip import IndexedClip, locked
from giflab_core.text import printable

if TYPE_CHECKING:
    from giflab_core.model import Plane

T = TypeVar("T")
MAGIC, FORMAT = b"GIFLABFR", 1
# Magic, format, checksum of all that follows it, bytes of the description after the header, bytes in all.
HEADER = struct.Struct("<8sIIQQ")
CHECKED_FROM = 16
UNFINISHED = ".part"
PAGE, LINE = 4096, 64
"""Planes begin on a page, each on a line of the processor's cache, so that a file can be used where it is mapped."""
SUMMED = 64
"""So many pages are summed up at once: the processor's cache holds them."""
LARGEST, COLOURS = 0xFFFF, 256
"""What GIF has room for: pixels of a side, and colours."""


class Damaged(ValueError):
    """Bytes that are not what was written."""


def to_buffer(clip: IndexedClip, key: str) -> Plane:
    """The bytes of a file of this clip; `key` says of what it is one."""
    palettes = {palette: number for number, palette in enumerate({each.palette: None for each in clip.images})}
    distinct = {id(plane): number for number, plane in enumerate(clip.distinct_planes())}
    document = json.dumps(
        {
            "key": key,
            "size": [clip.width, clip.height],
            "durations_ms": clip.durations_ms,
            "whole": clip.whole,
            "damage": clip.damage,
            "palettes": [palette.hex() for palette in palettes],
            "images": [_to_row(image, palettes[image.palette]) for image in clip.images],
            "planes": [distinct[id(plane)] for plane in clip.planes],
        },
        separators=(",", ":"),
    ).encode()
    shapes = [plane.shape for plane in clip.distinct_planes()]
    places = list(_places(shapes, HEADER.size + len(document)))
    buffer = np.zeros(places[-1].stop, np.uint8)
    buffer[HEADER.size : HEADER.size + len(document)] = np.frombuffer(document, np.uint8)
    for place, plane in zip(places, clip.distinct_planes(), strict=True):
        buffer[place] = plane.reshape(-1)
    HEADER.pack_into(buffer.data, 0, MAGIC, FORMAT, 0, len(document), buffer.size)
    HEADER.pack_into(buffer.data, 0, MAGIC, FORMAT, _checksum(buffer), len(document), buffer.size)
    return buffer


def from_buffer(buffer: Plane, key: str) -> IndexedClip:
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


def write_file(path: Path, buffer: Plane) -> None:
    """Write a file, whole or not at all; raises OSError. Until then its name begins with a dot."""
    handle, unfinished = tempfile.mkstemp(prefix=f".{path.stem}.", suffix=UNFINISHED, dir=path.parent)
    try:
        with open(handle, "wb") as stream:
            stream.write(buffer.data)
        os.replace(unfinished, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(unfinished)
        raise


def read_file(path: Path, most: int) -> Plane:
    """The bytes of a file, read-only.

    Raises Damaged where these are not what was written, or anybody could have written them, OSError where they cannot
    be read, or are more than `most`.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(path, "rb", buffering=0, opener=lambda name, _: os.open(name, flags)) as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise PermissionError(f"{printable(path.name)} is not a file")
        if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
            raise PermissionError(f"{printable(path.name)} belongs to another user, who may write it")
        if hasattr(os, "geteuid") and status.st_mode & 0o022:
            raise Damaged("others may write it")
        opening(stream.read(HEADER.size), status.st_size)
        if status.st_size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        stream.seek(0)
        buffer = np.empty(status.st_size, np.uint8)
        filled = 0
        while filled < buffer.size and (count := stream.readinto(buffer[filled:].data)):
            filled += count
    return locked(buffer[:filled])


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
