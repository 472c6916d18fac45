"""What `temporal`, `flicker` and `ghost` share: how pictures change over time, in one history a background."""

from __future__ import annotations

from giflab_core.kernels.boxes import LARGE_PIXELS
from giflab_core.kernels.change import Change, History
from giflab_core.kernels.large_change import LargeHistory
from giflab_core.metrics.base import OPAQUE, PairView


def steps(pair: PairView) -> tuple[Change, ...]:
    """What has changed since the pair before, on each background that mattered so far."""
    return pair.once(_update)


def _update(pair: PairView) -> tuple[Change, ...]:
    width, height = pair.size
    if width * height > LARGE_PIXELS:
        return _update_large(pair)
    histories: dict[int, History] = pair.keep("history", dict)
    opaque_so_far = set(histories) <= set(OPAQUE)
    backgrounds = pair.backgrounds if opaque_so_far or not pair.is_opaque else tuple(histories)
    # What was opaque so far was the same on all backgrounds.
    before = next(iter(histories.values()), None)
    found = {each: histories.get(each) or (before.copy() if before else History(height, width)) for each in backgrounds}
    histories.clear()
    histories.update(found)
    return tuple(history.update(*pair.luma_on(each), pair.step) for each, history in found.items())


def _update_large(pair: PairView) -> tuple[Change, ...]:
    width, height = pair.size
    history = pair.keep("history", lambda: LargeHistory(height, width))
    opaque_so_far = set(history.backgrounds) <= set(OPAQUE)
    backgrounds = pair.backgrounds if opaque_so_far or not pair.is_opaque else history.backgrounds
    return history.update(pair.luma_on(0), pair.hidden, backgrounds, pair.step)
