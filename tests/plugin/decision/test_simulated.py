"""How often verdicts and intervals are right on simulated machines whose true ratio is known.

The short form runs always; GIFLAB_SLOW=1 adds the long one.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cache

import numpy as np
import pytest

from pytest_giflab.decision.estimates import Effect, combine, pair_effects
from pytest_giflab.decision.rule import decide, decide_stored
from tests.helpers.noise import MACHINES, Machine

NORMAL = 1.959964  # quantile of the normal distribution at 0.975
TRUE_RATIO = 1.07


@cache
def effects_of(name: str, trials: int, pairs: int) -> list[list[Effect]]:
    """The pair effects of many simulated measurements on one machine."""
    rng = np.random.default_rng(sorted(MACHINES).index(name))
    base, head = MACHINES[name].pairs(rng, TRUE_RATIO, trials * pairs, turns=12, rounds=3)
    effects = [effect for effect in pair_effects(base, head) if effect]
    return [effects[start : start + pairs] for start in range(0, len(effects), pairs)]


def coverage_and_width(name: str, trials: int, pairs: int) -> tuple[float, float]:
    """Share of intervals that hold the truth, and their median width over that of an oracle.

    The oracle takes the best of mean, median and trimmed mean over the same pairs, and knows its true standard
    deviation, here from all trials together.
    """
    samples = effects_of(name, trials, pairs)
    estimates = [combine(sample) for sample in samples]
    truth = math.log(TRUE_RATIO)
    covered = [abs(one.log_ratio - truth) <= one.half_width(0.95) for one in estimates]
    table = np.array([[effect.log_ratio for effect in sample] for sample in samples])
    spreads = [table.mean(axis=1).std(), np.median(table, axis=1).std(), np.std([one.log_ratio for one in estimates])]
    width = np.median([one.half_width(0.95) for one in estimates])
    return float(np.mean(covered)), float(width / (NORMAL * min(spreads)))


def verdicts(machine: Machine, ratio: float, trials: int, seed: int = 0) -> Counter[str]:
    rng = np.random.default_rng(seed)
    return Counter(decide(*machine.pairs(rng, ratio, turns=12, rounds=3)).verdict for _ in range(trials))


def stored_verdicts(name: str, ratio: float, moments: int, trials: int) -> Counter[str]:
    machine, rng = MACHINES[name], np.random.default_rng(moments)
    counts: Counter[str] = Counter()
    for _ in range(trials):
        recordings = [machine.moment(rng, turns=12, rounds=3) for _ in range(moments)]
        counts[decide_stored(recordings, machine.moment(rng, ratio, turns=12, rounds=3)).verdict] += 1
    return counts


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("pairs", [11, 20])
def test_intervals_hold_the_truth_and_are_not_wide(name: str, pairs: int) -> None:
    coverage, width = coverage_and_width(name, 500, pairs)
    assert coverage >= 0.92
    assert width <= 1.5


@pytest.mark.parametrize("name", MACHINES)
def test_intervals_of_five_pairs_hold_the_truth(name: str) -> None:
    coverage, _ = coverage_and_width(name, 500, 5)
    assert coverage >= 0.92


@pytest.mark.parametrize("name", MACHINES)
def test_identical_code_is_ok(name: str) -> None:
    counts = verdicts(MACHINES[name], 1.0, 60)
    assert counts["warning"] + counts["critical"] + counts["improved"] == 0
    # Where disturbances hit a tenth of the turns, the mean of all calls cannot always be told.
    assert counts["ok"] >= (57 if MACHINES[name].outliers == 0 else 51)


@pytest.mark.parametrize("name", MACHINES)
def test_ten_percent_is_flagged(name: str) -> None:
    counts = verdicts(MACHINES[name], 1.1, 60)
    assert counts["warning"] + counts["critical"] >= 59


@pytest.mark.parametrize("name", MACHINES)
def test_stored_identical_code_is_not_flagged(name: str) -> None:
    counts = stored_verdicts(name, 1.0, 3, 60)
    assert counts["warning"] + counts["critical"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("pairs", [5, 8, 11, 14, 17, 20])
def test_coverage_in_the_long_run(name: str, pairs: int) -> None:
    coverage, width = coverage_and_width(name, 4000, pairs)
    print(f"{name}, {pairs} pairs: coverage {coverage:.3f}, width {width:.2f} of the oracle's")
    assert coverage >= 0.92
    assert pairs < 11 or width <= 1.5


@pytest.mark.slow
@pytest.mark.parametrize("name", MACHINES)
def test_verdicts_in_the_long_run(name: str) -> None:
    table = {ratio: verdicts(MACHINES[name], ratio, 1000, seed=1) for ratio in (1.0, 1.02, 1.05, 1.1)}
    print(name, {ratio: dict(counts) for ratio, counts in table.items()})
    flagged = {ratio: (counts["warning"] + counts["critical"]) / 1000 for ratio, counts in table.items()}
    assert flagged[1.0] <= 0.001
    assert flagged[1.1] >= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("moments", [1, 3, 10])
def test_stored_verdicts_in_the_long_run(name: str, moments: int) -> None:
    same, double = (stored_verdicts(name, ratio, moments, 500) for ratio in (1.0, 2.0))
    print(name, moments, dict(same), dict(double))
    assert same["warning"] + same["critical"] <= 2
    assert double["critical"] >= 490  # all processes of the recording slow: 1 - 2 % on the worst machine
