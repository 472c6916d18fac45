"""The metrics, by name. A new one is a file here and a line in this one."""

from collections.abc import Mapping
from types import MappingProxyType

from giflab_core.errors import UsageError
from giflab_core.metrics.alpha import ALPHA
from giflab_core.metrics.base import Metric as Metric
from giflab_core.metrics.base import PairView as PairView
from giflab_core.metrics.mse import MSE
from giflab_core.metrics.psnr import PSNR
from giflab_core.metrics.ssim import SSIM
from giflab_core.metrics.zncc import ZNCC

METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in (SSIM, MSE, PSNR, ZNCC, ALPHA)})


def select(names: tuple[str, ...]) -> tuple[Metric, ...]:
    """The metrics of these names, in this order; raises UsageError for a name that does not exist."""
    for name in names:
        if name not in METRICS:
            raise UsageError(f"unknown metric {name!r}; known: {', '.join(METRICS)}")
    return tuple(METRICS[name] for name in names)
