"""Verdicts on single files: lines for people, and JSON by the schema `giflab.check/1`, shipped beside this file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from giflab_core.inspection import FileFinding, FileVerdict
from giflab_core.model import worst_of
from giflab_core.report.inspection_terminal import ranges
from giflab_core.report.terminal import STYLE
from giflab_core.text import as_utf8, counted, printable

SCHEMA = "giflab.check/1"


def print_file_verdicts(verdicts: Sequence[FileVerdict]) -> None:
    """Print what was found in each file that could be read, and how many passed."""
    console = Console()
    for verdict in verdicts:
        for finding in verdict.findings:
            console.print(_line(verdict, finding), soft_wrap=True)
    passed = sum(each.status != "fail" for each in verdicts)
    status = worst_of(each.status for each in verdicts)
    summary = f"  {passed} of {counted(len(verdicts), 'file')} passed"
    console.print(Text.assemble((status.upper(), STYLE[status]), summary), soft_wrap=True)


def print_file_verdicts_json(verdicts: Sequence[FileVerdict]) -> None:
    """Print the verdicts as one JSON object and nothing else."""
    status = worst_of(each.status for each in verdicts)
    document = {"schema": SCHEMA, "status": status, "files": [_file(each) for each in verdicts]}
    print(json.dumps(document, indent=2, allow_nan=False))


def _line(verdict: FileVerdict, finding: FileFinding) -> Text:
    where = f"{ranges(finding.frames)}: " if finding.frames else ""
    kind = finding.kind.replace("_", " ")
    status = (f"{finding.status}: ", STYLE[finding.status])
    return Text.assemble(status, printable(verdict.path), ": ", (kind, "bold"), f": {where}{finding.message}")


def _file(verdict: FileVerdict) -> dict[str, Any]:
    return {
        "path": as_utf8(verdict.path),
        "sha256": verdict.digest,
        "bytes": verdict.size_bytes,
        "status": verdict.status,
        "error": verdict.error,
        "findings": [
            {"kind": each.kind, "status": each.status, "message": each.message, "frames": list(each.frames)}
            for each in verdict.findings
        ],
    }
