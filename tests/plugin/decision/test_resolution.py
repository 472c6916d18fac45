"""Which thresholds a machine can hold, going by unchanged code."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pytest_giflab.decision.resolution import resolves
from pytest_giflab.decision.rule import decide, last_look
from pytest_giflab.thresholds import Thresholds
from tests.helpers.noise import Machine


def held(half: float, warning: float, pairs: int = 8) -> bool:
    return resolves(math.exp(-half), math.exp(half), pairs, Thresholds(warning))


@pytest.mark.parametrize(
    ("warning", "error"),
    # Guard (a fifth of the threshold, 1 % at most) over 1.2816, back from the 20th or 38th pair to the 8th.
    [(0.05, 0.01 / 1.2816 * math.sqrt(20 / 8)), (0.03, 0.006 / 1.2816 * math.sqrt(38 / 8))],
)
def test_the_error_at_the_last_look_must_leave_room_for_the_guard(warning: float, error: float) -> None:
    half = 2.570582 * error  # t(5) at 0.975: of 8 pairs 6 are kept
    assert held(0.99 * half, warning)
    assert not held(1.01 * half, warning)


def test_no_machine_tells_less_than_clocks_and_caches_allow() -> None:
    assert held(0.0, 0.02)
    assert not held(0.0, 0.01)  # 0.2 % is no smaller than its guard, by 1.2816


@pytest.mark.parametrize("pairs", [1, 2])
def test_an_interval_without_an_end_tells_nothing(pairs: int) -> None:
    assert not resolves(0.0, math.inf, pairs, Thresholds())


@pytest.mark.parametrize(("warning", "last"), [(0.05, 20), (0.1, 20), (0.03, 38), (0.02, 38)])
def test_smaller_thresholds_get_more_pairs(warning: float, last: int) -> None:
    assert last_look(Thresholds(warning)) == last


def test_three_percent_is_flagged_and_half_a_percent_is_not() -> None:
    rng, machine, limits = np.random.default_rng(0), Machine(layout=0.008, jitter=0.01), Thresholds(0.03)
    found = {
        ratio: [decide(*machine.pairs(rng, ratio, 38), thresholds=limits).verdict for _ in range(40)]
        for ratio in (1.005, 1.03)
    }
    assert set(found[1.005]) <= {"ok", "inconclusive"}
    assert found[1.03].count("warning") >= 36
