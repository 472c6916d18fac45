"""Take one GIF apart, block by block and picture by picture."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from giflab_core.config import DecodeLimits
from giflab_core.decoding import (
    APPLICATION,
    COMMENT,
    GRAPHIC_CONTROL,
    HEAD_BYTES,
    PLAIN_TEXT,
    BlockReader,
    Extension,
    ImageBlock,
    PathLike,
    browser_ms,
    opened,
    told_enlarged,
    told_rest,
    told_texts,
)
from giflab_core.errors import DecodeError, LimitExceeded
from giflab_core.inspection.drawing import Drawing
from giflab_core.inspection.model import (
    LAST_DEFINED_DISPOSAL,
    Disposal,
    InspectedFrame,
    Inspection,
    Oddity,
    OddityKind,
    Part,
    StoredText,
    TextKind,
)
from giflab_core.text import counted

HEADER_BYTES, DESCRIPTOR_BYTES, TRAILER_BYTES = 13, 10, 1
LARGEST_CODE_SIZE = 8  # a pixel has no more bits
DISPOSALS: tuple[Disposal, ...] = ("keep", "background", "previous")  # by KEEP, TO_BACKGROUND, TO_PREVIOUS
PARTS: Mapping[int, Part] = MappingProxyType(
    {GRAPHIC_CONTROL: "graphic_control", APPLICATION: "application", COMMENT: "comments"}
)
# Texts are for people, and nobody reads more of them.
MOST_TEXTS, MOST_TEXT_BYTES = 100, 200


def inspect(path: PathLike, *, limits: DecodeLimits | None = None) -> Inspection:
    """Take a GIF file apart; every image is decoded, one canvas is held.

    Damage after the first whole frame is among the oddities. Raises DecodeError where the file cannot be read or has
    no whole frame, LimitExceeded where it asks for more than `limits`.
    """
    with opened(path, limits) as (stream, limits):
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        size_bytes = stream.tell()
        stream.seek(0)
        reader = BlockReader(stream, limits)
        survey = _Survey(reader)
        survey.walk()
        position = stream.tell()
        survey.end(size_bytes, position, stream.read(HEAD_BYTES))
        return Inspection(
            path=Path(path),
            digest=digest,
            size_bytes=size_bytes,
            version=reader.version,
            width=reader.width,
            height=reader.height,
            global_colours=_colours(reader.global_palette),
            loop_count=reader.loop_count,
            frames=tuple(survey.frames),
            parts={part: survey.parts[part] for part in get_args(Part)},
            texts=tuple(survey.texts),
            n_texts=survey.n_texts,
            oddities=tuple(survey.oddities()),
        )


class _Survey:
    """What is gathered on the way through a file: `walk()`, then `end()`."""

    def __init__(self, reader: BlockReader) -> None:
        self.frames: list[InspectedFrame] = []
        self.parts: Counter[Part] = Counter(
            {"header": HEADER_BYTES, "global_palette": len(reader.global_palette or b"")}
        )
        self.texts: list[StoredText] = []
        self.n_texts = 0
        self._reader = reader
        self._drawing = Drawing(reader.width, reader.height)
        self._notes: dict[tuple[OddityKind, str], list[int]] = {}
        self._skipped: Counter[int] = Counter()
        self._control: bytes | None = None
        self._control_bytes = 0
        self._damage: DecodeError | None = None

    def walk(self) -> None:
        """Look at every block. Raises DecodeError where no frame is whole, LimitExceeded in any case."""
        try:
            for block in self._reader.blocks():
                if isinstance(block, ImageBlock):
                    self._see_image(block)
                else:
                    self._see_extension(block)
        except LimitExceeded:
            raise
        except DecodeError as error:
            self._damage = self._damage or error
            self._note("damage", f"after frame {len(self.frames)}: {error}")
        if self._damage and not any(frame.is_whole for frame in self.frames):
            raise self._damage

    def end(self, size_bytes: int, position: int, rest: bytes) -> None:
        """Account for what is not a block, and note what only the whole file tells.

        `position`: where reading ended; `rest`: what is there, as far as anybody looks at it.
        """
        self.parts["stray"] = self._reader.stray_bytes
        if self._reader.has_trailer:
            self.parts["trailer"], self.parts["after_trailer"] = TRAILER_BYTES, size_bytes - position
        else:
            self.parts["unread"] = size_bytes - self.parts.total()
        self._note_delays()
        self._note_file(size_bytes, rest)

    def oddities(self) -> Iterator[Oddity]:
        """In the order of their kinds, then of the file."""
        order = get_args(OddityKind)
        for kind, message in sorted(self._notes, key=lambda note: order.index(note[0])):
            yield Oddity(kind, message, tuple(self._notes[kind, message]))

    def _note(self, kind: OddityKind, message: str, *frames: int) -> None:
        self._notes.setdefault((kind, message), []).extend(frames)

    def _see_extension(self, block: Extension) -> None:
        size_bytes = 2 + block.data_bytes
        self.parts[PARTS.get(block.label, "other_extensions")] += size_bytes
        first = 1 + block.data[0]
        if block.label == GRAPHIC_CONTROL:
            self._control = block.data
            self._control_bytes += size_bytes
        elif block.label == APPLICATION:
            self._keep_text("application", block.data[:first], size_bytes)
        elif block.label == COMMENT:
            self._keep_text("comment", block.data, size_bytes)
        else:
            self._skipped[block.label] += 1
        if block.label == PLAIN_TEXT:
            self._keep_text("plain_text", block.data[first:], size_bytes)

    def _keep_text(self, kind: TextKind, blocks: bytes, size_bytes: int) -> None:
        self.n_texts += 1
        if len(self.texts) < MOST_TEXTS:
            self.texts.append(StoredText(kind, _text(blocks), size_bytes))

    def _see_image(self, image: ImageBlock) -> None:
        palette_bytes = len(image.palette) if image.own_palette else 0
        # An empty image may end right after its descriptor; a cut one has at least its code size.
        data_bytes = DESCRIPTOR_BYTES + (1 + image.data_bytes if image.data or image.cut else 0)
        self.parts["local_palettes"] += palette_bytes
        self.parts["image_data"] += data_bytes
        is_whole = self._draw(image)
        control, delay_cs = self._control, image.control.delay_cs
        frame = InspectedFrame(
            number=len(self.frames) + 1,
            left=image.left,
            top=image.top,
            width=image.width,
            height=image.height,
            interlaced=image.interlaced,
            delay_cs=None if control is None else delay_cs,
            shown_ms=browser_ms(delay_cs),
            stored_disposal=None if control is None else control[1] >> 2 & 7,
            disposal=DISPOSALS[image.control.disposal],
            transparent=image.control.transparent,
            local_colours=_colours(image.palette) if image.own_palette else None,
            code_size=image.code_size,
            dirty_pixels=self._drawing.cover(image),
            size_bytes=self._control_bytes + palette_bytes + data_bytes,
            is_whole=is_whole,
        )
        self._note_frame(frame)
        self.frames.append(frame)
        self._control, self._control_bytes = None, 0

    def _draw(self, image: ImageBlock) -> bool:
        """Whether all pixels of the image decode."""
        number = len(self.frames) + 1
        try:
            if self._drawing.draw(image):
                self._note("duplicate", "the same picture as that of the frame before", number)
        except DecodeError as error:
            self._damage = self._damage or error
            self._note("damage", str(error), number)
            return False
        return True

    def _note_frame(self, frame: InspectedFrame) -> None:
        right, bottom = frame.left + frame.width, frame.top + frame.height
        if not frame.width or not frame.height:
            self._note("empty", "an image without pixels", frame.number)
        elif frame.number == 1 and (right > self._reader.width or bottom > self._reader.height):
            self._note("outside", told_enlarged((right, bottom), (self._reader.width, self._reader.height)), 1)
        elif right > self._reader.width or bottom > self._reader.height:
            self._note("outside", "not wholly inside of the canvas, and cropped", frame.number)
        if frame.stored_disposal is not None and frame.stored_disposal > LAST_DEFINED_DISPOSAL:
            stored = frame.stored_disposal
            self._note(
                "undefined_disposal", f"disposal {stored} is undefined; taken for {frame.disposal}", frame.number
            )
        if frame.code_size > LARGEST_CODE_SIZE:
            self._note(
                "large_code_size", f"an LZW code size of {frame.code_size}, where pixels have 8 bits", frame.number
            )

    def _note_delays(self) -> None:
        """A picture that does not move needs no delay."""
        for frame in self.frames if len(self.frames) > 1 else ():
            if frame.delay_cs is None:
                self._note("short_delay", f"no delay is stored; shown for {frame.shown_ms} ms", frame.number)
            elif frame.shown_ms != 10 * frame.delay_cs:
                stored_ms = 10 * frame.delay_cs
                self._note(
                    "short_delay", f"a delay of {stored_ms} ms is stored; shown for {frame.shown_ms} ms", frame.number
                )

    def _note_file(self, size_bytes: int, rest: bytes) -> None:
        if not self.frames:
            self._note("no_image", "there is no image: viewers show an empty canvas")
        if len(self.frames) > 1 and self._reader.loop_count is None:
            self._note("no_loop", "an animation without a loop block: played once")
        for label, count in sorted(self._skipped.items()):
            if label == PLAIN_TEXT:
                self._note("plain_text", told_texts(count))
            else:
                self._note("unknown_extension", f"{counted(count, 'extension')} of the unknown type 0x{label:02x}")
        for each in self._reader.extras.bloat(size_bytes):
            self._note("metadata", each.told(size_bytes))
        if self.parts["stray"]:
            self._note("stray", f"{counted(self.parts['stray'], 'stray zero byte')} between blocks")
        if self.parts["after_trailer"]:
            self._note("after_trailer", told_rest(self.parts["after_trailer"], rest))
        if self.parts["unread"]:
            self._note("damage", f"the last {counted(self.parts['unread'], 'byte')} of the file cannot be read")
        elif not self._reader.has_trailer:
            self._note("no_trailer", "the file ends without a trailer")


def _colours(palette: bytes | None) -> int | None:
    return None if palette is None else len(palette) // 3


def _text(blocks: bytes) -> str:
    """What stands in sub-blocks, as far as anybody would read it; what is not UTF-8 is escaped."""
    content, position = bytearray(), 0
    while position < len(blocks) and len(content) <= MOST_TEXT_BYTES:
        length = blocks[position]
        content += blocks[position + 1 : position + 1 + length]
        position += 1 + length
    cut = "…" * (len(content) > MOST_TEXT_BYTES)
    return content[:MOST_TEXT_BYTES].decode("utf-8", "backslashreplace") + cut
