"""A report is written in the form that the suffix of its file asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from giflab_core import lazy
from pytest_giflab.errors import UnknownFormat
from pytest_giflab.formats import WRITERS, suffixes
from pytest_giflab.report.document import read_report
from pytest_giflab.report.markdown import to_markdown
from pytest_giflab.report.writing import write_report
from tests.helpers.measurements import comparison, report

REPORT = report(comparison("critical"))


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_known_suffix_has_a_writer(tmp_path: Path, suffix: str) -> None:
    assert callable(lazy.load(*WRITERS[suffix]))
    write_report(tmp_path / f"report{suffix}", REPORT)
    assert (tmp_path / f"report{suffix}").stat().st_size > 0


def test_json_and_markdown_are_told_apart_by_suffix(tmp_path: Path) -> None:
    write_report(tmp_path / "report.json", REPORT)
    write_report(tmp_path / "report.md", REPORT)
    assert read_report(tmp_path / "report.json") == REPORT
    assert (tmp_path / "report.md").read_text() == to_markdown(REPORT)


@pytest.mark.parametrize("name", ["report.txt", "report", "report.JSON", ".json"])
def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownFormat, match=r"must end in \.json or \.md"):
        write_report(tmp_path / name, REPORT)
    assert list(tmp_path.iterdir()) == []


def test_known_suffixes_are_named_in_words() -> None:
    assert suffixes() == ".json or .md"
