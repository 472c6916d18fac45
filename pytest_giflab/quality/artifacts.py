"""What is saved of a validation that failed, for people to look at."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from giflab_core import lazy
from giflab_core.errors import GiflabError
from pytest_giflab.documents import remove_file, write_text

if TYPE_CHECKING:
    from giflab_core import ValidationReport

UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
LONGEST = 80


def folder_of(test: str, label: str) -> str:
    """The name of a folder for one validation of a test: safe on every system, and another for each of these."""
    digest = hashlib.sha256(f"{test}\0{label}".encode("utf-8", "surrogateescape")).hexdigest()[:8]
    plain = UNSAFE.sub("-", f"{test.rpartition('/')[2]}-{label}").strip("-")[:LONGEST]
    return f"{plain}-{digest}"


def save_artifacts(report: ValidationReport, folder: Path) -> tuple[Path, ...]:
    """Save what there is to look at in this folder, in the place of what is there; the files, the best one first.

    They are the page, both clips with their difference as an animation, and the report as JSON. One that cannot be
    written keeps no other from it. Raises GiflabError if none can be.
    """
    document, page, diff = (folder / name for name in ("report.json", "report.html", "diff.gif"))
    write_text(document, json.dumps(report.to_dict(series=True), indent=2, allow_nan=False) + "\n")
    saved = []
    for path, write in ((page, "write_page"), (diff, "write_diff")):
        try:
            lazy.load("giflab_core.pages", write)(report, path)
            saved.append(path)
        except GiflabError:
            remove_file(path)  # what another run has left would be taken for this one's
    return *saved, document
