"""A gate report out of the hands of somebody else: a JSON file, or the zip of a workflow's artifact."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from pytest_giflab.documents import read_start
from pytest_giflab.errors import GateError, StoreError
from pytest_giflab.model import GateReport
from pytest_giflab.report import parse_report

REPORT = "report.json"
# A report of 1000 benchmarks in 20 pairs has 1.8 MB, and 0.4 MB as a zip (python -m tests.benchmarks.reports).
LARGEST_ZIP = 4 * 1024 * 1024
LARGEST_REPORT = 16 * 1024 * 1024
MOST_REPORTS = 40
MIB = 1024 * 1024
# Others are unpacked whole, however little of them is asked for: a bomb.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_artifact(path: Path) -> GateReport:
    """The report in a file, zip or JSON. Raises GateError if it cannot be read or is not what it should be."""
    return unpack(read_start(path, LARGEST_REPORT + 1), str(path))


def unpack(data: bytes, name: str) -> GateReport:
    """The report in these bytes, zip or JSON; nothing is written to the disk, nothing larger than the limits is kept.

    Raises GateError if they are too many, do not hold exactly one `report.json`, or that is not a gate report.
    """
    return parse_report(_text(data, name), name)


def unpack_each(found: Mapping[str, bytes]) -> dict[str, GateReport | GateError]:
    """The report in each of these, by name, or why it cannot be read; together they are no larger than one may be."""
    read: dict[str, GateReport | GateError] = {}
    total = 0
    for name, data in found.items():
        try:
            text = _text(data, f"artifact {name!r}")
            total += len(text)
            _require(total, LARGEST_REPORT, f"artifact {name!r} with those before it")
            read[name] = parse_report(text, f"artifact {name!r}")
        except GateError as error:
            read[name] = error
    return read


def _text(data: bytes, name: str) -> bytes:
    if data.startswith(b"PK"):
        require_size(len(data), name)
        data = _read_zip(data, name)
    _require(len(data), LARGEST_REPORT, name)
    return data


def is_named(name: str, pattern: str) -> bool:
    """Whether an artifact has this name, in which each `*` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) is not None


def job_of(name: str, pattern: str) -> str:
    """What an artifact's name has from the first `*` of the pattern on: its job, fit to be shown anywhere."""
    return re.sub(r"[^A-Za-z0-9 ._()/-]", "_", name[pattern.index("*") :])[:60] or "_"


def require_number(count: int, name: str) -> None:
    """Raises StoreError for more artifacts than a comment can tell of."""
    if count > MOST_REPORTS:
        raise StoreError(f"the run has more than {MOST_REPORTS} artifacts named {name!r}; none is read")


def require_size(size: int, name: str) -> None:
    """Raises StoreError for a zip of more bytes than any report needs."""
    _require(size, LARGEST_ZIP, name)


def _require(size: int, largest: int, name: str) -> None:
    if size > largest:
        raise StoreError(f"{name} is larger than {largest // MIB} MiB, which no gate report is; it is not read")


def _read_zip(data: bytes, name: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = [each for each in archive.infolist() if each.filename == REPORT]
            if len(found) != 1:
                raise StoreError(f"{name} holds {len(found)} files named {REPORT}; it must hold one")
            _require(found[0].file_size, LARGEST_REPORT, f"{REPORT} in {name}")
            if found[0].compress_type not in METHODS:
                raise StoreError(f"{REPORT} in {name} is not stored or deflated, as GitHub does it; it is not read")
            with archive.open(found[0]) as stream:
                return stream.read(LARGEST_REPORT + 1)  # what it says of its own size may be a lie
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError, OSError) as error:
        raise StoreError(f"{name} is not a zip file that can be read: {error}") from error
