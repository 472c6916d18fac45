"""What links of base lead to, outside of the repository, is not written by the gate or by what it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.marks import needs_linux
from tests.helpers.projects import MEASURED, WORK, Project

pytestmark = needs_linux

SUITE = """
from lib.work import work

def test_work(benchmark):
    benchmark(work, 2_000)
"""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    (folder / "v" / "cache").mkdir(parents=True)
    for name, text in (("v/cache/nodeids", "precious"), ("__init__.py", ""), ("work.py", WORK), ("a.log", "precious")):
        (folder / name).write_text(text)
    return folder


def test_what_the_links_of_base_lead_to_is_left_alone(tmp_path: Path, outside: Path) -> None:
    project = Project(tmp_path / "project")
    for name in (".pytest_cache", "lib", "logs", "sub"):
        (project.folder / name).symlink_to(outside)
    ini = "[pytest]\npythonpath = .\nlog_file = ../../logs/a.log\n"
    base = project.commit({"test_work.py": SUITE, "pytest.ini": ini})
    for name in (".pytest_cache", "lib", "logs", "sub"):
        project.git("rm", "--quiet", name)
    project.commit({"lib/__init__.py": "", "lib/work.py": WORK, "logs/kept": "", "sub/deeper/kept": ""})
    before = {each: each.read_bytes() if each.is_file() else None for each in outside.rglob("*")}
    project.folder /= "sub/deeper"
    found = project.against(base, *MEASURED, "-p", "cacheprovider", "--rootdir=../..", "../..")
    assert found.rows["test_work"]["pairs"] == 1, found.said
    assert {each: each.read_bytes() if each.is_file() else None for each in outside.rglob("*")} == before
