"""How a key is written into the file of pytest's configuration that a project has: what is told can be pasted."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

from pytest_giflab.workspace import IniFile, build_line, read_inifile
from tests.helpers.marks import needs_posix
from tests.helpers.projects import Project

FILES = {
    "pytest.ini": "[pytest]\n",
    "tox.ini": "[pytest]\n",
    "setup.cfg": "[tool:pytest]\n",
    "pyproject.toml": "[tool.pytest.ini_options]\n",
}
# Prints what pytest makes of the key.
CONFTEST = "def pytest_configure(config):\n    print('setup:', config.getini('giflab_setup'))\n"


def said_by(project: Project, *arguments: str) -> str:
    found = project.run("--co", "-q", "-s", *arguments, python=sys.executable)
    return next(line for line in found.said.splitlines() if line.startswith("setup:"))


@needs_posix
@pytest.mark.parametrize("name", FILES)
def test_what_is_told_can_be_pasted(tmp_path: Path, name: str) -> None:
    project = Project(tmp_path / "project")
    project.write({name: FILES[name] + "\n", "conftest.py": CONFTEST})
    line = build_line(project.folder, project.folder)
    told = read_inifile(project.folder / name).add("giflab_setup", line)
    match = re.fullmatch(r"add to (.+), below (.+): (.+) \(to try it: (.+)\)", told)
    assert match
    assert match[1] == name
    assert said_by(project, *shlex.split(match[4])) == f"setup: ['{line}']"
    project.write({name: f"{match[2]}\n{match[3]}\n"})
    assert said_by(project) == f"setup: ['{line}']"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pytest.toml", "", IniFile("pytest.toml", "[pytest]", has_lists=True)),
        ("pyproject.toml", "[tool.pytest]\naddopts = ['-l']", IniFile("pyproject.toml", "[tool.pytest]", True)),
        ("pyproject.toml", "[tool.other]\n", IniFile("pyproject.toml", "[tool.pytest.ini_options]")),
    ],
)
def test_a_file_of_toml_has_lists_where_pytest_reads_it_as_toml(
    tmp_path: Path, name: str, text: str, expected: IniFile
) -> None:
    (tmp_path / name).write_text(text)
    assert read_inifile(tmp_path / name) == expected


def test_a_list_of_toml_is_written_as_one() -> None:
    assert ': giflab_include = ["a.bin"] (' in IniFile("x.toml", "[pytest]", has_lists=True).add(
        "giflab_include", "a.bin"
    )


def test_without_a_file_there_is_a_new_one() -> None:
    assert read_inifile(None).add("giflab_include", "a.bin").startswith("add to a new pytest.ini, below [pytest]: ")
