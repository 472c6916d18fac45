"""The metrics there are, as far as a verdict needs them: no arithmetic, so that a cached one needs none either.

A line here is what makes a metric of a file; `registry` finds the file by the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from giflab_core.config import DEFAULT_METRICS
from giflab_core.errors import UsageError
from giflab_core.frozen import dataclass
from giflab_core.model import Better

# More are not scored by a metric that keeps much of each in memory.
MOST_PIXELS = 1 << 20


@dataclass(frozen=True, slots=True)
class Description:
    """What a metric is called and what its number means; how it is computed says its file in metrics/.

    `version` changes whenever a number may. `better` and `unit` speak of the reported number. `window`: the smallest
    width and height it is defined for. `side`: about so long it makes the shorter side of larger pictures, by averaging
    whole numbers of pixels; it keeps much of each pixel that is left in memory. `parts`: the names of the metrics that
    it is made of.
    """

    name: str
    version: str
    better: Better
    unit: str = ""
    window: int = 1
    side: int | None = None
    parts: tuple[str, ...] = ()

    def absence(self, width: int, height: int) -> str | None:
        """Why a canvas of this size has no number; None where it has one."""
        if min(width, height) < self.window:
            return f"canvas {width}x{height} is smaller than {self.window} pixels"
        if self.side and width * height // max(1, round(min(width, height) / self.side)) ** 2 > MOST_PIXELS:
            return f"canvas {width}x{height} is too long: it would be scored at more than {MOST_PIXELS} pixels"
        return None


CATALOGUE: Mapping[str, Description] = MappingProxyType(
    {
        each.name: each
        for each in (
            Description("quality", "3", "higher", parts=("haarpsi", "gmsd", "zncc", "mse", "ciede2000", "temporal")),
            Description("ssim", "1", "higher", window=7),
            Description("ms_ssim", "1", "higher", window=161),
            Description("gmsd", "1", "lower"),
            Description("fsim", "1", "higher", window=2, side=256),
            Description("mdsi", "1", "lower"),
            Description("haarpsi", "1", "higher", window=16),
            Description("edge", "1", "higher"),
            Description("sharpness", "1", "higher"),
            Description("mse", "1", "lower"),
            Description("psnr", "1", "higher", unit="dB"),
            Description("zncc", "2", "higher"),
            Description("ciede2000", "2", "lower", unit="dE00"),
            Description("ciede2000_p95", "2", "lower", unit="dE00"),
            Description("histogram", "1", "lower"),
            Description("palette", "1", "lower"),
            Description("banding", "2", "lower", window=93),
            Description("alpha", "2", "lower"),
            Description("temporal", "1", "higher"),
            Description("flicker", "3", "lower"),
            Description("ghost", "1", "lower"),
        )
    }
)


def select(names: Iterable[str]) -> tuple[Description, ...]:
    """The metrics of these names, in this order, each once; "default" and "all" stand for several.

    Raises UsageError for a name that does not exist.
    """
    groups = {"default": DEFAULT_METRICS, "all": tuple(CATALOGUE)}
    single = dict.fromkeys(each for name in names for each in groups.get(name, (name,)))
    for name in single:
        if name not in CATALOGUE:
            raise UsageError(f"unknown metric {name!r}; known: {', '.join(CATALOGUE)}, default, all")
    return tuple(CATALOGUE[name] for name in single)


def lineage(metric: Description) -> tuple[str, ...]:
    """The versions that its numbers depend on: its own, then those of its parts."""
    return metric.version, *(each for part in metric.parts for each in lineage(CATALOGUE[part]))
