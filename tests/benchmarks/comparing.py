"""Print what several candidates cost at once, beside validations one by one: CPU time, interleaved, no cache.

Usage: python -m tests.benchmarks.comparing [--metrics all] [--clips N] [--rounds N]. Real clips of the corpus, each
with its honest recompressions; a report that differs from that of `validate` is an error.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from math import prod
from pathlib import Path
from statistics import median

from giflab_core import Config, ValidationReport, compare, resolve, validate
from giflab_core.config import DEFAULT_METRICS
from giflab_core.metrics import METRICS
from tests.helpers.shared import CORPUS

SETS = {"all": tuple(METRICS), "default": DEFAULT_METRICS}
CANDIDATES = 8
# Pixels of all frames: smaller clips are over before a clock can tell, larger ones take minutes.
LEAST, MOST = 500_000, 8_000_000


def rows(name: str) -> list[dict[str, str]]:
    with (CORPUS / name).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def cases(count: int) -> list[tuple[Path, list[Path]]]:
    """Originals of different sizes, each with as many lossy candidates as are compared."""
    numbers = ("width", "height", "frames")
    known = [row for row in rows("MANIFEST.csv") if all(row[name] for name in numbers)]
    sizes = {row["file"]: prod(int(row[name]) for name in numbers) for row in known}
    found: dict[str, list[Path]] = {}
    for row in rows("PAIRS.csv"):
        if not row["kind"].startswith(("fault", "lossless", "resize")) and LEAST < sizes.get(row["original"], 0) < MOST:
            found.setdefault(row["original"], []).append(CORPUS / row["file"])
    some = sorted((name for name, files in found.items() if len(files) >= 4), key=lambda name: sizes[name])
    return [(CORPUS / name, found[name][:CANDIDATES]) for name in some[:: max(1, len(some) // count)][:count]]


def one_by_one(original: Path, candidates: list[Path], config: Config) -> tuple[list[float], list[ValidationReport]]:
    spent, reports = [], []
    for each in candidates:
        start = time.process_time()
        reports.append(validate(original, each, config=config))
        spent.append(time.process_time() - start)
    return spent, reports


def at_once(original: Path, candidates: list[Path], config: Config) -> tuple[list[float], list[ValidationReport]]:
    marks = [time.process_time()]
    found = compare(original, candidates, config=config, on_progress=lambda *_: marks.append(time.process_time()))
    by_path = {each.path: each.report for each in found.candidates}
    spent = [end - start for start, end in pairwise(marks)]
    return spent, [report for each in candidates if (report := by_path[each]) is not None]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--metrics", choices=SETS, default="all")
    parser.add_argument("--clips", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    config = resolve(metrics=SETS[arguments.metrics], threads=1)
    differ = False
    ways: tuple[Callable[..., tuple[list[float], list[ValidationReport]]], ...] = one_by_one, at_once
    for original, candidates in cases(arguments.clips):
        validate(original, candidates[0], config=config)  # what is loaded is loaded
        turns = [[way(original, candidates, config) for way in ways] for _ in range(arguments.rounds)]
        single, together = (median(sum(turn[place][0]) for turn in turns) for place in (0, 1))
        later = median(sum(turn[1][0][1:]) / sum(turn[0][0][1:]) for turn in turns)
        is_same = all(turn[0][1] == turn[1][1] for turn in turns)
        differ = differ or not is_same
        print(
            f"{original.stem[:40]:40s} {len(candidates)} candidates: {single:6.2f} s one by one, {together:6.2f} s at "
            f"once, {together / single:.2f}; a further one {later:.2f} of its own{'' if is_same else '; DIFFERS'}",
            flush=True,
        )
    return int(differ)


if __name__ == "__main__":
    sys.exit(main())
