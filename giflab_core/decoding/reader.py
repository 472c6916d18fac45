"""Open a GIF file: its structure as a `Clip`, its pictures as a stream of `Frame`s."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Literal, TypeVar, get_args

from giflab_core.config import DecodeLimits
from giflab_core.decoding.blocks import BlockReader
from giflab_core.decoding.canvas import Canvas
from giflab_core.decoding.extras import HEAD_BYTES, REST, told_enlarged, told_rest, told_texts
from giflab_core.decoding.image import ImageBlock, indices
from giflab_core.decoding.picture import Picture, Screen
from giflab_core.decoding.source import CHUNK
from giflab_core.errors import DecodeError, FileChanged, LimitExceeded, UsageError
from giflab_core.model import Clip, Extra, Frame
from giflab_core.stamp import Stamp, stamp_of
from giflab_core.text import printable

ZeroDelay = Literal["browser", "merge"]
PathLike = str | os.PathLike[str]
Surface = TypeVar("Surface", Canvas, Screen)

# Browsers show a delay of 0 or 1 hundredths of a second for a tenth of a second.
SHORTEST_HONOURED_CS, REPLACEMENT_CS = 2, 10
DEFAULT_LIMITS = DecodeLimits()
RULES = get_args(ZeroDelay)
CHANGED = "it changed while it was read; validate it again"


def open_clip(path: PathLike, *, zero_delay: ZeroDelay = "browser", limits: DecodeLimits | None = None) -> Clip:
    """Read a GIF's structure and digest; no pixel is decoded.

    `zero_delay`: "browser" makes each image a frame and shows delays of 0 and 10 ms for 100 ms; "merge" lets an image
    without a delay join the next frame (the last image always ends one), and refuses plain text. Raises DecodeError
    where the file cannot be read or has no whole frame, FileChanged where it is written to meanwhile, LimitExceeded
    where it asks for more than `limits`, UsageError for an unknown rule.
    Damage after the first frame is noted in `Clip.damage`.
    """
    _check_rule(zero_delay)
    with opened(path, limits) as (stream, limits):
        stamp = stamp_of(os.fstat(stream.fileno()))
        digest = _digest(stream)
        size_bytes = stream.tell()
        stream.seek(0)
        blocks = BlockReader(stream, limits, with_data=False)
        durations_ms, delays_cs, damage = _delays(blocks, zero_delay)
        if stamp_of(os.fstat(stream.fileno())) != stamp:
            raise FileChanged(CHANGED)
        return Clip(
            path=Path(path),
            digest=digest,
            width=blocks.width,
            height=blocks.height,
            durations_ms=durations_ms,
            loop_count=blocks.loop_count,
            damage=damage,
            warnings=tuple(_remarks(blocks, is_whole=damage is None)),
            stamp=stamp,
            size_bytes=size_bytes,
            extras=tuple(_extras(blocks, stream, size_bytes)),
            has_rounded_delays=zero_delay == "browser" and _are_replaced(delays_cs),
        )


def _digest(stream: BufferedReader) -> str:
    """SHA-256 of all that comes, which is read; in hexadecimal."""
    first = stream.read(CHUNK)
    if len(first) < CHUNK:
        return hashlib.sha256(first).hexdigest()  # files are mostly small, and room for large ones takes time
    stream.seek(-CHUNK, os.SEEK_CUR)
    return hashlib.file_digest(stream, "sha256").hexdigest()


def _delays(blocks: BlockReader, zero_delay: ZeroDelay) -> tuple[tuple[int, ...], set[int], str | None]:
    """How long each frame is shown, the delays that are stored, and what is wrong after the last whole frame."""
    durations_ms: list[int] = []
    delays_cs: set[int] = set()
    damage = None
    try:
        for image, shown_ms in _timed(blocks, zero_delay):
            if image:
                delays_cs.add(image.control.delay_cs)
            if image and image.cut:
                indices(image)  # whether its pixels are whole only decoding can tell
            if shown_ms is not None:
                durations_ms.append(shown_ms)
    except LimitExceeded:
        raise
    except DecodeError as error:
        if not durations_ms:
            raise
        damage = str(error)
    return tuple(durations_ms), delays_cs, damage


def _are_replaced(delays_cs: Collection[int]) -> bool:
    """Whether browsers show another delay instead of each of these."""
    return bool(delays_cs) and max(delays_cs) < SHORTEST_HONOURED_CS


def _remarks(blocks: BlockReader, *, is_whole: bool) -> Iterator[str]:
    """What is odd about a file that decodes all the same."""
    if is_whole and not blocks.has_trailer:
        yield "the file ends without a trailer"
    if blocks.extras.texts:
        yield told_texts(blocks.extras.texts)
    canvas = blocks.width, blocks.height
    if blocks.extent[0] > canvas[0] or blocks.extent[1] > canvas[1]:
        yield told_enlarged(blocks.extent, canvas)


def _extras(blocks: BlockReader, stream: BufferedReader, size_bytes: int) -> Iterator[Extra]:
    """What takes place in a file and is never shown, as far as it is worth a word."""
    rest_bytes = size_bytes - stream.tell() if blocks.has_trailer else 0
    if rest_bytes:
        yield Extra(REST, rest_bytes, told_rest(rest_bytes, stream.read(HEAD_BYTES)))
    for each in blocks.extras.bloat(size_bytes):
        yield Extra(each.what, each.size_bytes, each.told(size_bytes))


def is_changed(clip: Clip) -> bool:
    """Whether the file is another one than when the clip was opened, or was written to since."""
    try:
        return stamp_of(os.stat(clip.path)) != clip.stamp
    except OSError:
        return True


def decode(path: PathLike, *, zero_delay: ZeroDelay = "browser", limits: DecodeLimits | None = None) -> Iterator[Frame]:
    """Stream a GIF's frames; one canvas is held at a time.

    Arguments and errors are those of `open_clip`; a damaged file yields its whole frames, then raises DecodeError.
    """
    _check_rule(zero_delay)
    return (Frame(canvas.snapshot(), shown_ms) for canvas, shown_ms in _drawn(path, zero_delay, limits, Canvas))


def pictures(
    path: PathLike, *, zero_delay: ZeroDelay = "browser", limits: DecodeLimits | None = None, stamp: Stamp = ()
) -> Iterator[Picture]:
    """As `decode()`, but each picture is a view that is valid until the next one is asked for.

    `stamp`: that of a `Clip`; raises FileChanged where the path leads to another file by now, or that was written to.
    """
    _check_rule(zero_delay)
    drawn = _drawn(path, zero_delay, limits, Screen, stamp)
    return (screen.picture(shown_ms) for screen, shown_ms in drawn)


def _drawn(
    path: PathLike, zero_delay: ZeroDelay, limits: DecodeLimits | None, kind: type[Surface], stamp: Stamp = ()
) -> Iterator[tuple[Surface, int]]:
    """The one surface that all images are drawn on, each time that a frame is complete, and how long that is shown."""
    with opened(path, limits) as (stream, limits):
        # Of what was opened, not of what the path leads to by now: a link may lead there and back again.
        if stamp and stamp_of(os.fstat(stream.fileno())) != stamp:
            raise FileChanged(CHANGED)
        blocks = BlockReader(stream, limits)
        surface = kind(blocks.width, blocks.height)
        for image, shown_ms in _timed(blocks, zero_delay):
            if image:
                surface.draw(image)
            del image  # its data take memory, and are not needed while the picture is looked at
            if shown_ms is not None:
                yield surface, shown_ms


def _check_rule(zero_delay: str) -> None:
    if zero_delay not in RULES:
        raise UsageError(f"zero_delay must be one of {', '.join(RULES)}, not {zero_delay!r}")


def browser_ms(delay_cs: int) -> int:
    """How long browsers show an image with this stored delay."""
    return 10 * (delay_cs if delay_cs >= SHORTEST_HONOURED_CS else REPLACEMENT_CS)


@contextmanager
def opened(path: PathLike, limits: DecodeLimits | None) -> Iterator[tuple[BufferedReader, DecodeLimits]]:
    """The file for reading and the limits in force; every error names the file."""
    limits = DEFAULT_LIMITS if limits is None else limits
    if not isinstance(limits, DecodeLimits):
        raise UsageError(f"limits must be a DecodeLimits, such as DecodeLimits(max_frames=100), not {limits!r:.80}")
    try:
        with _open_regular(path, limits) as stream:
            yield stream, limits
    except DecodeError as error:
        raise type(error)(f"cannot read {printable(path)}: {error}") from error
    except OSError as error:
        raise DecodeError(f"cannot read {printable(path)}: {error.strerror or error}") from error


def _open_regular(path: PathLike, limits: DecodeLimits) -> BufferedReader:
    # Looked at before it is opened: opening a named pipe would wait for a writer.
    try:
        status = os.stat(path)
    except ValueError as error:
        raise DecodeError(f"not a path: {error}") from error
    if not stat.S_ISREG(status.st_mode):
        raise DecodeError("not a regular file")
    if status.st_size > limits.max_bytes:
        raise LimitExceeded(f"{status.st_size} bytes; {limits.named('max_bytes')}")
    return open(path, "rb")


def _timed(blocks: BlockReader, zero_delay: ZeroDelay) -> Iterator[tuple[ImageBlock | None, int | None]]:
    """Each image to draw, with how long the frame that it completes is shown; None where it completes none.

    A file without an image that is otherwise whole shows an empty canvas: one frame, nothing to draw.
    """
    if zero_delay == "browser":
        # No loop: that would hold an image, with its data, while the picture is looked at.
        yield from map(_by_itself, blocks.images())
    else:
        yield from _merged(blocks)
    if not blocks.n_images:
        yield None, 10 * REPLACEMENT_CS if zero_delay == "browser" else 0


def _by_itself(image: ImageBlock) -> tuple[ImageBlock, int]:
    return image, browser_ms(image.control.delay_cs)


def _merged(blocks: BlockReader) -> Iterator[tuple[ImageBlock, int | None]]:
    """An image without a delay is drawn with the next one."""
    held: ImageBlock | None = None
    # The suite whose rule this is refuses plain text; browsers skip it.
    for image in blocks.images(refuse_text=True):
        if held:
            yield held, None
        delay_cs = image.control.delay_cs
        held = None if delay_cs else image
        if delay_cs:
            yield image, 10 * delay_cs
    if held:
        yield held, 0
