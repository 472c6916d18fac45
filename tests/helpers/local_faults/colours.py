"""The colours of a part are others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.helpers.local_faults.drawing import recoloured
from tests.helpers.local_faults.grounds import drawn, ground
from tests.helpers.local_faults.scenes import Pixels, Scene

LUMA = np.array([0.299, 0.587, 0.114])


def hue(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """All hues turn by a quarter to three quarters of a turn about the axis of greys, which keeps the sum."""
    turn = chance.uniform(np.pi / 2, 3 * np.pi / 2)
    cosine, sine = np.cos(turn), np.sin(turn) / np.sqrt(3)
    rest = (1 - cosine) / 3
    matrix = np.array(
        [
            [cosine + rest, rest - sine, rest + sine],
            [rest + sine, cosine + rest, rest - sine],
            [rest - sine, rest + sine, cosine + rest],
        ]
    )
    return [recoloured(patch, patch[..., :3] @ matrix.T) for patch in scene.patches]


def word(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """What is drawn on the ground has another colour of the same luma."""
    colour = chance.permutation([255.0, 0.0, chance.uniform(0, 255)])
    return [
        np.where(drawn(patch, ground(patch))[..., np.newaxis], tinted(patch, colour), patch) for patch in scene.patches
    ]


def tinted(patch: Pixels, colour: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Pixels:
    """In shades of one colour (red, green, blue), each pixel's luma kept."""
    luma = (patch[..., :3] @ LUMA)[..., np.newaxis]
    own = float(colour @ LUMA)
    darker = colour * luma / own
    lighter = colour + (255 - colour) * (luma - own) / (255 - own)
    return recoloured(patch, np.where(luma <= own, darker, lighter))
