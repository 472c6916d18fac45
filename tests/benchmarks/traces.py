"""Let recorded traces of real machines judge the decision rules: adapters for the trace scorer."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_giflab.decision.rule import decide, decide_stored

FAMILY = 3  # the number of benchmarks that the published scores of the recordings were corrected for
STAND_INS = 5  # processes that a stored trace of one process is cut into


def rule(base: ArrayLike, candidate: ArrayLike) -> tuple[str, float, int]:
    """Verdict, ratio and pairs used for seconds of shape (process pair, turn, round)."""
    decision = decide(_plain(base), _plain(candidate), family=FAMILY)
    return decision.verdict, decision.ratio, decision.pairs_used


def stored_rule(base: ArrayLike, candidate: ArrayLike) -> tuple[str, float, int]:
    """The same for `base` as the one recorded moment; a moment of too few processes is cut into stand-ins."""
    decision = decide_stored([_processes(base)], _processes(candidate), family=FAMILY)
    return decision.verdict, decision.ratio, decision.pairs_used


def _processes(seconds: ArrayLike) -> NDArray[np.float64]:
    # The stored traces hold one process of ten turns a moment. Groups of its turns spread less than processes do, while
    # its moments spread more than those of five processes: the harder case for the rule.
    plain = _plain(seconds)
    if len(plain) >= STAND_INS:
        return plain
    turns = np.concatenate(list(plain))
    return np.stack([turns[first::STAND_INS][: len(turns) // STAND_INS] for first in range(STAND_INS)])


def _plain(seconds: ArrayLike) -> NDArray[np.float64]:
    # A copy in the base class: the scorer's subclass of ndarray carries attributes through every operation.
    return np.array(seconds, dtype=np.float64, subok=False)
