"""A clip that is decompressed but not drawn: what takes long to find out, in little space.

Its frames are drawn from that as decoding does it, by the same canvas, without reading LZW data again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import numpy as np

from giflab_core.config import DecodeLimits
from giflab_core.decoding import (
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
from giflab_core.frozen import dataclass
from giflab_core.kernels.boxes import NOTHING

if TYPE_CHECKING:
    from giflab_core.model import Pixels, Plane

T = TypeVar("T")
# Fresh memory costs most where it is asked for in pages of 4 KiB; NumPy asks for large ones where it is asked for much.
SMALL_BYTES, LARGEST_BYTES = 1 << 20, 1 << 26
IMAGE_BYTES = 900
"""An image takes about so much, however few pixels it has: the objects that describe it and its plane."""


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
        return sum(max(plane.nbytes, IMAGE_BYTES) for plane in self.distinct_planes())

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

    def distinct_planes(self) -> list[Plane]:
        """The planes, each once, in order."""
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
