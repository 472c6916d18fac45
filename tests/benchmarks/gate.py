"""Gate real runs, live: identical code, and code with 5 % and 10 % more work, half of them beside a busy process.

Every run is appended to a file, and a run of this command goes on where the last one ended. On every third run of
identical code other rules judge the same code in the same minutes: pytest-benchmark's `--benchmark-compare-fail` with
`mean:10%` and `min:10%`, and asv's (medians a factor of 1.1 apart, Mann-Whitney U test with p < 0.002) on the rounds
that pytest-benchmark has saved.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import mannwhitneyu

HERE = Path(__file__).parent
SUITE = HERE / "suite"
RESULTS = HERE / "results" / "gate.jsonl"
FLAGS = ("warning", "critical")
SAME, FIVE, TEN = "identical", "+5 %", "+10 %"
RUNS = {SAME: 60, FIVE: 20, TEN: 20}
MORE_UNITS = {SAME: 0, FIVE: 1, TEN: 2}  # of 20
SLOWED = 5
PEERS_EVERY = 3
ASV_FACTOR, ASV_P = 1.1, 0.002

# Busy for as long as whoever started it is there.
NEIGHBOUR = """
import os
parent = os.getppid()
while os.getppid() == parent:
    for _ in range(100_000):
        pass
"""

Record = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, help="how many runs to add at most (default: all that are missing)")
    parser.add_argument("--only-show", action="store_true", help="show what the file has")
    arguments = parser.parse_args()
    if not arguments.only_show:
        for number, (kind, busy) in enumerate(missing(records())):
            if number == arguments.runs:
                break
            record = measure(kind, busy=busy, peers=kind == SAME and number % PEERS_EVERY == 0)
            with RESULTS.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(record) + "\n")
            print(f"{kind:9s} {'busy' if busy else 'idle'} {record['seconds']:5.1f} s", verdicts(record), flush=True)
    return show(records())


def records() -> list[Record]:
    if not RESULTS.exists():
        return []
    return [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]


def missing(done: list[Record]) -> list[tuple[str, bool]]:
    """What is still to be measured, in random order: a bad hour of the machine hits all kinds."""
    have = Counter((each["kind"], each["neighbours"] > 0) for each in done)
    wanted = [(kind, busy) for kind, count in RUNS.items() for busy in (False, True) for _ in range(count // 2)]
    for each in list(wanted):
        if have[each]:
            have[each] -= 1
            wanted.remove(each)
    random.shuffle(wanted)
    return wanted


def verdicts(record: Record) -> dict[str, int]:
    return dict(Counter(row["verdict"] for row in record["benchmarks"].values()))


@contextmanager
def neighbour(*, busy: bool) -> Iterator[None]:
    if not busy:
        yield
        return
    process = subprocess.Popen([sys.executable, "-c", NEIGHBOUR])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def measure(kind: str, *, busy: bool, peers: bool) -> Record:
    """One run of the gate on a project of its own."""
    with tempfile.TemporaryDirectory() as name, neighbour(busy=busy):
        folder = Path(name)
        project(folder)
        slowed = random.sample(names(), SLOWED) if MORE_UNITS[kind] else []
        found: Record = {"kind": kind, "neighbours": int(busy), "slowed": sorted(slowed), "load": os.getloadavg()[0]}
        found["started"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        if peers:
            found["peers"] = others(folder)
        more = dict.fromkeys(slowed, MORE_UNITS[kind])
        code = folder / "workloads.py"
        code.write_text(code.read_text().replace("] = {}\n\n_RANDOM", f"] = {more}\n\n_RANDOM"))
        report = folder / "report.json"
        start = time.monotonic()
        said = run(folder, "--giflab-against=HEAD", f"--giflab-report={report}", "--giflab-fail-on=never")
        found["seconds"] = round(time.monotonic() - start, 1)
        found["cpu_s_a_benchmark"] = float(re.findall(r"([\d.]+) s of CPU time and", said)[0])
        document = json.loads(report.read_text())
        keys = ("verdict", "ratio", "low", "high", "pairs", "clock", "status")
        found["benchmarks"] = {
            row["id"].rpartition("[")[2].rstrip("]"): {key: row[key] for key in keys} for row in document["benchmarks"]
        }
        found["null"] = document["selfcheck"]
        return found


def names() -> list[str]:
    table = (SUITE / "workloads.py").read_text().partition("UNIT: ")[2].partition("}")[0]
    return re.findall(r'"(\w+)"', table)


def project(folder: Path, files: Mapping[str, str] | None = None) -> None:
    """A repository with the workloads and their tests, or with these files instead of some of them."""
    for file in ("workloads.py", "test_workloads.py"):
        text = (SUITE / file).read_text(encoding="utf-8").replace("tests.benchmarks.suite.", "")
        (folder / file).write_text((files or {}).get(file, text), encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.org"]
    for command in (["init", "--quiet"], ["add", "."], [*identity, "commit", "--quiet", "--message", "base"]):
        subprocess.run(["git", *command], cwd=folder, check=True)


def run(folder: Path, *options: str) -> str:
    """Run pytest there; what it said."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


def others(folder: Path) -> Record:
    """Whether the rules of other tools flag identical code, run twice, one after the other."""
    run(folder, "--benchmark-only", "--benchmark-save=base", "--benchmark-save-data")
    run(folder, "--benchmark-only", "--benchmark-save=head", "--benchmark-save-data")
    base, head = (
        json.loads(next(folder.glob(f".benchmarks/*/*_{side}.json")).read_text())["benchmarks"]
        for side in ("base", "head")
    )
    pairs = [(one["stats"], other["stats"]) for one, other in zip(base, head, strict=True)]
    return {
        "mean:10%": sum(after["mean"] > 1.1 * before["mean"] for before, after in pairs),
        "min:10%": sum(after["min"] > 1.1 * before["min"] for before, after in pairs),
        "asv": sum(asv_flags(np.array(before["data"]), np.array(after["data"])) for before, after in pairs),
    }


def asv_flags(before: NDArray[np.float64], after: NDArray[np.float64]) -> bool:
    slower = bool(np.median(after) > ASV_FACTOR * np.median(before))
    return slower and float(mannwhitneyu(before, after).pvalue) < ASV_P


def show(found: list[Record]) -> int:
    """Print what all runs together say; 1 where that is not good enough."""
    worst = 0
    for busy in (False, True):
        print(f"\n{'beside busy processes' if busy else 'idle machine'}:")
        for kind in RUNS:
            runs = [each for each in found if each["kind"] == kind and (each["neighbours"] > 0) == busy]
            if runs:
                worst |= show_kind(kind, runs)
    peers = [each["peers"] for each in found if "peers" in each]
    if peers:
        print(f"\nother rules on identical code, {len(peers)} runs of {len(names())} benchmarks:")
        for rule in peers[0]:
            runs_hit = sum(each[rule] > 0 for each in peers)
            total = sum(each[rule] for each in peers)
            print(f"  {rule:9s} runs with a flag {runs_hit} of {len(peers)}, flags {total}")
    return worst


def show_kind(kind: str, runs: list[Record]) -> int:
    seconds = [each["seconds"] for each in runs]
    neighbours = Counter(each["neighbours"] for each in runs)
    beside = ", ".join(f"{count} beside {number}" for number, count in sorted(neighbours.items()) if number)
    print(
        f"  {kind}: {len(runs)} runs{f' ({beside})' if beside else ''}, {statistics.median(seconds):.0f} s "
        f"(up to {max(seconds):.0f})"
    )
    cpu = [each["cpu_s_a_benchmark"] for each in runs if "cpu_s_a_benchmark" in each]
    if cpu:
        wall = statistics.median(seconds) / len(names())
        print(
            f"    a benchmark: {statistics.median(cpu):.1f} s of CPU time (up to {max(cpu):.1f}), {wall:.1f} s of time"
        )
    rows = [(name, row, name in each["slowed"]) for each in runs for name, row in each["benchmarks"].items()]
    untouched = [row for _, row, slowed in rows if not slowed]
    false = sum(row["verdict"] in FLAGS for row in untouched)
    flagged_runs = sum(
        any(row["verdict"] in FLAGS for name, row in each["benchmarks"].items() if name not in each["slowed"])
        for each in runs
    )
    unsure = Counter(name for name, row, slowed in rows if not slowed and row["verdict"] == "inconclusive")
    faster = sum(row["verdict"] == "improved" for row in untouched)
    alarms = sum(each["null"]["alarm"] for each in runs)
    print(
        f"    untouched: flagged {false} of {len(untouched)} in {flagged_runs} runs, improved {faster}, "
        f"inconclusive {dict(unsure) or 0}; null control alarmed in {alarms} runs"
    )
    if kind == SAME:
        return int(false > 0)
    for what, is_io in (("CPU benchmarks", False), ("write (fsync)", True)):
        slowed = [row["verdict"] for name, row, slow in rows if slow and (name == "write") == is_io]
        if slowed:
            hit = sum(verdict in FLAGS for verdict in slowed)
            print(
                f"    slowed, {what}: flagged {hit} of {len(slowed)} ({hit / len(slowed):.0%}): {dict(Counter(slowed))}"
            )
    return int(false > 0)


if __name__ == "__main__":
    sys.exit(main())
