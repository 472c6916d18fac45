"""An installed copy of the project is known, wherever its sources are, and nothing else is taken for one."""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from pytest_giflab.workspace.redirect import redirect_children, strays
from tests.helpers.marks import needs_posix
from tests.helpers.projects import install

pytestmark = needs_posix


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed modules, the only one on the import path."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder)])
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    monkeypatch.setenv("PYTHONPATH", "")
    return folder


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """A project whose sources are where no convention looks, and its snapshot."""
    for side in ("original", "tree"):
        module = tmp_path / side / "py" / "lib" / "pkg" / "__init__.py"
        module.parent.mkdir(parents=True)
        module.write_text("")
    return tmp_path / "original", tmp_path / "tree"


def imported(file: Path) -> str:
    name = "pkg"
    module = ModuleType(name)
    module.__file__ = str(file)
    sys.modules[name] = module
    return str(file)


def found(places: tuple[Path, Path], *, has_children: bool = False) -> list[str]:
    importlib.invalidate_caches()
    return strays(*places, own_environment=False, has_children=has_children)


@pytest.mark.parametrize("module", ["pkg/__init__.py", "pkg.abi3.so"])
def test_what_was_installed_from_a_folder_of_the_repository_is_a_stray(
    site: Path, places: tuple[Path, Path], module: str
) -> None:
    install(site, "pkg", [module], {"url": (places[0] / "py").as_uri(), "dir_info": {}})
    file = imported(site / module)
    assert found(places) == [f"pkg ({file}, installed from py)"]


def outside(original: Path) -> Mapping[str, object]:
    return {"url": (original.parent / "elsewhere").as_uri(), "dir_info": {}}


def ignored(original: Path) -> Mapping[str, object]:
    (original / "third").mkdir()
    return {"url": (original / "third").as_uri(), "dir_info": {}}


def tracked(original: Path) -> Mapping[str, object]:
    for side in (original, original.with_name("tree")):
        (side / "pkg-1.whl").touch()
    return {"url": (original / "pkg-1.whl").as_uri(), "archive_info": {}}


@pytest.mark.parametrize("origin", [outside, ignored, tracked, lambda _: {"url": "https://example.org/pkg.whl"}, None])
def test_what_others_have_made_is_none_although_a_folder_has_its_name(
    site: Path, places: tuple[Path, Path], origin: object
) -> None:
    install(site, "pkg", ["pkg/__init__.py"], origin(places[0]) if callable(origin) else None)
    imported(site / "pkg/__init__.py")
    assert found(places) == []


def test_an_archive_that_a_build_has_made_is_a_copy(site: Path, places: tuple[Path, Path]) -> None:
    install(site, "pkg", ["pkg/__init__.py"], {"url": (places[0] / "dist/pkg.whl").as_uri(), "archive_info": {}})
    imported(site / "pkg/__init__.py")
    assert found(places) != []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", '[build-system]\nrequires = []\n\n[project]\nversion = "1"\nname = "Pkg"\n'),
        ("pyproject.toml", '[tool.poetry]\nname = "pkg"\n'),
        ("setup.cfg", "[metadata]\nname = pkg\n"),
        ("setup.py", "from setuptools import setup\nsetup(\n    name='pkg',\n)\n"),
    ],
)
def test_without_an_origin_the_name_of_the_project_tells(
    site: Path, places: tuple[Path, Path], file: str, text: str
) -> None:
    (places[1] / file).write_text(text)
    install(site, "pkg", ["pkg/__init__.py"], None)
    imported(site / "pkg/__init__.py")
    assert found(places) != []


def test_another_name_in_the_same_file_does_not(site: Path, places: tuple[Path, Path]) -> None:
    (places[1] / "pyproject.toml").write_text('[[tool.uv.index]]\nname = "pkg"\n[project]\nname = "other"\n')
    install(site, "pkg", ["pkg/__init__.py"], None)
    imported(site / "pkg/__init__.py")
    assert found(places) == []


@pytest.mark.parametrize(("module", "count"), [("_pkg_editable_loader.py", 0), ("pkg.abi3.so", 1)])
def test_of_an_editable_install_only_what_it_has_put_there_is_a_copy(
    site: Path, places: tuple[Path, Path], module: str, count: int
) -> None:
    install(site, "pkg", [module], {"url": (places[0] / "py").as_uri(), "dir_info": {"editable": True}})
    imported(site / module)
    assert len(found(places)) == count


def test_what_nobody_imports_matters_to_child_processes_alone(site: Path, places: tuple[Path, Path]) -> None:
    install(site, "pkg", ["pkg/__init__.py"], {"url": (places[0] / "py").as_uri(), "dir_info": {}})
    assert found(places) == []
    (line,) = found(places, has_children=True)
    assert line.startswith(f"pkg ({site}/pkg/__init__.py, installed from py, which child processes")


def test_child_processes_import_what_pytest_alone_has_on_its_path(site: Path, places: tuple[Path, Path]) -> None:
    install(site, "pkg", ["pkg/__init__.py"], {"url": (places[0] / "py").as_uri(), "dir_info": {}})
    sys.path.insert(0, str(places[1] / "py" / "lib"))
    redirect_children(*places)
    assert os.environ["PYTHONPATH"] == str(places[1] / "py" / "lib")
    assert found(places, has_children=True) == []


def test_a_damaged_origin_is_none(site: Path, places: tuple[Path, Path]) -> None:
    install(site, "pkg", ["pkg/__init__.py"], None)
    (site / "pkg-1.0.dist-info" / "direct_url.json").write_text(json.dumps([1])[:-1])
    imported(site / "pkg/__init__.py")
    assert found(places) == []


@pytest.mark.usefixtures("site")
def test_what_an_absolute_link_has_from_the_working_tree_is_a_stray(places: tuple[Path, Path]) -> None:
    original, tree = places
    (tree / "link").symlink_to(original / "py" / "lib")
    (tree / "own").symlink_to("py/lib")
    imported(tree / "own" / "pkg" / "__init__.py")
    assert found(places) == []
    imported(tree / "link" / "pkg" / "__init__.py")
    (line,) = found(places)
    assert line.startswith(f"pkg ({original}/py/lib/pkg/__init__.py, through an absolute link")
