"""Files that git ignores: named for snapshots, and recognised in what went wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_giflab.errors import MeasurementError
from pytest_giflab.workspace import IniFile, Repository, Trouble, hint, include
from tests.helpers.marks import needs_posix
from tests.helpers.projects import Project

pytestmark = needs_posix

INI = IniFile("pytest.ini")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that tracks one file and ignores several."""
    made = Project(tmp_path / "project")
    made.commit({".gitignore": "_version.py\ndata/\n*.bin\n*.pyc\n.venv/\n", "src/pkg/__init__.py": ""})
    made.write({".venv/lib/site-packages/dependency/__init__.py": ""})
    made.write({"src/pkg/_version.py": "own", "data/inner/table.csv": "1", "model.bin": "2", "src/pkg/old.pyc": ""})
    return made


@pytest.fixture
def trees(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "head", tmp_path / "base"]
    for each in found:
        each.mkdir()
    return found


def included(project: Project, trees: list[Path], *patterns: str, root: str = "") -> list[set[str]]:
    include(project.folder, project.folder / root, patterns, trees)
    return [{str(path.relative_to(tree)) for path in tree.rglob("*") if not path.is_dir()} for tree in trees]


def test_a_file_a_folder_and_a_pattern_go_into_all_trees(project: Project, trees: list[Path]) -> None:
    names = {"src/pkg/_version.py", "data/inner/table.csv", "model.bin"}
    assert included(project, trees, "src/pkg/_version.py", "data", "*.bin") == [names, names]


def test_patterns_are_read_from_the_root_folder_of_pytest(project: Project, trees: list[Path]) -> None:
    assert included(project, trees, "pkg/_version.py", root="src") == [{"src/pkg/_version.py"}] * 2


def test_what_a_tree_has_it_keeps(project: Project, trees: list[Path]) -> None:
    (trees[1] / "model.bin").write_text("of base")
    included(project, trees, "model.bin")
    assert [(tree / "model.bin").read_text() for tree in trees] == ["2", "of base"]


def test_a_link_stays_a_link(project: Project, trees: list[Path]) -> None:
    (project.folder / "data" / "link").symlink_to("inner")
    included(project, trees, "data")
    assert os.readlink(trees[0] / "data" / "link") == "inner"


@pytest.mark.parametrize("pattern", ["no_such_file", "/etc/passwd", "../base", ""])
def test_a_pattern_that_names_nothing_in_the_repository_is_an_error(
    project: Project, trees: list[Path], pattern: str
) -> None:
    with pytest.raises(MeasurementError, match="giflab_include: "):
        included(project, trees, pattern)


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("ModuleNotFoundError: No module named 'pkg._version'", "src/pkg/_version.py"),
        (
            "ImportError: cannot import name '_version' from 'pkg' (/tmp/pkg/__init__.py)",
            "src/pkg/_version.py",
        ),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/tmp/head/model.bin'", "model.bin"),
        ("OSError: model.bin is not there", "model.bin"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/tmp/head/data/inner'", "data/inner/table.csv"),
    ],
)
def test_an_error_that_misses_an_ignored_file_is_explained(
    project: Project, trees: list[Path], said: str, path: str
) -> None:
    found = hint(Repository(project.folder), project.folder, trees[0], Trouble(said), INI)
    assert found.startswith(f"{path} is not among what is measured, because git ignores it")
    assert "giflab_setup" in found
    assert f"giflab_include = {path}" in found


@pytest.mark.parametrize(
    "said",
    [
        "AssertionError: assert 1 == 2",
        "ModuleNotFoundError: No module named 'pkg._version_info'",
        "ModuleNotFoundError: No module named 'other.pkg._version.deep'",
        "FileNotFoundError: '/tmp/head/a_model.bin'",
        "ModuleNotFoundError: No module named 'old'",
        "ModuleNotFoundError: No module named 'dependency'",
    ],
)
def test_other_errors_are_left_alone(project: Project, trees: list[Path], said: str) -> None:
    assert hint(Repository(project.folder), project.folder, trees[0], Trouble(said), INI) == ""


def test_a_file_that_is_there_is_not_missed(project: Project, trees: list[Path]) -> None:
    included(project, trees, "model.bin")
    damaged = Trouble("OSError: model.bin is damaged")
    assert hint(Repository(project.folder), project.folder, trees[0], damaged, INI) == ""


def test_where_git_cannot_tell_there_is_no_hint(tmp_path: Path) -> None:
    assert hint(Repository(tmp_path), tmp_path, tmp_path, Trouble("No module named 'pkg._version'"), INI) == ""


def test_both_lines_of_the_advice_count_from_the_root_folder_of_pytest(project: Project, trees: list[Path]) -> None:
    project.write({"src/pyproject.toml": "", "src/tests/pytest.ini": ""})
    said = Trouble("ModuleNotFoundError: No module named 'pkg._version'")
    found = {
        root: hint(Repository(project.folder), project.folder / root, trees[0], said, INI)
        for root in ("src", "src/tests")
    }
    assert "giflab_setup = python -m pip install --no-deps -e . " in found["src"]
    assert "giflab_include = pkg/_version.py " in found["src"]
    assert "giflab_setup = python -m pip install --no-deps -e .. " in found["src/tests"]
    assert "giflab_include = ../pkg/_version.py " in found["src/tests"]
    assert included(project, trees, "../pkg/_version.py", root="src/tests")[0] == {"src/pkg/_version.py"}


@pytest.mark.parametrize("said", ["No such file or directory: '/tmp/head/store/big.bin'", "NotADirectory: '/x/store'"])
def test_an_ignored_link_to_a_folder_is_named(project: Project, trees: list[Path], tmp_path: Path, said: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project.folder / "store").symlink_to("../elsewhere")
    (project.folder / ".gitignore").write_text("store\n")
    found = hint(Repository(project.folder), project.folder, trees[0], Trouble(said), INI)
    assert "giflab_include = store " in found


def test_an_included_link_out_of_the_repository_leads_to_the_same_place(
    project: Project, trees: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (project.folder / "store").symlink_to("../elsewhere")
    tree = tmp_path / "deep" / "tree"
    tree.mkdir(parents=True)
    included(project, [tree], "store")
    assert (tree / "store").resolve() == (tmp_path / "elsewhere").resolve()


@pytest.mark.parametrize(
    ("lost", "place"),
    [
        (["t.py::test_a[table]", "t.py::test_a[other]"], "data/inner"),
        (["t.py::test_a[table.csv-1]"], "data/inner"),
        (["t.py::test_a[model]"], "model.bin"),
        (["t.py::test_a[tables]", "t.py::test_table"], ""),
    ],
)
def test_the_folder_of_the_files_that_lost_parameters_are_named_after_is_told(
    project: Project, trees: list[Path], lost: list[str], place: str
) -> None:
    found = hint(Repository(project.folder), project.folder, trees[0], Trouble("", lost), INI)
    assert (f"giflab_include = {place} " in found) if place else (found == "")
