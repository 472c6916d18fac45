"""Detail is lost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter

from tests.helpers.local_faults.scenes import Pixels, Scene


def blur(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """A Gaussian blur of 3 to 10 pixels."""
    smooth = ImageFilter.GaussianBlur(chance.uniform(3, 10))
    return [_with(patch, Image.fromarray(patch[..., :3]).filter(smooth)) for patch in scene.patches]


def pixelate(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """Squares of 5 to 16 pixels, each of one colour."""
    side, size = int(chance.integers(5, 17)), (scene.box.width, scene.box.height)
    small = max(1, size[0] // side), max(1, size[1] // side)
    return [
        _with(
            patch,
            Image.fromarray(patch[..., :3]).resize(small, Image.Resampling.BOX).resize(size, Image.Resampling.NEAREST),
        )
        for patch in scene.patches
    ]


def _with(patch: Pixels, image: Image.Image) -> Pixels:
    return np.dstack([np.asarray(image), patch[..., 3:]])
