"""Print how far two processes of identical code are apart, with memory laid out by chance and alike.

Pairs of fresh interpreters on one processor, the same hash seed in both, alternating turns of one workload; the spread
of the pairs' log ratios (1.4826 x median absolute deviation, and the largest).
"""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from pytest_giflab.measuring.processes import fixed_addresses

PLAYER = """
import gc, random, sys, tempfile, time
from pathlib import Path
from pytest_giflab.measuring.worker import padding
layout = padding(random.Random(int(sys.argv[2]))) if sys.argv[2] else None
from tests.benchmarks.suite.workloads import prepare, work
prepare(Path(tempfile.mkdtemp(dir=sys.argv[3])))
work(sys.argv[1])
gc.collect()
gc.freeze()
print("ready", flush=True)
for _ in sys.stdin:
    work(sys.argv[1])
    start = time.thread_time_ns()
    work(sys.argv[1])
    print(time.thread_time_ns() - start, flush=True)
"""
NAMES = ("words", "python", "json", "sqlite", "gif_decode")
TURNS = 20


def log_ratio(name: str, *, alike: bool, folder: str) -> float:
    """Of one pair."""
    seed = random.randrange(2**32)  # noqa: S311
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    command = [sys.executable, "-c", PLAYER, name, str(seed) if alike else "", folder]
    with fixed_addresses() if alike else nullcontext():
        players = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
            for _ in range(2)
        ]
    core = random.choice(sorted(os.sched_getaffinity(0)))  # noqa: S311
    logs = []
    for player in players:
        assert player.stdout
        player.stdout.readline()
        os.sched_setaffinity(player.pid, {core})
    for _ in range(TURNS):
        spent = [0, 0]
        for side in random.sample((0, 1), 2):
            player = players[side]
            assert player.stdin
            assert player.stdout
            player.stdin.write("\n")
            player.stdin.flush()
            spent[side] = int(player.stdout.readline())
        logs.append(math.log(spent[1] / spent[0]))
    for player in players:
        player.communicate()
    return statistics.median(logs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=20, help="of each kind (default: 20)")
    pairs = parser.parse_args().pairs
    print(f"{'workload':12s} {'layout by chance':>24s} {'layout alike':>24s}")
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            found: dict[bool, list[float]] = {False: [], True: []}
            for _ in range(pairs):
                for alike in random.sample((False, True), 2):
                    found[alike].append(log_ratio(name, alike=alike, folder=folder))
            spreads = (
                f"{1.4826 * statistics.median(map(abs, logs)):9.2%} (up to {max(map(abs, logs)):6.2%})"
                for logs in found.values()
            )
            print(f"{name:12s}", *spreads)
    print(f"{Path(sys.executable).name} {sys.version.split()[0]}, {pairs} pairs of {TURNS} turns each")
    return 0


if __name__ == "__main__":
    sys.exit(main())
