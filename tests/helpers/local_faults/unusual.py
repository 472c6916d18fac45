"""Kinds of faults that no limit was set by, each plain and milder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from tests.helpers.local_faults import places, timing, tinting, twisting
from tests.helpers.local_faults.kinds import Kind
from tests.helpers.local_faults.scenes import Pixels, Scene
from tests.helpers.local_faults.visibility import LEAST_DIFFERENCE, LEAST_SHARE_OF_TIME

# What changes few pixels of each cell, and what is milder, is seen all the same.
SPARSE, MILDER = 4.0, 6.0
MILD = "-mild"


Change = Callable[[Pixels, float], Pixels]
Graded = Callable[[float], Kind]
"""The kind at a strength: 1 for plain, 0.5 for milder."""


def moments(
    spoil: Callable[[Scene, np.random.Generator, float], Sequence[Pixels]],
    worth: places.Worth = places.anything,
    shape: places.Shape = places.any_shape,
    least: float = LEAST_DIFFERENCE,
    seen: float = LEAST_SHARE_OF_TIME,
    time: float | None = None,
) -> Graded:
    def at(strength: float) -> Kind:
        enough = least if strength >= 1 else min(least, MILDER)
        return Kind(lambda scene, chance: spoil(scene, chance, strength), worth, shape, enough, seen, time)

    return at


def patch(
    change: Change,
    worth: places.Worth = places.anything,
    shape: places.Shape = places.any_shape,
    least: float = LEAST_DIFFERENCE,
    time: float | None = None,
) -> Graded:
    """Every patch changes in the same way."""

    def spoil(scene: Scene, chance: np.random.Generator, strength: float) -> Sequence[Pixels]:
        return [change(each, strength) for each in scene.patches]

    return moments(spoil, worth, shape, least, time=time)


GRADED: Mapping[str, Graded] = {
    "mirrored": patch(twisting.mirrored, worth=places.detail),
    "upside-down": patch(twisting.upside_down, worth=places.detail),
    "tiled": patch(twisting.tiled, worth=places.detail),
    "combed": patch(twisting.combed, worth=places.detail),
    "sheared": patch(twisting.sheared, worth=places.detail),
    "zoomed": patch(twisting.zoomed, worth=places.detail),
    "thickened": patch(twisting.thickened, worth=places.detail, shape=places.band),
    "thinned": patch(twisting.thinned, worth=places.detail, shape=places.band),
    "doubled": patch(twisting.doubled, worth=places.drawing, shape=places.band),
    "bled": patch(twisting.bled, worth=places.chroma),
    "rows-missing": patch(tinting.rows_missing, least=SPARSE),
    "columns-dark": patch(tinting.columns_dark, worth=places.opaque),
    "veiled": patch(tinting.veiled, worth=places.opaque, shape=places.quarter),
    "inverted": patch(tinting.inverted, worth=places.opaque),
    "greyed": patch(tinting.greyed, worth=places.chroma),
    "two-tone": patch(tinting.two_tone, worth=places.opaque),
    "posterised": patch(tinting.posterised, worth=places.opaque),
    "without-red": patch(tinting.without_red, worth=places.opaque),
    "palette-swapped": patch(tinting.swapped, worth=places.chroma, shape=places.whole, time=0.0),
    "shaded": patch(tinting.shaded, worth=places.opaque),
    "bordered": patch(tinting.bordered, shape=places.whole, least=SPARSE),
    "letterboxed": patch(tinting.letterboxed, shape=places.whole),
    "cornered": patch(tinting.cornered, worth=places.opaque, shape=places.whole),
    "lined": patch(tinting.lined, worth=places.opaque, shape=places.thin, least=SPARSE),
    "early": moments(timing.early, places.motion),
    "backwards": moments(timing.backwards, places.motion, seen=0.5),
    "stepping": moments(timing.stepping, places.motion, seen=0.4),
    "exposed-twice": moments(timing.exposed_twice, places.motion),
    "flickering": moments(timing.flickering, places.motion, seen=0.25),
    "gone": moments(timing.gone, places.motion, time=0.33),
    "trembling": moments(timing.trembling, places.detail, seen=0.3),
    "growing": moments(timing.growing, places.opaque),
    "dissolved": moments(timing.dissolved, places.motion),
    "speckled": moments(timing.speckled, places.opaque, least=SPARSE),
    "outlined": moments(timing.outlined, places.motion),
    "corner": moments(timing.corner, places.detail),
}


UNUSUAL: Mapping[str, Kind] = {
    **{name: graded(1.0) for name, graded in GRADED.items()},
    **{f"{name}{MILD}": graded(0.5) for name, graded in GRADED.items()},
}
