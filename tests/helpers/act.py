"""Run this repository's workflows, and the documented ones, on this machine with act."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.helpers.projects import LIGHT
from tests.helpers.tools import require_tool

# What act cannot do on this machine: fetch the actions of others, upload. What they do there is done here.
STUBS = {
    "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405": """\
inputs: {python-version: {description: version}}
runs: {using: composite, steps: [{shell: bash, run: python --version}]}
""",
    "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a": """\
inputs: {name: {description: name}, path: {description: path}, overwrite: {description: whether}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {NAME: "${{ inputs.name }}", FILE: "${{ inputs.path }}"}
      run: cd "$(dirname "$FILE")" && python -m zipfile -c "$UPLOADS/$NAME.zip" "$(basename "$FILE")"
""",
}
# Everything is installed already; `python -m pip install` and `pip install` say so.
PYTHON = """\
#!/bin/sh
case "$1 $2 $3" in "-m pip install") echo "installed already: $*"; exit 0 ;; esac
exec {python} "$@"
"""
PIP = '#!/bin/sh\necho "installed already: $*"\n'


@dataclass(frozen=True, slots=True)
class Ran:
    """How a workflow ended, and what it said."""

    code: int
    out: str

    @property
    def conclusion(self) -> str:
        """As GitHub calls it."""
        return "failure" if self.code else "success"


class Runner:
    """Runs workflows; what they upload lies in `uploads`."""

    def __init__(self, folder: Path) -> None:
        self._act = require_tool("act")
        self._folder = folder
        self.uploads = folder / "uploads"
        self.uploads.mkdir(parents=True)
        self._stubs = []
        for number, (name, steps) in enumerate(STUBS.items()):
            stub = folder / f"stub{number}"
            stub.mkdir()
            (stub / "action.yml").write_text(f"name: stub\ndescription: stub\n{steps}\n")
            self._stubs.append(f"{name}={stub}")
        self._stubs.append(f"OWNER/pytest-giflab@v0.1.0={tracked_files(folder / 'project')}")
        self._programs = folder / "programs"
        self._programs.mkdir()
        for name, text in {"python": PYTHON.format(python=sys.executable), "pip": PIP}.items():
            program = self._programs / name
            program.write_text(text)
            program.chmod(0o755)

    def run(
        self,
        name: str,
        event: Mapping[str, Any],
        repository: Path,
        workflow: str,
        secrets: Mapping[str, str] | None = None,
        **variables: str,
    ) -> Ran:
        """Run a workflow of the repository for this event, as the files in the working tree are."""
        path = self._folder / "event.json"
        path.write_text(json.dumps(event))
        given = {"UPLOADS": str(self.uploads), "GITHUB_REPOSITORY": event["repository"]["full_name"], **variables}
        given["PYTEST_ADDOPTS"] = " ".join(LIGHT)
        places = [self._programs, Path(sys.executable).parent, os.environ["PATH"]]
        command = [self._act, name, "-W", f".github/workflows/{workflow}", "-e", str(path), "--action-offline-mode"]
        command += ["-P", "ubuntu-latest=-self-hosted"]
        for option, values in (
            ("--local-repository", self._stubs),
            ("--env", [f"{key}={value}" for key, value in given.items()]),
            ("--secret", [f"{key}={value}" for key, value in (secrets or {}).items()]),
        ):
            command += [word for value in values for word in (option, value)]
        own = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_", "COVERAGE_"))}
        environment = {**own, "PATH": os.pathsep.join(map(str, places)), "XDG_CACHE_HOME": str(self._folder / "cache")}
        done = subprocess.run(
            command, cwd=repository, env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        return Ran(done.returncode, done.stdout + done.stderr)

    def take_upload(self, name: str) -> bytes:
        """The artifact that was uploaded last, which is gone then."""
        path = self.uploads / f"{name}.zip"
        data = path.read_bytes()
        path.unlink()
        return data


def tracked_files(folder: Path) -> Path:
    """Put this project into the folder as users of its action get it; what git does not track may take minutes."""
    for name in filter(None, git(ROOT, "ls-files", "-z").split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Run git there; what it prints."""
    program = shutil.which("git") or "git"
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    identity += ["-c", "safe.directory=*"]  # a checkout that is tested may belong to somebody else
    done = subprocess.run([program, *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()
