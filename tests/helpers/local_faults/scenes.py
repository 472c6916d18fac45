"""A clip's frames, and the place and time at which a fault spoils them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""RGBA, shape (height, width, 4); alpha is 0 or 255, and RGB is 0 where alpha is 0."""


@dataclass(frozen=True, slots=True)
class Footage:
    """The frames of a clip, how long each is shown, and its loop count as stored."""

    frames: tuple[Pixels, ...]
    durations_ms: tuple[int, ...]
    loop_count: int | None = 0

    @property
    def area(self) -> int:
        """Pixels of the canvas."""
        height, width = self.frames[0].shape[:2]
        return int(height * width)

    @property
    def duration_ms(self) -> int:
        return sum(self.durations_ms)

    @property
    def is_transparent(self) -> bool:
        return any(bool((frame[..., 3] == 0).any()) for frame in self.frames)


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    width: int
    height: int

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns, to cut this box out of a frame."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)

    def overlaps(self, other: Box) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Span:
    """The frames from `first` to before `end`."""

    first: int
    end: int

    def times_ms(self, durations_ms: Sequence[int]) -> tuple[int, int]:
        return sum(durations_ms[: self.first]), sum(durations_ms[: self.end])


@dataclass(frozen=True, slots=True)
class Scene:
    """What a fault is made of: all frames, and the box and the span in which they change."""

    frames: tuple[Pixels, ...]
    box: Box
    span: Span

    @property
    def numbers(self) -> range:
        return range(self.span.first, self.span.end)

    @property
    def patches(self) -> list[Pixels]:
        """What the box shows during the span."""
        return [self.patch(number) for number in self.numbers]

    def patch(self, number: int) -> Pixels:
        """What the box shows in the frame of this number, or in the nearest that there is."""
        return self.frames[min(max(number, 0), len(self.frames) - 1)][self.box.window]


Spoil = Callable[[Scene, np.random.Generator], Sequence[Pixels]]
"""Gives what the box shows instead: one patch of its size for each frame of the span."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The whole clip with one fault in it."""

    kind: str
    frames: tuple[Pixels, ...]
    box: Box
    span: Span


def spoiled(scene: Scene, patches: Sequence[Pixels]) -> tuple[Pixels, ...]:
    """All frames, with these patches in the box during the span. Frames that do not change are the same objects."""
    frames = list(scene.frames)
    for number, patch in zip(scene.numbers, patches, strict=True):
        frame = frames[number].copy()
        frame[scene.box.window] = np.where(patch[..., 3:] > 0, patch, 0)
        frames[number] = frame
    return tuple(frames)
