"""Text that is fit to be shown, whatever it was made from."""

from __future__ import annotations

import os


def times(plays: float) -> str:
    """How often a clip plays, in words."""
    return "loops forever" if plays == float("inf") else "plays once" if plays == 1 else f"plays {plays:.0f} times"


def counted(count: int, noun: str) -> str:
    """A number of things: `1 pair`, `2 pairs`."""
    return f"{count} {noun}{'s' * (count != 1)}"


def printable(text: str | os.PathLike[str]) -> str:
    """A name or path on one line, fit for a terminal: control characters and undecodable bytes are escaped."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in os.fsdecode(text))


def as_utf8(path: str | os.PathLike[str]) -> str:
    """A path as text that can be written as UTF-8: undecodable bytes are escaped, nothing else is."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
