"""Print the verdicts on the corpus of real pairs: by kind, which checks failed and how the scores are spread."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from giflab_core import validate
from tests.shared import CORPUS, pairs

SHOWN = (("ssim", "mean"), ("ssim", "p01"), ("psnr", "p01"), ("r2", "p01"), ("alpha", "mean"))


@dataclass(frozen=True)
class Row:
    kind: str
    status: str
    failed: tuple[str, ...]
    scores: dict[tuple[str, str], float]


def judge(pair: dict[str, str]) -> Row:
    report = validate(CORPUS / pair["original"], CORPUS / pair["file"])
    scores = {
        (name, statistic): getattr(report.metrics[name], statistic)
        for name, statistic in SHOWN
        if name in report.metrics
    }
    return Row(pair["kind"], report.status, tuple(check.name for check in report.failed), scores)


def main() -> int:
    rows = pairs()
    if not rows:
        print(f"no corpus in {CORPUS}; set GIFLAB_SHARED", file=sys.stderr)
        return 1
    by_kind: dict[str, list[Row]] = defaultdict(list)
    with ProcessPoolExecutor() as pool:
        for row in track(pool.map(judge, rows, chunksize=4), "validating", total=len(rows), transient=True):
            by_kind[row.kind].append(row)
    verdicts = Table("kind", "pairs", "pass", "fail", "failed checks")
    spread = Table("kind", *(f"{name} {statistic}: worst, 5 %, median" for name, statistic in SHOWN))
    for kind, found in sorted(by_kind.items()):
        statuses = Counter(row.status for row in found)
        checks = Counter(name for row in found for name in row.failed)
        named = ", ".join(f"{name} {count}" for name, count in checks.most_common())
        verdicts.add_row(kind, str(len(found)), str(statuses["pass"]), str(statuses["fail"]), named)
        spread.add_row(kind, *(quantiles(found, key) for key in SHOWN))
    console = Console(width=160)
    console.print(verdicts, spread)
    return 0


def quantiles(rows: list[Row], key: tuple[str, str]) -> str:
    values = [row.scores[key] for row in rows if key in row.scores]
    if not values:
        return ""
    worst_first = sorted(values, reverse=key[0] == "alpha")
    places = np.linspace(0, 1, len(values))
    picked = (worst_first[int(np.searchsorted(places, share))] for share in (0, 0.05, 0.5))
    return "  ".join(f"{value:.3g}" for value in picked)


if __name__ == "__main__":
    sys.exit(main())
