"""Installed copies of the project: distributions that were made of the working tree when they were installed."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import unquote, urlsplit

SUFFIX, ORIGIN = ".dist-info", "direct_url.json"
# How files name the project that they build.
NAMES = {
    "pyproject.toml": r"^\[(?:project|tool\.poetry)\]\s*$(?:\n(?!\[).*)*?\n\s*name\s*=\s*[\"']([^\"']+)",
    "setup.cfg": r"^\[metadata\]\s*$(?:\n(?!\[).*)*?\n\s*name\s*=\s*([\w.-]+)",
    "setup.py": r"\bsetup\([^)]*?\bname\s*=\s*[\"']([^\"']+)",
}


@dataclass(frozen=True, slots=True)
class InstalledCopy:
    """A distribution that has code of the project: the folder that it is in, its modules by their paths below that.

    `origin`: what it was installed from, by its path in the repository; "" if that is the whole, or not known.
    """

    folder: str
    modules: tuple[str, ...]
    origin: str = ""

    @property
    def files(self) -> frozenset[str]:
        """The absolute paths of its modules."""
        return frozenset(os.path.join(self.folder, each) for each in self.modules)

    @property
    def tops(self) -> dict[str, str]:
        """A file of each of its top-level modules and packages, by their names."""
        parts = ((PurePath(each).parts[0].partition(".")[0], each) for each in reversed(self.modules))
        return {top: os.path.join(self.folder, each) for top, each in parts}

    @property
    def source(self) -> str:
        """Where it is from, to be said after a path."""
        return f", installed from {self.origin}" if self.origin else ""


def installed_copies(tree: Path, moved: Callable[[str], str]) -> tuple[InstalledCopy, ...]:
    """The distributions of this interpreter that have code of the project, in the order of `sys.path`.

    Those that `direct_url.json` (PEP 610) says were installed from a folder or an archive of the repository, and those
    with the name of the project. `moved`: from a path in the working tree to the same in the snapshot `tree`; other
    paths stay. Of an editable install only what it has put among the installed modules is a copy.
    """
    found = {}
    for folder in _distributions():
        origin = _origin(folder)
        if (place := _place(origin, moved)) is not None:
            found[folder] = _copy(folder, origin, os.path.relpath(place, tree))
    for name in _project_names(tree) | _project_names(Path.cwd()):
        with suppress(metadata.PackageNotFoundError):
            folder = str(metadata.distribution(name)._path)  # type: ignore[attr-defined]
            if folder.endswith(SUFFIX) and folder not in found:
                found[folder] = _copy(folder, _origin(folder), "")
    return tuple(found.values())


def _distributions() -> Iterator[str]:
    """Folders of what is installed with its origin; what another of the same name hides is left out.

    `metadata.distributions` takes six times as long, in every process that measures.
    """
    seen: set[str] = set()
    for entry in sys.path:
        try:
            names = [name for name in os.listdir(entry) if name.endswith(SUFFIX)]
        except OSError:
            continue
        for name in names:
            if (project := name.partition("-")[0].lower()) not in seen:
                seen.add(project)
                if os.path.exists(os.path.join(entry, name, ORIGIN)):
                    yield os.path.join(entry, name)


def _origin(folder: str) -> dict[str, Any]:
    try:
        found = json.loads(Path(folder, ORIGIN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _place(origin: dict[str, Any], moved: Callable[[str], str]) -> str | None:
    """Where in the snapshot it was made of; None if it was not: of a folder that sides have, or of an archive that they
    have not."""
    url = urlsplit(str(origin.get("url", "")))
    path = os.path.normpath(unquote(url.path).lstrip("/") if sys.platform == "win32" else unquote(url.path))
    place = moved(path)
    if url.scheme not in ("file", "git+file") or place == path:
        return None
    # An archive that git tracks came with the project, and is the work of others; one that it does not, a build made.
    is_made_here = not os.path.exists(place) if "archive_info" in origin else os.path.isdir(place)
    return place if is_made_here else None


def _copy(folder: str, origin: dict[str, Any], place: str) -> InstalledCopy:
    is_editable = bool((origin.get("dir_info") or {}).get("editable"))
    files = metadata.Distribution.at(folder).files or ()
    modules = tuple(str(each) for each in files if _is_module(each, editable=is_editable))
    return InstalledCopy(os.path.dirname(folder), modules, "" if place == "." else place)


def _is_module(file: PurePath, *, editable: bool) -> bool:
    if ".." in file.parts or not file.name.endswith((".py", *EXTENSION_SUFFIXES)):
        return False
    # The module that finds the others for an editable install.
    return not (editable and len(file.parts) == 1 and "editable" in file.name)


def _project_names(folder: Path) -> set[str]:
    return set(_named_in(folder))


def _named_in(folder: Path) -> Iterator[str]:
    for name, pattern in NAMES.items():
        try:
            text = (folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if match := re.search(pattern, text, re.MULTILINE):
            yield match[1]
