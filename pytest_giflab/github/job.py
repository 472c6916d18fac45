"""A report inside of a GitHub Actions job: remarks on the tests' lines, the job's summary, outputs for later steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pytest_giflab.documents import append_text
from pytest_giflab.github.annotations import remarks
from pytest_giflab.model import GateReport
from pytest_giflab.report import summarise, to_markdown

# GitHub drops a summary of more than 1 MiB, and shows ten remarks of a level for each step.
LARGEST_SUMMARY = 1_000_000


def workflow_commands(report: GateReport) -> Iterator[str]:
    """One workflow command for each regression and failure, which GitHub shows on the line of the test."""
    for each in remarks(report):
        level = "error" if each.level == "failure" else "warning"
        where = f"file={_property(each.path)},line={each.line},title={_property(each.title)}"
        yield f"::{level} {where}::{_data(each.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def tell_job(report: GateReport, environment: Mapping[str, str]) -> None:
    """Append to the job's summary and to the step's outputs, where the environment names their files.

    The output `verdict` is the report's. Raises StoreError if a file cannot be written.
    """
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        text = to_markdown(report)
        if len(text.encode()) > LARGEST_SUMMARY:
            text = f"## {summarise(report).markup}\n\nThe table is too long for a summary; see the report.\n"
        append_text(Path(summary), f"{text}\n")
    if outputs := environment.get("GITHUB_OUTPUT"):
        append_text(Path(outputs), f"verdict={report.verdict}\n")
