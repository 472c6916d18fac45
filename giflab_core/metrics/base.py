"""What a metric is, and what it may look at."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from giflab_core.config import Matte
from giflab_core.decoding import Shown, Still
from giflab_core.frozen import dataclass
from giflab_core.kernels.boxes import NOTHING, enclosing
from giflab_core.kernels.joint import Joint, joint_of_indices, joint_of_pixels, packed
from giflab_core.kernels.moments import Moments, moments
from giflab_core.metrics.catalogue import Description
from giflab_core.metrics.keeping import NEVER, Follower, Held, Memory, Once
from giflab_core.model import Better

if TYPE_CHECKING:
    from giflab_core.kernels.boxes import Box
    from giflab_core.model import Mask, Pixels, Plane
    from giflab_core.originals import Known

T = TypeVar("T")
Planes = tuple["Plane", "Plane"]
MATTE_LUMA = {"white": 255, "black": 0}
# Where nothing is transparent no background shows, and one stands for all.
OPAQUE = (0,)
# Fewer opaque pixels than this are no picture.
LEAST_PIXELS = 64


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to score a pair of frames: `description` says which, `score` how.

    `score` turns a pair into the number that is pooled over time; `identical` is that number for two equal frames.
    `present` turns a pooled number into the one that is reported (the identity, except where a mean of the reported
    numbers makes no sense). `pooled_better` speaks of the pooled number where the description's `better` does not.

    `expensive`: it looks at all of a picture again wherever that changes, and takes long enough to be worth a thread.
    `over_time`: it looks at what was on screen before, so that equal frames may differ from `identical`. `parts`: the
    metrics that it is made of, which it scores where the canvas is large enough for them. `factor`: what all numbers of
    a clip are multiplied by, from the correlation of its motion (motion.py; None where nothing moves).

    `blind`: why a pair, and so the clip, has no number, where `score` finds NaN; a metric without it never does.

    `score_many`: does for several pairs at once what `score` does for each, and finds the same numbers. For a metric
    that costs much and looks at single pairs only; without it they are scored one by one, as they come. The pairs are
    all of one size, and know nothing of others (`keep()` gives them nothing of earlier ones).
    """

    description: Description
    score: Callable[[PairView], float]
    identical: float
    pooled_better: Better | None = None
    present: Callable[[float], float] = lambda value: value
    expensive: bool = False
    over_time: bool = False
    parts: tuple[Metric, ...] = ()
    factor: Callable[[float | None], float] = lambda motion: 1.0
    blind: str | None = None
    score_many: Callable[[Sequence[PairView]], list[float]] | None = None

    def __post_init__(self) -> None:
        if self.score_many and (self.over_time or self.parts):
            raise ValueError(f"{self.name} looks at more than single pairs, so it cannot have score_many")

    @property
    def name(self) -> str:
        return self.description.name

    @property
    def better(self) -> Better:
        return self.description.better

    @property
    def window(self) -> int:
        return self.description.window

    @property
    def pools(self) -> Better:
        return self.pooled_better or self.better

    def absence(self, width: int, height: int) -> str | None:
        """Why a canvas of this size has no number; None where it has one."""
        return self.description.absence(width, height)


class PairView:
    """Two pictures on screen together, with what several metrics share computed once.

    `changes` are the boxes outside of which each is what it was at the pair scored before, which had the number
    `serial - 1`; `step` the one outside of which both are what they were at the pair before; None for everywhere.
    They are on screen together from `start_ms` on. `known`: of the original by itself.
    """

    def __init__(
        self,
        original: Shown,
        compressed: Shown,
        mattes: tuple[Matte, ...],
        memory: Memory | None = None,
        serial: int = 0,
        changes: tuple[Box, Box] | None = None,
        step: Box | None = None,
        *,
        start_ms: int = 0,
        equal: bool = False,
        known: Known | None = None,
    ) -> None:
        self.shown = original, compressed
        self.start_ms = start_ms
        self.equal = equal
        self.known = known
        self._mattes = mattes
        self._memory = memory or Memory()
        self.serial = serial
        self._changes = changes
        self.step = step
        self._scores: dict[str, float] = {}
        self._computed: dict[Callable[[PairView], Any], Any] = {}
        self._planes: dict[int, Planes] = {}

    @classmethod
    def of(cls, original: Pixels, compressed: Pixels, mattes: tuple[Matte, ...] = ("white", "black")) -> PairView:
        """Two pictures by themselves: RGBA, uint8, one shape (height, width, 4)."""
        return cls(Still(original), Still(compressed), mattes)

    def detached(self) -> PairView:
        """The same pictures in memory of their own, which the next ones do not overwrite, without what was kept."""
        original, compressed = (shown.pixels().copy() for shown in self.shown)
        return PairView(Still(original), Still(compressed), self._mattes, known=self.known)

    def release(self) -> None:
        """Let go of planes and masks, which take much memory if they are large; they are made anew if asked for."""
        self._planes.clear()
        for name in ("luma", "hidden", "colours"):
            self.__dict__.pop(name, None)

    def score(self, metric: Metric) -> float:
        """The pair's number by a metric, computed once."""
        name = metric.description.name
        found = self._scores.get(name)
        if found is None:
            skip = self.equal and not metric.over_time
            found = self._scores[name] = metric.identical if skip else metric.score(self)
        return found

    @Once
    def size(self) -> tuple[int, int]:
        """Width and height."""
        height, width, _ = self.shown[0].pixels().shape
        return width, height

    @Once
    def hidden(self) -> tuple[Mask | None, Mask | None]:
        """Where each frame is transparent: bool, shape (height, width); None where no pixel is."""
        return self.shown[0].hidden(), self.shown[1].hidden()

    @Once
    def is_opaque(self) -> bool:
        """Whether nothing is transparent in either frame."""
        return self.hidden[0] is None and self.hidden[1] is None

    @Once
    def backgrounds(self) -> tuple[int, ...]:
        """The luma of the backgrounds that matter; one where nothing is transparent."""
        if self.is_opaque:
            return OPAQUE
        return tuple(MATTE_LUMA[matte] for matte in self._mattes)

    def luma_on(self, background: int) -> Planes:
        """Luma of both on a background: uint8, shape (height, width)."""
        planes = self._planes.get(background)
        if planes is None:
            planes = self._planes[background] = self._luma(0, background), self._luma(1, background)
        return planes

    def _luma(self, side: int, background: int) -> Plane:
        """Of one. On a picture that is opaque no background shows, so that one plane does for all."""
        if background and self.hidden[side] is None:
            return self.luma_on(0)[side]
        return self.shown[side].grey(background)

    @Once
    def luma(self) -> tuple[Planes, ...]:
        """Luma of both on each background that matters."""
        return tuple(map(self.luma_on, self.backgrounds))

    @Once
    def moments(self) -> tuple[Moments, ...]:
        """The exact sums of luma and its squares, on each background that matters."""
        return tuple(moments(*planes) for planes in self.luma)

    @Once
    def visible_moments(self) -> Moments | None:
        """The same sums over the pixels that are opaque in both; None where that is all, or hardly any."""
        masks = [mask for mask in self.hidden if mask is not None]
        if not masks:
            return None
        opaque = ~masks[0]
        for mask in masks[1:]:
            np.logical_and(opaque, ~mask, out=opaque)
        if np.count_nonzero(opaque) < LEAST_PIXELS:
            return None
        return moments(*self.luma_on(0), opaque)

    @Once
    def colours(self) -> tuple[tuple[Pixels, Pixels], ...]:
        """RGB of both on each background that matters: uint8, shape (height, width, 4); the fourth byte is none."""
        return tuple(map(self.colours_on, self.backgrounds))

    def colours_on(self, background: int) -> tuple[Pixels, Pixels]:
        """RGB of both on a grey background: uint8, shape (height, width, 4); the fourth byte is none."""
        return self._on(0, background), self._on(1, background)

    def _on(self, side: int, background: int) -> Pixels:
        pixels, hidden = self.shown[side].pixels(), self.hidden[side]
        if hidden is None or not background:  # a transparent pixel is black already
            return pixels
        grey = np.uint32(background * 0x01010101)
        return np.where(hidden, grey, packed(pixels)).view(np.uint8).reshape(pixels.shape)

    @Once
    def joint(self) -> Joint:
        """How often each pair of colours occurs, transparent among them."""
        original, compressed = (shown.indexed() for shown in self.shown)
        if original and compressed:
            return joint_of_indices(original.indices, original.colours, compressed.indices, compressed.colours)
        return joint_of_pixels(self.shown[0].pixels(), self.shown[1].pixels())

    @Once
    def joints(self) -> tuple[Joint, ...]:
        """How often each pair of colours occurs on each background that matters."""
        return (self.joint,) if self.is_opaque else tuple(map(self.joint.on, self.backgrounds))

    @Once
    def change(self) -> Box | None:
        """The box outside of which both are what they were at the pair scored before; None for everywhere."""
        return enclosing(*self._changes) if self._changes else None

    def changed_since(self, serial: int) -> Box | None:
        """The box outside of which both are what they were at the pair of this number; None for everywhere."""
        return self.change if serial == self.serial - 1 else None

    def once(self, compute: Callable[[PairView], T]) -> T:
        """What this function makes of the pair, computed once, whichever metrics ask for it."""
        if compute not in self._computed:
            self._computed[compute] = compute(self)
        return cast("T", self._computed[compute])

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under a key from pair to pair of a validation, made when it is first asked for.

        The key names its owner: a metric, or the module that several share. What is kept may be changed in place.
        """
        if key not in self._memory.kept:
            self._memory.kept[key] = make()
        return cast("T", self._memory.kept[key])

    def follow(
        self, name: str, make: Callable[[int, int], Follower[Any]], on: Callable[[int], tuple[Any, Any]] | None = None
    ) -> tuple[float, ...]:
        """The number of a `Follower`, made of (height, width), on each background that matters.

        `on`: what it follows, by the background; luma by default.
        """
        memory, found = self._memory.kept, []
        for background in self.backgrounds:
            key = "follow", name, background
            kept = memory.get(key)
            if kept is None:
                width, height = self.size
                kept = memory[key] = Held(make(height, width))
            x, y = (on or self.luma_on)(background)
            found.append(kept.value.update(x, y, self.changed_since(kept.serial)))
            kept.serial = self.serial
        return tuple(found)

    def each(self, name: str, function: Callable[[Plane], float]) -> tuple[tuple[float, float], ...]:
        """A number of each luma plane by itself, on each background that matters; kept while that does not change."""
        return tuple(
            (self._single(name, function, 0, background), self._single(name, function, 1, background))
            for background in self.backgrounds
        )

    def _single(self, name: str, function: Callable[[Plane], float], side: int, background: int) -> float:
        def compute() -> float:
            if side == 0 and self.known:
                return self.known.number(name, background, lambda: function(self.shown[0].grey(background)))
            return function(self.shown[side].grey(background))

        kept = self.keep(("each", name, side, background), lambda: Held(compute()))
        is_current = self._changes and kept.serial == self.serial - 1 and self._changes[side] == NOTHING
        if kept.serial != NEVER and not is_current:
            kept.value = compute()
        kept.serial = self.serial
        return kept.value
