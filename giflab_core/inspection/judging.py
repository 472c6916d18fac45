"""Whether one GIF is fit to be used: what is odd about it, held against what is not wanted. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from giflab_core.frozen import dataclass
from giflab_core.inspection.model import Inspection, OddityKind
from giflab_core.model import Status, worst_of


@dataclass(frozen=True, slots=True)
class FileFinding:
    """What is odd about a file, as `Oddity`, and whether that fails it; `kind` is `max_bytes` where it is too large."""

    kind: OddityKind | str
    status: Status
    message: str
    frames: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """The verdict on one file. Of a file that cannot be read, `error` says why, and nothing else is known."""

    path: Path
    status: Status
    findings: tuple[FileFinding, ...] = ()
    digest: str | None = None
    size_bytes: int | None = None
    error: str | None = None

    @classmethod
    def unreadable(cls, path: Path, error: str) -> FileVerdict:
        return cls(path, "fail", error=error)


def judge(inspection: Inspection, fail_on: Collection[str], max_bytes: int | None = None) -> FileVerdict:
    """A file fails by an oddity of a kind in `fail_on`, or by more than `max_bytes`; other oddities are warnings."""
    findings = tuple(_findings(inspection, fail_on, max_bytes))
    status = worst_of(each.status for each in findings)
    return FileVerdict(inspection.path, status, findings, inspection.digest, inspection.size_bytes)


def _findings(inspection: Inspection, fail_on: Collection[str], max_bytes: int | None) -> Iterator[FileFinding]:
    if max_bytes is not None and inspection.size_bytes > max_bytes:
        yield FileFinding("max_bytes", "fail", f"{inspection.size_bytes} bytes, more than {max_bytes}")
    for oddity in inspection.oddities:
        status: Status = "fail" if oddity.kind in fail_on else "warning"
        yield FileFinding(oddity.kind, status, oddity.message, oddity.frames)
