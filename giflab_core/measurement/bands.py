"""Look for the suspects of a large pair band by band, in the memory that a band takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.checks import Suspects, find_suspects
from giflab_core.config import Config
from giflab_core.decoding import Indexed, Shown
from giflab_core.frozen import dataclass
from giflab_core.kernels.boxes import NOTHING, Box, pixels_in
from giflab_core.kernels.tiles import SIDE
from giflab_core.metrics import Memory, PairView

if TYPE_CHECKING:
    from giflab_core.model import Mask, Pixels, Plane

# So many rows of tiles above and below are looked at too: what is found of a tile depends on none that is farther away.
# Few enough pixels are in a band that what is kept of it alone takes little, and enough that these rows are few.
HALO, BAND_PIXELS = 4, 1 << 21
# What `find_suspects` keeps only so as not to take the memory anew; all bands together would need it for the picture.
ROOM = "suspects", "drawn"


class _Part:
    """Some rows of a picture: `Shown`."""

    def __init__(self, shown: Shown, rows: slice) -> None:
        self._shown, self._rows = shown, rows

    @property
    def changed(self) -> Box:
        return _within(self._shown.changed, self._rows)

    def pixels(self) -> Pixels:
        return self._shown.pixels()[self._rows]

    def indexed(self) -> Indexed | None:
        found = self._shown.indexed()
        return Indexed(found.indices[self._rows], found.colours) if found else None

    def grey(self, background: int) -> Plane:
        return self._shown.grey(background)[self._rows]

    def hidden(self) -> Mask | None:
        found = self._shown.hidden()
        return None if found is None else found[self._rows]


def _within(box: Box, rows: slice) -> Box:
    cut: Box = max(box[0], rows.start) - rows.start, min(box[1], rows.stop) - rows.start, *box[2:]
    return cut if pixels_in(cut) else NOTHING


@dataclass(frozen=True, slots=True)
class _Band:
    """Rows of tiles, from the first up to the second, and the rows of pixels that are looked at for them."""

    tiles: tuple[int, int]
    pixels: slice


def _bands(width: int, height: int) -> Iterator[_Band]:
    rows = -(-height // SIDE)
    step = max(2 * HALO, BAND_PIXELS // (width * SIDE))
    for first in range(0, rows, step):
        last = min(first + step, rows)
        yield _Band((first, last), slice(SIDE * max(0, first - HALO), min(height, SIDE * (last + HALO))))


class SuspectFinder:
    """Finds the suspects of pair after pair: exactly those of `find_suspects`."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._memories: dict[tuple[int, int], Memory] = {}

    def find(self, view: PairView, changes: tuple[Box, Box]) -> Suspects | None:
        """The tiles that differ much; `changes`: those that the view was made with."""
        width, height = view.size
        columns = -(-width // SIDE)
        found = [
            _of_band(suspects, band, columns)
            for band in _bands(width, height)
            if (suspects := self._in_band(band, view, changes))
        ]
        if not any(len(each.tiles) for each in found):
            return None
        tiles, values = [each.tiles for each in found], [each.values for each in found]
        return Suspects(np.concatenate(tiles), np.concatenate(values, axis=1))

    def _in_band(self, band: _Band, view: PairView, changes: tuple[Box, Box]) -> Suspects | None:
        memory = self._memories.setdefault(band.tiles, Memory())
        left, right = (_Part(shown, band.pixels) for shown in view.shown)
        cut = _within(changes[0], band.pixels), _within(changes[1], band.pixels)
        part = PairView(left, right, self._config.mattes, memory, view.serial, cut)
        part.joint = view.joint  # which colours there are is a matter of the whole picture
        found = find_suspects(part, self._config.goal)
        memory.kept.pop(ROOM, None)
        return found


def _of_band(found: Suspects, band: _Band, columns: int) -> Suspects:
    """Those of the band itself, numbered as in the whole picture."""
    tiles = found.tiles + band.pixels.start // SIDE * columns
    own = slice(*np.searchsorted(tiles, [each * columns for each in band.tiles]).tolist())
    return Suspects(tiles[own].copy(), found.values[:, own].copy())
