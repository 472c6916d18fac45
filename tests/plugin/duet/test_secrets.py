"""Reports name the kind of a failure; what a process said may hold secrets, and is in the terminal alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.marks import needs_linux
from tests.helpers.projects import MEASURED, ONCE, WORK, Project

pytestmark = needs_linux

WORD = "hunter2"
SUITE = """
import os, sys
import work as module
from work import work

def fail(side):
    if getattr(module, "SIDE", "") == side:
        raise ValueError(os.environ["TOKEN"])

def test_fails_on_base(benchmark):
    fail("base")
    benchmark(work, 20_000)

def test_fails_on_head(benchmark):
    fail("head")
    benchmark(work, 20_000)

def test_dies_on_base(benchmark):
    if module.SIDE == "base":
        os.write(2, os.environ["TOKEN"].encode())
        os._exit(3)
    benchmark(work, 20_000)

def test_dies_on_head(benchmark):
    if module.SIDE == "head":
        os.write(2, os.environ["TOKEN"].encode())
        os._exit(3)
    benchmark(work, 20_000)
"""
BROKEN = """
import os
from work import work, SIDE

if SIDE == "base":
    raise OSError(os.environ["TOKEN"])

def test_cannot_be_collected_on_base(benchmark):
    benchmark(work, 20_000)
"""
KINDS = {
    "test_fails_on_base": "base: failed in call",
    "test_fails_on_head": "head: failed in call",
    "test_dies_on_base": "base: its process ended with exit status 3",
    "test_dies_on_head": "head: its process ended with exit status 3",
    "test_cannot_be_collected_on_base": "base: test_broken.py cannot be collected (OSError)",
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    ini = "[pytest]\npythonpath = .\n"
    suites = {"test_work.py": SUITE, "test_broken.py": BROKEN}
    made.commit({"work.py": f"SIDE = 'base'\n{WORK}", "pytest.ini": ini, **suites})
    made.write({"work.py": f"SIDE = 'head'\n{WORK}"})
    return made


def reports_of(project: Project, *arguments: str) -> tuple[str, str]:
    """What a run said, and all that it wrote into reports."""
    paths = [project.folder.with_name(f"report{suffix}") for suffix in (".json", ".md")]
    found = project.gated(*arguments, *(f"--giflab-report={path}" for path in paths), TOKEN=WORD)
    assert found.report
    return found.said, "".join(path.read_text() for path in paths)


def test_no_report_quotes_what_a_process_of_a_duet_said(project: Project) -> None:
    said, written = reports_of(project, "--giflab-against=HEAD", "-s", *MEASURED)
    assert WORD not in written
    reasons = dict(re.findall(r'"id": "test_\w+\.py::(\w+)".*?"reason": "([^"]*)"', written, re.DOTALL))
    assert reasons == KINDS
    for name, kind in KINDS.items():
        told = f"{name}: {kind.removeprefix('head: ')}, and said last: "
        assert re.search(rf"{re.escape(told)}.*{WORD}", said) or name == "test_fails_on_head"
    assert re.search(rf"^E +ValueError: {WORD}$", said, re.MULTILINE), "pytest says it of what fails on head"


def test_no_report_quotes_what_a_recording_process_said(project: Project) -> None:
    project.write({"work.py": f"SIDE = 'base'\n{WORK}"})
    said, written = reports_of(project, "--giflab-baseline", *ONCE, "test_work.py")
    assert WORD not in written
    assert WORD in said
    assert "its process ended with exit status 3" in written
