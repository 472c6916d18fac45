"""A line of text over a clip, and what becomes of it. `strength`: 1 for a plain fault, 0.5 for a milder one.

Faults are made of the clip without the text, and are to be held against `captioned()` of it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from tests.helpers.blunders.pictures import part
from tests.helpers.local_faults.scenes import Footage

TEXT, OTHER = "Keep calm & carry on", "Keep cold & hurry up"
FIRST, LAST = 0.25, 0.85
YELLOW, GREEN = (255, 235, 60), (90, 255, 120)

Mask = npt.NDArray[np.float64]


def captioned(footage: Footage) -> Footage:
    """The clip with a line of text, light on a dark rim, for some of the time."""
    return _written(footage, part(footage, FIRST, LAST))


def missing_for_half(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Of the time; if mild, for a fifth of it."""
    return _written(footage, part(footage, FIRST, 0.55 if strength >= 1 else 0.73))


def late(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """By 400 ms, or 250."""
    share = (400 if strength >= 1 else 250) / footage.duration_ms
    return _written(footage, part(footage, FIRST + share, LAST)) if FIRST + share < LAST else None


def stays(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """Longer by 400 ms, or 250."""
    share = (400 if strength >= 1 else 250) / footage.duration_ms
    return _written(footage, part(footage, FIRST, LAST + share)) if LAST + share <= 1 else None


def in_another_colour(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    colour = tuple((1 - strength) * one + strength * other for one, other in zip(YELLOW, GREEN, strict=True))
    return _written(footage, part(footage, FIRST, LAST), colour=colour)


def moved(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """By some pixels to the right and down."""
    return _written(footage, part(footage, FIRST, LAST), off=round(6 * strength))


def other_words(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """If mild, only half as long."""
    numbers = part(footage, FIRST, LAST)
    if strength >= 1:
        return _written(footage, numbers, text=OTHER)
    half = (numbers.start + numbers.stop) // 2
    return _written(_written(footage, range(numbers.start, half)), range(half, numbers.stop), text=OTHER)


def without_rim(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """If mild, the rim is half as dark."""
    return _written(footage, part(footage, FIRST, LAST), rim=1 - strength)


def faint(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Half as opaque, or three quarters."""
    return _written(footage, part(footage, FIRST, LAST), opacity=1 - strength / 2)


def _written(
    footage: Footage,
    numbers: range,
    text: str = TEXT,
    colour: tuple[float, ...] = YELLOW,
    off: int = 0,
    rim: float = 1.0,
    opacity: float = 1.0,
) -> Footage:
    height, width = footage.frames[0].shape[:2]
    inner, outer = (np.roll(mask, (off, off), axis=(0, 1)) * opacity for mask in _masks(width, height, text))
    frames = list(footage.frames)
    for number in numbers:
        frame = frames[number].astype(np.float64)
        frame[..., :3] *= 1 - rim * outer
        frame[..., :3] = frame[..., :3] * (1 - inner) + inner * np.array(colour)
        frame[..., 3][((inner + rim * outer) > 0.5)[..., 0]] = 255
        frame[frame[..., 3] == 0] = 0
        frames[number] = np.rint(frame).astype(np.uint8)
    return replace(footage, frames=tuple(frames))


@lru_cache(maxsize=4)
def _masks(width: int, height: int, text: str) -> tuple[Mask, Mask]:
    """How much of each pixel the letters cover, and the letters with a rim: shape (height, width, 1), 0 to 1."""
    font = ImageFont.load_default(size=max(9.0, min(width / 11, height / 8)))
    found = []
    for stroke in (0, max(1, round(min(width, height) / 150))):
        image = Image.new("L", (width, height))
        place = width / 2, height * 0.93
        ImageDraw.Draw(image).text(place, text, 255, font, anchor="md", stroke_width=stroke, stroke_fill=255)
        found.append(np.asarray(image)[..., None] / 255)
    return found[0], found[1]
