"""The files that a user means: by name, all in a folder, or by a pattern, which enters each folder once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from fnmatch import filter as matching
from glob import has_magic
from pathlib import Path

from giflab_core.errors import UsageError
from giflab_core.text import printable


def gifs_of(names: Sequence[str], *, also_missing: bool = False) -> list[Path]:
    """The files that are meant, each once: a file, all GIFs below a folder, or what a pattern means.

    `also_missing`: a name without a pattern in it stands for itself, whether or not there is something.
    Raises UsageError for a name that means no file.
    """
    found: dict[str, Path] = {}  # by where it lies: links may lead to a file in many ways
    for name in names:
        try:
            paths = _meant(name) if name else []
        except (OSError, ValueError) as error:
            raise UsageError(f"{printable(name)} cannot be looked up: {error}") from error
        if not paths and also_missing and name and not has_magic(name) and not Path(name).is_dir():
            paths = [Path(name)]
        if not paths:
            raise UsageError(
                f"{printable(name) or 'an empty name'} is not a file, a folder with a GIF in it, or a pattern of one"
            )
        for path in paths:
            found.setdefault(os.path.realpath(path), path)
    return list(found.values())


def _meant(name: str) -> list[Path]:
    path = Path(name)
    if path.is_dir():
        return sorted(each for each in path.rglob("*") if each.suffix.lower() == ".gif" and each.is_file())
    if path.exists():
        return [path]
    return files_of(name)


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
