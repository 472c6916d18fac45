"""What `temporal`, `flicker` and `ghost` share: how pictures change over time, in one history a background."""

from __future__ import annotations

from giflab_core.kernels.change import Change, History
from giflab_core.metrics.base import OPAQUE, PairView


def steps(pair: PairView) -> tuple[Change, ...]:
    """What has changed since the pair before, on each background that mattered so far."""
    return pair.once(_update)


def _update(pair: PairView) -> tuple[Change, ...]:
    histories: dict[int, History] = pair.keep("history", dict)
    opaque_so_far = set(histories) <= set(OPAQUE)
    backgrounds = pair.backgrounds if opaque_so_far or not pair.is_opaque else tuple(histories)
    width, height = pair.size
    # What was opaque so far was the same on all backgrounds.
    before = next(iter(histories.values()), None)
    found = {each: histories.get(each) or (before.copy() if before else History(height, width)) for each in backgrounds}
    histories.clear()
    histories.update(found)
    return tuple(history.update(*pair.luma_on(each), pair.step) for each, history in found.items())
