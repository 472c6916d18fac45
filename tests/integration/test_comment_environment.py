"""The job that may write: what it installs is little, locked by hashes, and enough."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_giflab.report.document import to_document
from tests.conftest import ROOT
from tests.helpers.measurements import comparison, report
from tests.helpers.standin import BOT, REPOSITORY, TOKENS
from tests.helpers.tools import require_tool
from tests.integration.conftest import Hub

REQUIREMENTS = ROOT / ".github" / "actions" / "performance-comment" / "requirements.txt"
MOST_DISTRIBUTIONS, MOST_BYTES = 12, 40_000_000


def test_every_distribution_has_one_version_and_hashes() -> None:
    lines = [line for line in REQUIREMENTS.read_text().splitlines() if line and not line.startswith("#")]
    names = [line for line in lines if not line.startswith(" ")]
    assert 0 < len(names) <= MOST_DISTRIBUTIONS
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+ \\", name) for name in names)
    assert all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines if line not in names)


def test_the_command_loads_neither_numpy_nor_pytest() -> None:
    code = "import sys, pytest_giflab.cli, pytest_giflab.github.__main__; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert not {"numpy", "pytest", "_pytest", "scipy", "PIL"}.intersection(said.split())


@pytest.mark.slow  # installs a dozen packages
def test_what_is_installed_is_enough_to_tell(hub: Hub, tmp_path: Path) -> None:
    packages, job = tmp_path / "packages", tmp_path / "job"
    uv = [require_tool("uv"), "pip", "install", "--quiet", "--python", sys.executable, "--target", str(packages)]
    locked = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(REQUIREMENTS)]
    subprocess.run([*uv, *locked], check=True)
    assert sum(path.stat().st_size for path in packages.rglob("*") if path.is_file()) < MOST_BYTES
    job.mkdir()
    found = replace(report(comparison("critical")), verdict="critical")
    (job / "report.json").write_text(json.dumps(to_document(found)))
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(packages)]),
        "GITHUB_TOKEN": TOKENS[BOT],
        "GITHUB_API_URL": hub.server.url,
        "PYTHONWARNINGS": "ignore",
    }
    # Without what this interpreter has installed itself.
    command = [sys.executable, "-S", "-P", "-m", "pytest_giflab.github", "comment", "report.json"]
    options = ["--repo", REPOSITORY, "--pull", str(hub.number), "--exit-zero"]
    done = subprocess.run([*command, *options], cwd=job, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "critical" in hub.comments(BOT)[0]
