"""Text that is fit to be shown, whatever it was made from."""

from __future__ import annotations

import os


def printable(text: str | os.PathLike[str]) -> str:
    """A name or path on one line, fit for a terminal: control characters and undecodable bytes are escaped."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in os.fspath(text))
