"""Remarks on the lines of tests: the worst first, not more than can be read. Pure: a report in, remarks out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from pytest_giflab.model import Comparison, GateReport
from pytest_giflab.report import LONGEST, amount, change, kind, label, long_name, worst_first

ANNOTATIONS = 200
ANNOTATIONS_A_REQUEST = 50  # GitHub's own limit
LAST_LINE = 1_000_000
REMARKED = ("critical", "warning", "failed", "missing", "advisory")


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark on a line of a file, named from the top of the repository."""

    path: str
    line: int
    level: Literal["failure", "warning"]
    title: str
    message: str


def remarks(report: GateReport) -> tuple[Annotation, ...]:
    """A remark on the test of each regression and failure: the worst first, not more than can be read."""
    return tuple(_remarks(report))[:ANNOTATIONS]


def _remarks(report: GateReport) -> Iterator[Annotation]:
    for row in worst_first(report.comparisons):
        path = path_in_repository(report.root, row)
        if path and kind(row) in REMARKED:
            level: Literal["failure", "warning"] = "failure" if kind(row) == "critical" else "warning"
            yield Annotation(path, row.benchmark.line, level, _title(row), _message(row))


def path_in_repository(root: str, row: Comparison) -> str | None:
    """The test's file from the top of the repository; None for what cannot be a file of it."""
    benchmark = row.benchmark
    path = PurePosixPath(root, benchmark.file)
    text = path.as_posix()
    odd = not benchmark.file or not text.isprintable() or "\\" in text or len(text) > LONGEST
    if odd or path.is_absolute() or ".." in path.parts or not 1 <= benchmark.line <= LAST_LINE:
        return None
    return text


def _title(row: Comparison) -> str:
    advisory = " (advisory)" if row.advisory else ""
    return f"{row.verdict or label(row)}{advisory}: {_short(long_name(row).rpartition('::')[2], 120)}"


def _message(row: Comparison) -> str:
    before, after = (amount(each, row.quantity) for each in (row.before, row.after))
    clock = f", by {row.clock} time" if row.clock else ""
    numbers = f"{before}, then {after}: {change(row)}{clock}; "
    return _short(f"{numbers if row.ratio is not None else ''}{row.reason or label(row)}", 2 * LONGEST)


def _short(text: str, longest: int) -> str:
    """On one line, not too long."""
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= longest else f"{text[:longest]}…"


def portions(annotations: tuple[Annotation, ...]) -> list[tuple[Annotation, ...]]:
    """As many as GitHub takes at once; one empty portion of none."""
    starts = range(0, max(1, len(annotations)), ANNOTATIONS_A_REQUEST)
    return [annotations[start : start + ANNOTATIONS_A_REQUEST] for start in starts]


def rows(annotations: tuple[Annotation, ...]) -> list[dict[str, Any]]:
    """Remarks as a check run of GitHub's has them."""
    return [
        {
            "path": each.path,
            "start_line": each.line,
            "end_line": each.line,
            "annotation_level": each.level,
            "title": each.title,
            "message": each.message,
        }
        for each in annotations
    ]
