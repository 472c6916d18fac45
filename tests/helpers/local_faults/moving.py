"""What is shown belongs to another time or place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.helpers.local_faults.grounds import drawn, usual
from tests.helpers.local_faults.scenes import Box, Pixels, Scene


def leftover(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """The box lags: it shows an earlier frame, or a later one where there is none."""
    lag = int(chance.integers(1, max(2, len(scene.frames) // 2)))
    return [scene.patch(number - lag if number >= lag else number + lag) for number in scene.numbers]


def held(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """The box stands still as it was before the span."""
    return [scene.patch(scene.span.first - 1)] * len(scene.numbers)


def trail(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """What moves is not cleared: where it was since the clip began, it stays on what is usually there."""
    ground = usual([frame[scene.box.window] for frame in scene.frames])
    left, patches = ground, []
    for number in range(scene.span.end):
        patch = scene.patch(number)
        left = np.where(drawn(patch, ground)[..., np.newaxis], patch, left)
        patches.append(np.where(drawn(patch, ground)[..., np.newaxis], patch, left))
    return patches[scene.span.first :]


def shift(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """The part is some pixels off."""
    far = 2 + max(scene.box.width, scene.box.height) // 4
    across, down = (int(chance.integers(2, far + 1)) * int(chance.choice([-1, 1])) for _ in range(2))
    return _from(scene, scene.box.x + across, scene.box.y + down)


def elsewhere(scene: Scene, chance: np.random.Generator) -> Sequence[Pixels]:
    """Another place of the same picture."""
    height, width = scene.frames[0].shape[:2]
    return _from(scene, int(chance.integers(width)), int(chance.integers(height)))


def _from(scene: Scene, x: int, y: int) -> Sequence[Pixels]:
    """From a box of the same size at this place, or the nearest on the canvas."""
    height, width = scene.frames[0].shape[:2]
    x, y = (min(max(place, 0), most) for place, most in ((x, width - scene.box.width), (y, height - scene.box.height)))
    source = Box(x, y, scene.box.width, scene.box.height)
    return [scene.frames[number][source.window] for number in scene.numbers]
