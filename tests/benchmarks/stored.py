"""Print how the gate against a stored baseline judges real runs: the same code, slower code, faster code.

Each trial records a baseline and compares with it, on a project of four benchmarks (pure Python, NumPy, JSON, sorting).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

SUITE = """
import json
import random

import numpy as np
import pytest

AMOUNT = int(open("amount.txt").read())
VALUES = [random.Random(1).random() for _ in range(2000)]
PLANE = np.arange(65536.0)


def repeat(function, *arguments):
    for _ in range(AMOUNT):
        function(*arguments)


@pytest.mark.parametrize(
    "work",
    [
        lambda: sum(i * i for i in range(400)),
        lambda: np.sqrt(PLANE).sum(),
        lambda: json.loads(json.dumps(VALUES[:100])),
        lambda: sorted(VALUES),
    ],
    ids=["python", "numpy", "json", "sort"],
)
def test_work(benchmark, work):
    benchmark(repeat, work)
"""
BASE = 20
CASES = {"the same": 20, "1.5 times slower": 30, "2 times slower": 40, "2 times faster": 10}


def gate(folder: Path, amount: int, *options: str) -> None:
    (folder / "amount.txt").write_text(str(amount))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout + done.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=20, help="runs of each case (default: 20)")
    trials = parser.parse_args().trials
    counts = {name: Counter[str]() for name in CASES}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_suite.py").write_text(SUITE)
        for trial in range(trials):
            gate(folder, BASE, "--giflab-update-baseline")
            for case, amount in CASES.items():
                gate(folder, amount, "--giflab-baseline", "--giflab-report=report.json")
                rows = json.loads((folder / "report.json").read_text())["benchmarks"]
                counts[case].update(row["verdict"] for row in rows)
            print(f"\rtrial {trial + 1} of {trials}", end="", file=sys.stderr)
    print(file=sys.stderr)
    for case, found in counts.items():
        print(f"{case:18s}", ", ".join(f"{verdict} {count}" for verdict, count in found.most_common()))
    same, half, twice, fast = counts.values()
    wrong = same["warning"] + same["critical"] + half["ok"] + half["improved"] + fast["warning"] + fast["critical"]
    return int(wrong > 0 or set(twice) != {"critical"})


if __name__ == "__main__":
    sys.exit(main())
