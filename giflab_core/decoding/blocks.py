"""Read a GIF file block by block: the structure, no pixels.

The format is CompuServe's "Graphics Interchange Format, Version 89a" (1990); section numbers below are its own.
What the standard leaves open follows browsers: a missing trailer and stray zero bytes between blocks are tolerated;
plain text is passed over, and the graphic control before it speaks of the next image.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from giflab_core.config import DecodeLimits
from giflab_core.decoding.codec import CODEC
from giflab_core.decoding.extras import APPLICATION, LOOPING_APPLICATIONS, PLAIN_TEXT, Extras
from giflab_core.decoding.image import NO_CONTROL, GraphicControl, ImageBlock, graphic_control
from giflab_core.decoding.source import CHUNK, Source
from giflab_core.errors import DecodeError, LimitExceeded
from giflab_core.frozen import dataclass

EXTENSION, IMAGE, TRAILER = 0x21, 0x2C, 0x3B
GRAPHIC_CONTROL = 0xF9
LZW_CODE_SIZES = range(1, 12)
FIRST_CHUNK = 2048
"""Of sub-blocks so many bytes are looked at first: most extensions and small images are shorter."""
# What is kept: of an extension what anybody looks at; of an image, for each pixel, a code and a clear code with room to
# spare.
EXTENSION_KEPT, LARGEST_CODES = 4096, 4
EXTENSIONS_A_FRAME = 10


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
    reaches to the right and down, in pixels) are known when that walk has ended, and if there is a trailer, the stream
    then stands after it. Without `with_data` only an image that is cut has its data. Raises DecodeError where bytes
    are missing or make no sense, LimitExceeded before allocating what `limits` forbid.
    """

    def __init__(self, stream: BinaryIO, limits: DecodeLimits, *, with_data: bool = True) -> None:
        self._source = Source(stream)
        self._limits = limits
        self._with_data = with_data
        self._control = NO_CONTROL
        self._total_pixels = self._extensions = 0
        self.n_images = 0
        self.loop_count: int | None = None
        self.has_trailer = False
        self.stray_bytes = 0
        self.extras = Extras()
        self.extent = 0, 0
        signature = self._source.read(6)
        if signature not in (b"GIF87a", b"GIF89a"):
            raise DecodeError("not a GIF file: it does not start with GIF87a or GIF89a")
        self.version = signature[3:].decode()
        self.width, self.height, flags, _background, _aspect = struct.unpack("<HHBBB", self._read(7))
        if not self.width or not self.height:
            raise DecodeError(f"the canvas is {self.width}x{self.height} pixels: nothing can be shown")
        self._check_pixels("canvas", self.width, self.height)
        self._canvas_pixels = self.width * self.height
        self.global_palette = self._read_palette(flags)

    def images(self, *, refuse_text: bool = False) -> Iterator[ImageBlock]:
        """The images in the order of the file, as many as are whole; then DecodeError if the rest is damaged.

        `refuse_text`: plain text is damage too, since nobody draws it.
        """

        def image() -> ImageBlock | None:
            found = self._plain_image() or self._block()
            while isinstance(found, Extension):
                if refuse_text and found.label == PLAIN_TEXT:
                    raise DecodeError("a plain text extension, which no decoder draws: re-encode the text as an image")
                found = self._plain_image() or self._block()
            return found

        # Nothing holds an image while the next one is awaited, as a loop would: its data take memory.
        return iter(image, None)

    def blocks(self) -> Iterator[ImageBlock | Extension]:
        """As `images()`, with the extensions between them."""
        return iter(self._block, None)

    def _block(self) -> ImageBlock | Extension | None:
        """The next one; None at the end."""
        while introducer := self._source.read(1):
            if introducer[0] == EXTENSION:
                return self._next_extension()
            if introducer[0] == IMAGE:
                control, self._control = self._control, NO_CONTROL
                return self._next_image(control)
            if introducer[0] == TRAILER:
                self.has_trailer = True
                self._source.leave()
                return None
            if introducer[0] != 0:
                raise DecodeError(f"byte 0x{introducer[0]:02x} at {self._source.tell() - 1} starts no GIF block")
            self.stray_bytes += 1 + self._skip_zeros()
        if not self.n_images:
            raise DecodeError("the file ends before the first image")
        return None

    def _plain_image(self) -> ImageBlock | None:
        """The next image, if it is as in nearly all files; else nothing is read, and `_block()` says what there is."""
        source, has_palette = self._source, self.global_palette is not None
        found = CODEC.image(source.chunk, source.at, has_palette, self._with_data)
        if found is True and source.fill():
            found = CODEC.image(source.chunk, 0, has_palette, self._with_data)
        if isinstance(found, bool):
            return None
        end, control, left, top, width, height, interlaced, own, code_size, data, data_bytes = found
        limits, pixels = self._limits, width * height
        total = self._total_pixels + max(self._canvas_pixels, pixels)
        extensions = self._extensions + (control is not None)
        if (
            self.n_images >= limits.max_frames
            or extensions > EXTENSIONS_A_FRAME * limits.max_frames
            or pixels > limits.max_pixels
            or total > limits.max_total_pixels
        ):
            return None
        source.at = end
        self.n_images += 1
        self._total_pixels, self._extensions = total, extensions
        if self.n_images == 1:
            self.extent = left + width, top + height
        shown = graphic_control(control) if control else self._control
        self._control = NO_CONTROL
        palette = own or self.global_palette or b""
        place = left, top, width, height, interlaced
        return ImageBlock(*place, palette, shown, code_size, data, data_bytes, False, own is not None)

    def _next_extension(self) -> Extension:
        label = self._read(1)[0]
        self._extensions += 1
        self._check_extensions(self._extensions)
        data, size = self._read_control() if label == GRAPHIC_CONTROL else self._read_extension()
        if label == GRAPHIC_CONTROL:
            if data[0] < 4:
                raise DecodeError(f"a graphic control extension of {data[0]} bytes instead of 4")
            self._control = graphic_control(data[1:5])
        else:
            self.extras.add(label, data, size)
        if label == APPLICATION:
            self._note_loop(data)
        return Extension(label, data, size)

    def _next_image(self, control: GraphicControl) -> ImageBlock:
        self.n_images += 1
        self._check_count(self.n_images)
        image = self._read_image(control)
        self._check_total(image)
        if self.n_images == 1 and image.width and image.height:
            self.extent = image.left + image.width, image.top + image.height
        return image

    def _read(self, size: int) -> bytes:
        data = self._source.read(size)
        if len(data) < size:
            raise DecodeError(f"the file ends at byte {self._source.tell()}, inside a block")
        return data

    def _read_palette(self, flags: int) -> bytes | None:
        return self._read(3 * 2 ** ((flags & 7) + 1)) if flags & 0x80 else None

    def _sub_blocks(self, most: int, *, with_whole: bool = True) -> tuple[bytes, int, bool]:
        """Up to `most` bytes of sub-blocks with their length bytes, how many there are in all, and whether their
        terminator is there (section 15). Without `with_whole` only those that end without one."""
        first, total, position, size, whole = b"", 0, 0, FIRST_CHUNK, False
        while not whole and (chunk := self._source.read(size)):
            position, whole = CODEC.scan(chunk, position)
            if whole:
                self._source.move(position - len(chunk))
                chunk = chunk[:position]
            first, size = first or chunk, CHUNK
            total += len(chunk)
            position -= len(chunk)
        wanted = min(total, most) if with_whole or not whole else 0
        if wanted <= len(first):
            return first[:wanted], total, whole
        # Long ones are read again, all at once: to put them together of chunks would take as much memory again.
        self._source.move(-total)
        data = self._source.read(wanted)
        self._source.move(total - len(data))
        return data, total, whole

    def _read_extension(self) -> tuple[bytes, int]:
        data, size, whole = self._sub_blocks(EXTENSION_KEPT)
        if not whole:
            raise DecodeError(f"the file ends at byte {self._source.tell()}, inside an extension")
        return data, size

    def _read_control(self) -> tuple[bytes, int]:
        """The sub-blocks of a graphic control extension, which nearly always are one of 4 bytes."""
        data = self._source.read(6)
        if len(data) == 6 and data[0] == 4 and not data[5]:
            return data, 6
        self._source.move(-len(data))
        return self._read_extension()

    def _skip_zeros(self) -> int:
        """How many zero bytes come next; they are read."""
        zeros = 0
        while chunk := self._source.read(CHUNK):
            rest = len(chunk.lstrip(b"\0"))
            zeros += len(chunk) - rest
            if rest:
                self._source.move(-rest)
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
        position = None if width and height else self._source.tell()
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
            self._source.move(position - self._source.tell())
            return ImageBlock(left, top, width, height, False, b"", control, 2, b"")
        data, size, whole = self._sub_blocks(LARGEST_CODES * width * height + CHUNK, with_whole=self._with_data)
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
        self._total_pixels += max(self._canvas_pixels, image.width * image.height)
        if self._total_pixels > most:
            raise LimitExceeded(f"more than {most} pixels in all frames; {self._limits.named('max_total_pixels')}")
