"""Write a gate report in the form that the name of its file asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from giflab_core import lazy
from pytest_giflab.formats import writer_of
from pytest_giflab.model import GateReport


def write_report(path: Path, report: GateReport) -> None:
    """Raises UnknownFormat for a suffix that is not in `formats.WRITERS`, StoreError if the file cannot be written."""
    write: Callable[[Path, GateReport], None] = lazy.load(*writer_of(path))
    write(path, report)
