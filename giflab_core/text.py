"""Text that is fit to be shown, whatever it was made from, and how it looks in a terminal.

What needs no more than a few styles and columns is shown by this: `rich` takes longer to load than a verdict to give.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from math import isfinite
from typing import TextIO

CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
COLOURS = {"red", "green", "yellow"}
# What these call themselves shows no styles.
DUMB = {"dumb", "unknown"}
# A column that is narrower would break a text in too many.
LEAST_COLUMN = 12

Line = tuple[tuple[str, str], ...]
"""Parts of a line: a text and its style, as "bold red", each."""


def times(plays: float) -> str:
    """How often a clip plays, in words."""
    return "loops forever" if plays == float("inf") else "plays once" if plays == 1 else f"plays {plays:.0f} times"


def counted(count: int, noun: str) -> str:
    """A number of things: `1 pair`, `2 pairs`."""
    return f"{count} {noun}{'s' * (count != 1)}"


def rounded(value: float, digits: int = 4) -> str:
    """A number with so many significant digits; `infinite` in words."""
    return f"{value:.{digits}g}" if isfinite(value) else "infinite"


def printable(text: str | os.PathLike[str]) -> str:
    """A name or path on one line, fit for a terminal: control characters and undecodable bytes are escaped."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in os.fsdecode(text))


def as_utf8(path: str | os.PathLike[str]) -> str:
    """A path as text that can be written as UTF-8: undecodable bytes are escaped, nothing else is."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def line(*parts: str | tuple[str, str]) -> Line:
    """A line of parts, those without a style by themselves."""
    return tuple((part, "") if isinstance(part, str) else part for part in parts)


def table(rows: Iterable[Sequence[Line]], *, right: Collection[int] = (), gap: int = 1) -> Iterator[Line]:
    """The rows as lines, columns beside each other, so many spaces apart; `right`: those that are aligned there."""
    rows = list(rows)
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        parts: list[tuple[str, str]] = []
        for place, cell in enumerate(row):
            room = (" " * (widths[place] - _width(cell)), "")
            parts += [room, *cell] if place in right else [*cell, room]
            parts.append((" " * gap, ""))
        yield _trimmed(parts)


def folded(text: str, columns: int | None) -> list[str]:
    """A text in parts of so many columns, the last one shorter; in one where there are no so few, or too few."""
    if not columns or columns < LEAST_COLUMN or not text.isascii():
        return [text]
    return [text[start : start + columns] for start in range(0, len(text), columns)] or [""]


def columns_of(stream: TextIO) -> int | None:
    """How many columns a terminal has; None for what is not one."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or None if stream.isatty() else None
    except (OSError, ValueError):
        return None


def show(lines: Iterable[Line], stream: TextIO) -> None:
    """Print lines, with those styles that the stream shows."""
    styles = _styles_of(stream)
    stream.write("".join(f"{''.join(_styled(*part, styles) for part in each)}\n" for each in lines))


def _styles_of(stream: TextIO) -> Collection[str]:
    """The styles that may be used: none but in a terminal, and no colours where the user wants none."""
    told = os.environ
    is_capable = told.get("TERM") not in DUMB and (os.name != "nt" or "WT_SESSION" in told)
    if not (told.get("FORCE_COLOR") or (is_capable and stream.isatty())):
        return ()
    return CODES.keys() - COLOURS if told.get("NO_COLOR") else CODES.keys()


def _styled(text: str, style: str, styles: Collection[str]) -> str:
    codes = ";".join(CODES[each] for each in style.split() if each in styles)
    return f"\x1b[{codes}m{text}\x1b[0m" if codes and text else text


def _width(cell: Line) -> int:
    return sum(len(text) for text, _ in cell)


def _trimmed(parts: list[tuple[str, str]]) -> Line:
    """Without spaces at the end."""
    while parts and not parts[-1][0].strip():
        parts.pop()
    return tuple(parts)
