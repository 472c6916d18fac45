"""The pictures of one clip, each with when it is on screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.frozen import dataclass
from giflab_core.sequence.fingerprint import Fingerprint

if TYPE_CHECKING:
    import numpy.typing as npt

    Whole = npt.NDArray[np.int64]


# Encoders round delays to hundredths of a second; boundaries that were rounded apart are one or two of these off.
TICKS_MS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The n pictures of a clip; frames that follow each other with the same picture are one.

    `prints`: the fingerprints, uint16, shape (n, cells); `frames`: the number of the first frame of each, from 0;
    `starts_ms`, `ends_ms`: int64, when each is on screen. A frame that is shown for 0 ms is in none.
    """

    prints: npt.NDArray[np.uint16]
    frames: Whole
    starts_ms: Whole
    ends_ms: Whole

    @classmethod
    def of(cls, fingerprints: Sequence[Fingerprint], durations_ms: Sequence[int]) -> Runs:
        """From one fingerprint a frame, which is the same object where the picture did not change."""
        ends = np.cumsum(durations_ms, dtype=np.int64)
        shown = [number for number, shown_ms in enumerate(durations_ms) if shown_ms > 0]
        first = [
            number
            for place, number in enumerate(shown)
            if not place or fingerprints[number] is not fingerprints[shown[place - 1]]
        ]
        frames = np.array(first, np.int64)
        starts = (ends - np.asarray(durations_ms, np.int64))[frames]
        prints = np.array([fingerprints[number] for number in first])
        return cls(prints, frames, starts, np.append(starts[1:], ends[-1]))

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def duration_ms(self) -> int:
        return int(self.ends_ms[-1])

    @property
    def shown_ms(self) -> Whole:
        """For how long each is on screen."""
        return self.ends_ms - self.starts_ms

    def at(self, time_ms: int) -> int:
        """The picture that is on screen at a time, the last one after the end."""
        return min(int(np.searchsorted(self.starts_ms, time_ms, "right")) - 1, len(self) - 1)

    def all_at(self, times_ms: Whole) -> Whole:
        """As `at`, of many times at once."""
        return np.minimum(np.searchsorted(self.starts_ms, times_ms, "right") - 1, len(self) - 1)

    def name(self, index: int) -> str:
        """A picture, for people: "frame 12, at 1200 ms"."""
        return f"frame {self.frames[index]}, at {self.starts_ms[index]} ms"
