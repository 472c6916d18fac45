"""How a key is written into the file that holds the project's own pytest configuration."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

INI_SECTIONS = {"setup.cfg": "[tool:pytest]"}
TOML_SUFFIX, NATIVE_TOML = ".toml", ("pytest.toml", ".pytest.toml")
# What pytest looks for, unless it is told a file.
NAMES = (*NATIVE_TOML, "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
# In a folder with one of these is a project that can be installed.
PROJECTS = ("pyproject.toml", "setup.py")


@dataclass(frozen=True, slots=True)
class IniFile:
    """A file of pytest's configuration: its name, the heading that pytest's keys are below, how a list is written.

    `has_lists`: as a list of TOML; else as a string in quotes in TOML, or as it is in other files.
    """

    name: str = "a new pytest.ini"
    heading: str = "[pytest]"
    has_lists: bool = False

    def add(self, key: str, value: str) -> str:
        """What to write where, and how to try it first, in words; `value` is one line of a list."""
        line = f"{key} = {self._written(value)}"
        return f"add to {self.name}, below {self.heading}: {line} (to try it: -o {json.dumps(f'{key}={value}')})"

    def _written(self, value: str) -> str:
        if self.has_lists:
            return f"[{json.dumps(value)}]"
        return json.dumps(value) if self.name.endswith(TOML_SUFFIX) else value


def build_line(root: Path, top: Path) -> str:
    """What builds a project of any backend, run in pytest's root folder: the nearest project from there up to `top`."""
    folders = [each for each in (root, *root.parents) if each.is_relative_to(top)]
    project = next((each for each in folders if any((each / name).is_file() for name in PROJECTS)), root)
    return f"python -m pip install --no-deps -e {os.path.relpath(project, root)}"


def is_configured_alike(one: Path, other: Path, more: Collection[str] = ()) -> bool:
    """Whether two trees have the same files of pytest's configuration, by content; `more`: names of others."""
    names = {*NAMES, *more}
    return _configuration(one, names) == _configuration(other, names)


def _configuration(tree: Path, names: Collection[str]) -> dict[str, bytes]:
    found = (Path(folder, name) for folder, _, files in os.walk(tree) for name in files if name in names)
    return {path.relative_to(tree).as_posix(): path.read_bytes() for path in found if path.is_file()}


def read_inifile(path: Path | None) -> IniFile:
    """Of the file that pytest has read, if any; whatever is odd about it, pytest has said before."""
    if path is None:
        return IniFile()
    if path.name in NATIVE_TOML:
        return IniFile(path.name, "[pytest]", has_lists=True)
    if path.suffix != TOML_SUFFIX:
        return IniFile(path.name, INI_SECTIONS.get(path.name, "[pytest]"))
    tables = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("pytest", {})
    # pytest has options of its own below [tool.pytest] from version 9 on.
    is_native = "ini_options" not in tables and bool(tables)
    return IniFile(path.name, "[tool.pytest]" if is_native else "[tool.pytest.ini_options]", has_lists=is_native)
