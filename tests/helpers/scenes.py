"""Clips of several kinds, as grey frames: what moves, jumps, fades and is written in GIFs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.helpers.gifs import Indices

WIDTH, HEIGHT = 120, 90


def _ground(seed: int) -> Indices:
    """A soft texture, 90 to 150."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    ground: Indices = (120 + 30 * np.sin(rows / 9 + seed) * np.cos(columns / 13 - seed)).astype(np.uint8)
    return ground


def disc(count: int, seed: int = 0) -> list[Indices]:
    """A disc that moves a tenth of the width and less from picture to picture."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    ground, frames = _ground(seed), []
    for number in range(count):
        frame = ground.copy()
        centre = 20 + (WIDTH - 40) * number / max(1, count - 1)
        frame[(rows - HEIGHT / 2) ** 2 + (columns - centre) ** 2 < 144] = 240
        frames.append(frame)
    return frames


def cards(count: int, seed: int = 0) -> list[Indices]:
    """Pictures that have nothing in common: blocks of 15 pixels, light and dark."""
    chance = np.random.default_rng(seed)
    blocks = (HEIGHT // 15, WIDTH // 15)
    levels = np.array([40, 220], np.uint8)
    return [chance.choice(levels, blocks).repeat(15, axis=0).repeat(15, axis=1) for _ in range(count)]


def writing(count: int, seed: int = 0) -> list[Indices]:
    """A dark screen on which a line is written with each picture."""
    chance = np.random.default_rng(seed)
    frame = np.full((HEIGHT, WIDTH), 30, np.uint8)
    frames = []
    for number in range(count):
        frame = frame.copy()
        top = 2 + number * 4 % (HEIGHT - 4)
        frame[top : top + 3, 4 : 4 + int(chance.integers(40, WIDTH - 8))] = 230
        frames.append(frame)
    return frames


SCENES: dict[str, Callable[[int, int], list[Indices]]] = {"disc": disc, "cards": cards, "writing": writing}


def held(frames: list[Indices], first: int, last: int) -> list[Indices]:
    """The picture before the first stays instead of those up to the last."""
    return [frames[first - 1] if first <= number <= last else frame for number, frame in enumerate(frames)]
