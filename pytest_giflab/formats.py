"""The forms that a gate report can be written in, by the suffix of the file: what the options check loads no writer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pytest_giflab.errors import UnknownFormat

WRITERS: Mapping[str, tuple[str, str]] = {
    ".json": ("pytest_giflab.report.document", "write_json"),
    ".md": ("pytest_giflab.report.markdown", "write_markdown"),
}
"""By suffix, the module and the name of a function that takes a path and a report."""


def suffixes() -> str:
    """All known suffixes, in words."""
    *others, final = WRITERS
    return f"{', '.join(others)} or {final}"


def writer_of(path: Path) -> tuple[str, str]:
    """Module and name of what writes this file; raises UnknownFormat for a suffix that is not known."""
    try:
        return WRITERS[path.suffix]
    except KeyError:
        raise UnknownFormat(f"{path} must end in {suffixes()}") from None
