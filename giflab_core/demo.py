"""Draw an example animation and two recompressions of it, a good one and a bad one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, pi, sin
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from giflab_core.frozen import dataclass

SIZE = 240, 160
FRAMES = 36
# The first and the last picture are held: real animations have variable delays.
DELAYS_MS = (600, *[40] * (FRAMES - 2), 1000)
GOOD_COLOURS, BAD_COLOURS = 64, 4


@dataclass(frozen=True, slots=True)
class Demo:
    """The files of the demo."""

    original: Path
    good: Path
    bad: Path


def write_demo(folder: Path) -> Demo:
    """Write `original.gif`, `good.gif` and `bad.gif` into `folder`, which is made if need be.

    The good one has fewer colours. The bad one has four colours, drops every second frame without giving its time to
    another, and paints the transparent background grey.
    """
    folder.mkdir(parents=True, exist_ok=True)
    demo = Demo(folder / "original.gif", folder / "good.gif", folder / "bad.gif")
    frames = list(_animation())
    _save(demo.original, _quantized(frames, 256), DELAYS_MS)
    _save(demo.good, _quantized(frames, GOOD_COLOURS), DELAYS_MS)
    matte = Image.new("RGBA", SIZE, "grey")
    kept = [Image.alpha_composite(matte, frame) for frame in frames[::2]]
    _save(demo.bad, _quantized(kept, BAD_COLOURS), DELAYS_MS[::2])
    return demo


def _animation() -> Iterator[Image.Image]:
    """A ball on its way round a gradient, a turning square, a line of text; the corners are transparent."""
    font = ImageFont.load_default(20)
    backdrop = _backdrop()
    for index in range(FRAMES):
        frame = backdrop.copy()
        draw = ImageDraw.Draw(frame)
        angle = 2 * pi * index / FRAMES
        x, y = 120 + 80 * cos(angle), 80 + 45 * sin(angle)
        draw.ellipse((x - 12, y - 12, x + 12, y + 12), fill="#d7263d", outline="white", width=2)
        corners = [(120 + 22 * cos(pi / 2 * k - angle), 80 + 22 * sin(pi / 2 * k - angle)) for k in range(4)]
        draw.polygon(corners, fill="#1b998b", outline="white")
        draw.text((120, 140), f"frame {index + 1:2d}", font=font, fill="white", anchor="mm")
        yield frame


def _backdrop() -> Image.Image:
    width, height = SIZE
    across, down = np.linspace(0, 1, width), np.linspace(0, 1, height)
    red, green = np.meshgrid(40 + 60 * across, 50 + 70 * down)
    pixels = np.dstack([red, green, np.full((height, width), 130.0)]).astype(np.uint8)
    mask = Image.new("L", SIZE)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), radius=24, fill=255)
    backdrop = Image.fromarray(pixels).convert("RGBA")
    backdrop.putalpha(mask)
    return backdrop


def _quantized(frames: Sequence[Image.Image], colours: int) -> list[Image.Image]:
    """The frames on one palette of `colours`, with one more for transparency."""
    every = Image.new("RGB", (SIZE[0], SIZE[1] * len(frames)))
    for index, frame in enumerate(frames):
        every.paste(frame.convert("RGB"), (0, SIZE[1] * index))
    palette = every.quantize(colours - 1, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return [_on_palette(frame, palette, colours - 1) for frame in frames]


def _on_palette(frame: Image.Image, palette: Image.Image, transparent: int) -> Image.Image:
    indexed = frame.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE)
    indexed.paste(transparent, mask=frame.getchannel("A").point(lambda alpha: 255 * (alpha < 128)))
    indexed.info["transparency"] = transparent
    return indexed


def _save(path: Path, frames: Sequence[Image.Image], delays_ms: Sequence[int]) -> None:
    # Pillow writes only the rectangle that changed: partial frames, as real encoders make them.
    first, *rest = frames
    first.save(path, save_all=True, append_images=rest, duration=list(delays_ms), loop=0, disposal=1, optimize=False)
