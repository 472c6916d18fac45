"""Ask what metrics would say if one place of the picture were right: what they say of the rest of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from giflab_core.config import Config
from giflab_core.measurement.cursor import Screens
from giflab_core.metrics import Metric, PairView
from giflab_core.model import Clip, FramePair, Region

# At so many moments, evenly over those that it is asked for.
MOMENTS = 3


def patched(
    clips: tuple[Clip, Clip], pairs: Sequence[FramePair], region: Region, metrics: Sequence[Metric], config: Config
) -> Mapping[str, tuple[float, ...]]:
    """Each metric's numbers of some of these pairs, with the original's pixels in a region of the compressed one."""
    screens = Screens(*clips, config)
    values: dict[str, list[float]] = {metric.name: [] for metric in metrics}
    box = slice(region.y, region.y + region.height), slice(region.x, region.x + region.width)
    for number in range(min(MOMENTS, len(pairs))):
        if not screens.seek(pairs[(2 * number + 1) * len(pairs) // (2 * min(MOMENTS, len(pairs)))]):
            break
        original, compressed = screens.left.shown.pixels(), screens.right.shown.pixels().copy()
        compressed[box] = original[box]
        view = PairView.of(original, compressed, config.mattes)
        for metric in metrics:
            values[metric.name].append(view.score(metric))
    return {name: tuple(found) for name, found in values.items()}
