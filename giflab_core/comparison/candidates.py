"""What became of several compressed files that were compared with one original: the schema `giflab.compare/1`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from giflab_core.frozen import dataclass
from giflab_core.model import Clip, MetricResult, Status
from giflab_core.report import ValidationReport
from giflab_core.text import as_utf8

SCHEMA = "giflab.compare/1"
# What `to_dict()` takes of a candidate's report; the rest is the same for all of them.
OF_REPORT = ("compressed", "metrics", "absent", "checks", "warnings")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One compressed file: its `report`, or the `error` that kept it from being read.

    `size_bytes`: of the file, None if it cannot be read. `pareto`: none of the others is better in bytes or quality
    without being worse in the other; see `front`.
    """

    path: Path
    size_bytes: int | None
    report: ValidationReport | None = None
    error: str | None = None
    pareto: bool = False

    @property
    def status(self) -> Status:
        """The verdict; a file that cannot be read fails."""
        return "fail" if self.report is None else self.report.status

    def result(self, name: str | None) -> MetricResult | None:
        """Its numbers by a metric, if it has any."""
        # A report of a failure is false, and no report is None.
        return None if self.report is None else self.report.metrics.get(name or "")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Several candidates for one original, the smallest first, and those that cannot be read last.

    `original`: None if no candidate could be compared with it. `ranked_by`: the metric that stands for quality;
    None without one.
    """

    original: Clip | None
    candidates: tuple[Candidate, ...]
    ranked_by: str | None

    def __bool__(self) -> bool:
        """Whether a candidate passes, with warnings or without."""
        return any(each.status != "fail" for each in self.candidates)

    @property
    def unreadable(self) -> tuple[Candidate, ...]:
        return tuple(each for each in self.candidates if each.error is not None)

    @property
    def pareto(self) -> tuple[Candidate, ...]:
        """The candidates that are worth their bytes, the smallest first."""
        return tuple(each for each in self.candidates if each.pareto)

    def to_dict(self) -> dict[str, Any]:
        """What `giflab compare --format json` writes, as plain values that are strict JSON."""
        reports = [each.report.to_dict() for each in self.candidates if each.report is not None]
        first = reports[0] if reports else {}
        common = {name: first.get(name) for name in ("original", "decoder", "kernels", "settings", "content")}
        return {
            "schema": SCHEMA,
            **common,
            "ranked_by": self.ranked_by,
            "candidates": [_candidate(each) for each in self.candidates],
        }


def _candidate(each: Candidate) -> dict[str, Any]:
    document = {
        "path": as_utf8(each.path),
        "bytes": each.size_bytes,
        "status": each.status,
        "error": each.error,
        "pareto": each.pareto,
    }
    nothing: dict[str, Any] = {"compressed": None, "metrics": {}, "absent": {}}
    report = nothing if each.report is None else each.report.to_dict()
    return document | {name: report.get(name, []) for name in OF_REPORT}
