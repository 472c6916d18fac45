"""The numbers that were approved, one file a name: fit to be committed and reviewed."""

from __future__ import annotations

from dataclasses import asdict
from math import inf, isfinite
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from giflab_core.errors import UsageError
from pytest_giflab.documents import read_document, write_document
from pytest_giflab.quality.appraisal import Appraisal, Numbers

KIND, VERSION = "giflab.quality", 1
LONGEST_NAME = 200
DIGITS = 10
STATISTICS = ("mean", "p01", "worst")
NOT_THERE = object()


class ApprovedStore:
    """Approved appraisals by name, in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(unquote(path.stem) for path in self._folder.glob("*.json") if not path.name.startswith("."))

    def path(self, name: str) -> Path:
        """The file of this name; raises UsageError for what cannot be a name."""
        is_text = isinstance(name, str) and not any("\ud800" <= char <= "\udfff" for char in name)
        if not is_text or not name.strip() or name.startswith(".") or len(quote(name, safe="")) > LONGEST_NAME:
            raise UsageError(
                f"baseline={name!r} cannot be a name: give at most {LONGEST_NAME} plain characters, without a dot in "
                "front"
            )
        return self._folder / f"{quote(name, safe='')}.json"

    def load(self, name: str) -> Appraisal | None:
        """What was approved under this name, if anything; raises StoreError for a file that is damaged or newer."""
        path = self.path(name)
        return _from_document(read_document(path, KIND, VERSION)) if path.exists() else None

    def save(self, document: dict[str, Any]) -> None:
        """Approve what `to_document` made, under its name; raises StoreError if it cannot be written."""
        write_document(self.path(document["name"]), document)


def to_document(appraisal: Appraisal, picture: str | None) -> dict[str, Any]:
    """What is to be approved, as JSON knows it."""
    return {
        "schema": f"{KIND}/{VERSION}",
        "name": appraisal.label,
        "original": {"sha256": appraisal.original},
        "compressed": {"sha256": appraisal.compressed, "bytes": appraisal.size_bytes},
        "settings": appraisal.settings,
        "metrics": {name: _rounded(asdict(each)) for name, each in appraisal.metrics.items()},
        "thumbnail": picture,
    }


def _rounded(numbers: dict[str, Any]) -> dict[str, Any]:
    """Other processors and the twins in NumPy have other last digits, which nobody is to review.

    JSON has no infinite numbers: null stands for one, and what is not there is left out.
    """
    return {
        name: (float(f"{each:.{DIGITS}g}") if isfinite(each) else None) if isinstance(each, float) else each
        for name, each in numbers.items()
        if each is not None
    }


def _numbers(document: dict[str, Any]) -> Numbers:
    found = {name: document.get(name, NOT_THERE) for name in STATISTICS}
    known = {name: inf if each is None else None if each is NOT_THERE else each for name, each in found.items()}
    return Numbers(**{**document, **known})


def _from_document(document: dict[str, Any]) -> Appraisal:
    return Appraisal(
        document["name"],
        document["original"]["sha256"],
        document["compressed"]["sha256"],
        document["compressed"]["bytes"],
        document["settings"],
        "",
        {name: _numbers(each) for name, each in document["metrics"].items()},
    )
