"""A clip as a GIF file: exact where 256 colours are enough, and as encoders recompress it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from giflab_core import decode, open_clip
from tests.helpers import gifs as builders
from tests.helpers.local_faults.grounds import keys, pixels_of
from tests.helpers.local_faults.scenes import Footage, Pixels
from tests.helpers.tools import require_tool

LEAVE, CLEAR = 1, 2
Indexed = tuple[npt.NDArray[np.uint8], Pixels, int | None]
"""Indices, a table of colours, and which of them is transparent."""


def read(path: Path, most_frames: int) -> Footage:
    """The first frames of a clip, shown as long as browsers show them."""
    frames = [frame for frame, _ in zip(decode(path), range(most_frames), strict=False)]
    durations = tuple(frame.duration_ms for frame in frames)
    return Footage(tuple(frame.pixels for frame in frames), durations, open_clip(path).loop_count)


def write(path: Path, footage: Footage, like: tuple[Footage, Sequence[bytes]] | None = None) -> list[bytes]:
    """Write a clip and give its images as bytes; `like`: another clip and its images, some of which may be the same."""
    clears = footage.is_transparent
    known = like if like and like[0].is_transparent == clears else None
    images = []
    for number, (frame, shown_ms) in enumerate(zip(footage.frames, footage.durations_ms, strict=True)):
        before = footage.frames[number - 1] if number else None
        is_same = known and frame is known[0].frames[number] and (not number or before is known[0].frames[number - 1])
        images.append(known[1][number] if known and is_same else image(frame, shown_ms, before, clears))
    height, width = footage.frames[0].shape[:2]
    path.write_bytes(
        builders.gif([], size=(width, height), palette=None, loop=footage.loop_count, extra=b"".join(images))
    )
    return images


def image(frame: Pixels, shown_ms: int, before: Pixels | None, clears: bool) -> bytes:
    """What changed since the frame before if there is one and it stays, else the whole frame."""
    top, left, bottom, right = 0, 0, *frame.shape[:2]
    if before is not None and not clears:
        rows, columns = ((frame != before).any(axis=2).any(axis=axis).nonzero()[0] for axis in (1, 0))
        top, bottom = (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, 1)
        left, right = (int(columns[0]), int(columns[-1]) + 1) if columns.size else (0, 1)
    indices, colours, transparent = indexed(frame[top:bottom, left:right])
    size = max(2, 1 << (len(colours) - 1).bit_length())
    palette = np.zeros((size, 3), np.uint8)
    palette[: len(colours)] = colours[:, :3]
    disposal = CLEAR if clears else LEAVE
    return builders.Picture(indices, left, top, shown_ms // 10, disposal, transparent, palette.tobytes()).encode()


def indexed(pixels: Pixels) -> Indexed:
    """With a colour for each of its own if 256 are enough, else with the colours that Pillow chooses."""
    found, indices = np.unique(keys(pixels), return_inverse=True)
    if len(found) <= 256:
        colours = pixels_of(found)
        clear = np.flatnonzero(colours[:, 3] == 0)
        return indices.reshape(pixels.shape[:2]).astype(np.uint8), colours, int(clear[0]) if clear.size else None
    return quantised(pixels, 255)


def quantised(pixels: Pixels, colours: int, dither: Image.Dither = Image.Dither.NONE) -> Indexed:
    """With so many colours that Pillow chooses, at most 255, and one more for what is transparent."""
    image = Image.fromarray(np.ascontiguousarray(pixels[..., :3]))
    few = image.quantize(colours)
    few = image.quantize(colours, palette=few, dither=dither) if dither else few
    table = np.array(few.getpalette("RGBA"), np.uint8).reshape(-1, 4)[:colours]
    hidden = pixels[..., 3] == 0
    if not hidden.any():
        return np.asarray(few), table, None
    return (
        np.where(hidden, len(table), np.asarray(few)).astype(np.uint8),
        np.vstack([table, np.zeros(4, np.uint8)]),
        len(table),
    )


def with_colours_of_pillow(footage: Footage, colours: int, dither: Image.Dither) -> Footage:
    """Each frame in so many colours."""
    frames = []
    for frame in footage.frames:
        indices, table, _ = quantised(frame, colours, dither)
        frames.append(table[indices])
    return Footage(tuple(frames), footage.durations_ms, footage.loop_count)


def recompressed(path: Path, options: Sequence[str], result: Path) -> Path:
    """What gifsicle makes of a file; warnings are not ours."""
    subprocess.run([require_tool("gifsicle"), "-w", *options, path, "-o", result], check=True, capture_output=True)
    return result
