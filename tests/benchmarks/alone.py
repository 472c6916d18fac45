"""Measure what code takes in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def printed_alone(code: str, *arguments: Path) -> list[float]:
    """The numbers that code prints in a fresh process; it has `sys`, and `peak_mib()` for its memory."""
    command = [
        sys.executable,
        "-c",
        f"import sys; from tests.helpers.memory import peak_mib\n{code}",
        *map(str, arguments),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [float(number) for number in done.stdout.split()]
