"""The kinds of faults by name: what each shows, and where it has something to spoil."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.helpers.local_faults import colours, drawing, erasing, moving, places, softening
from tests.helpers.local_faults.places import Shape, Worth
from tests.helpers.local_faults.scenes import Spoil
from tests.helpers.local_faults.visibility import LEAST_DIFFERENCE, LEAST_SHARE_OF_TIME


@dataclass(frozen=True, slots=True)
class Kind:
    """`worth` says how much a box at a time has to spoil; 0 for nothing.

    It is visible if it differs by `least` (see `visibility`) for the share `seen` of its time. `time`: of the clip, if
    the kind has a time share of its own.
    """

    spoil: Spoil
    worth: Worth = places.anything
    shape: Shape = places.any_shape
    least: float = LEAST_DIFFERENCE
    seen: float = LEAST_SHARE_OF_TIME
    time: float | None = None


KINDS: Mapping[str, Kind] = {
    "line": Kind(erasing.line, places.drawing, places.band),
    "detail": Kind(erasing.detail, places.thing),
    "absent": Kind(erasing.absent, places.motion),
    "hole": Kind(erasing.hole, places.opaque),
    "leftover": Kind(moving.leftover, places.motion),
    "held": Kind(moving.held, places.motion),
    "trail": Kind(moving.trail, places.motion),
    "shift": Kind(moving.shift, places.detail),
    "elsewhere": Kind(moving.elsewhere, places.detail),
    "block": Kind(drawing.block),
    "cover": Kind(drawing.cover, places.transparent),
    "watermark": Kind(drawing.watermark, places.opaque, places.band),
    "tone": Kind(drawing.tone, places.opaque),
    "noise": Kind(drawing.noise, places.opaque),
    "hue": Kind(colours.hue, places.chroma),
    "word": Kind(colours.word, places.drawing, places.band),
    "blur": Kind(softening.blur, places.detail),
    "pixelate": Kind(softening.pixelate, places.detail),
}
