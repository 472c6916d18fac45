"""`fsim`: feature similarity of luma (Zhang et al. 2011), in phase congruency and gradients.

Range 0 to 1, higher is better, 1 for equal frames. Four scales and four orientations, constants of the paper, on planes
that are reduced to about 256 pixels' height or width.
"""

from collections.abc import Sequence

import numpy as np

from giflab_core.kernels import fsim as kernel
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE


def _score_many(pairs: Sequence[PairView]) -> list[float]:
    planes = [(pair, background, pair.luma_on(background)) for pair in pairs for background in pair.backgrounds]
    known = [pair.known.get("fsim", background) if pair.known else None for pair, background, _ in planes]
    missing = [x for (_, _, (x, _)), found in zip(planes, known, strict=True) if found is None]
    made = kernel.congruencies([*missing, *(y for _, _, (_, y) in planes)])
    fresh = iter(made)
    x_congruencies = [next(fresh) if found is None else np.frombuffer(found, made.dtype) for found in known]
    for (pair, background, _), found, congruency in zip(planes, known, x_congruencies, strict=True):
        if pair.known and found is None:
            pair.known.put("fsim", background, congruency.tobytes())
    x = np.array(x_congruencies) if len(missing) < len(planes) else made[: len(planes)]
    scores = iter(kernel.similarities([both for _, _, both in planes], x, made[len(missing) :]))
    return [min(next(scores) for _ in pair.backgrounds) for pair in pairs]


def _score(pair: PairView) -> float:
    return _score_many([pair])[0]


FSIM = Metric(CATALOGUE["fsim"], score=_score, identical=1.0, expensive=True, score_many=_score_many)
