"""One fault of a clip, drawn again until it is visible."""

from __future__ import annotations

import numpy as np

from tests.helpers.local_faults import places
from tests.helpers.local_faults.kinds import Kind
from tests.helpers.local_faults.scenes import Fault, Footage, Scene, spoiled
from tests.helpers.local_faults.visibility import is_visible

TRIES = 12
LEAST_AREA, MOST_AREA = 0.01, 0.20
LEAST_TIME, MOST_TIME = 0.02, 1.0


def fault(
    name: str, kind: Kind, footage: Footage, area: float, time: float, chance: np.random.Generator
) -> Fault | None:
    """A visible fault of about these shares of the canvas and of the time; None if no try is visible."""
    for _ in range(TRIES):
        at = places.span(footage, time if kind.time is None else kind.time, chance)
        box = places.box(footage, area, at, kind.shape, kind.worth, chance)
        if box is None:
            continue
        scene = Scene(footage.frames, box, at)
        frames = spoiled(scene, kind.spoil(scene, chance))
        if is_visible(footage, frames, box, at, kind.least, kind.seen):
            return Fault(name, frames, box, at)
    return None


def shares(chance: np.random.Generator) -> tuple[float, float]:
    """Of the area and of the time, as many small as large ones."""
    spans = ((LEAST_AREA, MOST_AREA), (LEAST_TIME, MOST_TIME))
    area, time = (float(np.exp(chance.uniform(*np.log(span)))) for span in spans)
    return area, time
