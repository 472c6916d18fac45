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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from platformdirs import user_cache_path

from pytest_giflab.errors import MeasurementError
from pytest_giflab.snapshot import digest

if sys.platform != "win32":
    import fcntl

KEPT = 12
READY, TREE, ENVIRONMENT = "ready", "tree", "env"
TAIL_LINES = 15


@dataclass(frozen=True, slots=True)
class Built:
    """A snapshot that was built: its folder, and the interpreter that it was built for."""

    tree: Path
    python: str


def cache_folder() -> Path:
    """Where built environments are kept: `GIFLAB_CACHE_DIR`, or the system's folder for caches."""
    named = os.environ.get("GIFLAB_CACHE_DIR")
    return (Path(named) if named else user_cache_path("pytest-giflab")) / "environments"


def build(snapshot: Path, commands: Sequence[str], cache: Path) -> Built:
    """Run `commands` in a copy of the snapshot, with a new virtual environment that also sees what is installed here.

    What was built of the same content, by the same commands and beside the same distributions is taken from the cache.
    Raises MeasurementError where a command fails.
    """
    place = cache / _key(snapshot, commands)
    python = place / ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _locked(cache / f"{place.name}.lock"):
        if not (place / READY).exists():
            shutil.rmtree(place, ignore_errors=True)
            try:
                _make(place, snapshot, commands, python)
            except BaseException:
                shutil.rmtree(place, ignore_errors=True)
                raise
        (place / READY).touch()
    _drop_old(cache)
    return Built(place / TREE, str(python))


def _key(snapshot: Path, commands: Sequence[str]) -> str:
    beside = sorted(f"{each.name}=={each.version}" for each in metadata.distributions())
    facts = [digest(snapshot), list(commands), sys.version, sys.prefix, beside]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time; two gates may want the same environment."""
    with path.open("w") as stream:
        if sys.platform != "win32":
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _make(place: Path, snapshot: Path, commands: Sequence[str], python: Path) -> None:
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
        done = subprocess.run(
            shell, cwd=place / TREE, env=own, capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).rstrip().splitlines()[-TAIL_LINES:])
            raise MeasurementError(
                f"giflab_setup failed for {snapshot.name} with exit status {done.returncode}: {command}\n{said}"
            )


def _site_packages(environment: Path) -> Path:
    if sys.platform == "win32":
        return environment / "Lib" / "site-packages"
    return next(environment.glob("lib/python*/site-packages"))


def _drop_old(cache: Path) -> None:
    places = [place for place in cache.iterdir() if (place / READY).exists()]
    for place in sorted(places, key=lambda each: (each / READY).stat().st_mtime, reverse=True)[KEPT:]:
        shutil.rmtree(place, ignore_errors=True)
        place.with_suffix(".lock").unlink(missing_ok=True)
