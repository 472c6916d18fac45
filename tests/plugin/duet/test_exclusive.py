"""What one process alone can hold at a time: the sides take turns, if they are told; if not, the reason says how."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.helpers.marks import needs_posix
from tests.helpers.projects import MEASURED, WORK, Project, is_about

pytestmark = needs_posix

SUITE = """
import socket, time
import pytest
from work import work

@pytest.fixture(scope="{scope}")
def server():
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", {port}))
        opened.listen()
        yield opened
{mark}
def test_served(server, benchmark):
    benchmark(work, 20_000)

def test_other(benchmark):
    benchmark(work, 10_000)
"""


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit({"work.py": WORK, "pytest.ini": "[pytest]\npythonpath = .\n"})
    return made


@pytest.mark.parametrize("scope", ["function", "session"])
def test_sides_of_an_exclusive_benchmark_take_turns(project: Project, scope: str) -> None:
    mark = "\n@pytest.mark.giflab(exclusive=True)"
    project.commit({"test_work.py": SUITE.format(scope=scope, port=free_port(), mark=mark)})
    project.write({"work.py": WORK.replace("range(amount)", "range(6 * amount)")})
    found = project.against("HEAD", *MEASURED)
    ratios = {name: row["ratio"] for name, row in found.rows.items()}
    assert {name: is_about(6, ratio) for name, ratio in ratios.items()} == {"test_served": True, "test_other": True}


def test_what_fails_since_both_sides_run_at_once_says_what_to_do(project: Project) -> None:
    project.commit({"test_work.py": SUITE.format(scope="function", port=free_port(), mark="")})
    found = project.against("HEAD", *MEASURED)
    row = found.rows["test_served"]
    assert row["status"] == "error"
    assert "both sides run at the same time" in row["reason"]
    assert "@pytest.mark.giflab(exclusive=True)" in row["reason"]
    assert found.rows["test_other"]["status"] == "measured"
