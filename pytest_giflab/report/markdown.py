"""The gate report as Markdown."""

from __future__ import annotations

from pathlib import Path

from pytest_giflab.documents import write_text
from pytest_giflab.model import GateReport
from pytest_giflab.report.rendering import render
from pytest_giflab.report.wording import in_order, summarise, tally


def write_markdown(path: Path, report: GateReport) -> None:
    """Raises StoreError if it cannot be written."""
    write_text(path, to_markdown(report))


def to_markdown(report: GateReport) -> str:
    """The report for a summary page, from `templates/report.md.jinja`."""
    return render(
        "report.md.jinja", report=report, rows=in_order(report), headline=summarise(report), tally=tally(report)
    )
