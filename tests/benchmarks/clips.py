"""Clips to measure on, drawn by numbers: photographs and user interfaces of any size and length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageSequence

# 8 levels of red and green, 4 of blue.
PALETTE = [
    value for red in range(8) for green in range(8) for blue in range(4) for value in (red * 36, green * 36, blue * 85)
]


def photograph(width: int, height: int, frames: int) -> Iterator[Image.Image]:
    """A smooth picture that moves, with the grain of a camera: every pixel changes, and few runs are long."""
    chance = np.random.default_rng(7)
    rows, columns = np.mgrid[0 : height + frames, 0 : width + frames].astype(np.float32)
    planes = [128 + 100 * np.sin(columns / (31 + 9 * k)) * np.cos(rows / (23 + 7 * k)) for k in range(3)]
    for step in range(frames):
        noise = chance.normal(0, 12, (height, width)).astype(np.float32)
        red, green, blue = (
            np.clip(plane[step : step + height, step : step + width] + noise, 0, 255).astype(np.uint8)
            for plane in planes
        )
        yield _indexed((red >> 5 << 5) | (green >> 5 << 2) | (blue >> 6))


def interface(width: int, height: int, frames: int) -> Iterator[Image.Image]:
    """A window with text, in which a pointer moves, a line is typed and a bar grows: most of it stays."""
    window = _indexed(np.full((height, width), 255, np.uint8))
    draw = ImageDraw.Draw(window)
    for row in range(8, height - 24, 14):
        draw.text((12, row), f"{row:4d}  the quick brown fox jumps over the lazy dog " * 2, fill=row * 3 % 200)
    draw.rectangle((0, 0, width, 7), fill=100)
    for step in range(frames):
        picture = window.copy()
        draw = ImageDraw.Draw(picture)
        draw.rectangle((0, height - 12, width * step // frames, height - 4), fill=28)
        draw.text((width // 3, height // 2), "typing " * (1 + step % 9), fill=0)
        x, y = width * step // frames, height // 3 + 20 * (step % 3)
        draw.polygon([(x, y), (x, y + 14), (x + 10, y + 10)], fill=224)
        yield picture


KINDS = {"photo": photograph, "interface": interface}


def write(path: Path, kind: str, width: int, height: int, frames: int) -> Path:
    """Write such a clip, with partial frames where little changes."""
    return _saved(path, KINDS[kind](width, height, frames))


def write_with_fewer_colours(original: Path) -> Path:
    """Write such a clip again, beside it."""
    with Image.open(original) as image:
        frames = (with_fewer_colours(frame.convert("RGB")) for frame in ImageSequence.Iterator(image))
        return _saved(original.with_stem(f"{original.stem}-64"), frames)


def with_fewer_colours(image: Image.Image) -> Image.Image:
    """64 of them."""
    return image.quantize(64, dither=Image.Dither.NONE)


def _saved(path: Path, frames: Iterable[Image.Image]) -> Path:
    first, *others = frames
    first.save(path, save_all=True, append_images=others, duration=40, loop=0)
    return path


def _indexed(indices: npt.NDArray[np.uint8]) -> Image.Image:
    image = Image.fromarray(indices, "P")
    image.putpalette(PALETTE)
    return image
