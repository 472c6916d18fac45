"""Tell from an interval of unchanged code which thresholds a machine can hold; pure."""

from __future__ import annotations

import math

from pytest_giflab.decision.estimates import SMALLEST_ERROR, freedom_of
from pytest_giflab.decision.rule import last_look
from pytest_giflab.decision.student import quantile
from pytest_giflab.thresholds import Thresholds

NINE_OF_TEN = 1.2816  # quantile of the normal distribution


def resolves(low: float, high: float, pairs: int, thresholds: Thresholds) -> bool:
    """Whether nine of ten changes of the warning threshold would be flagged by the last look.

    `low`, `high`: the interval of the ratio that so many pairs of unchanged code gave, at the thresholds' confidence.
    The estimate then has to reach the threshold less its guard, so its error at the last look must be that much smaller
    than the guard.
    """
    freedom = freedom_of(pairs)
    if freedom < 1 or not 0 < low <= high < math.inf:
        return False
    error = math.log(high / low) / 2 / quantile(freedom, (1 + thresholds.confidence) / 2)
    at_last = max(error * math.sqrt(pairs / last_look(thresholds)), SMALLEST_ERROR)
    return NINE_OF_TEN * at_last <= thresholds.limit - thresholds.warning_cut
