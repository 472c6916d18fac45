"""The metrics.

1. `catalogue`: what each is called and what its number means, a line a metric; no arithmetic.
2. `base`: what a metric is, and `PairView`, what it may look at and keep (`keeping`); `history`: what those over time
   share.
3. One file a metric, named as the metric.
4. `registry`: all of them by name.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.metrics.base import Metric as Metric
    from giflab_core.metrics.base import PairView as PairView
    from giflab_core.metrics.catalogue import CATALOGUE as CATALOGUE
    from giflab_core.metrics.catalogue import Description as Description
    from giflab_core.metrics.catalogue import lineage as lineage
    from giflab_core.metrics.catalogue import select as select
    from giflab_core.metrics.keeping import Memory as Memory
    from giflab_core.metrics.registry import METRICS as METRICS
    from giflab_core.metrics.zncc import NEGLIGIBLE_MSE as NEGLIGIBLE_MSE

lazy.exports(
    __name__,
    {
        "base": ("Metric", "PairView"),
        "catalogue": ("CATALOGUE", "Description", "lineage", "select"),
        "keeping": ("Memory",),
        "registry": ("METRICS",),
        "zncc": ("NEGLIGIBLE_MSE",),
    },
)
