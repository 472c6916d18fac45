"""Something is drawn over the picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from tests.helpers.local_faults.scenes import Pixels, Scene

Floats = npt.NDArray[np.floating]

COLOURS = {"magenta": (255, 0, 255), "black": (0, 0, 0), "white": (255, 255, 255)}


def paint(chance: np.random.Generator) -> Pixels:
    """An opaque colour: one of those that mark errors, or any."""
    plain = [*COLOURS.values(), tuple(chance.integers(0, 256, 3))]
    return np.array([*plain[int(chance.integers(len(plain)))], 255], np.uint8)


def block(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """A block of one colour."""
    colour = paint(chance)
    return [np.broadcast_to(colour, patch.shape) for patch in scene.patches]


def cover(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """Transparent pixels become opaque."""
    colour = paint(chance)
    return [np.where(patch[..., 3:] == 0, colour, patch) for patch in scene.patches]


def watermark(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """Words over the picture, through which it is seen."""
    strength, colour = chance.uniform(0.5, 0.8), int(chance.choice([0, 255]))
    ink = strength * words(scene.box.width, scene.box.height)
    return [blended(patch, ink, np.full(3, colour)) for patch in scene.patches]


def words(width: int, height: int) -> Floats:
    """Ink of words that fill a box: float64, shape (height, width, 1), 0 to 1."""
    plate = Image.new("L", (width, height))
    size = max(8, min(height, width // 3))
    font = ImageFont.load_default(size)
    draw = ImageDraw.Draw(plate)
    for row in range(0, height, size):
        draw.text((0, row - size // 8), "SAMPLE COPY " * (width // size + 1), fill=255, font=font)
    return np.asarray(plate)[..., np.newaxis] / 255


def tone(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """Darker or lighter by 30 levels and more."""
    levels = int(chance.integers(30, 90)) * int(chance.choice([-1, 1]))
    return [recoloured(patch, patch[..., :3].astype(np.float64) + levels) for patch in scene.patches]


def noise(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """Noise on the picture, another in each frame."""
    spread = chance.uniform(30, 90)
    return [
        recoloured(patch, patch[..., :3] + chance.normal(0, spread, (*patch.shape[:2], 3))) for patch in scene.patches
    ]


def blended(
    patch: Pixels,
    ink: Floats,
    colour: npt.NDArray[np.int_],
) -> Pixels:
    """With so much of a colour, where the picture is opaque."""
    return recoloured(patch, (1 - ink) * patch[..., :3] + ink * colour)


def recoloured(patch: Pixels, rgb: Floats) -> Pixels:
    """With other colours and as transparent as before."""
    colours = np.clip(np.rint(rgb), 0, 255).astype(np.uint8)
    return np.dstack([colours, patch[..., 3:]])
