"""The sides of a duet: their names, their snapshots, and how pytest is called in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pytest_giflab.duet.terms import ask
from pytest_giflab.errors import GitError, MeasurementError, NotBuilt
from pytest_giflab.measuring import Invocation
from pytest_giflab.thresholds import Terms
from pytest_giflab.workspace import (
    LEFT_OUT,
    IniFile,
    Repository,
    Scratch,
    build,
    built_modules,
    copy_commit,
    copy_tree,
    copy_working_tree,
    include,
    is_configured_alike,
    lay_over,
    leads_out,
    make_folder,
)

BASE, HEAD, NULL = "base", "head", "null"
"""The two sides, and a second process of head: what lies between it and head is not a change of the code, and if it
fails, head does."""

OWN, OVER = "own", "over"
"""Whose test runs on base's code: base's own, or head's laid over it."""

# What lies in a folder of such a name is tests, their helpers and data.
TEST_FOLDERS = {"tests", "test", "testing", "benchmarks", "benchmark", "bench"}

# A step of a build may take so many times as long as a process that measures may be silent.
BUILD_PATIENCE = 6


@dataclass(frozen=True, slots=True)
class Call:
    """How the session was called.

    `invocation`: as pytest was started. `named`: what it was told to collect, relative to the folder it was started in;
    none if those are names of modules, or if each side's own configuration says what. `setup`: commands that build a
    side. `include`: patterns of files, below the root folder, that both sides get although git does not track them.
    `terms`: what the run goes by, as the session is configured, unless base's configuration says otherwise and
    `base_rules`. `inifile`: where the project's own keys of pytest are, for advice.
    """

    invocation: Invocation
    named: tuple[str, ...]
    setup: tuple[str, ...]
    include: tuple[str, ...]
    terms: Terms
    inifile: IniFile
    base_rules: bool = False


@dataclass(frozen=True, slots=True)
class Sides:
    """How each side is started; `over` is base with these test modules of head in it, None if that is not wanted.

    `terms`: what the run goes by.
    """

    base: Invocation
    head: Invocation
    over: Callable[[Sequence[str]], Invocation] | None
    terms: Terms


def collecting(invocation: Invocation, files: Sequence[str]) -> Invocation:
    """Only these test modules, named from the root of the node ids; all that the call asks for if there are none.

    The same if one is not there: a module of an installed package has another place than its id says.
    """
    paths = [invocation.root / each for each in files]
    known = paths and all(path.is_file() for path in paths)
    return replace(invocation, paths=tuple(map(str, paths))) if known else invocation


class _Workshop:
    """Where the sides are made: snapshots in the folder of `scratch`, of the repository at `top`."""

    def __init__(self, top: Path, scratch: Scratch, call: Call, left_s: Callable[[], float]) -> None:
        self._top = top
        self._place = scratch.folder
        self._scratch = scratch
        self._call = call
        self._left_s = left_s

    def invocation(self, name: str) -> Invocation:
        """How pytest is called in the snapshot of this name, once that is complete."""
        given = self._call.invocation
        tree, python = self._place / name, given.python
        if self._call.setup:
            inner = given.root.resolve().relative_to(self._top)
            built = build(tree, self._call.setup, self._scratch, self._build_s(), inner)
            tree, python = built.tree, built.python
        folder, root = self._inside(given.folder, tree), self._inside(given.root, tree)
        for each in (folder, root):
            make_folder(tree, each)
        return replace(
            given,
            arguments=tuple(self._moved(word, tree) for word in given.arguments),
            folder=folder,
            root=root,
            paths=self._paths(tree),
            python=python,
            original=self._top,
            tree=tree,
        )

    def _build_s(self) -> float:
        """How long one step of a build may take, in seconds."""
        return max(0.0, min(self._left_s(), BUILD_PATIENCE * self._call.invocation.patience_s))

    def _inside(self, path: Path, tree: Path) -> Path:
        """The same place in the tree; links on the way to it are followed."""
        path = path.resolve()
        return tree / path.relative_to(self._top) if path.is_relative_to(self._top) else path

    def _moved(self, word: str, tree: Path) -> str:
        """An argument that names a place in the repository names the same place in the tree."""
        option, equals, value = word.partition("=") if word.startswith("-") else ("", "", word)
        named, colons, inner = value.partition("::")
        folder = self._call.invocation.folder
        path = folder / named
        if not Path(named).is_absolute() and (folder.resolve().is_relative_to(self._top) or not path.exists()):
            return word
        moved = self._inside(path, tree)
        return f"{option}{equals}{moved}{colons}{inner}" if moved.is_relative_to(tree) else word

    def _paths(self, tree: Path) -> tuple[str, ...]:
        """What to collect there: whole files, since tests are picked by their ids."""
        if not self._call.named:
            return ()
        found = []
        for named in self._call.named:
            path = (self._call.invocation.folder / named.partition("::")[0]).resolve()
            if not path.is_relative_to(self._top):
                raise MeasurementError(f"{named} lies outside of the repository {self._top}, so base does not have it")
            found.append(self._inside(path, tree))
        return tuple(dict.fromkeys(str(path) for path in found if path.exists())) or (str(self.nothing()),)

    def nothing(self) -> Path:
        """A folder to collect nothing from."""
        folder = self._place / "none"
        folder.mkdir(exist_ok=True)
        return folder

    def lay_tests_over(self, name: str, modules: Iterable[str]) -> None:
        """Put head's test modules, named from the root of the node ids, into the snapshot of this name; with the
        conftest.py files that they use, and all of the folder of tests that they are in."""
        head = self._place / HEAD
        root = self._inside(self._call.invocation.root, head)
        files: dict[str, None] = {}
        for module in modules:
            path = root / module
            inside = [folder for folder in path.parents if folder.is_relative_to(head)]
            tests = [folder for folder in inside[:-1] if folder.name in TEST_FOLDERS]
            beside = tests[-1].rglob("*") if tests else ()
            for file in (path, *(folder / "conftest.py" for folder in inside), *beside):
                if file.is_file() and not LEFT_OUT.intersection(file.parts):
                    files[file.relative_to(head).as_posix()] = None
        lay_over(head, self._place / name, files)


def prepare(
    repository: Repository,
    commit: str | None,
    call: Call,
    modules: Sequence[str],
    scratch: Scratch,
    left_s: Callable[[Terms], float],
) -> Sides:
    """Make snapshots of the working tree and of a commit (None: of the working tree again).

    `modules`: the test modules of head. `left_s`: seconds until everything must be over, by these terms. Raises
    GitError, MeasurementError or CacheRefused if that cannot be done, NotBuilt if only a build can help.
    """
    top, place = repository.top(), scratch.folder
    if not call.invocation.root.resolve().is_relative_to(top):
        raise GitError(f"pytest's root folder {call.invocation.root} lies outside of the repository {top}")
    copy_working_tree(top, place / HEAD)
    if commit:
        copy_commit(repository, top, commit, place / BASE)
    else:
        copy_tree(place / HEAD, place / BASE)
    trees = (place / HEAD, place / BASE)
    include(top, call.invocation.root.resolve(), call.include, trees)
    _require_sources(top, place / HEAD, call)
    # On both sides or none: what is compiled anew lies elsewhere in memory than what is read.
    call = replace(call, invocation=replace(call.invocation, keeps_code=not any(map(leads_out, trees))))
    call = _ruled(top, call, scratch, left_s)
    shop = _Workshop(top, scratch, call, lambda: left_s(call.terms))
    if call.terms.tests_from == "head":
        shop.lay_tests_over(BASE, modules)

    def over(changed: Sequence[str]) -> Invocation:
        copy_tree(place / BASE, place / OVER)
        shop.lay_tests_over(OVER, changed)
        return shop.invocation(OVER)

    return Sides(shop.invocation(BASE), shop.invocation(HEAD), None if call.terms.tests_from else over, call.terms)


def _ruled(top: Path, call: Call, scratch: Scratch, left_s: Callable[[Terms], float]) -> Call:
    """The call, by the terms of base's own configuration, where that may differ from head's."""
    trees, named = (scratch.folder / BASE, scratch.folder / HEAD), {call.inifile.name}
    if not call.base_rules or is_configured_alike(*trees, named):
        return call
    shop = _Workshop(top, scratch, call, lambda: left_s(call.terms))
    terms = ask(shop.invocation(BASE), shop.nothing(), scratch) or call.terms
    return replace(call, terms=terms, invocation=replace(call.invocation, patience_s=terms.patience_s))


def _require_sources(top: Path, head: Path, call: Call) -> None:
    """A snapshot has no compiled modules, and a package that does without them would be measured without them."""
    built = [] if call.setup else [path for path in built_modules(top, head) if not (head / path).exists()]
    if built:
        raise NotBuilt(
            f"{built[0]} is compiled, and git does not track it, so base does not have it. Tell giflab_setup how to "
            "build"
        )
