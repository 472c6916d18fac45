"""The project is imported from its snapshot, and from nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pytest_giflab.workspace.redirect import is_below, redirect_imports, strays
from tests.helpers.marks import needs_posix

pytestmark = needs_posix

MODULE = "WHERE = __file__\n"


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The original project and its snapshot; the import path is put back afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    monkeypatch.setenv("PYTHONPATH", "")
    for side in ("original", "tree"):
        for file in ("src/package/__init__.py", "src/package/part.py", "single.py"):
            path = tmp_path / side / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(MODULE)
    return tmp_path / "original", tmp_path / "tree"


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [("/a/b", "/a", True), ("/a", "/a", True), ("/ab", "/a", False), ("/", "/a", False), ("/a/b", "/", True)],
)
def test_below_is_by_whole_names(path: str, folder: str, expected: bool) -> None:
    assert is_below(path, (folder,)) is expected


def test_the_import_path_points_into_the_snapshot(places: tuple[Path, Path]) -> None:
    original, tree = places
    sys.path += [str(original / "src"), str(original), "/elsewhere"]
    redirect_imports(original, tree)
    assert sys.path[-3:] == [str(tree / "src"), str(tree), "/elsewhere"]
    assert os.environ["PYTHONPATH"].split(os.pathsep) == [str(tree / "src"), str(tree)]


def test_what_is_installed_stays_although_its_environment_is_in_the_project(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    original, tree = places
    monkeypatch.setattr(sys, "prefix", str(original / ".venv"))
    installed = str(original / ".venv" / "lib" / "site-packages")
    sys.path.append(installed)
    redirect_imports(original, tree)
    assert sys.path[-1] == installed
    assert os.environ["PYTHONPATH"] == ""


def test_editable_finders_point_into_the_snapshot(places: tuple[Path, Path]) -> None:
    original, tree = places
    finder = ModuleType("__editable___package_finder")
    mapping = {"package": f"{original}/src/package", "other": "/elsewhere/other"}
    spaces = {"space": [f"{original}/space", "/elsewhere/space"]}
    vars(finder).update(MAPPING=mapping, NAMESPACES=spaces)
    sys.modules["__editable___package_finder"] = finder
    redirect_imports(original, tree)
    assert mapping == {"package": f"{tree}/src/package", "other": "/elsewhere/other"}
    assert spaces == {"space": [f"{tree}/space", "/elsewhere/space"]}
    assert os.environ["PYTHONPATH"] == f"{tree}/src"


def test_child_processes_import_the_snapshot_too(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    original, tree = places
    monkeypatch.setenv("PYTHONPATH", str(original / "src"))
    redirect_imports(original, tree)
    code = [sys.executable, "-c", "import package; print(package.WHERE)"]
    done = subprocess.run(code, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(tree / "src" / "package" / "__init__.py")


def loaded(name: str, file: Path) -> None:
    module = ModuleType(name)
    module.__file__ = str(file)
    sys.modules[name] = module


def test_modules_of_the_snapshot_are_no_strays(places: tuple[Path, Path]) -> None:
    original, tree = places
    loaded("package", tree / "src" / "package" / "__init__.py")
    assert strays(original, tree, own_environment=False) == []


def test_modules_of_the_working_tree_and_installed_copies_are_strays(places: tuple[Path, Path]) -> None:
    original, tree = places
    loaded("single", original / "single.py")
    loaded("package", Path("/site-packages/package/__init__.py"))
    loaded("package.part", Path("/site-packages/package/part.py"))
    loaded("package.absent", Path("/site-packages/package/absent.py"))
    loaded("unrelated", Path("/site-packages/unrelated.py"))
    assert strays(original, tree, own_environment=False) == [
        "package (/site-packages/package/__init__.py)",
        "package.part (/site-packages/package/part.py)",
        f"single ({original / 'single.py'})",
    ]


def test_what_was_built_for_this_side_is_no_stray(places: tuple[Path, Path]) -> None:
    original, tree = places
    loaded("package", Path(sys.prefix, "lib", "site-packages", "package", "__init__.py"))
    assert strays(original, tree, own_environment=True) == []
    assert strays(original, tree, own_environment=False) != []


def test_a_file_named_like_a_module_of_python_is_no_reason_to_complain(places: tuple[Path, Path]) -> None:
    original, tree = places
    (tree / "json.py").write_text("")
    assert strays(original, tree, own_environment=False) == []
