"""Judge recordings of real machines cut to turns as few as a run has them, at thresholds of 5, 3 and 2 %.

Pairs are drawn with replacement, their sides swapped by chance, and scaled exactly by a change. The recordings are of a
busy machine, with turns of 2.5 ms or one call; a pair has as many of them as `duet.pair` would play.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pytest_giflab.decision import FULL_LOOK, Decision, decide
from pytest_giflab.duet.pair import MORE_WORK, WORK, Score
from pytest_giflab.thresholds import Thresholds
from tests.benchmarks.traces import FAMILY

Array = NDArray[np.float64]
PAIRS = 38
# By threshold: the changes that are tried.
CHANGES = {0.05: (0.0, 0.02, 0.05, 0.1), 0.03: (0.0, 0.005, 0.03, 0.045), 0.02: (0.0, 0.005, 0.02, 0.03)}


@dataclass(frozen=True, slots=True)
class Recording:
    """CPU seconds a call of identical code, shape (process pair, turn, side, round); `loops`: calls of a round."""

    workload: str
    seconds: Array
    loops: float

    @property
    def turn_s(self) -> float:
        """How long a turn takes."""
        return float(self.seconds.sum(axis=3).mean() * self.loops)


def recordings(file: Path, without: set[str]) -> dict[str, list[Recording]]:
    """Those of turns side by side, by workload."""
    found: dict[str, list[Recording]] = {}
    with np.load(file, allow_pickle=False) as data:
        for each in json.loads(str(data["index"])):
            if each["design"] == "fine" and each["workload"] not in without:
                seconds = data[f"{each['key']}.cpu"].astype(np.float64)[:, :, :2]
                one = Recording(each["workload"], seconds, each["inner"])
                found.setdefault(each["workload"], []).append(one)
    return found


def drawn(rng: np.random.Generator, recording: Recording) -> tuple[Array, Array]:
    """Seconds a call of both sides, shape (pair, turn, round)."""
    rows, turns, _, rounds = recording.seconds.shape
    score = Score(turn_ns=round(1e9 * recording.turn_s))
    both = np.full((2, PAIRS, MORE_WORK.most, rounds), np.nan)
    for pair in range(PAIRS):
        count = min(turns, score.turns(WORK if pair < FULL_LOOK else MORE_WORK))
        start = rng.integers(0, turns - count + 1)
        part = recording.seconds[rng.integers(rows), start : start + count]
        both[:, pair, :count] = np.moveaxis(part, 1, 0)[:: rng.choice((1, -1))]
    return both[0], both[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--trials", type=int, default=1400, help="of each change (default: 1400)")
    parser.add_argument("--exclude", default="gif_big", help="workloads, by comma (default: gif_big)")
    arguments = parser.parse_args()
    found = recordings(arguments.file, set(arguments.exclude.split(",")))
    for warning, changes in CHANGES.items():
        limits = Thresholds(warning, max(0.1, warning))
        for change in changes:
            show(found, limits, change, arguments.trials)


def show(found: dict[str, list[Recording]], limits: Thresholds, change: float, trials: int) -> None:
    """Print what becomes of a change."""
    rng, names = np.random.default_rng(1), sorted(found)
    verdicts: Counter[str] = Counter()
    pairs, cpu_s = 0, 0.0
    for trial in range(trials):
        those = found[names[trial % len(names)]]
        recording = those[rng.integers(len(those))]
        base, head = drawn(rng, recording)
        decision: Decision = decide(base, head * (1 + change), thresholds=limits, family=FAMILY)
        verdicts[decision.verdict] += 1
        pairs += decision.pairs_used
        used = slice(decision.pairs_used)
        cpu_s += recording.loops * float(np.nansum(base[used]) + np.nansum(head[used]))
    told = {"flagged": verdicts["warning"] + verdicts["critical"]}
    told |= {name: verdicts[name] for name in ("critical", "ok", "improved", "inconclusive")}
    print(
        f"threshold {limits.warning:.0%}, {change:+5.1%}: "
        + ", ".join(f"{name} {count / trials:.2%}" for name, count in told.items())
        + f"; {pairs / trials:.1f} pairs, {cpu_s / trials:.2f} s of turns",
        flush=True,
    )


if __name__ == "__main__":
    main()
