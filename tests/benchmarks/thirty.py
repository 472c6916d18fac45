"""Gate a suite of 30 benchmarks of 0.02 to 25 ms, two of them blocking: how long it takes, and what it finds."""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.benchmarks.gate import FLAGS, neighbour, project, run

TEST = """
import time

import pytest
import workloads

# Workload and how many units of it: `work` does 20 of them, and 21 are 5 % more.
CPU = {cpu}
MORE = {more}


@pytest.fixture(scope="session", autouse=True)
def files(tmp_path_factory):
    workloads.prepare(tmp_path_factory.mktemp("workloads"))


def repeat(name, units):
    unit = workloads.UNIT[name]
    for _ in range(units):
        unit()


@pytest.mark.parametrize("name, units", CPU)
def test_cpu(benchmark, name, units):
    benchmark(repeat, name, units + units // 20 * MORE.get(f"{{name}}-{{units}}", 0))


def test_write(benchmark):
    benchmark(repeat, "write", 10)


def test_sleep(benchmark):
    benchmark(time.sleep, 0.005)
"""
UNITS = {
    "gif_decode": (20, 100),
    "gif_encode": (20, 60),
    "gif_ssim": (20, 80, 240),
    "python": (20, 100, 300),
    "sort": (20, 100, 400),
    "numpy": (20, 100, 400),
    "words": (20, 60, 180),
    "json": (20, 80, 240),
    "sqlite": (20, 60, 120),
}
SHORT = [("sort", 1), ("numpy", 1), ("python", 1)]  # cannot be slowed by a twentieth
LIMIT_S = {False: 60, True: 120}
SLOWED = 15


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1, help="of each kind (default: 1)")
    runs = parser.parse_args().runs
    wrong = False
    for busy in (False, True):
        for kind, more in (("identical", 0), ("+5 %", 1), ("+10 %", 2)):
            for _ in range(runs):
                wrong = measure(kind, more, busy=busy) or wrong
    return int(wrong)


def measure(kind: str, more: int, *, busy: bool) -> bool:
    """One run; whether it took too long or flagged what was not slowed."""
    cpu = [*((name, units) for name, all_units in UNITS.items() for units in all_units), *SHORT]
    names = [f"{name}-{units}" for name, units in cpu if units >= 20]
    slowed = dict.fromkeys(random.sample(names, SLOWED), more) if more else {}
    with tempfile.TemporaryDirectory() as place, neighbour(busy=busy):
        folder = Path(place)
        project(folder, {"test_workloads.py": TEST.format(cpu=cpu, more={})})
        (folder / "test_workloads.py").write_text(TEST.format(cpu=cpu, more=slowed))
        start, load = time.monotonic(), os.getloadavg()[0]
        options = ("--giflab-against=HEAD", "--giflab-tests-from=own", "--giflab-fail-on=never", "--giflab-verbose")
        said = run(folder, *options, "--giflab-report=report.json")
        seconds = time.monotonic() - start
        rows = {
            row["id"].rpartition("::")[2].partition("[")[2].rstrip("]") or row["id"]: row["verdict"]
            for row in json.loads((folder / "report.json").read_text())["benchmarks"]
        }
    untouched = Counter(verdict for name, verdict in rows.items() if name not in slowed)
    print(
        f"{kind:9s} {'busy' if busy else 'idle'} (load {load:.1f} before): {seconds:.0f} s; "
        f"untouched {dict(untouched)}; slowed {dict(Counter(rows[name] for name in slowed))}"
    )
    if not more:
        print("\n".join(line for line in said.splitlines() if line.startswith("giflab: ") and " s" in line))
    sys.stdout.flush()
    return any(untouched[flag] for flag in FLAGS) or (not more and seconds > LIMIT_S[busy])


if __name__ == "__main__":
    sys.exit(main())
