"""Ask git: the only file that runs it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_giflab.errors import GitError, GitMissing, NotARepository

TIMEOUT_S = 120
SUBMODULE = "160000"
# In git's own words, which LC_ALL=C keeps in English; its exit status does not tell.
NO_REPOSITORY = "not a git repository"
# Set while git runs a hook: they name its index and work tree, not those of `folder`.
OF_A_HOOK = ("GIT_COMMON_DIR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE")


class Repository:
    """The repository that `folder` is in. Every method raises GitError if git cannot answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def top(self) -> Path:
        """The root of its working tree."""
        return Path(self._ask("rev-parse", "--show-toplevel")).resolve()

    def commit(self, name: str) -> str:
        """The full name of a commit."""
        return self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")

    def common_ancestor(self, name: str) -> str:
        """The best common ancestor of a commit and HEAD."""
        return self._ask("merge-base", "--end-of-options", name, "HEAD")

    def is_dirty(self, excluded: Sequence[str]) -> bool:
        """Whether files below `folder` differ from HEAD, but for these path specifications."""
        try:
            return self._ask("status", "--porcelain", "--untracked-files=all", "--", ".", *excluded) != ""
        except GitError:
            return True

    def is_shallow(self) -> bool:
        """Whether it lacks older commits."""
        return self._ask("rev-parse", "--is-shallow-repository") == "true"

    def has(self, name: str) -> bool:
        """Whether there is a commit of this name."""
        try:
            return bool(self.commit(name))
        except GitError:
            return False

    def files(self) -> Iterator[str]:
        """Paths of all files of the working tree that git tracks or would track; of submodules and other repositories
        the folder."""
        yield from dict.fromkeys(self._list("ls-files", "-z", "--cached", "--others", "--exclude-standard"))

    def untracked(self) -> Iterator[str]:
        """Paths of files that git does not track, ignored or not; folders that it ignores as a whole come as one."""
        yield from self._list("ls-files", "-z", "--others", "--exclude-standard")
        yield from self._list("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory")

    def ignores(self, folder: Path) -> bool:
        """Whether git would not track what is in this folder."""
        try:
            self._ask("check-ignore", "--quiet", str(folder.resolve()))
        except GitError:
            return False  # its exit status is 1 then
        return True

    def ignored(self) -> Iterator[str]:
        """Paths of all files that git ignores."""
        yield from self._list("ls-files", "-z", "--others", "--ignored", "--exclude-standard")

    def submodules(self, commit: str) -> Iterator[tuple[str, str]]:
        """Path and commit of each submodule of a commit."""
        for line in self._list("ls-tree", "-r", "-z", "--full-tree", commit):
            facts, _, path = line.partition("\t")
            mode, _, name = facts.split(" ")
            if mode == SUBMODULE:
                yield path, name

    def check_out(self, commit: str, folder: Path, index: Path) -> None:
        """Write all files of a commit into `folder`. The index of the user is not touched: `index` is a file to be."""
        own = {"GIT_INDEX_FILE": str(index)}
        self._ask("read-tree", commit, environment=own)
        self._ask("checkout-index", "--all", "--quiet", f"--prefix={folder}/", environment=own)

    def _list(self, *arguments: str) -> list[str]:
        return [path for path in self._ask(*arguments).split("\0") if path]

    def _ask(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        command = ["git", "-C", str(self._folder), *arguments]
        inherited = {name: value for name, value in os.environ.items() if name not in OF_A_HOOK}
        # Without optional locks `git status` does not write the index.
        own = {**inherited, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", **(environment or {})}
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=TIMEOUT_S, env=own)
        except FileNotFoundError as error:
            raise GitMissing("git is not installed, and a duet takes the code to compare with from git") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GitError(f"git {arguments[0]} failed: {error}") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            kind = NotARepository if any(NO_REPOSITORY in line for line in said[:1]) else GitError
            raise kind(f"git {arguments[0]} failed: {said[0] if said else f'exit status {done.returncode}'}")
        return done.stdout.decode(errors="surrogateescape").removesuffix("\n")
