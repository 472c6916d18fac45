"""Projects in git with benchmarks, to gate as a user would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any, TypeAlias

Popen: TypeAlias = "subprocess.Popen[str]"
IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always")

# Plugins that do nothing in these projects, and take as long to import as pytest itself.
LIGHT = ("-p", "no:hypothesispytest", "-p", "no:anyio", "-p", "no:pytest_cov", "-p", "no:cacheprovider")
# One pair of processes shows what was measured; a verdict takes five and more.
MEASURED = ("-p", "fewer", "--pairs=1")
# One process is enough for what is not compared: a recording that is compared with needs five.
ONCE = ("-p", "fewer", "--processes=1")


def is_about(expected: float, ratio: float) -> bool:
    """What a single pair may say on a busy machine: no more than 1.7 times off."""
    return expected / 1.7 < ratio < expected * 1.7


WORK = """
def work(amount):
    total = 0
    for number in range(amount):
        total += number * number % 7
    return total
"""
SUITE = """
from work import work

def test_work(benchmark):
    benchmark(work, 20_000)
"""


def path_with_plugins(path: str) -> str:
    """PYTHONPATH, so that a session finds the plugins of `tests/helpers/loaded`."""
    return os.pathsep.join(filter(None, [str(Path(__file__).with_name("loaded")), path]))


def install(site: Path, name: str, modules: Sequence[str], origin: Mapping[str, object] | None) -> None:
    """Put empty modules into a folder of installed ones, as pip does; `origin`: what is in `direct_url.json`."""
    record = site / f"{name}-1.0.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (record / "RECORD").write_text("".join(f"{each},,\n" for each in (*modules, "../bin/script")))
    if origin is not None:
        (record / "direct_url.json").write_text(json.dumps(origin))
    for each in modules:
        (site / each).parent.mkdir(exist_ok=True)
        (site / each).touch()


@contextmanager
def interruptible(command: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> Iterator[Popen]:
    """A process that Ctrl-C and a closed terminal end, even if this one was started to ignore them.

    A shell lets what it starts in the background ignore SIGINT, as nohup does with SIGHUP, and a process hands on what
    it ignores. What the process prints is in its `stdout`. It ends with the block: one that a failed test left would
    fail another test, when it is collected as garbage.
    """

    def heed_signals() -> None:
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)

    heed = heed_signals if os.name == "posix" else None
    out, err = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(command, cwd=cwd, env=env, stdout=out, stderr=err, text=True, preexec_fn=heed) as process:
        try:
            yield process
        finally:
            process.kill()


class Project:
    """A folder in git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")
        # What any run of pytest leaves, unless the environment forbids it.
        (folder / ".git" / "info" / "exclude").write_text("__pycache__/\n")

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")

    def commit(self, files: Mapping[str, str] | None = None) -> str:
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a change")
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str) -> str:
        command = ["git", *IDENTITY, *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def start(
        self, *arguments: str, python: str = sys.executable, options: Sequence[str] = (), **environment: str
    ) -> AbstractContextManager[Popen]:
        """Start pytest in the folder, as `python -m pytest`; `options` are the interpreter's."""
        names = ("CI", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER")
        own = {name: value for name, value in os.environ.items() if name not in names}
        env = {**own, "COLUMNS": "200", **environment}
        env["PYTHONPATH"] = path_with_plugins(env.get("PYTHONPATH", ""))
        return interruptible([python, *options, "-m", "pytest", *LIGHT, *arguments], cwd=self.folder, env=env)

    def run(
        self, *arguments: str, python: str = sys.executable, options: Sequence[str] = (), **environment: str
    ) -> Run:
        """Run pytest to its end."""
        with self.start(*arguments, python=python, options=options, **environment) as process:
            said, _ = process.communicate(timeout=300)
        return Run(process.returncode, said)

    def against(
        self, ref: str, *arguments: str, python: str = sys.executable, options: Sequence[str] = (), **environment: str
    ) -> Run:
        """Measure side by side with a commit."""
        return self.gated(f"--giflab-against={ref}", *arguments, python=python, options=options, **environment)

    def gated(
        self, *arguments: str, python: str = sys.executable, options: Sequence[str] = (), **environment: str
    ) -> Run:
        """Run pytest to its end, and read its report."""
        report = self.folder.with_name(f"{self.folder.name}.json")
        report.unlink(missing_ok=True)
        found = self.run(f"--giflab-report={report}", *arguments, python=python, options=options, **environment)
        found.report = json.loads(report.read_text()) if report.exists() else {}
        return found


class Run:
    """What a run of pytest said, and its report."""

    def __init__(self, status: int, said: str) -> None:
        self.status = status
        self.said = said
        self.report: dict[str, Any] = {}

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        """The benchmarks of the report, by the name of the test."""
        assert self.report, f"no report was written:\n{self.said}"
        return {row["id"].rpartition("::")[2]: row for row in self.report["benchmarks"]}
