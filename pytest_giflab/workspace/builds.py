"""Build a snapshot in an environment of its own, once for each content."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import site
import stat
import subprocess
import sys
import threading
import venv
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from giflab_core.cache import DAY_S, MARK, READY, Builds, private_builds, require_private
from giflab_core.text import printable
from pytest_giflab.errors import MeasurementError, in_words, is_of_full_disk
from pytest_giflab.workspace.beginning import elapsed_s
from pytest_giflab.workspace.snapshot import digest, restore_tree
from pytest_giflab.workspace.temporary import Scratch

TREE, ENVIRONMENT = "tree", "env"
PYTHON = Path(ENVIRONMENT, "Scripts/python.exe" if sys.platform == "win32" else "bin/python")
PACKAGES = "Lib/site-packages" if sys.platform == "win32" else "lib*/python*/site-packages"
TAIL_LINES = 15
POLL_S = 0.01
# Where backends that take a version from git look for one first: setuptools_scm and hatch-vcs, pdm-backend, pbr, and
# plugins of poetry and uv.
PRETENDED = (
    *("SETUPTOOLS_SCM_PRETEND_VERSION", "PDM_BUILD_SCM_VERSION", "PBR_VERSION"),
    *("POETRY_DYNAMIC_VERSIONING_BYPASS", "UV_DYNAMIC_VERSIONING_BYPASS"),
)
NO_VERSION = "0.0.0"
ELSEWHERE = "name another folder by GIFLAB_CACHE_DIR"


@dataclass(frozen=True, slots=True)
class Built:
    """A snapshot that was built: its folder, and the interpreter that it was built for."""

    tree: Path
    python: str


def build(snapshot: Path, commands: Sequence[str], scratch: Scratch, limit_s: float, inner: Path = Path()) -> Built:
    """Run `commands` in a copy of the snapshot, with a new virtual environment that also sees what is installed here.

    `inner`: the folder to run them in, from the top of the snapshot. `limit_s`: so long a command may run, and so long
    another session may use what is to be used here.

    What was built of the same content, by the same commands and beside the same distributions is taken from the cache,
    and is locked while `scratch` lives. Raises MeasurementError if a command fails or takes too long, or if another
    session does, and CacheRefused if the folder of the cache, or what was built there, belongs to somebody else or
    could be written by others.
    """
    builds = private_builds()
    name = _key(snapshot, commands, inner)
    place = builds.place(name)
    # Both sides may be the same code, and who holds a lock would wait for itself.
    while name not in scratch.locked:
        try:
            lock = scratch.holds.enter_context(closing(builds.lock(name, limit_s)))
        except TimeoutError as error:
            raise MeasurementError(f"{error} by another session, after {limit_s:.0f} s") from error
        try:
            _prepare(builds, name, _Steps(snapshot, commands, inner, limit_s), scratch)
        except OSError as error:
            raise MeasurementError(f"cannot build in {printable(place)}: {in_words(error, ELSEWHERE)}") from error
        if lock.share():
            scratch.locked.add(name)
    # Of the last day nothing goes: the gates of many projects would build by turns.
    builds.prune(spared_s=DAY_S)
    return Built(place / TREE, str(place / PYTHON))


@dataclass(frozen=True, slots=True)
class _Steps:
    """What to build, by which commands, in which folder of it, and how long one may take."""

    snapshot: Path
    commands: Sequence[str]
    inner: Path
    limit_s: float


def _prepare(builds: Builds, name: str, steps: _Steps, scratch: Scratch) -> None:
    """Build in the place of this name, or restore what was built there; nobody else uses it meanwhile."""
    place = builds.place(name)
    if place.exists():
        require_private(place)
    if not builds.is_ready(name):
        _make_anew(builds, name, steps, scratch)
    require_private(*_folders(place))
    (place / READY).touch()
    # Whatever a run before has written over the project's files.
    restore_tree(steps.snapshot, place / TREE)
    _close_to_others(place)


def _close_to_others(place: Path) -> None:
    """Whatever the umask, nobody else may write into these folders; what is below the first, they do not reach."""
    place.chmod(0o700)
    for folder in _folders(place):
        folder.chmod(folder.stat().st_mode & ~(stat.S_IWGRP | stat.S_IWOTH))


def _folders(place: Path) -> list[Path]:
    """The folders of a build that its code and its interpreter run and import from, with those above them."""
    environment = place / ENVIRONMENT
    found = environment.glob(PACKAGES)
    packages = {folder for each in found for folder in (each, *each.parents) if environment in folder.parents}
    return [place / TREE, environment, (place / PYTHON).parent, *sorted(packages)]


def _key(snapshot: Path, commands: Sequence[str], inner: Path) -> str:
    beside = sorted(f"{each.name}=={each.version}" for each in metadata.distributions())
    facts = [MARK, digest(snapshot), list(commands), inner.as_posix(), sys.version, sys.prefix, beside]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _make_anew(builds: Builds, name: str, steps: _Steps, scratch: Scratch) -> None:
    try:
        place = builds.begin(name)
    except OSError as error:
        if is_of_full_disk(error):
            raise
        where = printable(builds.place(name))
        raise MeasurementError(f"cannot build in {where}: {error.strerror}; remove what is there") from error
    try:
        _make(place, steps, scratch)
        _close_to_others(place)
    except BaseException:
        with suppress(OSError):
            builds.empty(name)
        raise


def _make(place: Path, steps: _Steps, scratch: Scratch) -> None:
    shutil.copytree(steps.snapshot, place / TREE, symlinks=True)
    folder = place / TREE / steps.inner
    folder.mkdir(parents=True, exist_ok=True)
    builder = venv.EnvBuilder(symlinks=sys.platform != "win32", with_pip=util.find_spec("pip") is None)
    builder.create(place / ENVIRONMENT)
    # After its own packages, those of this session: pytest, the plugins, what the project depends on.
    here = [folder for folder in (*site.getsitepackages(), site.getusersitepackages()) if folder in sys.path]
    lines = "".join(f"import site; site.addsitedir({folder!r})\n" for folder in here)
    (_site_packages(place / ENVIRONMENT) / "zz_session.pth").write_text(lines, encoding="utf-8")
    own = {
        **os.environ,
        "PATH": os.pathsep.join([str((place / PYTHON).parent), os.environ.get("PATH", "")]),
        "VIRTUAL_ENV": str(place / ENVIRONMENT),
    }
    # A snapshot has no tags to make a version from.
    own = {**dict.fromkeys(PRETENDED, NO_VERSION), **own}
    own.pop("PYTHONPATH", None)
    for command in steps.commands:
        shell = ["cmd", "/c", command] if sys.platform == "win32" else ["sh", "-c", command]
        status, said = _run(shell, folder, own, scratch, steps.limit_s)
        if status:
            end = "\n".join(said.rstrip().splitlines()[-TAIL_LINES:])
            raise MeasurementError(f"giflab_setup failed for {steps.snapshot.name} with {status}: {command}\n{end}")


def _run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], scratch: Scratch, limit_s: float
) -> tuple[str, str]:
    """Run a command to its end: why it failed, if it did, and what it said. It does not outlive the session."""
    log = scratch.folder / "setup.txt"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process,
    ):
        scratch.guard(process.pid)
        # Not by the clock of subprocess, which a conftest.py may have frozen.
        until, pause = elapsed_s() + limit_s, threading.Event()
        try:
            while process.poll() is None and elapsed_s() < until:
                pause.wait(POLL_S)
            status = process.returncode
        finally:
            process.kill()
            scratch.kill(process.pid)
    said = log.read_text(encoding="utf-8", errors="replace")
    if status is None:
        return f"no end after {limit_s:.0f} s (six times giflab_timeout, or what is left of the budget)", said
    return f"exit status {status}" if status else "", said


def _site_packages(environment: Path) -> Path:
    if sys.platform == "win32":
        return environment / "Lib" / "site-packages"
    return next(environment.glob("lib/python*/site-packages"))
