"""All metrics by name. A new one is a file here, a line in this one, and its description in the catalogue."""

from collections.abc import Mapping
from types import MappingProxyType

from giflab_core.metrics.alpha import ALPHA
from giflab_core.metrics.banding import BANDING
from giflab_core.metrics.base import Metric
from giflab_core.metrics.ciede2000 import CIEDE2000, CIEDE2000_P95
from giflab_core.metrics.edge import EDGE
from giflab_core.metrics.flicker import FLICKER
from giflab_core.metrics.fsim import FSIM
from giflab_core.metrics.ghost import GHOST
from giflab_core.metrics.gmsd import GMSD
from giflab_core.metrics.haarpsi import HAARPSI
from giflab_core.metrics.histogram import HISTOGRAM
from giflab_core.metrics.mdsi import MDSI
from giflab_core.metrics.ms_ssim import MS_SSIM
from giflab_core.metrics.mse import MSE
from giflab_core.metrics.palette import PALETTE
from giflab_core.metrics.psnr import PSNR
from giflab_core.metrics.quality import QUALITY
from giflab_core.metrics.sharpness import SHARPNESS
from giflab_core.metrics.ssim import SSIM
from giflab_core.metrics.temporal import TEMPORAL
from giflab_core.metrics.zncc import ZNCC

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            *(QUALITY, SSIM, MS_SSIM, GMSD, FSIM, MDSI, HAARPSI, EDGE, SHARPNESS),
            *(MSE, PSNR, ZNCC, CIEDE2000, CIEDE2000_P95, HISTOGRAM, PALETTE, BANDING, ALPHA),
            *(TEMPORAL, FLICKER, GHOST),
        )
    }
)
