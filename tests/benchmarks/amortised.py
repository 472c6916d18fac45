"""Judge simulated benchmarks of which every so many calls cost more: the verdict must be that of their mean.

Turns are played as `measuring.workload` and `duet.pair` play them, on machines whose noise is known. The costly calls
are as far apart as they say; where the first of them comes is left to chance, in every process anew.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pytest_giflab.decision import FULL_LOOK, decide
from pytest_giflab.decision.estimates import pair_effects
from pytest_giflab.decision.means import estimate
from pytest_giflab.thresholds import DEFAULTS
from tests.helpers.noise import MACHINES, Machine

Array = NDArray[np.float64]
CALLS_S = (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
EVERY = (3, 6, 10, 20, 50)
RIGHT = {0.0: "ok", 0.02: "ok", 0.07: "warning", 0.15: "critical", 0.33: "critical"}
# Of the duet: a turn, a round; the work of a pair and the most turns of it, until and after the fifth pair.
TURN_S, ROUND_S, WORK = 2.5e-3, 0.625e-3, ((80e-3, 20), (160e-3, 40))
PAIRS = 20
# 20 pairs can tell where their mean lies so many of its own standard deviations from what the verdict hangs on.
ENOUGH = 3.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a benchmark is played: `turns` of `rounds` of `loops` calls, `warm` unrecorded ones before each turn."""

    loops: int
    rounds: int
    turns: int
    warm: int

    @classmethod
    def of(cls, call_s: float, work_s: float, most: int) -> Schedule:
        loops = 1 if call_s >= TURN_S else math.ceil(ROUND_S / call_s)
        rounds = 1 if call_s >= TURN_S else max(1, min(4, math.ceil(TURN_S / (loops * call_s))))
        turns = max(8, min(most, int(work_s / (loops * rounds * call_s))))
        return cls(loops, rounds, turns, int(loops * rounds > 1))

    @property
    def calls(self) -> int:
        """How many are recorded in a pair, on a side."""
        return self.loops * self.rounds * self.turns

    def costly(self, rng: np.random.Generator, pairs: int, every: int) -> Array:
        """The share of costly calls in each round, shape (pair, turn, round)."""
        a_turn = self.warm + self.loops * self.rounds
        calls = np.arange(self.turns * a_turn).reshape(self.turns, a_turn)[:, self.warm :]
        start = rng.integers(0, every, pairs)[:, None, None]
        shares = ((calls[None] + start) % every == 0).reshape(pairs, self.turns, self.rounds, self.loops).mean(axis=3)
        return np.asarray(shares, dtype=np.float64)


def measured(rng: np.random.Generator, machine: Machine, call_s: float, every: int, mean: float) -> tuple[Array, Array]:
    """Seconds a call of base and head, whose mean is larger by `mean`; shape (pair, turn, round)."""
    early, late = (Schedule.of(call_s, *work) for work in WORK)
    shape = (PAIRS, max(early.turns, late.turns), early.rounds)
    base, head = np.full(shape, np.nan), np.full(shape, np.nan)
    for schedule, rows in ((early, slice(0, FULL_LOOK)), (late, slice(FULL_LOOK, PAIRS))):
        count = rows.stop - rows.start
        before, after = machine.pairs(rng, 1.0, count, schedule.turns, schedule.rounds)
        base[rows, : schedule.turns] = before
        head[rows, : schedule.turns] = after * (1 + mean * every * schedule.costly(rng, count, every))
    return base, head


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a case; `distance`: of the mean from the nearest cut, in its standard deviations at 20 pairs."""

    call_s: float
    every: int
    mean: float
    found: Counter[str]
    distance: float

    @property
    def right(self) -> int:
        return self.found[RIGHT[self.mean]]

    @property
    def passed(self) -> int:
        return 0 if RIGHT[self.mean] == "ok" else self.found["ok"]

    @property
    def alarmed(self) -> int:
        return self.found["warning"] + self.found["critical"] if RIGHT[self.mean] == "ok" else 0

    def __str__(self) -> str:
        seen = Schedule.of(self.call_s, *WORK[0]).calls / self.every
        return (
            f"{1e3 * self.call_s:7.2f} ms, 1 of {self.every:2d} ({seen:5.1f} a pair), mean {self.mean:+.0%}: "
            f"{dict(self.found)}"
        )


def cases() -> Iterator[tuple[float, int, float]]:
    for call_s in CALLS_S:
        for every in EVERY:
            for mean in RIGHT:
                yield call_s, every, mean


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=200, help="of each case (default: 200)")
    parser.add_argument("--machine", choices=MACHINES, action="append", help="default: all of them")
    arguments = parser.parse_args()
    worst = 0
    for name in arguments.machine or MACHINES:
        worst |= show(name, arguments.trials)
    return worst


def judge(rng: np.random.Generator, machine: Machine, case: tuple[float, int, float], trials: int) -> Judged:
    """Decide so many times."""
    found: Counter[str] = Counter()
    means = []
    for _ in range(trials):
        base, head = measured(rng, machine, *case)
        found[decide(base, head).verdict] += 1
        means.append(estimate([effect for effect in pair_effects(base, head) if effect]).mean.log_ratio)
    distance = min(abs(math.log1p(case[2]) - cut) for cut in (DEFAULTS.warning_cut, DEFAULTS.critical_cut))
    return Judged(*case, found, distance / float(np.std(means)))


def show(name: str, trials: int) -> int:
    """Print what becomes of all cases on a machine; 1 if that is not good enough."""
    rng = np.random.default_rng(sorted(MACHINES).index(name))
    print(f"\n{name}")
    judged = [judge(rng, MACHINES[name], case, trials) for case in cases()]
    for each in judged:
        if (each.distance >= ENOUGH and each.right < 0.95 * trials) or each.passed > 0.01 * trials:
            print(f"  {each}")
    enough = 0
    for kind, group in (
        ("20 pairs can tell", [each for each in judged if each.distance >= ENOUGH]),
        ("they cannot", [each for each in judged if each.distance < ENOUGH]),
    ):
        total = max(1, trials * len(group))
        right, passed, alarmed = (sum(getattr(each, what) for each in group) for what in ("right", "passed", "alarmed"))
        print(
            f"  {kind}, {len(group)} cases: right {right / total:.2%}; of all, slower ones that passed "
            f"{passed / total:.2%}, flags where none should be {alarmed / total:.2%}"
        )
        enough |= int("can tell" in kind and right < 0.95 * total)
    return enough


if __name__ == "__main__":
    sys.exit(main())
