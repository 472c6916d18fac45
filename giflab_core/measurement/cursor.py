"""Go through the pictures of a clip, or of two side by side, forward only, and learn on the way."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.config import Config
from giflab_core.decoding import Picture, Shown, Still, is_changed, pictures, scaled
from giflab_core.errors import DecodeError, FileChanged
from giflab_core.frozen import dataclass
from giflab_core.kernels.boxes import NOTHING, Box, enclosing
from giflab_core.kernels.same import same
from giflab_core.model import Clip, FramePair
from giflab_core.sequence import Fingerprinter
from giflab_core.text import printable

if TYPE_CHECKING:
    from giflab_core.sequence import Fingerprint

UNLIKE = "a file was not the same when it was read again"


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """What decoding one file to its end showed.

    `damage` is why it stopped early, None where it did not; `frames`: how many are whole; `fingerprints` are those of
    these frames, or none; `moving`: the picture changed.
    """

    damage: str | None
    frames: int
    fingerprints: tuple[Fingerprint, ...]
    moving: bool

    def __eq__(self, other: object) -> bool:
        return self._content() == other._content() if isinstance(other, Track) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._content())

    def _content(self) -> tuple[object, ...]:
        return self.damage, self.frames, self.moving, *(each.tobytes() for each in self.fingerprints)


def check_unchanged(clip: Clip) -> None:
    """Raises FileChanged where the file is another one than when the clip was opened."""
    if is_changed(clip):
        raise FileChanged(f"{printable(clip.path)} changed while it was read; validate it again")


class Cursor:
    """One clip's pictures at a size (width, height).

    `shown` is the picture on screen; `fresh` the box that the last `seek()` changed, `NOTHING` where it did not;
    `damage` why the file ended early. Fingerprints are taken from `start_fingerprints()` on.
    """

    def __init__(self, clip: Clip, config: Config, size: tuple[int, int]) -> None:
        self._pictures = pictures(clip.path, limits=config.decode_limits, stamp=clip.stamp)
        self._clip = clip
        self._size = size
        self._fingerprinter: Fingerprinter | None = None
        # Of the frames from the first one on that has one; None for those that show the picture before all these.
        self._fingerprints: list[Fingerprint | None] = []
        self._room: Fingerprint | None = None
        self._first = self._count = 0
        self._moving = False
        self.damage: str | None = None
        # The number of the frame in which the picture on screen is new.
        self.picture = 0
        self.fresh: Box = NOTHING
        self.shown: Shown

    def seek(self, index: int) -> bool:
        """Go to a frame that has not passed; False where the file does not have it."""
        self.fresh = NOTHING
        while self._count <= index:
            if not self._take_next():
                return False
        return True

    def start_fingerprints(self) -> None:
        """Take fingerprints of the frames after the one on screen."""
        self._fingerprinter, self._first = Fingerprinter(*self._size), self._count

    def drain(self) -> None:
        """Decode what is left."""
        while self._take_next():
            pass

    def track(self, earlier: Cursor) -> Track:
        """How it went, with the fingerprints of the frames before from another cursor.

        Raises DecodeError where the file changed, or could not be read as far by the other one.
        """
        check_unchanged(self._clip)
        fingerprints = earlier._fingerprints[: self._first]
        if len(fingerprints) < self._first:
            raise DecodeError(earlier.damage or UNLIKE)
        whole = accumulate(fingerprints + self._fingerprints, _latest)
        return Track(self.damage, self._count, tuple(each for each in whole if each is not None), self._moving)

    def _take_next(self) -> bool:
        try:
            picture = next(self._pictures, None)
        except FileChanged:
            raise
        except DecodeError as error:
            self.damage = str(error)
            return False
        if picture is None:
            return False
        is_new = self._show(picture)
        if is_new:
            self._moving = self._moving or self._count > 0
            self.picture = self._count
            self.fresh = enclosing(self.fresh, self.shown.changed)
        if self._fingerprinter:
            before = self._fingerprints[-1] if self._fingerprints else None
            self._fingerprints.append(self._kept(self._fingerprinter.take(self.shown)) if is_new else before)
        self._count += 1
        return True

    def _show(self, picture: Picture) -> bool:
        """Whether it is another picture than before: images are also drawn over with what is there already."""
        is_first = not self._count
        if (self._clip.width, self._clip.height) == self._size:
            self.shown = picture
            return is_first or picture.changed != NOTHING
        if not is_first and picture.changed == NOTHING:
            return False
        pixels = scaled(picture.pixels(), self._size)
        if not is_first and same(pixels, self.shown.pixels()):
            return False
        self.shown = Still(pixels)
        return True

    def _kept(self, found: Fingerprint) -> Fingerprint:
        """The same in one piece of memory with the others: the system gets that back, unlike many small ones."""
        if self._room is None:
            self._room = np.empty((self._clip.n_frames, len(found)), np.uint16)
        if self._count >= len(self._room):
            return found  # of a file that has more frames by now
        self._room[self._count] = found
        row: Fingerprint = self._room[self._count]
        return row


def _latest(before: Fingerprint | None, now: Fingerprint | None) -> Fingerprint | None:
    return before if now is None else now


def watched(clip: Clip, config: Config) -> Track:
    """Decode a clip to its end at its own size, by itself and without fingerprints.

    Raises DecodeError where the file changed.
    """
    cursor = Cursor(clip, config, (clip.width, clip.height))
    cursor.drain()
    return cursor.track(cursor)


class Screens:
    """Both clips' pictures at the original's size, as they are on screen together."""

    def __init__(self, original: Clip, compressed: Clip, config: Config) -> None:
        size = original.width, original.height
        self.left, self.right = (Cursor(clip, config, size) for clip in (original, compressed))
        self.whole: Box = 0, original.height, 0, original.width
        self.start_ms = 0
        # The box outside of which both are what they were before the last `seek()`.
        self.step: Box = NOTHING

    def seek(self, pair: FramePair) -> bool:
        """Go to a pair that has not passed; False where a file does not have it."""
        self.start_ms = pair.start_ms
        is_there = self.left.seek(pair.original) & self.right.seek(pair.compressed)
        self.step = enclosing(self.left.fresh, self.right.fresh)
        return is_there

    def start_fingerprints(self) -> None:
        """As `Cursor.start_fingerprints`."""
        self.left.start_fingerprints()
        self.right.start_fingerprints()

    @property
    def is_new(self) -> bool:
        """Whether the last `seek()` changed either picture."""
        return self.step != NOTHING

    @property
    def damage(self) -> str | None:
        """Why one of the files ended early."""
        return self.left.damage or self.right.damage
