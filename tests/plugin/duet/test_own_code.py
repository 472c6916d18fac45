"""A side that would not measure its own code is not measured: the run ends, and says what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.helpers.marks import needs_linux
from tests.helpers.projects import MEASURED, Project, Run, install

pytestmark = needs_linux

IMPORTS = "import pkg\n\ndef test_it(benchmark):\n    benchmark(sorted, range(10_000))\n"
STARTS = """
import subprocess, sys

def test_it(benchmark):
    benchmark.pedantic(subprocess.check_call, ([sys.executable, "-c", "import pkg"],), rounds=2)
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def measured(project: Project, site: Path, tests: str, ini: str) -> Run:
    """With an installed copy of the project, whose sources are in `lib`."""
    project.commit({"lib/pkg/__init__.py": "", "test_it.py": tests, "pytest.ini": f"[pytest]\n{ini}\n"})
    install(site, "pkg", ["pkg/__init__.py"], {"url": project.folder.as_uri(), "dir_info": {}})
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH", "")]))
    return project.against("HEAD", *MEASURED, PYTHONPATH=path)


@pytest.mark.parametrize("tests", [IMPORTS, STARTS], ids=["imported", "by a child process"])
def test_an_installed_copy_ends_the_run(tmp_path: Path, site: Path, tests: str) -> None:
    found = measured(Project(tmp_path / "project"), site, tests, "")
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert f"would be measured with code that is not its own: pkg ({site}/pkg/__init__.py" in found.said
    assert "giflab_setup = python -m pip install" in found.said


@pytest.mark.parametrize("tests", [IMPORTS, STARTS], ids=["imported", "by a child process"])
def test_one_that_the_sources_hide_does_not(tmp_path: Path, site: Path, tests: str) -> None:
    found = measured(Project(tmp_path / "project"), site, tests, "pythonpath = lib")
    assert found.rows["test_it"]["pairs"] == 1
