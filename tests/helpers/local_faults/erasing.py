"""What was drawn is gone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.helpers.local_faults.grounds import border, ground, usual
from tests.helpers.local_faults.scenes import Pixels, Scene


def line(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """A line of text, or a band of rows, becomes its ground."""
    return [np.broadcast_to(ground(patch), patch.shape) for patch in scene.patches]


def detail(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """A label becomes the colour round it."""
    size = scene.patch(0).shape
    return [np.broadcast_to(border(scene.frames[number], scene.box), size) for number in scene.numbers]


def absent(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """What moves is not there: the box shows what it shows most of the time."""
    return [usual([frame[scene.box.window] for frame in scene.frames])] * len(scene.numbers)


def hole(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """Opaque pixels become transparent."""
    return [np.zeros_like(patch) for patch in scene.patches]
