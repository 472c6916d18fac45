"""Where and on what code a measurement was made."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

from pytest_giflab.errors import GitError
from pytest_giflab.model import Environment, Revision
from pytest_giflab.workspace import Repository

VERSIONS_THAT_MATTER = ("numpy", "pillow", "pytest", "pytest-benchmark", "pytest-giflab", "scipy")


def capture() -> Environment:
    """This machine and interpreter."""
    return Environment(
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        cpu=_cpu_model(),
        cores=os.cpu_count() or 1,
        system=platform.system(),
        machine=platform.machine(),
        packages={name: version for name in VERSIONS_THAT_MATTER if (version := _version(name))},
    )


def revision(root: Path, store: Path) -> Revision:
    """The commit checked out in `root`, and whether the files differ from it; no commit outside of git, and none of a
    folder that git ignores.

    The baselines in `store` and Python's byte code do not make a tree dirty.
    """
    repository = Repository(root)
    try:
        commit = repository.commit("HEAD")
    except GitError:
        return Revision(None, dirty=True)
    if repository.ignores(root):
        return Revision(None, dirty=True)
    excluded = [":(exclude,glob)**/__pycache__/**", ":(exclude).giflab"]
    if store.is_relative_to(root):
        excluded.append(f":(exclude){store.relative_to(root).as_posix()}")
    return Revision(commit, dirty=repository.is_dirty(excluded))


def place_in_repository(folder: Path) -> str:
    """Where the folder is below the top of its repository, with slashes; "" at the top, and outside of git."""
    try:
        place = folder.resolve().relative_to(Repository(folder).top()).as_posix()
    except (GitError, ValueError):
        return ""
    return "" if place == "." else place


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor())
