"""A run in which nothing could be compared is never green, and says why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.marks import needs_linux
from tests.helpers.projects import MEASURED, SUITE, WORK, Project

pytestmark = needs_linux

VERSIONED = "from version import number\n" + WORK


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit({"work.py": WORK, "test_work.py": SUITE, "pytest.ini": "[pytest]\npythonpath = .\n"})
    return made


@pytest.fixture
def versioned(project: Project) -> Project:
    """A project whose code needs a file that git ignores."""
    project.commit({"work.py": VERSIONED, ".gitignore": "version.py\n"})
    project.write({"version.py": "number = 1\n"})
    return project


@pytest.mark.covered
def test_a_head_that_cannot_be_collected_fails_and_the_file_that_git_ignores_is_named(versioned: Project) -> None:
    found = versioned.against("HEAD")
    assert found.status == pytest.ExitCode.TESTS_FAILED
    assert found.rows["test_work"]["reason"] == "head: test_work.py cannot be collected (ModuleNotFoundError)"
    assert "warning: version.py is not among what is measured, because git ignores it" in found.said
    assert "giflab_setup" in found.said


def test_a_process_that_ends_for_a_file_that_git_ignores_names_it(versioned: Project) -> None:
    versioned.commit({"conftest.py": "import work\n"})
    found = versioned.run("--giflab-against=HEAD")
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "version.py is not among what is measured, because git ignores it" in found.said


def test_a_module_that_exits_for_a_file_that_git_ignores_names_it(versioned: Project) -> None:
    leave = "try:\n    from version import number\nexcept ImportError:\n    raise SystemExit(1)\n"
    versioned.commit({"work.py": leave + WORK})
    found = versioned.against("HEAD")
    assert found.status == pytest.ExitCode.TESTS_FAILED
    # Versions of pytest differ in what an exit keeps from being collected.
    reason = found.rows["test_work"]["reason"]
    assert re.fullmatch(r"head: (nothing can|test_work.py cannot) be collected \(SystemExit\)", reason)
    assert "version.py is not among what is measured, because git ignores it" in found.said


@pytest.mark.parametrize("mend", ["giflab_include=version.py", "giflab_setup=echo number = 2 > version.py"])
def test_what_git_ignores_can_be_included_or_made(versioned: Project, mend: str) -> None:
    found = versioned.against("HEAD", "-o", mend, *MEASURED)
    assert (found.status, found.rows["test_work"]["pairs"]) == (0, 1)


def test_two_equal_sides_with_links_are_built(project: Project) -> None:
    """Nothing changed: both sides are the same build, which this session must not wait for."""
    project.write({"doc.txt": "x", "folder/inner": "y"})
    (project.folder / "notes.txt").symlink_to("doc.txt")
    (project.folder / "place").symlink_to("folder")
    project.commit()
    for _ in range(2):
        found = project.against("HEAD", "-o", "giflab_setup=true", *MEASURED)
        assert (found.status, found.rows["test_work"]["pairs"]) == (0, 1)


def test_a_setup_that_does_not_end_is_ended_with_the_budget(project: Project) -> None:
    found = project.run("--giflab-against=HEAD", "--giflab-budget=1s", "-o", "giflab_setup=sleep 100")
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "giflab_setup failed for base with no end after" in found.said


BROKEN = "from work import gone\n" + SUITE


@pytest.mark.parametrize(
    ("files", "rows"),
    [
        ({"test_work.py": BROKEN}, {"test_work.py": "error"}),
        ({"test_new.py": BROKEN}, {"test_new.py": "error", "test_work": "measured"}),
    ],
    ids=["alone", "beside-another"],
)
@pytest.mark.parametrize("gate", ["--giflab-against=HEAD", "--giflab-baseline"])
def test_what_ends_the_collection_is_in_the_report(
    project: Project, gate: str, files: dict[str, str], rows: dict[str, str]
) -> None:
    project.write(files)
    found = project.gated(gate)
    assert found.status == pytest.ExitCode.INTERRUPTED
    assert {name: row["status"] for name, row in found.rows.items()} == rows
    assert {row["verdict"] for row in found.rows.values()} <= {None, "inconclusive"}
    reason = next(iter(found.rows.values()))["reason"]
    assert reason == f"head: {next(iter(files))} cannot be collected (ImportError)"
    assert "no test that was selected" not in found.said


def test_what_can_be_collected_is_measured_if_pytest_is_to_go_on(project: Project) -> None:
    project.commit({"test_other.py": SUITE.replace("test_work", "test_other")})
    project.write({"test_other.py": BROKEN})
    found = project.against("HEAD", "--continue-on-collection-errors", *MEASURED)
    assert found.status == pytest.ExitCode.TESTS_FAILED
    assert found.rows["test_work"]["pairs"] == 1
    assert (found.rows["test_other"]["status"], found.rows["test_other"]["verdict"]) == ("error", None)


def test_a_base_that_cannot_be_collected_leaves_nothing_to_compare(project: Project) -> None:
    project.commit({"test_work.py": "import nothing\n" + SUITE})
    project.write({"test_work.py": SUITE})
    found = project.against("HEAD")
    assert found.status == pytest.ExitCode.USAGE_ERROR
    why = "test_work.py::test_work: error, base: test_work.py cannot be collected"
    assert f"giflab: error: nothing could be compared: {why}" in found.said


def test_a_head_that_measures_nothing_is_not_green(project: Project) -> None:
    project.commit({"test_work.py": SUITE + "\ndef test_skips(benchmark):\n    __import__('pytest').skip('no data')\n"})
    found = project.against("HEAD", "-k", "skips")
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "nothing could be compared: test_work.py::test_skips: skipped, no data" in found.said


def test_new_benchmarks_alone_are_no_failure(project: Project) -> None:
    project.write({"test_new.py": SUITE})
    found = project.against("HEAD", "test_new.py")
    assert (found.status, found.rows["test_work"]["status"]) == (0, "new")


def test_a_gate_that_finds_no_benchmark_is_not_green_if_this_call_asks_for_it(project: Project) -> None:
    project.commit({"test_plain.py": "def test_plain():\n    pass\n"})
    asked = project.run("--giflab-against=HEAD", "-k", "plain")
    assert asked.status == pytest.ExitCode.USAGE_ERROR
    assert "giflab: error: nothing could be compared: no test that was selected uses the benchmark" in asked.said
    assert project.run("-o", "giflab_against=HEAD", "-k", "plain").status == 0


def test_an_odd_marker_of_base_is_an_error_of_that_benchmark_alone(project: Project) -> None:
    odd = (
        "import pytest\n"
        + SUITE
        + "\n@pytest.mark.giflab(wrning=0.3)\ndef test_odd(benchmark):\n    benchmark(work, 9)\n"
    )
    project.commit({"test_work.py": odd})
    project.write({"test_work.py": odd.replace("wrning", "critical")})
    found = project.against("HEAD", *MEASURED)
    assert found.rows["test_odd"]["reason"].endswith("::test_odd cannot be collected")
    assert (found.status, found.rows["test_work"]["pairs"]) == (0, 1)
