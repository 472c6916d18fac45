"""Read a GIF file block by block: the structure, no pixels.

The format is CompuServe's "Graphics Interchange Format, Version 89a" (1990); section numbers below are its own.
What the standard leaves open follows browsers: a missing trailer and stray zero bytes between blocks are tolerated;
plain text is passed over, and the graphic control before it speaks of the next image.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO, TypeGuard

from giflab_core.config import DecodeLimits
from giflab_core.decoding.codec import CODEC
from giflab_core.decoding.extras import APPLICATION, LOOPING_APPLICATIONS, PLAIN_TEXT, Extras
from giflab_core.errors import DecodeError, LimitExceeded
from giflab_core.frozen import dataclass

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
GRAPHIC_CONTROL = 0xF9
LZW_CODE_SIZES = range(1, 12)
# What is read at once: most extensions and small images are shorter than the first.
FIRST_CHUNK, CHUNK = 2048, 65536
# What is kept: of an extension what anybody looks at; of an image, for each pixel, a code and a clear code with room to
# spare.
EXTENSION_KEPT, LARGEST_CODES = 4096, 4
EXTENSIONS_A_FRAME = 10

KEEP, TO_BACKGROUND, TO_PREVIOUS = range(3)
# Values 0 and 1 leave the image; 4 is what an early encoder wrote for 3, and browsers read it so; 5 to 7 are undefined.
DISPOSAL = (KEEP, KEEP, TO_BACKGROUND, TO_PREVIOUS, TO_PREVIOUS, KEEP, KEEP, KEEP)


@dataclass(frozen=True, slots=True)
class GraphicControl:
    """Section 23: how the next image is shown. `delay_cs` is in 1/100 s."""

    disposal: int = KEEP
    delay_cs: int = 0
    transparent: int | None = None


@dataclass(frozen=True, slots=True)
class ImageBlock:
    """One image of the file, still compressed.

    `palette` is the colour table in force, 3 bytes a colour; `own_palette` says that it is the image's own. `data` are
    the LZW sub-blocks with their length bytes, as far as an image of that size can need them, and `data_bytes` how
    many there are; `cut` says that the file ends before their terminator.
    """

    left: int
    top: int
    width: int
    height: int
    interlaced: bool
    palette: bytes
    control: GraphicControl
    code_size: int
    data: bytes
    data_bytes: int = 0
    cut: bool = False
    own_palette: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """What is not an image (sections 23 to 26): the beginning of its sub-blocks, with their length bytes.

    `data_bytes`: how many bytes they have in all, with the terminator.
    """

    label: int
    data: bytes
    data_bytes: int


class BlockReader:
    """One pass over a GIF file.

    The constructor reads the header; `images()` or `blocks()` walks the rest. `n_images` are those that it has come to.
    `loop_count`, `has_trailer`, `stray_bytes` (zeros between blocks), `extras` and `extent` (how far the first image
    reaches to the right and down, in pixels) are known when that walk has ended. Raises DecodeError where bytes are
    missing or make no sense, LimitExceeded before allocating what `limits` forbid.
    """

    def __init__(self, stream: BinaryIO, limits: DecodeLimits) -> None:
        self._stream = stream
        self._limits = limits
        self._total_pixels = 0
        self.n_images = 0
        self.loop_count: int | None = None
        self.has_trailer = False
        self.stray_bytes = 0
        self.extras = Extras()
        self.extent = 0, 0
        signature = stream.read(6)
        if signature not in (b"GIF87a", b"GIF89a"):
            raise DecodeError("not a GIF file: it does not start with GIF87a or GIF89a")
        self.version = signature[3:].decode()
        self.width, self.height, flags, _background, _aspect = struct.unpack("<HHBBB", self._read(7))
        if not self.width or not self.height:
            raise DecodeError(f"the canvas is {self.width}x{self.height} pixels: nothing can be shown")
        self._check_pixels("canvas", self.width, self.height)
        self.global_palette = self._read_palette(flags)

    def images(self, *, refuse_text: bool = False) -> Iterator[ImageBlock]:
        """The images in the order of the file, as many as are whole; then DecodeError if the rest is damaged.

        `refuse_text`: plain text is damage too, since nobody draws it.
        """

        def is_image(block: ImageBlock | Extension) -> TypeGuard[ImageBlock]:
            if refuse_text and isinstance(block, Extension) and block.label == PLAIN_TEXT:
                raise DecodeError("a plain text extension, which no decoder draws: re-encode the text as an image")
            return isinstance(block, ImageBlock)

        # A filter holds no image while the next one is awaited, as a loop would: its data take memory.
        return filter(is_image, self.blocks())

    def blocks(self) -> Iterator[ImageBlock | Extension]:
        """As `images()`, with the extensions between them."""
        control, extensions = GraphicControl(), 0
        while introducer := self._stream.read(1):
            if introducer[0] == EXTENSION:
                label = self._read(1)[0]
                extensions += 1
                self._check_extensions(extensions)
                data, size = self._read_control() if label == GRAPHIC_CONTROL else self._read_extension()
                if label == GRAPHIC_CONTROL:
                    control = _graphic_control(data)
                else:
                    self.extras.add(label, data, size)
                if label == APPLICATION:
                    self._note_loop(data)
                yield Extension(label, data, size)
            elif introducer[0] == IMAGE:
                yield self._next_image(control)
                control = GraphicControl()
            elif introducer[0] == TRAILER:
                self.has_trailer = True
                return
            elif introducer[0] != 0:
                raise DecodeError(f"byte 0x{introducer[0]:02x} at {self._stream.tell() - 1} starts no GIF block")
            else:
                self.stray_bytes += 1 + self._skip_zeros()
        if not self.n_images:
            raise DecodeError("the file ends before the first image")

    def _next_image(self, control: GraphicControl) -> ImageBlock:
        self.n_images += 1
        self._check_count(self.n_images)
        image = self._read_image(control)
        self._check_total(image)
        if self.n_images == 1 and image.width and image.height:
            self.extent = image.left + image.width, image.top + image.height
        return image

    def _read(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) < size:
            raise DecodeError(f"the file ends at byte {self._stream.tell()}, inside a block")
        return data

    def _read_palette(self, flags: int) -> bytes | None:
        return self._read(3 * 2 ** ((flags & 7) + 1)) if flags & 0x80 else None

    def _sub_blocks(self, most: int) -> tuple[bytes, int, bool]:
        """Up to `most` bytes of sub-blocks with their length bytes, how many there are in all, and whether their
        terminator is there (section 15)."""
        first, total, position, size, whole = b"", 0, 0, FIRST_CHUNK, False
        while not whole and (chunk := self._stream.read(size)):
            position, whole = CODEC.scan(chunk, position)
            if whole:
                self._stream.seek(position - len(chunk), os.SEEK_CUR)
                chunk = chunk[:position]
            first, size = first or chunk, CHUNK
            total += len(chunk)
            position -= len(chunk)
        wanted = min(total, most)
        if wanted <= len(first):
            return first[:wanted], total, whole
        # Long ones are read again, all at once: to put them together of chunks would take as much memory again.
        self._stream.seek(-total, os.SEEK_CUR)
        data = self._stream.read(wanted)
        self._stream.seek(total - len(data), os.SEEK_CUR)
        return data, total, whole

    def _read_extension(self) -> tuple[bytes, int]:
        data, size, whole = self._sub_blocks(EXTENSION_KEPT)
        if not whole:
            raise DecodeError(f"the file ends at byte {self._stream.tell()}, inside an extension")
        return data, size

    def _read_control(self) -> tuple[bytes, int]:
        """The sub-blocks of a graphic control extension, which nearly always are one of 4 bytes."""
        data = self._stream.read(6)
        if len(data) == 6 and data[0] == 4 and not data[5]:
            return data, 6
        self._stream.seek(-len(data), os.SEEK_CUR)
        return self._read_extension()

    def _skip_zeros(self) -> int:
        """How many zero bytes come next; they are read."""
        zeros = 0
        while chunk := self._stream.read(CHUNK):
            rest = len(chunk.lstrip(b"\0"))
            zeros += len(chunk) - rest
            if rest:
                self._stream.seek(-rest, os.SEEK_CUR)
                break
        return zeros

    def _note_loop(self, data: bytes) -> None:
        name, rest = data[1 : 1 + data[0]], data[1 + data[0] :]
        # The loop sub-block: 3 bytes, of which the first is 1; one for buffering may be before it. ANIMEXTS1.0 is the
        # same under another name.
        while name in LOOPING_APPLICATIONS and len(rest) >= 4 and rest[0]:
            if rest[0] >= 3 and rest[1] & 7 == 1:
                self.loop_count = int.from_bytes(rest[2:4], "little")
                break
            rest = rest[1 + rest[0] :]

    def _read_image(self, control: GraphicControl) -> ImageBlock:
        left, top, width, height, flags = struct.unpack("<HHHHB", self._read(9))
        self._check_pixels("image", width, height)
        position = None if width and height else self._stream.tell()
        try:
            own_palette = self._read_palette(flags)
            palette = own_palette or self.global_palette
            if palette is None:
                raise DecodeError("an image without a local or a global colour table")
            code_size = self._read(1)[0]
            if code_size not in LZW_CODE_SIZES:
                raise DecodeError(f"an LZW code size of {code_size}; it must be 1 to 11")
        except DecodeError:
            if position is None:
                raise
            # Nothing to draw, and some writers then leave everything out: the next block follows at once.
            self._stream.seek(position)
            return ImageBlock(left, top, width, height, False, b"", control, 2, b"")
        data, size, whole = self._sub_blocks(LARGEST_CODES * width * height + CHUNK)
        interlaced, is_own = bool(flags & 0x40), own_palette is not None
        place = left, top, width, height, interlaced
        return ImageBlock(*place, palette, control, code_size, data, size, not whole, is_own)

    def _check_pixels(self, what: str, width: int, height: int) -> None:
        if width * height > self._limits.max_pixels:
            raise LimitExceeded(
                f"{what} of {width}x{height} = {width * height} pixels; {self._limits.named('max_pixels')}"
            )

    def _check_count(self, count: int) -> None:
        most = self._limits.max_frames
        if count > most:
            raise LimitExceeded(f"more than {most} images; {self._limits.named('max_frames')}")

    def _check_extensions(self, count: int) -> None:
        most = EXTENSIONS_A_FRAME * self._limits.max_frames
        if count > most:
            limit = self._limits.named("max_frames")
            raise LimitExceeded(f"more than {most} extensions, {EXTENSIONS_A_FRAME} for each image; {limit}")

    def _check_total(self, image: ImageBlock) -> None:
        """What it takes to decompress and to show each frame: time, not memory."""
        most = self._limits.max_total_pixels
        self._total_pixels += max(self.width * self.height, image.width * image.height)
        if self._total_pixels > most:
            raise LimitExceeded(f"more than {most} pixels in all frames; {self._limits.named('max_total_pixels')}")


def _graphic_control(data: bytes) -> GraphicControl:
    if data[0] < 4:
        raise DecodeError(f"a graphic control extension of {data[0]} bytes instead of 4")
    flags, delay_cs, transparent = struct.unpack_from("<BHB", data, 1)
    return GraphicControl(DISPOSAL[flags >> 2 & 7], delay_cs, transparent if flags & 1 else None)
