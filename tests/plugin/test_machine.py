"""Where and on what code a measurement was made."""

from __future__ import annotations

import platform
from pathlib import Path

from pytest_giflab.machine import capture, place_in_repository, revision
from pytest_giflab.model import Revision
from tests.helpers.projects import Project


def test_the_environment_is_that_of_this_interpreter() -> None:
    here = capture()
    assert (here.python, here.system) == (platform.python_version(), platform.system())
    assert here.cores >= 1
    assert "pytest" in here.packages
    assert here.differences(capture()) == ()


def test_outside_of_git_there_is_no_commit_and_no_place(tmp_path: Path) -> None:
    assert revision(tmp_path, tmp_path / "store") == Revision(None, dirty=True)
    assert place_in_repository(tmp_path) == ""


def test_what_git_ignores_is_no_commit(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    commit = project.commit({".gitignore": "/made/\n", "work.py": "", "made/work.py": ""})
    (tmp_path / "project" / "other").mkdir()
    assert revision(project.folder, tmp_path) == Revision(commit, dirty=False)
    assert revision(project.folder / "other", tmp_path) == Revision(commit, dirty=False)
    assert revision(project.folder / "made", tmp_path) == Revision(None, dirty=True)
