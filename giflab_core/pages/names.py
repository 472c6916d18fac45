"""What files are called where people look at them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from giflab_core.decoding import PathLike
from giflab_core.text import printable

STANDARD_INPUT = Path("-")
# Below these lie descriptors, such as those of `<(command)`: the last part alone would be a number.
SYSTEM = "dev", "proc"


def short_names(paths: Sequence[PathLike]) -> tuple[str, ...]:
    """The name of each file, with as many of its folders as tell it from the others; fit to be printed."""
    parts = [Path(path).parts for path in paths]
    alike = Counter(tail for each in set(parts) for tail in _tails(each))
    return tuple(printable(_named(each, alike)) for each in parts)


def _tails(parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The last part, the last two, and so on."""
    return (parts[start:] for start in range(len(parts) - 1, -1, -1))


def _named(parts: tuple[str, ...], alike: Counter[tuple[str, ...]]) -> str:
    path = Path(*parts)
    if path == STANDARD_INPUT:
        return "standard input"
    if path.is_absolute() and parts[1:2] and parts[1] in SYSTEM:
        return str(path)
    return str(next((Path(*tail) for tail in _tails(parts) if alike[tail] == 1), path))
