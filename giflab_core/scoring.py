"""Stream two clips side by side and score their pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from giflab_core.config import Config
from giflab_core.decoding import decode
from giflab_core.errors import DecodeError
from giflab_core.metrics import Metric, PairView
from giflab_core.model import Clip, Frame, FramePair
from giflab_core.order import fingerprint

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
    """`values[name][i]` is the pooled number of that metric for `pairs[i]`, the pairs that could be scored."""

    pairs: tuple[FramePair, ...]
    values: dict[str, list[float]]
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
    scored: list[FramePair] = []
    values: dict[str, list[float]] = {metric.name: [] for metric in metrics}
    for pair in pairs:
        if not (left.seek(pair.original) and right.seek(pair.compressed)):
            break
        if left.fresh or right.fresh or not scored:
            same = np.array_equal(left.pixels, right.pixels)
            view = PairView(left.pixels, right.pixels, config.mattes)
            row = {metric.name: metric.identical if same else metric.score(view) for metric in metrics}
        for name, value in row.items():
            values[name].append(value)
        scored.append(pair)
        if on_progress:
            on_progress(len(scored), len(pairs))
    return Scores(tuple(scored), values, left.drain(), right.drain())


class _Cursor:
    """One clip's frames, forward only, with what is learnt on the way.

    `pixels` is the picture on screen; `fresh` says that the last `seek()` changed it.
    """

    def __init__(self, clip: Clip, config: Config, size: tuple[int, int]) -> None:
        self._frames = decode(clip.path, limits=config.decode_limits)
        self._promised = clip.n_frames
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
        read = len(self._prints)
        if self._damage is None and read != self._promised:
            self._damage = f"{read} frames were read, {self._promised} expected: the file changed meanwhile"
        return Track(self._damage, tuple(self._prints), self._moving)

    def _take_next(self) -> bool:
        try:
            frame = next(self._frames, None)
        except DecodeError as error:
            self._damage = str(error)
            return False
        if frame is None:
            return False
        pixels = _scaled(frame, self._size)
        if np.array_equal(pixels, self.pixels):
            self._prints.append(self._prints[-1])
        else:
            self._moving = self._moving or bool(self._prints)
            self._prints.append(fingerprint(pixels))
            self.pixels, self.fresh = pixels, True
        return True


def _scaled(frame: Frame, size: tuple[int, int]) -> Pixels:
    """The frame's pixels at `size` (width, height): bicubic, transparency again 0 or 255 as GIF has it."""
    height, width = frame.pixels.shape[:2]
    if (width, height) == size:
        return frame.pixels
    pixels = np.array(Image.fromarray(frame.pixels).resize(size, Image.Resampling.BICUBIC))
    hidden = pixels[..., 3] < 128
    pixels[..., 3] = 255
    pixels[hidden] = 0
    return pixels
