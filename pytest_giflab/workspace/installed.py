"""Installed copies of the project: distributions whose modules were made from the working tree when they were installed."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path, PurePath
from urllib.parse import unquote, urlsplit

# How files name the project that they build.
NAMES = {
    "pyproject.toml": r"^\[(?:project|tool\.poetry)\]\s*$(?:\n(?!\[).*)*?\n\s*name\s*=\s*[\"']([^\"']+)",
    "setup.cfg": r"^\[metadata\]\s*$(?:\n(?!\[).*)*?\n\s*name\s*=\s*([\w.-]+)",
    "setup.py": r"\bsetup\([^)]*?\bname\s*=\s*[\"']([^\"']+)",
}


@dataclass(frozen=True, slots=True)
class InstalledCopy:
    """A distribution that has code of the project: its name, the folder that it is in, its modules by their paths."""

    name: str
    folder: str
    modules: tuple[str, ...]

    @property
    def files(self) -> frozenset[str]:
        """The absolute paths of its modules."""
        return frozenset(os.path.join(self.folder, each) for each in self.modules)

    @property
    def tops(self) -> dict[str, str]:
        """A file of each of its top-level modules and packages, by their names."""
        parts = ((PurePath(each).parts[0].partition(".")[0], each) for each in reversed(self.modules))
        return {top: os.path.join(self.folder, each) for top, each in parts}


def installed_copies(tree: Path, moved: Callable[[str], str]) -> tuple[InstalledCopy, ...]:
    """The distributions of this interpreter that have code of the project, each name once, by the order of `sys.path`.

    Those that `direct_url.json` (PEP 610) says were installed from a folder or an archive of the repository, and those
    with the name of the project. `moved`: from a path in the working tree to the same in the snapshot `tree`; other
    paths stay. Of an editable install only what it has put among the installed modules is a copy.
    """
    found: dict[str, InstalledCopy] = {}
    for each in metadata.distributions():
        said = each.read_text("direct_url.json")
        if said and _is_of_project(json.loads(said), moved):
            found.setdefault(each.name, _copy(each, said))
    for name in _project_names(tree) | _project_names(Path.cwd()):
        try:
            each = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        found.setdefault(each.name, _copy(each, each.read_text("direct_url.json") or "{}"))
    return tuple(found.values())


def _is_of_project(origin: dict[str, object], moved: Callable[[str], str]) -> bool:
    """Whether it was made of what is measured here: of a folder that sides have, or of an archive that they have not."""
    url = urlsplit(str(origin.get("url", "")))
    path = unquote(url.path).lstrip("/") if sys.platform == "win32" else unquote(url.path)
    path = os.path.normpath(path)
    place = moved(path)
    if url.scheme not in ("file", "git+file") or place == path:
        return False
    # An archive that git tracks came with the project, and is the work of others; one that it does not, a build made.
    return not os.path.exists(place) if "archive_info" in origin else os.path.isdir(place)


def _copy(distribution: metadata.Distribution, said: str) -> InstalledCopy:
    kind = json.loads(said).get("dir_info") or {}
    files = [str(each) for each in distribution.files or () if _is_module(each, editable=bool(kind.get("editable")))]
    return InstalledCopy(distribution.name, str(distribution.locate_file("")), tuple(files))


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
