"""How a user names files: the form of a report by its suffix, the folder of baselines by a path or a URL."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pytest_giflab.errors import StoreError, UnknownFormat

DEFAULT_NAME = "main"
DEFAULT_STORE = ".giflab/baselines"
"""The baseline and its folder, below the root folder, unless another is named."""

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


def store_folder(url: str) -> Path:
    """The folder that a store's URL names; raises StoreError for another kind of URL, or for a file."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "file":
        raise StoreError(f"unknown kind of store {scheme!r}; give a folder or a file:// URL")
    folder = Path(rest if separator else url)
    if folder.is_file():
        raise StoreError(f"{folder} is a file; a store is a folder")
    return folder
