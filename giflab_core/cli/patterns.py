"""The files that a pattern means: each folder is entered once, wherever links lead."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import filter as matching
from glob import has_magic
from pathlib import Path


def files_of(pattern: str) -> list[Path]:
    """The files that a pattern of `*`, `?`, `[...]` and `**` (folders at any depth) means, sorted.

    As by `glob`, hidden names match only a part that begins with a dot. Links are followed, but no folder is entered
    twice by one `**`, so that links in a circle end.
    """
    *folders, last = Path(pattern).parts
    found: list[Path] = [Path()]
    for part in folders:
        if part == "**":
            found = list(_below(found))
        else:
            found = [each for folder in found for each in _children(folder, part) if each.is_dir()]
    if last == "**":
        found, last = list(_below(found)), "*"
    return sorted({each for folder in found for each in _children(folder, last) if each.is_file()})


def _children(folder: Path, part: str) -> Iterator[Path]:
    """What a folder holds that a part of the pattern means; only itself where there is no magic in it."""
    if not has_magic(part):
        yield folder / part
        return
    names = matching(_names(folder), part)
    yield from (folder / name for name in names if part.startswith(".") or not name.startswith("."))


def _below(folders: list[Path]) -> Iterator[Path]:
    """These folders and all that lie below them, each once, the nearest first."""
    seen: set[str] = set()
    while folders:
        deeper: list[Path] = []
        for folder in folders:
            place = os.path.realpath(folder)
            if place not in seen:
                seen.add(place)
                yield folder
                deeper += [each for each in _children(folder, "*") if each.is_dir()]
        folders = deeper


def _names(folder: Path) -> list[str]:
    with suppress(OSError):  # as `glob` does: what cannot be looked into holds nothing
        return sorted(os.listdir(folder))
    return []
