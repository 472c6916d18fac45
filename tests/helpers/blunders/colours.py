"""Every picture in other colours. `strength`: 1 for a plain fault, 0.5 for a milder one."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tests.helpers.blunders.pictures import each, instead, part
from tests.helpers.local_faults.drawing import recoloured
from tests.helpers.local_faults.grounds import keys, pixels_of
from tests.helpers.local_faults.scenes import Footage, Pixels

LUMA = np.array([0.299, 0.587, 0.114])
BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16


def without_blue(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    return each(footage, lambda f: recoloured(f, f[..., :3] * np.array([1, 1, 1 - strength])))


def green_and_blue_swapped_below(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """In the lower third; if mild, half of the way."""

    def change(frame: Pixels) -> Pixels:
        result, top = frame.copy(), 2 * len(frame) // 3
        below = frame[top:]
        result[top:] = recoloured(below, below[..., :3] * (1 - strength) + below[..., [0, 2, 1]] * strength)
        return result

    return each(footage, change)


def blue_shadows(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """What is dark is blue."""

    def change(frame: Pixels) -> Pixels:
        dark = np.clip((100 - frame[..., :3] @ LUMA) / 60, 0, 1)[..., None]
        return recoloured(frame, frame[..., :3] + dark * strength * np.array([0, 0, 70]))

    return each(footage, change)


def warm_lights(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """What is light is yellow."""

    def change(frame: Pixels) -> Pixels:
        light = np.clip((frame[..., :3] @ LUMA - 150) / 60, 0, 1)[..., None]
        return recoloured(frame, frame[..., :3] - light * strength * np.array([0, 10, 90]))

    return each(footage, change)


def burnt_out(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """What is light is white."""
    top = 255 - 80 * strength
    return each(footage, lambda f: recoloured(f, np.where(f[..., :3] >= top, 255, f[..., :3])))


def drowned(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """What is dark is black."""
    return each(
        footage, lambda f: recoloured(f, np.where((f[..., :3] @ LUMA)[..., None] < 80 * strength, 0, f[..., :3]))
    )


def limited_range(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Black became 16 and white 235; if mild, half of that."""
    low, high = 16 * strength, 255 - 20 * strength
    return each(footage, lambda f: recoloured(f, low + f[..., :3] * ((high - low) / 255)))


def full_range(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """16 became black and 235 white; if mild, half of that."""
    low, high = 16 * strength, 255 - 20 * strength
    return each(footage, lambda f: recoloured(f, (f[..., :3] - low) * (255 / (high - low))))


def chroma_in_blocks(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Colour is the mean of 16x16 pixels, or of 8x8."""
    side = round(16 * strength)

    def change(frame: Pixels) -> Pixels:
        image = Image.fromarray(np.ascontiguousarray(frame[..., :3])).convert("YCbCr")
        luma, *chroma = (np.asarray(plane) for plane in image.split())
        size = -(-frame.shape[1] // side), -(-frame.shape[0] // side)
        coarse = [
            np.repeat(np.repeat(np.asarray(Image.fromarray(c).resize(size, Image.Resampling.BOX)), side, 0), side, 1)
            for c in chroma
        ]
        planes = np.dstack([luma, *(c[: frame.shape[0], : frame.shape[1]] for c in coarse)])
        return recoloured(frame, np.asarray(Image.fromarray(planes, "YCbCr").convert("RGB")).astype(float))

    return each(footage, change)


def ordered(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Two levels of each channel and a pattern of 4x4 pixels; if mild, three levels."""
    steps = 1 if strength >= 1 else 2

    def change(frame: Pixels) -> Pixels:
        height, width = frame.shape[:2]
        pattern = np.tile(BAYER, (-(-height // 4), -(-width // 4)))[:height, :width, None]
        return recoloured(frame, np.floor(frame[..., :3] / 255 * steps + pattern * 0.999) / steps * 255)

    return each(footage, change)


def bands_of_luma(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Six levels of luma, or nine; chroma as it was."""
    steps = 5 if strength >= 1 else 8

    def change(frame: Pixels) -> Pixels:
        luma = frame[..., :3] @ LUMA
        return recoloured(frame, frame[..., :3] + (np.rint(luma / 255 * steps) / steps * 255 - luma)[..., None])

    return each(footage, change)


def oversaturated(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """By 80 %, or 40 %."""

    def change(frame: Pixels) -> Pixels:
        grey = (frame[..., :3] @ LUMA)[..., None]
        return recoloured(frame, grey + (frame[..., :3] - grey) * (1 + 0.8 * strength))

    return each(footage, change)


def sepia_part(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """For a third of the time."""
    numbers = part(footage, 0.3, 0.63)

    def change(number: int) -> Pixels:
        frame = footage.frames[number]
        brown = (frame[..., :3] @ LUMA)[..., None] * np.array([1.1, 0.95, 0.75])
        return recoloured(frame, frame[..., :3] * (1 - strength) + brown * strength)

    return instead(footage, numbers, change)


def grain(footage: Footage, strength: float, chance: np.random.Generator) -> Footage:
    """Other noise in each frame."""

    def change(number: int) -> Pixels:
        frame = footage.frames[number]
        return recoloured(frame, frame[..., :3] + chance.normal(0, 24 * strength, (*frame.shape[:2], 1)))

    return instead(footage, range(len(footage.frames)), change)


def one_colour_replaced(footage: Footage, strength: float, chance: np.random.Generator) -> Footage | None:
    """Of the colours that are neither ground nor rare, the most frequent becomes another hue, or one nearer to it."""
    colour = some_colour(footage)
    if colour is None:
        return None
    other = colour.copy()
    other[:3] = (colour[:3] * (1 - strength) + (255 - colour[[1, 2, 0]]) * strength).astype(np.uint8)
    return each(footage, lambda f: np.where((f == colour).all(-1)[..., None], other, f).astype(np.uint8))


def some_colour(footage: Footage) -> Pixels | None:
    """The second most frequent opaque colour of the frame in the middle, if a hundredth of it has it."""
    frame = footage.frames[len(footage.frames) // 2]
    found, counts = np.unique(keys(frame), return_counts=True)
    opaque = pixels_of(found)[:, 3] > 0
    found, counts = found[opaque], counts[opaque]
    if len(found) < 2:
        return None
    place = int(np.argsort(counts)[-2])
    return pixels_of(found[[place]])[0] if counts[place] >= 0.01 * frame.shape[0] * frame.shape[1] else None
