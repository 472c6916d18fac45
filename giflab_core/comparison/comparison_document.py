"""A comparison as JSON and CSV, for programs and tables; the schema `giflab.compare/1` is shipped beside this file."""

from __future__ import annotations

import csv
import json
import sys

from giflab_core.comparison.candidates import Candidate, Ranking
from giflab_core.text import as_utf8

COLUMNS = ("path", "bytes", "status", "pareto", "error")
STATISTICS = ("mean", "low", "high", "p01", "worst")


def print_comparison_json(comparison: Ranking) -> None:
    """Print the comparison as one JSON object and nothing else."""
    print(json.dumps(comparison.to_dict(), indent=2, allow_nan=False))


def print_comparison_csv(comparison: Ranking) -> None:
    """Print a line a candidate, with columns for each metric: `ssim`, and `ssim_low`, `_high`, `_p01` and `_worst`.

    A number that is not there is empty, an infinite one is `inf`.
    """
    reports = [each.report for each in comparison.candidates if each.report is not None]
    names = list(dict.fromkeys(name for report in reports for name in report.metrics))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    numbers = [name if which == "mean" else f"{name}_{which}" for name in names for which in STATISTICS]
    writer.writerow([*COLUMNS, *numbers])
    for each in comparison.candidates:
        size = "" if each.size_bytes is None else each.size_bytes
        pareto = "true" if each.pareto else "false"
        plain = (as_utf8(each.path), size, each.status, pareto, each.error or "")
        writer.writerow([*plain, *(value for name in names for value in _numbers(each, name))])


def _numbers(candidate: Candidate, name: str) -> list[float | str]:
    result = candidate.result(name)
    if not result:
        return [""] * len(STATISTICS)
    return [result.mean, result.low, result.high, result.p01, result.worst.value]
