"""The pictures of a validated pair, by our decoder, one moment after the other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.config import DecodeLimits
from giflab_core.decoding import PathLike, Picture, open_clip, pictures, scaled
from giflab_core.errors import DecodeError, FileChanged, UsageError
from giflab_core.frozen import dataclass
from giflab_core.model import Clip, FramePair
from giflab_core.pages.difference import apart, hatched, heat
from giflab_core.report import ValidationReport
from giflab_core.text import printable

if TYPE_CHECKING:
    from giflab_core.model import Pixels
    from giflab_core.pages.difference import Rgb

# What transparent pixels show: squares of so many pixels, of these greys.
SQUARE, LIGHT, DARK = 8, 255, 208


@dataclass(frozen=True, slots=True)
class Shot:
    """A moment: RGBA of the original and of the compressed clip, each uint8, shape (height, width, 4).

    Read-only, and valid until the next one. `difference`: see difference.py; None where the sizes differ.
    """

    pair: FramePair
    original: Pixels
    compressed: Pixels

    @property
    def difference(self) -> Rgb | None:
        if self.original.shape != self.compressed.shape:
            return None
        return heat(apart(self.original, self.compressed))

    def panels(self) -> tuple[Rgb, Rgb, Rgb]:
        """Original, compressed and difference as they are shown: RGB of one shape, (height, width, 3); as valid.

        A hatch in the place of the difference where the sizes differ.
        """
        height, width = np.maximum(self.original.shape, self.compressed.shape)[:2].tolist()
        found = on_squares(self.original, width, height), on_squares(self.compressed, width, height)
        difference = self.difference
        return *found, hatched(height, width) if difference is None else difference


def on_squares(pixels: Pixels, width: int, height: int) -> Rgb:
    """A picture at the left upper corner of a chequered ground, which shows through where it is transparent.

    Without a copy, if there is nothing of the ground to be seen.
    """
    if pixels.shape[:2] == (height, width) and pixels[..., 3].all():
        return pixels[..., :3]
    y, x = np.ogrid[:height, :width]
    ground = np.where((x // SQUARE + y // SQUARE) % 2, np.uint8(DARK), np.uint8(LIGHT))
    found = np.repeat(ground[..., None], 3, axis=2)
    own = found[: pixels.shape[0], : pixels.shape[1]]
    np.copyto(own, pixels[..., :3], where=pixels[..., 3:] > 0)
    return found


class Footage:
    """Where the two files of a report are, and what they show.

    `files`: where their bytes are, if not where the report says. Raises DecodeError where one cannot be read,
    FileChanged where it is not the file that was validated.
    """

    def __init__(
        self,
        report: ValidationReport,
        files: tuple[PathLike, PathLike] | None = None,
        limits: DecodeLimits | None = None,
    ) -> None:
        self._limits = limits
        paths = files or (report.original.path, report.compressed.path)
        known = report.original, report.compressed
        self.clips = tuple(self._opened(path, clip) for path, clip in zip(paths, known, strict=True))
        size = report.original.width, report.original.height
        is_scaled = any(check.name == "canvas" and check.status == "warning" for check in report.checks)
        # What was compared was the compressed clip at the original's size.
        self._sizes = (None, size if is_scaled and size != self._size(1) else None)

    def _opened(self, path: PathLike, known: Clip) -> Clip:
        clip = open_clip(path, limits=self._limits)
        if clip.digest != known.digest:
            raise FileChanged(f"{printable(path)} is not the file that was validated any more; validate it again")
        return clip

    def _size(self, side: int) -> tuple[int, int]:
        return self.clips[side].width, self.clips[side].height

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of a panel: both pictures fit in."""
        return tuple(map(max, *self.shown_size))  # type: ignore[return-value]

    @property
    def shown_size(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Width and height of both pictures."""
        return self._size(0), self._sizes[1] or self._size(1)

    def check_target(self, path: Path) -> None:
        """Raises UsageError for a path that leads to one of the files that are compared."""
        for clip in self.clips:
            if os.path.realpath(clip.path) == os.path.realpath(path):
                raise UsageError(f"{printable(path)} is compared, and cannot be written; name another file")

    def shots(self, pairs: Sequence[FramePair]) -> Iterator[Shot]:
        """What is on screen at some moments, in order; a file that ends early stays on its last picture."""
        left = self._pictures(0, (each.original for each in pairs))
        right = self._pictures(1, (each.compressed for each in pairs))
        return map(Shot, pairs, left, right)

    def _pictures(self, side: int, frames: Iterable[int]) -> Iterator[Pixels]:
        clip, size = self.clips[side], self._sizes[side]
        source = pictures(clip.path, limits=self._limits, stamp=clip.stamp)
        passed = -1
        found: Pixels | None = None
        for number in frames:
            is_new = passed < number
            while passed < number:
                picture = _next(source)
                passed = passed + 1 if picture is not None else clip.n_frames
                found = found if picture is None else picture
            if found is None:
                raise DecodeError(f"cannot read {printable(clip.path)}: no frame")
            if is_new and size:
                found = scaled(found, size)
            yield found


def _next(source: Iterator[Picture]) -> Pixels | None:
    """The next picture; None where the file ends, or is damaged."""
    try:
        picture = next(source, None)
    except FileChanged:
        raise
    except DecodeError:
        return None
    return None if picture is None else picture.pixels()
