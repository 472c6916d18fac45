"""`mdsi`: mean deviation similarity of colour pictures (Ziaei Nafchi et al. 2016), in gradients and chroma.

Range 0 to about 1, lower is better, 0 for equal frames. Constants of the paper, on pictures that are reduced to about
256 pixels' height or width.
"""

from giflab_core.kernels import mdsi as kernel
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score(pair: PairView) -> float:
    return max(kernel.mdsi(x, y) for x, y in pair.colours)


MDSI = Metric(CATALOGUE["mdsi"], score=_score, identical=0.0, expensive=True)
