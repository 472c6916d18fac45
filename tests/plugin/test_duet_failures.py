"""What goes wrong in a duet costs one benchmark, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugin.projects import SUITE, WORK, Project
from tests.plugin.test_scratch import is_alive, until

INI = "[pytest]\npythonpath = .\n"
SLOW = "import time\n\ndef test_slow(benchmark):\n    benchmark(time.sleep, 30)\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path / "project")
    made.commit({"work.py": WORK, "test_work.py": SUITE, "pytest.ini": INI})
    return made


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, to see what is left in it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def test_what_dies_hangs_or_exits_is_an_error_and_the_rest_goes_on(project: Project, temporary: Path) -> None:
    project.commit(
        {
            "test_work.py": SUITE
            + """
import os, signal, sys, time
import work as module

def is_new():
    return hasattr(module, "NEW")

def test_dies(benchmark):
    if is_new():
        os.kill(os.getpid(), signal.SIGKILL)
    benchmark(work, 20_000)

def test_dies_in_a_turn(benchmark):
    calls = []
    def call():
        calls.append(1)
        if is_new() and len(calls) == 30:
            os._exit(3)
        work(20_000)
    benchmark(call)

def test_hangs(benchmark):
    while is_new():
        time.sleep(1)
    benchmark(work, 20_000)

def test_exits(benchmark):
    benchmark(sys.exit if is_new() else work, 1)

def test_raises_in_a_turn(benchmark):
    calls = []
    def call():
        calls.append(1)
        if is_new() and len(calls) == 30:
            raise ValueError("enough")
        work(20_000)
    benchmark(call)

def test_catches(benchmark):
    calls = []
    def call():
        calls.append(1)
        if is_new() and len(calls) == 30:
            raise ValueError("enough")
        work(20_000)
    try:
        benchmark(call)
    except ValueError:
        pass

def test_loses_its_connection(benchmark):
    if is_new():
        os.closerange(3, 100)
    benchmark(work, 20_000)

def test_last(benchmark):
    benchmark(work, 10_000)
"""
        }
    )
    project.write({"work.py": WORK + "\nNEW = True\n"})
    found = project.against("HEAD", "-o", "giflab_timeout=4")
    reasons = {name: row["reason"] for name, row in found.rows.items() if row["status"] != "measured"}
    assert reasons.pop("test_dies").startswith("head: its process ended with signal 9 (Killed)")
    assert reasons.pop("test_dies_in_a_turn").startswith("head: its process ended with exit status 3")
    assert reasons.pop("test_hangs").startswith("head: its process said nothing for 4 s")
    assert reasons.pop("test_exits") == "head: failed in call"
    assert reasons.pop("test_raises_in_a_turn") == "head: failed in call"
    assert reasons.pop("test_catches").startswith("the test did not call benchmark")
    assert reasons.pop("test_loses_its_connection").startswith("head: its process ended with")
    assert reasons == {}
    measured = {name for name, row in found.rows.items() if row["verdict"] == "ok"}
    assert measured == {"test_work", "test_last"}
    assert found.status == 1
    assert "ValueError: enough" in found.said
    assert not list(temporary.glob("giflab-*"))


def test_output_is_captured_and_shown_where_something_fails(project: Project) -> None:
    project.commit({"test_work.py": SUITE + "    print('said in', __file__)\n    assert 'base' in __file__\n"})
    found = project.against("HEAD")
    assert "said in" in found.said
    project.write({"test_work.py": SUITE + "    print('said quietly')\n"})
    assert "said quietly" not in project.against("HEAD", "--giflab-tests-from=own").said


def test_a_file_that_base_cannot_collect_is_an_error(project: Project) -> None:
    project.commit({"work.py": "raise OSError('broken')"})
    project.write({"work.py": WORK})
    row = project.against("HEAD").rows["test_work"]
    assert (row["status"], row["reason"]) == ("error", "base: cannot be collected: OSError: broken")


def test_a_base_that_cannot_start_is_one_error(project: Project, temporary: Path) -> None:
    project.commit({"conftest.py": "raise OSError('no data here')"})
    project.write({"conftest.py": ""})
    found = project.run("--giflab-against=HEAD")
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "a fresh pytest process for base ended before any test: exit status 4" in found.said
    assert "OSError: no data here" in found.said
    assert "INTERNALERROR" not in found.said
    assert not list(temporary.glob("giflab-*"))


def workers_of(pid: int) -> list[int]:
    """The measuring processes of a session."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    found = []
    for child in children.read_text().split() if children.exists() else []:
        try:
            if b"pytest_giflab.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(int(child))
        except OSError:
            continue
    return found


@pytest.fixture
def running(project: Project, temporary: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A session in the middle of a pair, and its measuring processes with a child of theirs."""
    project.commit(
        {
            "test_work.py": """
            import subprocess, sys, time
            from pathlib import Path

            def test_slow(benchmark):
                child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
                Path(__file__).with_name("started").write_text(str(child.pid))
                benchmark(time.sleep, 30)
            """
        }
    )
    session = project.start("--giflab-against=HEAD")
    try:
        assert until(lambda: len(list(temporary.glob("giflab-*/*/started"))) == 2, 60)
        assert until(lambda: all(path.read_text() for path in temporary.glob("giflab-*/*/started")))
        children = [int(path.read_text()) for path in temporary.glob("giflab-*/*/started")]
        yield session, [*workers_of(session.pid), *children]
    finally:
        session.kill()
        session.communicate()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_killed_session_leaves_no_process_and_no_file(
    running: tuple[subprocess.Popen[str], list[int]], temporary: Path, project: Project, how: signal.Signals
) -> None:
    session, others = running
    assert len(others) >= 4
    session.send_signal(how)
    session.communicate(timeout=30)
    assert until(lambda: not any(map(is_alive, others)), 20)
    assert until(lambda: not list(temporary.glob("giflab-*")), 20)
    assert project.git("worktree", "list").count("\n") == 0
    assert project.git("status", "--porcelain") == ""


def test_ctrl_c_tells_what_is_known_and_leaves_nothing(project: Project, temporary: Path) -> None:
    # The first benchmark is decided soon, the second never.
    project.commit(
        {
            "test_work.py": SUITE
            + """
import time

def test_sleepy(benchmark):
    benchmark.pedantic(time.sleep, args=(0.4,), rounds=4)
"""
        }
    )
    report = project.folder.with_name("report.json")
    session = project.start("--giflab-against=HEAD", f"--giflab-report={report}")
    assert until(lambda: bool(workers_of(session.pid)), 60)
    time.sleep(8)
    workers = workers_of(session.pid)
    os.kill(session.pid, signal.SIGINT)
    said, _ = session.communicate(timeout=30)
    assert session.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in said
    assert "interrupted after" in said
    assert report.exists()
    assert until(lambda: not any(map(is_alive, workers)))
    assert not list(temporary.glob("giflab-*"))


def test_a_worker_that_is_killed_from_outside_costs_one_benchmark(project: Project, temporary: Path) -> None:
    project.commit({"test_work.py": SUITE + "\ndef test_other(benchmark):\n    benchmark(work, 15_000)\n"})
    session = project.start("--giflab-against=HEAD", "--giflab-report=../killed.json")
    assert until(lambda: bool(workers_of(session.pid)), 60)
    time.sleep(1.5)
    os.kill(workers_of(session.pid)[0], signal.SIGKILL)
    said, _ = session.communicate(timeout=120)
    assert "signal 9 (Killed)" in said
    assert session.returncode in (pytest.ExitCode.OK, pytest.ExitCode.USAGE_ERROR)
    assert not list(temporary.glob("giflab-*"))
