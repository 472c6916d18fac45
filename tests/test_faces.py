"""The faces of the packages: they name the same in all their lists, and all that public calls give and raise."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import typing
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pytest

import giflab_core
import giflab_core.errors
import giflab_core.frames
import giflab_core.inspection
import pytest_giflab
from tests.conftest import ROOT

TOP = [giflab_core, pytest_giflab]
FACES = sorted(
    path
    for package in ("giflab_core", "pytest_giflab")
    for path in (ROOT / package).rglob("__init__.py")
    if "lazy.exports" in path.read_text(encoding="utf-8")
)
# What annotations name that is imported for type checkers alone.
FOR_CHECKERS = {
    "np": np,
    "npt": npt,
    "ArrayLike": npt.ArrayLike,
    "Cache": giflab_core.Cache,
    "FrameCache": giflab_core.FrameCache,
    "Pixels": npt.NDArray[np.uint8],
}


def for_checkers(tree: ast.Module) -> set[tuple[str, str]]:
    """What the block for type checkers imports, as (module, name)."""
    (block,) = [each for each in ast.walk(tree) if isinstance(each, ast.If)]
    imports = [each for each in block.body if isinstance(each, ast.ImportFrom)]
    assert all(alias.name == alias.asname for each in imports for alias in each.names)
    return {(each.module or "", alias.name) for each in imports for alias in each.names}


def table(tree: ast.Module, package: str) -> set[tuple[str, str]]:
    """What the lazy table has, as (module, name)."""
    (call,) = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
    modules: dict[str, tuple[str, ...]] = ast.literal_eval(call.args[1])
    return {(f"{package}.{module}", name) for module, names in modules.items() for name in names}


@pytest.mark.parametrize("path", FACES, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_the_lists_of_a_face_agree(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = ".".join(path.parent.relative_to(ROOT).parts)
    found = table(tree, package)
    assert for_checkers(tree) == found
    face = import_module(package)
    names = {name for _, name in found}
    assert names == set(dir(face)) - {"__version__"}
    assert set(getattr(face, "__all__", names)) - {"__version__"} == names
    for module, name in found:
        assert getattr(face, name) is getattr(import_module(module), name)


@pytest.mark.parametrize("face", TOP)
def test_the_public_names_are_a_literal_list(face: ModuleType) -> None:
    tree = ast.parse(Path(face.__file__ or "").read_text(encoding="utf-8"))
    (value,) = [
        each.value for each in tree.body if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "__all__"
    ]
    assert ast.literal_eval(value) == sorted(face.__all__)


@pytest.mark.parametrize("face", TOP)
def test_the_version_is_that_of_the_distribution(face: ModuleType) -> None:
    assert face.__version__ == version("pytest-giflab")


@pytest.mark.parametrize("face", TOP)
def test_importing_a_face_does_not_look_the_version_up(face: ModuleType) -> None:
    code = f"import sys, {face.__name__}; print('importlib.metadata' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def errors_of(module: ModuleType) -> set[str]:
    return {name for name, each in vars(module).items() if isinstance(each, type) and issubclass(each, BaseException)}


def test_every_error_of_the_core_is_public() -> None:
    assert errors_of(giflab_core.errors) <= set(giflab_core.__all__)


def given(public: Any) -> Iterator[Any]:
    """The annotations of what a public name gives: what it returns, or what its attributes and methods do."""
    if not isinstance(public, type):
        yield from typing.get_type_hints(public, localns=FOR_CHECKERS).values()
        return
    if not issubclass(public, dict):
        yield from typing.get_type_hints(public, localns=FOR_CHECKERS).values()
    for name, member in inspect.getmembers(public):
        function = member.fget if isinstance(member, property) else member
        if not name.startswith("_") and inspect.isfunction(function):
            yield typing.get_type_hints(function, localns=FOR_CHECKERS).get("return")


def classes_in(annotation: Any) -> Iterator[type]:
    """The classes of ours that an annotation names."""
    if isinstance(annotation, type) and annotation.__module__.partition(".")[0] in ("giflab_core", "pytest_giflab"):
        yield annotation
    for each in typing.get_args(annotation):
        yield from classes_in(each)


def choices_in(annotation: Any) -> Iterator[Any]:
    """The choices of words that an annotation names."""
    if typing.get_origin(annotation) is Literal:
        yield annotation
    for each in typing.get_args(annotation):
        yield from choices_in(each)


def test_choices_of_words_that_values_of_the_gate_hold_have_a_public_name() -> None:
    public = [getattr(pytest_giflab, name) for name in pytest_giflab.__all__ if name != "__version__"]
    annotations = [each for one in public if isinstance(one, type) for each in given(one)]
    assert [each for one in annotations for each in choices_in(one) if each not in public] == []


@pytest.mark.parametrize("face", TOP)
def test_what_public_calls_give_and_take_is_public(face: ModuleType) -> None:
    public = {name: getattr(face, name) for name in face.__all__ if name != "__version__"}
    callables = [each for each in public.values() if inspect.isfunction(each) or isinstance(each, type)]
    named = {each for one in callables for annotation in given(one) for each in classes_in(annotation)}
    assert named - set(public.values()) == set()


def annotated(public: Any) -> Iterator[tuple[str, ModuleType]]:
    """The annotations of a public function, or of the fields and public methods of a class, with their modules."""
    owners = [public, *(base for base in getattr(public, "__mro__", ()) if base is not public)]
    functions = [member for name, member in inspect.getmembers(public, inspect.isfunction) if not name.startswith("_")]
    for each in (*owners, *functions):
        if each.__module__.partition(".")[0] in ("giflab_core", "pytest_giflab"):
            for annotation in vars(each).get("__annotations__", each.__annotations__).values():
                yield str(annotation), import_module(each.__module__)


def aliases_in(annotation: str, module: ModuleType) -> Iterator[str]:
    """The names of types, such as `Part` of a `Literal`, that an annotation uses."""
    for each in ast.walk(ast.parse(annotation, mode="eval")):
        if isinstance(each, ast.Name) and typing.get_origin(getattr(module, each.id, None)) is not None:
            yield each.id


def test_names_of_types_that_public_annotations_use_are_public() -> None:
    public = [getattr(giflab_core, name) for name in giflab_core.__all__ if name != "__version__"]
    callables = [each for each in public if inspect.isfunction(each) or isinstance(each, type)]
    used = {name for each in callables for annotation in annotated(each) for name in aliases_in(*annotation)}
    assert {"Part", "PathLike", "Progress", "Statistic"} <= used
    assert used - set(giflab_core.__all__) == set()
