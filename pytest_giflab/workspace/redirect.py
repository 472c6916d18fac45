"""Make Python import a project from another folder, and prove that it did."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

from pytest_giflab.workspace.installed import InstalledCopy, installed_copies

# Modules of setuptools' editable installs: `MAPPING` and `NAMESPACES` say where packages are.
EDITABLE_FINDER = "__editable__"


def redirect_imports(original: Path, tree: Path) -> None:
    """Let everything that would be imported from `original` come from `tree`, in this process and its children.

    Entries of the import path (editable installs by a path file, `PYTHONPATH`) and the finders of setuptools' editable
    installs. What is imported already stays.
    """
    move = _Move(original, tree)
    folders = [entry for entry in sys.path if move.concerns(entry)]
    sys.path[:] = [move(entry) for entry in sys.path]
    for module in _editable_finders():
        folders += [os.path.dirname(place) for place in module.MAPPING.values() if move.concerns(place)]
        module.MAPPING.update({name: move(place) for name, place in module.MAPPING.items()})
        spaces = getattr(module, "NAMESPACES", {})
        spaces.update({name: [move(place) for place in places] for name, places in spaces.items()})
    importlib.invalidate_caches()
    # Child processes start without this redirection; the path that they inherit comes before what is installed.
    inherited = [move(entry) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    found = dict.fromkeys([*(move(folder) for folder in folders), *inherited])
    if found:
        os.environ["PYTHONPATH"] = os.pathsep.join(found)


class _Move:
    """From a path below `original` to the same place below `tree`; other paths stay."""

    def __init__(self, original: Path, tree: Path) -> None:
        self._roots = {str(original), str(original.resolve())}
        self._tree = str(tree)

    def concerns(self, path: str) -> bool:
        return bool(self._root_of(path))

    def __call__(self, path: str) -> str:
        root = self._root_of(path)
        return self._tree + path[len(root) :] if root else path

    def _root_of(self, path: str) -> str:
        if is_below(path, (self._tree, sys.prefix, sys.base_prefix)):
            return ""
        return next((root for root in self._roots if is_below(path, (root,))), "")


def _editable_finders() -> Iterator[ModuleType]:
    for name, module in list(sys.modules.items()):
        if name.startswith(EDITABLE_FINDER) and isinstance(getattr(module, "MAPPING", None), dict):
            yield module


def is_below(path: str, folders: Iterable[str]) -> bool:
    """Whether `path` is one of the `folders` or inside of one."""
    return any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def redirect_children(original: Path, tree: Path) -> None:
    """Let child processes import from `tree` what this process would, where an installed copy has it, too.

    What pytest has put on the import path of this process alone (`pythonpath`, `conftest.py`), they would not find.
    """
    tops = [top for each in _copies(original, tree) for top in each.tops]
    if entries := [entry for entry in _entries(tree) if any(_provides(Path(entry), top) for top in tops)]:
        inherited = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
        os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([*entries, *inherited]))


def strays(original: Path, tree: Path, *, own_environment: bool, has_children: bool = False) -> list[str]:
    """Modules of the project that did not come from `tree`, as `name (file)`.

    Those from `original`, where the session runs, also through a link; those of an installed copy of the project; and
    those from anywhere else, although `tree` has a module of that name. `own_environment`: what is installed for this
    interpreter was built from `tree`. `has_children`: child processes worked, and would import an installed copy.
    """
    own = (str(tree), sys.prefix) if own_environment else (str(tree),)
    move, home = _Move(original, tree), os.path.realpath(tree)
    copies = [each for each in _copies(original, tree) if not is_below(each.folder, own)]
    copied = {file: each.source for each in copies for file in each.files}
    roots = [Path(entry) for entry in dict.fromkeys([str(tree), str(tree / "src"), *_entries(tree)])]
    found = []
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str):
            continue
        if not is_below(file, own):
            top = name.partition(".")[0]
            installed = top not in sys.stdlib_module_names and any(_provides(root, name) for root in roots)
            if file in copied or move.concerns(file) or installed:
                found.append(f"{name} ({file}{copied.get(file, '')})")
        elif is_below(file, own[:1]):
            real = os.path.realpath(file)
            if move.concerns(real) and not is_below(real, (home,)):
                found.append(f"{name} ({real}, through an absolute link; a relative one leads to the side's own)")
    return found or (list(_of_children(copies, tree)) if has_children else [])


def _of_children(copies: Iterable[InstalledCopy], tree: Path) -> Iterator[str]:
    """What a child process finds installed alone: it comes after all that PYTHONPATH says."""
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    roots = [Path(entry) for entry in inherited if is_below(entry, (str(tree),))]
    for each in copies:
        for top, file in each.tops.items():
            if not any(_provides(root, top) for root in roots):
                yield f"{top} ({file}{each.source}, which child processes of a benchmark would import)"


@cache
def _copies(original: Path, tree: Path) -> tuple[InstalledCopy, ...]:
    return installed_copies(tree, _Move(original, tree))


def _entries(tree: Path) -> list[str]:
    return [entry for entry in sys.path if is_below(entry, (str(tree),))]


def _provides(root: Path, name: str) -> bool:
    place = root.joinpath(*name.split("."))
    return place.with_name(f"{place.name}.py").is_file() or (place / "__init__.py").is_file()
