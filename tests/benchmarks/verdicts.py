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

from giflab_core import ValidationReport, pair, resolve, validate
from giflab_core.order import misplaced
from giflab_core.scoring import score
from tests.shared import CORPUS, pairs

SHOWN = (("ssim", "mean"), ("ssim", "p01"), ("psnr", "p01"), ("zncc", "p01"), ("alpha", "mean"))


@dataclass(frozen=True)
class Row:
    kind: str
    status: str
    failed: tuple[str, ...]
    scores: dict[tuple[str, str], float]
    misplaced: float | None
    motion: float | None


def judge(row: dict[str, str]) -> Row:
    report = validate(CORPUS / row["original"], CORPUS / row["file"])
    scores = {
        (name, statistic): getattr(report.metrics[name], statistic)
        for name, statistic in SHOWN
        if name in report.metrics
    }
    failed = tuple(check.name for check in report.failed)
    return Row(row["kind"], report.status, failed, scores, *order_of(report))


def order_of(report: ValidationReport) -> tuple[float | None, float | None]:
    """What the check `order` rests on: the misplaced share, the correlation of motion."""
    before, after = report.original, report.compressed
    if not report.metrics:
        return None, None
    scores = score(before, after, pair(before, after), [], resolve())
    prints = scores.original.prints, scores.compressed.prints
    durations = before.durations_ms[: len(prints[0])], after.durations_ms[: len(prints[1])]
    return misplaced(prints[0], durations[0], prints[1], durations[1]).share, scores.motion


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
    order = ("misplaced", "motion")
    spread = Table("kind", *(f"{name} {statistic}: worst, 5 %, median" for name, statistic in SHOWN), *order)
    for kind, found in sorted(by_kind.items()):
        statuses = Counter(row.status for row in found)
        checks = Counter(name for row in found for name in row.failed)
        named = ", ".join(f"{name} {count}" for name, count in checks.most_common())
        verdicts.add_row(kind, str(len(found)), str(statuses["pass"]), str(statuses["fail"]), named)
        shares = [row.misplaced for row in found if row.misplaced is not None]
        motions = [row.motion for row in found if row.motion is not None]
        share = f"{min(shares):.1%} to {max(shares):.1%}" if shares else ""
        motion = f"{min(motions):.2f} to {max(motions):.2f}" if motions else ""
        spread.add_row(kind, *(quantiles(found, key) for key in SHOWN), share, motion)
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
