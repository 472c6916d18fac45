"""How far a gate is, as values; and where it shows that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DuetProgress:
    """How far a duet has come; `left_s`: seconds until the next looks, as far as can be told."""

    pairs: int
    decided: int
    benchmarks: int
    running: str
    left_s: float


@dataclass(frozen=True, slots=True)
class ProgressView:
    """Where a gate shows how far it is: processes done of all when recording, the state of a duet, a line of text."""

    recording: Callable[[int, int], None]
    duet: Callable[[DuetProgress], None]
    line: Callable[[str], None]
