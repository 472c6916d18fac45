"""How much memory this process takes on the way (Linux).

Not by getrusage, whose peak is that of the whole life of a process, and of the one that started it.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

RESET_PEAK = "5"  # of proc(5), clear_refs


@dataclass(slots=True)
class Growth:
    """The most memory that was taken within a block beyond what was taken at its beginning; known at its end."""

    kib: int = 0


@contextmanager
def growth() -> Iterator[Growth]:
    """Measure what is taken within the block."""
    gc.collect()  # what is given back within the block would hide what is taken
    Path("/proc/self/clear_refs").write_text(RESET_PEAK)
    before, found = _kib("VmRSS"), Growth()
    yield found
    found.kib = _kib("VmHWM") - before


def peak_mib() -> float:
    """The most memory that this process has taken so far, or since the start of the last `growth()`."""
    return _kib("VmHWM") / 1024


def _kib(name: str) -> int:
    match = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert match
    return int(match[1])
