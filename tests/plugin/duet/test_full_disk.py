"""On a full disk a duet ends with one line that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.faults import mounted
from tests.helpers.marks import needs_linux
from tests.helpers.projects import MEASURED, WORK, Project

pytestmark = needs_linux
SUITE = """
from work import work

def test_work(benchmark):
    benchmark(work, 2_000)
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit({"work.py": WORK, "test_work.py": SUITE, "data": "x" * 300_000})
    return made


@pytest.mark.parametrize("is_only_in_base", [False, True])
def test_the_folder_for_temporary_files_is_full(project: Project, tmp_path: Path, *, is_only_in_base: bool) -> None:
    if is_only_in_base:
        (project.folder / "data").unlink()
    with mounted(tmp_path / "small", "200k") as small:
        found = project.against("HEAD", *MEASURED, TMPDIR=str(small))
    (said,) = [line for line in found.said.splitlines() if line.startswith("ERROR")]
    assert said.endswith("the disk is full; free some space, or name another folder for temporary files by TMPDIR")
    assert found.status == 4


def test_the_folder_of_what_is_built_is_full(project: Project, tmp_path: Path) -> None:
    project.commit({"pytest.ini": "[pytest]\ngiflab_setup = true\n"})
    with mounted(tmp_path / "small", "200k") as small:
        found = project.against("HEAD", *MEASURED, GIFLAB_CACHE_DIR=str(small / "cache"))
    (said,) = [line for line in found.said.splitlines() if line.startswith("ERROR")]
    assert said.startswith("ERROR: giflab: cannot build in ")
    assert said.endswith("the disk is full; free some space, or name another folder by GIFLAB_CACHE_DIR")
    assert found.status == 4
