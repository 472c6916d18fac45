"""Frames of a clip in the form that is wanted, drawn when they are used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import index
from threading import Lock
from typing import TYPE_CHECKING, overload

from giflab_core.errors import UsageError
from giflab_core.frames.indexed_clip import IndexedClip, locked
from giflab_core.frozen import dataclass
from giflab_core.kernels.luma import luma

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class View:
    """In what form frames are wanted.

    RGBA as `decode()` gives it, or with a `background`, 0 to 255, the luma on a grey of this luma: uint8, shape
    (height, width). `size`: (width, height) that they are scaled to, bicubic; None as they are.
    """

    background: int | None = None
    size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.background is not None and integer(self.background) not in range(256):
            raise UsageError(f"background must be an integer from 0 to 255, not {self.background!r}")
        if self.size is not None:
            sides = tuple(map(integer, self.size)) if isinstance(self.size, tuple | list) else ()
            if len(sides) != 2 or None in sides or min(side or 0 for side in sides) < 1:
                raise UsageError(f"size must be a width and a height in pixels, at least 1 each, not {self.size!r}")
            object.__setattr__(self, "size", sides)


RGBA = View()


def integer(value: object) -> int | None:
    """What stands for an integer, of NumPy too; None for anything else."""
    try:
        return index(value)  # type: ignore[arg-type]
    except TypeError:
        return None


class Frames(Sequence["npt.NDArray[np.uint8]"]):
    """The frames of a clip, read-only, in the form that was asked for.

    They are drawn when they are used, or are there already; where nothing changes, it is the same array again. Frames
    that are not kept are cheap to draw in order: to go back draws again from an earlier one on.
    """

    __slots__ = ("_at", "_background", "_clip", "_drawn", "_keep", "_lock", "_run")

    def __init__(self, clip: IndexedClip, background: int | None, *, keep: bool = False) -> None:
        self._clip = clip
        self._background = background
        self._keep = keep
        self._drawn: list[npt.NDArray[np.uint8]] = []  # from the first on
        self._lock = Lock()  # of what follows
        self._run: Iterator[npt.NDArray[np.uint8]] = iter(())
        self._at = len(clip)  # the frame that the run gives next

    def renew(self) -> bool:
        """Start with a new lock in a forked process; whether no thread of the parent was drawing."""
        is_whole = self._lock.acquire(blocking=False)  # what `locked()` says may lag behind
        self._lock = Lock()
        return is_whole

    @property
    def durations_ms(self) -> tuple[int, ...]:
        """How long each frame is shown."""
        return self._clip.durations_ms

    @property
    def whole(self) -> bool:
        """Whether these are known to be all frames, and the file is not damaged."""
        return self._clip.whole

    @property
    def damage(self) -> str | None:
        """What is wrong after the last frame; None for a file that reads to its end, or was not read as far."""
        return self._clip.damage

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._clip.width, self._clip.height

    def __len__(self) -> int:
        return len(self._clip)

    @overload
    def __getitem__(self, index: int) -> npt.NDArray[np.uint8]: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[npt.NDArray[np.uint8], ...]: ...

    def __getitem__(self, index: int | slice) -> npt.NDArray[np.uint8] | tuple[npt.NDArray[np.uint8], ...]:
        numbers = range(len(self))[index]
        if not isinstance(numbers, range):
            return self._frame(numbers)
        found = [self._frame(number) for number in sorted(numbers)]
        return tuple(found if numbers.step > 0 else reversed(found))

    def __iter__(self) -> Iterator[npt.NDArray[np.uint8]]:
        if len(self._drawn) == len(self):
            return iter(self._drawn)
        return map(self._frame, range(len(self))) if self._keep else self._draw(0)

    def _frame(self, number: int) -> npt.NDArray[np.uint8]:
        if number < len(self._drawn):
            return self._drawn[number]
        with self._lock:
            if number < len(self._drawn):  # another thread was faster
                return self._drawn[number]
            if number < self._at:
                self._at = len(self._drawn) if self._keep else number
                self._run = self._draw(self._at)
            try:
                while self._at <= number:
                    frame = next(self._run)
                    self._at += 1
                    if self._keep:
                        self._drawn.append(frame)
            except BaseException:
                self._at = len(self)  # the run is over
                raise
            if len(self._drawn) == len(self):
                self._run = iter(())
            return frame

    def _draw(self, first: int) -> Iterator[npt.NDArray[np.uint8]]:
        frames = self._clip.frames(first)
        return frames if self._background is None else _greys(frames, self._background)


def _greys(frames: Iterator[npt.NDArray[np.uint8]], background: int) -> Iterator[npt.NDArray[np.uint8]]:
    before = grey = None
    for pixels in frames:
        if grey is None or pixels is not before:
            before, grey = pixels, locked(luma(pixels, background))
        yield grey
