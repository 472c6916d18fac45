"""Stream two clips side by side and score their pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from giflab_core.config import Config
from giflab_core.content import is_lost
from giflab_core.decoding import decode, is_changed
from giflab_core.errors import DecodeError
from giflab_core.metrics import Metric, PairView
from giflab_core.model import Clip, FramePair
from giflab_core.motion import MotionCorrelation
from giflab_core.order import fingerprint
from giflab_core.text import printable

if TYPE_CHECKING:
    from giflab_core.model import Pixels
    from giflab_core.order import Print

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Track:
    """What decoding one file to its end showed.

    `damage` is why it stopped early, None where it did not; `prints` are the fingerprints of its whole frames;
    `moving`: the picture changed.
    """

    damage: str | None
    prints: tuple[Print, ...]
    moving: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """What one pass over both files gave.

    `values[name][i]` is the pooled number of that metric for `pairs[i]`, the pairs that could be scored.
    `lost[i]` says that the compressed frame shows nothing of the original's picture; `lost_alpha[i]` is the share of
    the original's transparent pixels that are opaque now; `motion`: see motion.py.
    """

    pairs: tuple[FramePair, ...]
    values: dict[str, list[float]]
    lost: list[bool]
    lost_alpha: list[float]
    motion: float | None
    original: Track
    compressed: Track


def score(
    original: Clip,
    compressed: Clip,
    pairs: Sequence[FramePair],
    metrics: Sequence[Metric],
    config: Config,
    on_progress: Progress | None = None,
) -> Scores:
    """Score `pairs` by `metrics` in one pass over both files, which are read to their ends.

    Compressed frames of another size are scaled to the original's. A pair that shows the same two pictures as the one
    before it takes over its numbers. Where a file is damaged, the pairs before that are scored.
    """
    left, right = (_Cursor(clip, config, (original.width, original.height)) for clip in (original, compressed))
    motion = MotionCorrelation(original.width, original.height)
    scored: list[FramePair] = []
    rows: list[_Row] = []
    for pair in pairs:
        if not (left.seek(pair.original) and right.seek(pair.compressed)):
            break
        changed = left.fresh or right.fresh or not rows
        rows.append(_score_pair(left.pixels, right.pixels, metrics, config) if changed else rows[-1])
        motion.add(left.pixels, right.pixels, pair.duration_ms)
        scored.append(pair)
        if on_progress:
            on_progress(len(scored), len(pairs))
    return Scores(
        pairs=tuple(scored),
        values={metric.name: [row.values[metric.name] for row in rows] for metric in metrics},
        lost=[row.lost for row in rows],
        lost_alpha=[row.lost_alpha for row in rows],
        motion=motion.value(),
        original=left.drain(),
        compressed=right.drain(),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """The numbers of one pair."""

    values: dict[str, float]
    lost: bool
    lost_alpha: float


def _score_pair(original: Pixels, compressed: Pixels, metrics: Sequence[Metric], config: Config) -> _Row:
    if np.array_equal(original, compressed):
        return _Row({metric.name: metric.identical for metric in metrics}, lost=False, lost_alpha=0.0)
    view = PairView(original, compressed, config.mattes)
    return _Row({metric.name: metric.score(view) for metric in metrics}, is_lost(view), _lost_alpha(view))


def _lost_alpha(pair: PairView) -> float:
    """The share of the original's transparent pixels that are opaque now, 0 to 1; 0 where it has none."""
    original, compressed = pair.hidden
    transparent = np.count_nonzero(original)
    return int(np.count_nonzero(original & ~compressed)) / int(transparent) if transparent else 0.0


class _Cursor:
    """One clip's frames, forward only, with what is learnt on the way.

    `pixels` is the picture on screen; `fresh` says that the last `seek()` changed it.
    """

    def __init__(self, clip: Clip, config: Config, size: tuple[int, int]) -> None:
        self._frames = decode(clip.path, limits=config.decode_limits)
        self._clip = clip
        self._size = size
        self._prints: list[Print] = []
        self._damage: str | None = None
        self._moving = False
        self.fresh = False
        self.pixels: Pixels = np.empty((0, 0, 4), np.uint8)

    def seek(self, index: int) -> bool:
        """Go to a frame that is not behind; False where the file does not have it."""
        self.fresh = False
        while len(self._prints) <= index:
            if not self._take_next():
                return False
        return True

    def drain(self) -> Track:
        """Decode what is left, and tell how it went."""
        while self._take_next():
            pass
        if is_changed(self._clip):
            raise DecodeError(f"{printable(self._clip.path)} changed while it was read; validate it again")
        return Track(self._damage, tuple(self._prints), self._moving)

    def _take_next(self) -> bool:
        try:
            frame = next(self._frames, None)
        except DecodeError as error:
            self._damage = str(error)
            return False
        if frame is None:
            return False
        pixels = frame.pixels if frame.pixels.shape[1::-1] == self._size else _scaled(frame.pixels, self._size)
        if np.array_equal(pixels, self.pixels):
            self._prints.append(self._prints[-1])
        else:
            self._moving = self._moving or bool(self._prints)
            self._prints.append(fingerprint(pixels))
            self.pixels, self.fresh = pixels, True
        return True


def _scaled(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """RGBA pixels at `size` (width, height): bicubic, transparency again 0 or 255 as GIF has it."""
    scaled = np.array(Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC))
    hidden = scaled[..., 3] < 128
    scaled[..., 3] = 255
    scaled[hidden] = 0
    return scaled
