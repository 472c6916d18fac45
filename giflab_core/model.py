"""The values that travel between the rooms: clips, frames, pairs, results, checks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from giflab_core.frozen import dataclass, field

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]
    """RGBA, shape (height, width, 4)."""
    Plane = npt.NDArray[np.uint8]
    """One value a pixel, shape (height, width)."""
    Mask = npt.NDArray[np.bool_]
    """Yes or no a pixel, shape (height, width)."""
    Floats = npt.NDArray[np.floating]

Status = Literal["pass", "warning", "fail"]
Better = Literal["higher", "lower"]
Statistic = Literal["mean", "p01"]
ContentType = Literal["photo", "cartoon", "ui", "pixel-art"]
Trouble = Literal["tone", "structure", "opacity"]
Goal = Literal["small", "good", "invisible", "lossless"]
MOST_OF_PICTURE = 0.5


def worst_of(statuses: Iterable[Status]) -> Status:
    """The worst of several; a pass if there are none."""
    found = set(statuses)
    return "fail" if "fail" in found else "warning" if "warning" in found else "pass"


@dataclass(frozen=True, slots=True)
class Tone:
    """How a clip as a whole became another than the original: what leaves it as it is are the defaults.

    `gamma`: the exponent of its curve of tones; `contrast`, `saturation`, `detail`: of luma, chroma and the steps
    between neighbours, what share the compressed clip has; `brightness`: grey levels that the mean luma went up by;
    `hue`: by how many degrees hues are turned; `cast`: how far the mean chroma has moved, in levels. `levels`: how many
    of R, G and B are left, if each was rounded to few, or about how many of luma. `share`: of the time, in which the
    two clips differ at all; the others are of that time.
    """

    gamma: float = 1.0
    contrast: float = 1.0
    brightness: float = 0.0
    saturation: float = 1.0
    hue: float = 0.0
    cast: float = 0.0
    detail: float = 1.0
    levels: float = 256.0
    share: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What is on screen between two changes.

    `pixels`: uint8, shape (height, width, 4), RGBA, read-only, owned by this frame; alpha is 0 or 255, and RGB is 0
    where alpha is 0. `duration_ms`: how long it is shown. Frames are equal if both are.
    """

    pixels: Pixels
    duration_ms: int

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frame):
            return NotImplemented
        return (
            self.duration_ms == other.duration_ms
            and self.pixels.shape == other.pixels.shape
            and bool((self.pixels == other.pixels).all())
        )

    def __hash__(self) -> int:
        return hash((self.duration_ms, self.pixels.shape, self.pixels.tobytes()))

    def __reduce__(self) -> tuple[type[Frame], tuple[Pixels, int]]:
        # Anew, as an array that was pickled or copied can be written to.
        return type(self), (self.pixels, self.duration_ms)


@dataclass(frozen=True, slots=True)
class Extra:
    """What takes place in a file and is never shown: its kind, its bytes, and a message that names both."""

    kind: str
    size_bytes: int
    message: str


@dataclass(frozen=True, slots=True)
class Clip:
    """A GIF file as its structure tells it, before any pixel is decoded.

    `digest` is the SHA-256 of the file's bytes in hexadecimal. `loop_count` is the stored number: None without a loop
    block, 0 to loop forever, n for n repetitions after the first showing. `damage` says what is wrong after the last
    whole frame; None for a file that reads to its end. `warnings` are faults that decoders tolerate. `stamp` changes
    when the file does. `size_bytes` is that of the file; `extras` are what takes place in it and is never shown, as
    far as it is worth a word. `has_rounded_delays`: its delays are all 0 or 10 ms, and shown as 100;
    only a clip that was just opened tells.
    """

    path: Path
    digest: str
    width: int
    height: int
    durations_ms: tuple[int, ...]
    loop_count: int | None
    damage: str | None = None
    warnings: tuple[str, ...] = ()
    stamp: tuple[int, ...] = field(default=(), compare=False, repr=False)
    size_bytes: int = 0
    extras: tuple[Extra, ...] = ()
    has_rounded_delays: bool = field(default=False, compare=False, repr=False)

    @property
    def n_frames(self) -> int:
        return len(self.durations_ms)

    @property
    def duration_ms(self) -> int:
        """How long one showing of the whole clip takes."""
        return sum(self.durations_ms)

    @property
    def plays(self) -> float:
        """How often the clip is shown in all: 1 without a loop block, n + 1 for a block of n, infinity for 0."""
        if self.loop_count is None:
            return 1
        return self.loop_count + 1 if self.loop_count else float("inf")

    def frame_at(self, time_ms: int) -> int:
        """The number of the frame on screen at a time, from 0; after the end, that of the last one."""
        return min(bisect_right(tuple(accumulate(self.durations_ms)), time_ms), self.n_frames - 1)


@dataclass(frozen=True, slots=True)
class FramePair:
    """Frame `original` and frame `compressed` (indices from 0) are on screen together for `duration_ms`."""

    original: int
    compressed: int
    start_ms: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A value and when it is reached, counted from the start of the clip."""

    value: float
    time_ms: int


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which pairs were scored: the strategy's name and the seed of its random choices."""

    strategy: str = "full"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Rest:
    """What a metric's mean and `p01` are without the moments that the check `because_of` fails for.

    None: nothing is left to tell by.
    """

    because_of: str
    mean: float | None = None
    p01: float | None = None


@dataclass(frozen=True, slots=True)
class MetricResult:
    """One metric over the whole clip.

    `mean` is weighted by time on screen, with the interval [`low`, `high`] (its width is 0 when every pair is scored).
    `p01` is the mean over the worst 1 % of the time, `worst` the worst pair. Values may be
    infinite; `note` then says so. `rest`: where a failed check explains some moments, the metric without them.
    """

    name: str
    mean: float
    low: float
    high: float
    p01: float
    worst: Moment
    unit: str
    better: Better
    scored: int
    population: int
    version: str
    sampling: Sampling = Sampling()
    note: str | None = None
    rest: Rest | None = None

    def statistic(self, which: Statistic) -> float:
        return self.mean if which == "mean" else self.p01


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the canvas, in pixels from its left upper corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def area(self) -> int:
        """In pixels."""
        return self.width * self.height

    def covers_most(self, area: int) -> bool:
        """Whether it covers half of a picture of so many pixels: numbers of the whole see what is wrong there."""
        return self.area >= MOST_OF_PICTURE * area

    def overlaps(self, other: Region) -> bool:
        """Whether a pixel is in both."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Check:
    """One question with an answer; `message` says what was found.

    Of a limit also the `value` held against it, the `limit`, the `margin` between both (negative where it is missed),
    and the worst moment, `time_ms`. `region`: where it was found, if that is a part of the picture. `because_of`: the
    name of the failed check that this one follows from; what does not fail without the other's cause does.
    """

    name: str
    status: Status
    message: str = ""
    value: float | None = None
    limit: float | None = None
    margin: float | None = None
    time_ms: int | None = None
    region: Region | None = None
    because_of: str | None = None
