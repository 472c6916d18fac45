"""Copies of a repository's files: of a commit, and of the working tree as it is."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterable
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from pytest_giflab.errors import ELSEWHERE, GitError, GitMissing, NotARepository
from pytest_giflab.workspace.git import Repository

# Never part of a snapshot, tracked or not.
LEFT_OUT = {"__pycache__", ".giflab"}
LEAST_FREE_BYTES = 1 << 20
VENV_MARK = "pyvenv.cfg"


def find_repository(folder: Path) -> Repository:
    """The repository that `folder` is in; raises GitError, and NotARepository with advice if it is not in one."""
    repository = Repository(folder)
    try:
        return Repository(repository.top())
    except NotARepository:
        raise NotARepository(
            f"{folder} is not in a git repository, and a duet takes the code to compare with from git"
        ) from None


def resolve(repository: Repository, ref: str) -> str:
    """The full name of the commit that `ref` names; `main...` names the commit where HEAD left main.

    Raises GitError with advice if the repository does not have it.
    """
    name = ref.removesuffix("...")
    try:
        return repository.common_ancestor(name) if name != ref else repository.commit(name)
    except GitMissing:
        raise
    except GitError:
        pass
    if repository.has(f"origin/{name}"):
        advice = f"there is origin/{name}"
    elif repository.is_shallow():
        advice = "this clone is shallow: fetch more of it, such as with git fetch --unshallow (or fetch-depth: 0)"
    else:
        advice = "fetch it, or name another commit, branch or tag"
    what = f"no common ancestor of {name!r} and HEAD" if name != ref else f"no commit {ref!r}"
    raise GitError(f"{what} in this repository; {advice}")


def copy_commit(repository: Repository, top: Path, commit: str, tree: Path) -> None:
    """Write the files of a commit into the new folder `tree`, those of its submodules included.

    Beside `tree` git's index lies for a while, in a file of that name and `.index`.
    """
    _check_out(repository, top, commit, tree, tree.with_name(f"{tree.name}.index"))
    for folder, folders, files in os.walk(tree):
        for name in LEFT_OUT.intersection([*folders, *files]):
            _make_room(Path(folder, name))
        folders[:] = [name for name in folders if name not in LEFT_OUT]


def _check_out(repository: Repository, top: Path, commit: str, tree: Path, index: Path) -> None:
    """`index`: a file outside of the snapshot, in which anything may have the name that it has."""
    tree.mkdir()
    try:
        repository.check_out(commit, tree, index)
    except GitError as error:
        # Git says what it could not write, and not why.
        if shutil.disk_usage(tree).free < LEAST_FREE_BYTES:
            raise GitError(f"{error}: the disk is full; free some space, or {ELSEWHERE}") from error
        raise
    index.unlink(missing_ok=True)
    for path, wanted in repository.submodules(commit):
        if not (top / path / ".git").exists():
            continue  # the working tree does without it, too
        inner = Repository(top / path)
        if not inner.has(wanted):
            raise GitError(f"submodule {path} lacks commit {wanted[:12]} of the base; git -C {path} fetch")
        place = place_in(tree, path)
        _make_room(place)
        _check_out(inner, top / path, wanted, place, index)


def copy_working_tree(top: Path, tree: Path) -> None:
    """Write the files of the working tree into the new folder `tree`: changed and new ones too, not those that git
    ignores. Byte code, `.giflab`, virtual environments and other repositories stay out, submodules are in. Compiled
    modules that git does not track stay out, ignored or not: a build left them here, and base would do without."""
    tree.mkdir()
    repository = Repository(top)
    left = set(_compiled(repository))
    tracked = {path for path, _ in repository.submodules("HEAD")} if repository.has("HEAD") else set()
    environments: dict[Path, bool] = {}
    for path in repository.files():
        source = top / path
        if path in left or LEFT_OUT.intersection(Path(path).parts) or _in_environment(top, Path(path), environments):
            continue
        if any((top / folder).is_symlink() for folder in Path(path).parents[:-1]):
            continue  # git's index has it, but a link has taken the place of its folder
        if source.is_dir() and not source.is_symlink():
            if path in tracked and (source / ".git").exists():
                copy_working_tree(source, place_in(tree, path))
        elif source.is_file() or source.is_symlink():
            shutil.copy2(source, place_in(tree, path), follow_symlinks=False)


def _in_environment(top: Path, path: Path, known: dict[Path, bool]) -> bool:
    """Whether a folder of `path` is a virtual environment."""
    for folder in path.parents[:-1]:
        if folder not in known:
            known[folder] = (top / folder / VENV_MARK).exists()
        if known[folder]:
            return True
    return False


def lay_over(source: Path, tree: Path, files: Iterable[str]) -> None:
    """Put these files of one snapshot into another, in place of what is there."""
    for file in files:
        target = place_in(tree, file)
        _make_room(target)
        shutil.copy2(source / file, target)


def place_in(tree: Path, name: str) -> Path:
    """Where a file of this name goes in a snapshot, with the folders that it lies in.

    What is in the way of a folder is replaced: a file, and a link that leads out of the snapshot.
    """
    make_folder(tree, (tree / name).parent)
    return tree / name


def make_folder(tree: Path, folder: Path) -> None:
    """Have a folder in a snapshot, with those that it lies in; what is in the way is replaced as `place_in` does."""
    home = tree.resolve()
    for each in reversed([each for each in (folder, *folder.parents) if tree in each.parents]):
        if not (each.is_dir() and each.resolve().is_relative_to(home)):
            _make_room(each)
            each.mkdir()


def leads_out(tree: Path) -> bool:
    """Whether a link in a snapshot leads to a folder outside of it; byte code of what is there would be written
    there."""
    home = tree.resolve()
    return any(
        path.is_symlink() and not path.resolve().is_relative_to(home)
        for folder, folders, _ in os.walk(tree)
        for path in (Path(folder, name) for name in folders)
    )


def copy_tree(source: Path, tree: Path) -> None:
    """A second copy of a snapshot, without byte code: that of a file which is then replaced would count for the new one
    if both have the same size and were written in the same second."""
    shutil.copytree(source, tree, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))


def restore_tree(source: Path, tree: Path) -> None:
    """Put all of a snapshot into a folder again, in place of whatever is there; what else is in it stays."""
    for folder, folders, files in os.walk(source):
        inside = tree / Path(folder).relative_to(source)
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in [*files, *links]:
            _make_room(inside / name)
            shutil.copy2(Path(folder, name), inside / name, follow_symlinks=False)
        for name in set(folders).difference(links):
            if (inside / name).is_symlink() or not (inside / name).is_dir():
                _make_room(inside / name)
                (inside / name).mkdir()


def _make_room(path: Path) -> None:
    """Remove what is there, if anything; a link alone, a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def digest(tree: Path) -> str:
    """SHA-256 over the paths, kinds and contents of all files."""
    total = hashlib.sha256()
    for folder, folders, files in os.walk(tree):
        folders.sort()
        for name in sorted([*files, *(each for each in folders if Path(folder, each).is_symlink())]):
            path = Path(folder, name)
            mode = path.lstat().st_mode
            content = os.readlink(path).encode() if stat.S_ISLNK(mode) else path.read_bytes()
            facts = (
                path.relative_to(tree).as_posix().encode("utf-8", "surrogateescape"),
                str(mode & 0o170100).encode(),
            )
            for part in (*facts, content):
                total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def built_modules(top: Path, tree: Path) -> list[str]:
    """Compiled modules that lie in the working tree beside the project's code, and that git does not track."""
    return [path for path in _compiled(Repository(top)) if any((tree / path).parent.glob("*.py"))]


def _compiled(repository: Repository) -> list[str]:
    """Paths of compiled modules that git does not track."""
    return [path for path in repository.untracked() if path.endswith(tuple(EXTENSION_SUFFIXES))]
