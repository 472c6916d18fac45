"""Files that git ignores, and that the code needs all the same: named for snapshots, or found in what went wrong."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from pytest_giflab.errors import GitError, MeasurementError
from pytest_giflab.workspace.git import Repository
from pytest_giflab.workspace.inifile import IniFile, build_line
from pytest_giflab.workspace.snapshot import LEFT_OUT, place_in

# Nobody misses these by name.
COMPILED = (".pyc", ".pyo")
# What lies in these is installed, and not the project's.
INSTALLED = {"site-packages", "dist-packages", "node_modules"}
# How sure it is that a text is about a file: it has its path; the name of its module; its name.
BY_PATH, BY_MODULE, BY_NAME = 3, 2, 1


def include(top: Path, root: Path, patterns: Sequence[str], trees: Sequence[Path]) -> None:
    """Copy what these patterns below `root` name from the working tree at `top` into each tree that lacks it.

    A folder stands for all that is in it. Raises MeasurementError for a pattern that names nothing in the repository.
    """
    for pattern in patterns:
        try:
            found = [path for path in map(_straight, root.glob(pattern)) if path.is_relative_to(top)]
        except (NotImplementedError, ValueError) as error:  # an absolute path, an empty one
            raise MeasurementError(f"giflab_include: {pattern!r} is not a path below {root}: {error}") from error
        if not found:
            raise MeasurementError(f"giflab_include: {pattern!r} names nothing below {root}")
        for file in (file for path in found for file in _files(path)):
            for tree in trees:
                _copy(file, tree, file.relative_to(top).as_posix(), top)


def _straight(path: Path) -> Path:
    """The path without `..`; links stay what they are."""
    return Path(os.path.abspath(path))


def _files(path: Path) -> Iterator[Path]:
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if name not in (*LEFT_OUT, ".git")]
        links = [name for name in folders if Path(folder, name).is_symlink()]
        yield from (Path(folder, name) for name in (*files, *links))


def _copy(file: Path, tree: Path, name: str, top: Path) -> None:
    if os.path.lexists(tree / name):
        return
    place = place_in(tree, name)
    if file.is_symlink() and not file.resolve().is_relative_to(top):
        place.symlink_to(file.resolve())  # whatever way leads out of the repository, does not lead out of the tree
    else:
        shutil.copy2(file, place, follow_symlinks=False)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong in words, and the ids of tests that `lost` their parameters."""

    text: str
    lost: Sequence[str] = ()


def hint(repository: Repository, root: Path, tree: Path, trouble: Trouble, inifile: IniFile) -> str:
    """What a reader should know if what went wrong in `tree`, a snapshot of the working tree, is about a file
    that git ignores, and what to write into `inifile` then; "" if it is not, or if git cannot tell. The same holds for
    the other side. `root`: pytest's root folder, from which both lines of the advice count."""
    try:
        top = repository.top()
        missed = [path for path in repository.ignored() if _is_missed(path, tree)]
    except GitError:
        return ""
    liked = {path: likeness for path in missed if (likeness := _likeness(path, trouble.text, top))}
    path = min(liked, key=lambda path: (-liked[path], len(path))) if liked else _parameters(trouble.lost, missed)
    if not path:
        return ""
    place = PurePath(os.path.relpath(top / path, root)).as_posix()
    return (
        f"{path} is not among what is measured, because git ignores it. If building the project writes it, "
        f"{inifile.add('giflab_setup', build_line(root, top))}. If not, {inifile.add('giflab_include', place)}"
    )


def _parameters(lost: Sequence[str], missed: Sequence[str]) -> str:
    """The folder of the files that the parameters of these tests are named after, or the file if it is in none;
    "" if there is none."""
    inside = [name.partition("[")[2].removesuffix("]") for name in lost]
    words = {word for each in inside for word in (each, *each.split("-")) if word}
    named = [each for each in map(PurePosixPath, missed) if not words.isdisjoint((each.name, each.stem))]
    folders = Counter(each.parent for each in named)
    if not named:
        return ""
    folder = max(folders, key=lambda each: (folders[each], -len(each.parts)))
    return str(folder if folder.parts else next(each for each in named if each.parent == folder))


def _is_missed(path: str, tree: Path) -> bool:
    inner = PurePosixPath(path)
    return (
        inner.suffix not in COMPILED
        and not (LEFT_OUT | INSTALLED).intersection(inner.parts)
        and not (tree / path).exists()
    )


def _likeness(path: str, text: str, top: Path) -> int:
    """How sure it is that the text is about this file, or about a folder that it is in; 0 if it is not."""
    file = PurePosixPath(path)
    places = [path, *(str(folder) for folder in file.parents if len(folder.parts) > 1)]
    if any(_has(f"/{place}", text) for place in places):
        return BY_PATH
    if f"/{path}/" in text and (top / path).is_dir():  # a link to a folder
        return BY_PATH
    if any(_has(module, text) for module in _modules(file)):
        return BY_MODULE
    return BY_NAME if file.suffix != ".py" and _has(file.name, text) else 0


def _modules(file: PurePosixPath) -> Iterator[str]:
    """How an error may name the module of a file: `No module named 'pkg._version'`."""
    if file.suffix != ".py":
        return
    parts = file.with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    for start in range(len(parts)):
        package, name = ".".join(parts[start:-1]), parts[-1]
        if package:
            yield f"{package}.{name}"
            yield f"'{name}' from '{package}'"
            yield f"'{name}' from partially initialized module '{package}'"
        else:
            yield f"named '{name}'"


def _has(name: str, text: str) -> bool:
    """Whether a text has this name, and not as a part of a longer one."""
    if name not in text:
        return False  # of a hundred thousand files, nearly all
    start = r"(?<![\w.])" if name[0].isalnum() or name[0] == "_" else ""
    return re.search(rf"{start}{re.escape(name)}(?![\w/])", text) is not None
