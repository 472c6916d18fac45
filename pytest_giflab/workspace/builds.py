"""Build a snapshot in an environment of its own, once for each content."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import site
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import IO

from platformdirs import user_cache_path

from pytest_giflab.errors import MeasurementError
from pytest_giflab.workspace.snapshot import digest
from pytest_giflab.workspace.temporary import Scratch

if sys.platform != "win32":
    import fcntl

KEPT = 12
READY, TREE, ENVIRONMENT = "ready", "tree", "env"
TAIL_LINES = 15


SETUP_LIMIT_S = 1800
DAY_S = 86400


@dataclass(frozen=True, slots=True)
class Built:
    """A snapshot that was built: its folder, and the interpreter that it was built for."""

    tree: Path
    python: str


def cache_folder() -> Path:
    """Where built environments are kept: `GIFLAB_CACHE_DIR`, or the system's folder for caches."""
    named = os.environ.get("GIFLAB_CACHE_DIR")
    return (Path(named) if named else user_cache_path("pytest-giflab")) / "environments"


def build(snapshot: Path, commands: Sequence[str], cache: Path, scratch: Scratch) -> Built:
    """Run `commands` in a copy of the snapshot, with a new virtual environment that also sees what is installed here.

    What was built of the same content, by the same commands and beside the same distributions is taken from the cache,
    and is locked while `scratch` lives. Raises MeasurementError if a command fails.
    """
    place = cache / _key(snapshot, commands)
    python = place / ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = scratch.holds.enter_context((cache / f"{place.name}.lock").open("w"))
    _lock(lock, shared=False)
    if not (place / READY).exists():
        shutil.rmtree(place, ignore_errors=True)
        try:
            _make(place, snapshot, commands, python, scratch)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    (place / READY).touch()
    # Whatever a run before has written over the project's files.
    shutil.copytree(snapshot, place / TREE, symlinks=True, dirs_exist_ok=True)
    _lock(lock, shared=True)
    _drop_old(cache)
    return Built(place / TREE, str(python))


def _key(snapshot: Path, commands: Sequence[str]) -> str:
    beside = sorted(f"{each.name}=={each.version}" for each in metadata.distributions())
    facts = [digest(snapshot), list(commands), sys.version, sys.prefix, beside]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _lock(stream: IO[str], *, shared: bool) -> None:
    """Alone while building and repairing, together with other gates while measuring; until the file is closed."""
    if sys.platform != "win32":
        fcntl.flock(stream, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)


def _make(place: Path, snapshot: Path, commands: Sequence[str], python: Path, scratch: Scratch) -> None:
    shutil.copytree(snapshot, place / TREE, symlinks=True)
    builder = venv.EnvBuilder(symlinks=sys.platform != "win32", with_pip=util.find_spec("pip") is None)
    builder.create(place / ENVIRONMENT)
    # After its own packages, those of this session: pytest, the plugins, what the project depends on.
    here = [folder for folder in (*site.getsitepackages(), site.getusersitepackages()) if folder in sys.path]
    lines = "".join(f"import site; site.addsitedir({folder!r})\n" for folder in here)
    (_site_packages(place / ENVIRONMENT) / "zz_session.pth").write_text(lines, encoding="utf-8")
    own = {
        **os.environ,
        "PATH": os.pathsep.join([str(python.parent), os.environ.get("PATH", "")]),
        "VIRTUAL_ENV": str(place / ENVIRONMENT),
        # A snapshot has no tags to make a version from.
        "SETUPTOOLS_SCM_PRETEND_VERSION": os.environ.get("SETUPTOOLS_SCM_PRETEND_VERSION", "0.0.0"),
    }
    own.pop("PYTHONPATH", None)
    for command in commands:
        shell = ["cmd", "/c", command] if sys.platform == "win32" else ["sh", "-c", command]
        status, said = _run(shell, place / TREE, own, scratch)
        if status:
            end = "\n".join(said.rstrip().splitlines()[-TAIL_LINES:])
            raise MeasurementError(f"giflab_setup failed for {snapshot.name} with {status}: {command}\n{end}")


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str], scratch: Scratch) -> tuple[str, str]:
    """Run a command to its end: why it failed, if it did, and what it said. It does not outlive the session."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        scratch.guard(process.pid)
        try:
            said, _ = process.communicate(timeout=SETUP_LIMIT_S)
        except subprocess.TimeoutExpired:
            return f"no end after {SETUP_LIMIT_S} s", ""
        finally:
            scratch.kill(process.pid)
    return f"exit status {process.returncode}" if process.returncode else "", said


def _site_packages(environment: Path) -> Path:
    if sys.platform == "win32":
        return environment / "Lib" / "site-packages"
    return next(environment.glob("lib/python*/site-packages"))


def _drop_old(cache: Path) -> None:
    """Remove what was used longest ago, and what was never finished; nothing of the last day."""
    places = [place for place in cache.iterdir() if place.is_dir()]
    used = {place: (place / READY if (place / READY).exists() else place).stat().st_mtime for place in places}
    unfinished = [place for place in places if not (place / READY).exists()]
    for place in {*unfinished, *sorted(places, key=used.__getitem__, reverse=True)[KEPT:]}:
        if used[place] < max(used.values()) - DAY_S:
            shutil.rmtree(place, ignore_errors=True)
