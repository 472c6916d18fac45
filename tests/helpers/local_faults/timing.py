"""Parts that show other moments, or change over time. `strength`: 1 for a plain fault, 0.5 for a milder one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tests.helpers.local_faults.grounds import drawn, usual
from tests.helpers.local_faults.scenes import Pixels, Scene


def early(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """Ahead of the rest."""
    ahead = max(1, round(strength * len(scene.frames) / 4))
    return [scene.patch(number + ahead) for number in scene.numbers]


def backwards(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """The last moment first; if mild, each two moments change places."""
    if strength >= 1:
        return scene.patches[::-1]
    return [scene.patch(scene.span.first + (number - scene.span.first ^ 1)) for number in scene.numbers]


def stepping(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """Only every sixth moment is new, or every third."""
    every = round(6 * strength)
    return [scene.patch(number // every * every) for number in scene.numbers]


def exposed_twice(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """With a moment of long before over it."""
    back = max(1, len(scene.frames) // 3)
    share, n_frames = 0.6 * strength, len(scene.frames)
    pairs = ((scene.patch(number), scene.patch((number + back) % n_frames)) for number in scene.numbers)
    return [
        np.dstack([(patch * (1 - share) + other * share)[..., :3].astype(np.uint8), patch[..., 3:]])
        for patch, other in pairs
    ]


def flickering(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """What moves is gone in every second frame, or in every third."""
    every, ground = 2 if strength >= 1 else 3, _usual(scene)
    return [ground if number % every == 0 else scene.patch(number) for number in scene.numbers]


def gone(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """What moves is gone."""
    return [_usual(scene)] * len(scene.numbers)


def trembling(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """In every second frame some pixels lower and to the right."""
    off = round(6 * strength)
    return [
        np.roll(patch, (off, off), axis=(0, 1)) if number % 2 else patch for number, patch in enumerate(scene.patches)
    ]


def growing(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """A round hole that grows."""
    height, width = scene.box.height, scene.box.width
    rows, columns = (np.linspace(-1, 1, side) for side in (height, width))
    far = np.hypot(rows[:, np.newaxis], columns)[..., np.newaxis]
    sizes = np.linspace(0.4, 0.4 + 0.8 * strength, len(scene.numbers))
    return [np.where(far < size, 0, patch).astype(np.uint8) for size, patch in zip(sizes, scene.patches, strict=True)]


def dissolved(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """Pixels by chance show the first moment."""
    share, first = 0.8 * strength, scene.frames[0][scene.box.window]
    return [np.where(chance.random((*patch.shape[:2], 1)) < share, first, patch) for patch in scene.patches]


def speckled(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """Pixels by chance are black or white."""
    spots = [chance.random((*patch.shape[:2], 1)) for patch in scene.patches]
    white, black = np.array([255] * 4, np.uint8), np.array([0, 0, 0, 255], np.uint8)
    share = 0.4 * strength
    return [
        np.where(spot < share / 2, white, np.where(spot < share, black, patch))
        for spot, patch in zip(spots, scene.patches, strict=True)
    ]


def outlined(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """What moves is a flat shadow."""
    ground = _usual(scene)
    shade = np.array([128, 128, 128, 255], np.uint8) if strength < 1 else np.array([0, 0, 0, 255], np.uint8)
    return [np.where(drawn(patch, ground)[..., np.newaxis], shade, patch) for patch in scene.patches]


def corner(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
    """The top left corner of the picture, whole or mixed with what is there."""
    rows, columns = scene.patch(0).shape[:2]
    corners = [scene.frames[number][:rows, :columns] for number in scene.numbers]
    return [
        np.dstack([((1 - strength) * patch + strength * other)[..., :3].astype(np.uint8), patch[..., 3:]])
        for patch, other in zip(scene.patches, corners, strict=True)
    ]


def _usual(scene: Scene) -> Pixels:
    return usual([frame[scene.box.window] for frame in scene.frames])
