"""Find the pairs in which a clip shows a picture of another moment: what is wrong there is no matter of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.model import FramePair

if TYPE_CHECKING:
    from giflab_core.sequence.matching import Matching


def pairs_of_another_moment(found: Matching, pairs: Sequence[FramePair]) -> frozenset[int]:
    """The places of those pairs whose compressed picture plainly is another one of the original than their own."""
    before = _runs_of(found.original.frames, [pair.original for pair in pairs])
    after = _runs_of(found.compressed.frames, [pair.compressed for pair in pairs])
    known: dict[tuple[int, int], bool] = {}
    places = set()
    for place, (own, shown) in enumerate(zip(before, after, strict=True)):
        best = int(found.best[shown])
        if best != own:
            if (own, shown) not in known:
                known[own, shown] = found.instead(shown, best, own) > 0
            if known[own, shown]:
                places.add(place)
    return frozenset(places)


def _runs_of(firsts: np.ndarray, frames: Sequence[int]) -> list[int]:
    """The picture that each frame shows; `firsts`: the first frame of each."""
    runs: list[int] = (np.searchsorted(firsts, frames, "right") - 1).tolist()
    return runs
