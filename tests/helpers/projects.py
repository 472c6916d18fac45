"""Projects in git with benchmarks, to gate as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always")

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

    def start(self, *arguments: str, python: str = sys.executable, **environment: str) -> subprocess.Popen[str]:
        """Start pytest in the folder, as `python -m pytest`."""
        names = ("CI", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER")
        own = {name: value for name, value in os.environ.items() if name not in names}
        command = [python, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env={**own, "COLUMNS": "200", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, python: str = sys.executable, **environment: str) -> Run:
        """Run pytest to its end."""
        process = self.start(*arguments, python=python, **environment)
        said, _ = process.communicate(timeout=300)
        return Run(process.returncode, said)

    def against(self, ref: str, *arguments: str, **environment: str) -> Run:
        """Measure side by side with a commit."""
        return self.gated(f"--giflab-against={ref}", *arguments, **environment)

    def gated(self, *arguments: str, **environment: str) -> Run:
        """Run pytest to its end, and read its report."""
        report = self.folder.with_name(f"{self.folder.name}.json")
        report.unlink(missing_ok=True)
        found = self.run(f"--giflab-report={report}", *arguments, **environment)
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
