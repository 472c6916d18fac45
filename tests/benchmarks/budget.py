"""Gate a suite of 500 benchmarks with a budget of 3 minutes: how long it takes, and what the report has."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from pytest_giflab.decision import FIRST_LOOK
from tests.benchmarks.gate import project, run

BENCHMARKS = 500
LATE_S = 30
TEST = """
import pytest
import workloads


@pytest.mark.parametrize("number", range({count}))
def test_many(benchmark, number):
    unit = workloads.UNIT["sort" if number % 2 else "python"]
    benchmark(lambda: [unit() for _ in range(1 + number % 10)])
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        project(folder, {"test_workloads.py": TEST.format(count=BENCHMARKS)})
        start = time.monotonic()
        options = ("--giflab-against=HEAD", f"--giflab-budget={minutes}m", "--giflab-report=report.json")
        said = run(folder, *options, "--giflab-fail-on=never")
        seconds = time.monotonic() - start
        rows = json.loads((folder / "report.json").read_text())["benchmarks"]
    print("\n".join(line for line in said.splitlines() if line.startswith("giflab: ")))
    looked_at = sum(row["pairs"] >= FIRST_LOOK for row in rows)
    verdicts = dict(Counter(row["verdict"] for row in rows))
    print(f"{seconds:.0f} s; {len(rows)} rows in the report: {verdicts}; {looked_at} came to a look")
    return int(seconds > 60 * minutes + LATE_S or len(rows) != BENCHMARKS)


if __name__ == "__main__":
    sys.exit(main())
