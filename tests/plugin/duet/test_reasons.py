"""What goes wrong on a side is told by its own reason."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from tests.helpers.marks import needs_linux
from tests.helpers.projects import MEASURED, SUITE, WORK, Project

pytestmark = needs_linux

OWN_FIXTURE = """
import pytest

@pytest.fixture
def benchmark():
    return lambda function, *arguments: function(*arguments)
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit({"work.py": WORK, "test_work.py": SUITE, "pytest.ini": "[pytest]\npythonpath = .\n"})
    return made


def test_a_hook_of_base_that_raises_is_named(project: Project) -> None:
    project.commit({"conftest.py": "def pytest_collection_modifyitems(items):\n    raise KeyError('benchmarks')\n"})
    project.write({"conftest.py": ""})
    found = project.against("HEAD", *MEASURED)
    assert found.rows["test_work"]["reason"] == "base: nothing can be collected (KeyError)"


def test_a_benchmark_with_a_fixture_of_the_projects_own_did_not_call_ours(project: Project) -> None:
    project.write({"conftest.py": OWN_FIXTURE})
    row = project.against("HEAD", *MEASURED).rows["test_work"]
    reason = "head skips it, base does not: the test did not call benchmark"
    assert (row["status"], row["reason"]) == ("missing", reason)


def test_a_port_that_each_process_opens_at_its_start_is_told(project: Project) -> None:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port = opened.getsockname()[1]
    # In the session it is free again at once: what its processes do is the question.
    hold = f"""
        import socket

        def pytest_configure(config):
            config.server = socket.socket()
            config.server.bind(("127.0.0.1", {port}))
            if not config.pluginmanager.hasplugin("giflab-worker"):
                config.server.close()
        """
    project.commit({"conftest.py": hold})
    found = project.against("HEAD", *MEASURED)
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "both sides run at the same time, so let the system choose the port or the name" in found.said


def test_processes_that_threads_keep_from_their_end_are_ended_together_and_named_once(project: Project) -> None:
    wait = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n"
    # The session is no such process.
    project.commit({"conftest.py": f"import sys\nif sys.argv[0] == 'pytest':\n    {wait.replace(chr(10), '; ')}\n"})
    start = time.monotonic()
    found = project.against("HEAD", *MEASURED)
    assert found.status == 0, found.said
    assert time.monotonic() - start < 15  # one after the other they took 10 s each
    assert found.said.count("still ran 1 s after their last test because of threads that are not daemons") == 1
