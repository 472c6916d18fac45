"""What goes wrong in a duet costs one benchmark, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.marks import needs_linux
from tests.helpers.projects import MEASURED, SUITE, WORK, Popen, Project, Run, is_about
from tests.plugin.workspace.test_temporary import is_alive, until

pytestmark = needs_linux

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


# How many calls go before the first turn depends on the machine's speed, so only those that a turn makes are counted.
IN_TURNS = """
import os, sys

def in_the_second_turn(fail, where):
    turns = []
    def call():
        frame = sys._getframe()
        while frame and frame.f_code.co_name != "turn":  # of pytest_giflab.measuring.workload.Workload
            frame = frame.f_back
        if frame and frame not in turns:
            turns.append(frame)  # which keeps it from being taken for another
            if where and len(turns) == 2:
                fail()
        work(20_000)
    return call

def throw():
    raise ValueError("enough")
"""


@pytest.mark.covered
def test_what_dies_hangs_or_exits_is_an_error_and_the_rest_goes_on(project: Project, temporary: Path) -> None:
    project.commit(
        {
            "test_work.py": SUITE
            + IN_TURNS
            + """
import signal, time
import work as module

def is_new():
    return hasattr(module, "NEW")

def test_dies(benchmark):
    if is_new():
        os.kill(os.getpid(), signal.SIGKILL)
    benchmark(work, 20_000)

def test_dies_in_a_turn(benchmark):
    benchmark(in_the_second_turn(lambda: os._exit(3), is_new()))

def test_hangs(benchmark):
    while is_new():
        time.sleep(1)
    benchmark(work, 20_000)

def test_exits(benchmark):
    benchmark(sys.exit if is_new() else work, 1)

def test_raises_in_a_turn(benchmark):
    benchmark(in_the_second_turn(throw, is_new()))

def test_catches(benchmark):
    try:
        benchmark(in_the_second_turn(throw, is_new()))
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
    found = project.against("HEAD", "-o", "giflab_timeout=6", *MEASURED)
    reasons = {name: row["reason"] for name, row in found.rows.items() if row["status"] != "measured"}
    assert reasons.pop("test_dies").startswith("head: its process ended with signal 9 (Killed)")
    assert reasons.pop("test_dies_in_a_turn").startswith("head: its process ended with exit status 3")
    assert reasons.pop("test_hangs").startswith("head: its process said nothing for 6 s")
    assert reasons.pop("test_exits") == "head: failed in call"
    assert reasons.pop("test_raises_in_a_turn") == "head: failed in call"
    assert reasons.pop("test_catches") == "head skips it, base does not: the test did not call benchmark"
    assert reasons.pop("test_loses_its_connection").startswith("head: its process ended with")
    assert reasons == {}
    measured = {name for name, row in found.rows.items() if row["pairs"]}
    assert measured == {"test_work", "test_last"}
    assert found.status == 1
    assert "ValueError: enough" in found.said
    assert not list(temporary.glob("giflab-*"))


@pytest.mark.covered
def test_what_goes_wrong_in_the_second_process_of_head_goes_wrong_in_head(project: Project) -> None:
    """It runs head's code: what only it runs into is not lost, and neither is the report."""
    project.commit(
        {
            "test_work.py": IN_TURNS.replace("import", "from work import work\nimport", 1)
            + """
def is_second():
    return os.environ["TMPDIR"].endswith("null-temp")

def test_raises(benchmark):
    benchmark(in_the_second_turn(throw, is_second()))

def test_catches(benchmark):
    try:
        benchmark(in_the_second_turn(throw, is_second()))
    except ValueError:
        pass

def test_dies(benchmark):
    benchmark(in_the_second_turn(lambda: os._exit(3), is_second()))
"""
        }
    )
    found = project.against("HEAD")
    assert found.rows["test_raises"]["reason"] == "head: failed in call"
    assert found.rows["test_catches"]["reason"] == "the test did not call benchmark"
    assert found.rows["test_dies"]["reason"].startswith("head: its process ended with exit status 3")
    assert found.status == 1
    assert "ValueError: enough" in found.said


DEADLY = "import os\n\ndef test_dies(benchmark):\n    benchmark(os._exit, 7)\n\n"


def require_one_death(found: Run) -> None:
    assert found.status == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 1 passed" in found.said
    row = found.rows["test_dies"]
    assert (row["status"], row["reason"]) == ("error", "head: its process ended with exit status 7")


@pytest.mark.parametrize("marker", ["", "import pytest\npytestmark = pytest.mark.giflab(exclusive=True)\n"])
def test_what_ends_the_processes_of_both_sides_does_not_end_the_session(project: Project, marker: str) -> None:
    project.commit({"test_work.py": marker + DEADLY + SUITE})
    require_one_death(project.against("HEAD", *MEASURED))


def test_what_base_does_not_have_does_not_end_the_session_either(project: Project) -> None:
    project.write({"test_new.py": DEADLY})
    require_one_death(project.against("HEAD", *MEASURED))


def test_what_dies_on_base_alone_runs_on_head_and_not_in_the_session(project: Project) -> None:
    pids = "import os\ndef test_pid(benchmark):\n    benchmark(work, 20_000)\n    print('ran in', os.getpid())\n"
    project.commit(
        {"test_pid.py": f"from work import work\n{pids}", "work.py": "import os\nwork = lambda _: os._exit(7)\n"}
    )
    project.write({"work.py": WORK})
    with project.start("--giflab-against=HEAD", "-rP", *MEASURED, "test_pid.py") as session:
        said, _ = session.communicate(timeout=100)
    assert "base: its process ended with exit status 7" in said
    ran = re.search(r"^ran in (\d+)$", said, re.MULTILINE)
    assert ran
    assert int(ran[1]) != session.pid
    assert session.returncode == pytest.ExitCode.USAGE_ERROR, "nothing could be compared"


def test_the_last_benchmark_may_be_the_one_that_dies(project: Project) -> None:
    """The other side waits in the middle of it then, and must not be waited for."""
    project.commit({"test_work.py": SUITE + "    import os, work as w\n    hasattr(w, 'NEW') and os._exit(3)\n"})
    project.write({"work.py": WORK + "\nNEW = True\n"})
    found = project.against("HEAD")
    assert found.rows["test_work"]["reason"].startswith("head: its process ended with exit status 3")
    project.write(
        {
            "test_work.py": SUITE.replace(
                "def test_work(benchmark):", "def test_work(benchmark):\n    import os; os._exit(4)"
            )
        }
    )
    found = project.against("HEAD", "--giflab-tests-from=own", "-o", "giflab_timeout=90")
    assert found.rows["test_work"]["reason"].startswith("head: its process ended with exit status 4")
    assert found.report["seconds"] < 90, "who waits for it waits as long as a process may be silent"


def test_output_is_captured_and_shown_where_something_fails(project: Project) -> None:
    fails = SUITE + "    print('said in', __file__)\n    assert 'base' in __file__\n"
    passes = "\ndef test_passes(benchmark):\n    benchmark(work, 10_000)\n    print('said quietly')\n"
    project.commit({"test_work.py": fails + passes})
    found = project.against("HEAD", *MEASURED)
    assert found.rows["test_passes"]["pairs"] == 1
    assert "said in" in found.said
    assert "said quietly" not in found.said


@pytest.mark.covered
def test_where_only_base_fails_it_is_shown_and_decides_nothing(project: Project) -> None:
    failing = SUITE + "    print('said in', __file__)\n    assert not hasattr(__import__('work'), 'OLD'), 'too old'\n"
    project.commit({"test_work.py": failing, "work.py": WORK + "\nOLD = True\n"})
    project.write({"work.py": WORK})
    found = project.against("HEAD", "--giflab-fail-on=critical,inconclusive")
    reason = found.rows["test_work"]["reason"]
    assert reason == "base: failed in call"
    assert "base: failed in call, and said last: AssertionError: too old" in found.said
    assert "test_work.py::test_work on base" in found.said
    assert "said in" in found.said
    assert (found.report["verdict"], found.status) == ("inconclusive", 1)


@pytest.mark.covered
def test_a_changed_test_whose_conftest_cannot_run_on_base_is_advisory(project: Project) -> None:
    other = "from work import work\n\ndef test_other(benchmark):\n    benchmark(work, 10_000)\n"
    project.commit({"conftest.py": "", "test_other.py": other})
    project.write({"conftest.py": "from work import brand_new\n", "work.py": WORK + "\nbrand_new = 1\n"})
    project.write({"test_work.py": SUITE.replace("20_000", "19_000")})
    found = project.against("HEAD", *MEASURED)
    assert found.rows["test_other"]["pairs"] == 1
    assert (found.rows["test_work"]["status"], found.rows["test_work"]["advisory"]) == ("changed", True)


def test_helpers_and_data_of_the_tests_go_with_them(project: Project) -> None:
    test = (
        "from helper import amount\nfrom work import work\n\ndef test_it(benchmark):\n    benchmark(work, amount())\n"
    )
    data = "from pathlib import Path\n\ndef amount():\n    return int((Path(__file__).parent / 'data').read_text())\n"
    old, old_data = (text.replace("amount", "old") for text in (test, data))
    project.commit({"tests/test_it.py": old, "tests/helper.py": old_data, "tests/data": "1"})
    project.write({"tests/test_it.py": test, "tests/helper.py": data, "tests/data": "15000"})
    project.write({"work.py": WORK.replace("range(amount)", "range(4 * amount)")})
    row = project.against("HEAD", "tests", *MEASURED).rows["test_it"]
    assert (row["status"], row["advisory"]) == ("changed", False), row
    assert is_about(4, row["ratio"])


def test_what_does_not_fit_on_the_disk_is_one_error(project: Project, temporary: Path) -> None:
    project.write({"large.bin": "x" * 200_000})
    code = "import resource, signal, sys, pytest; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)"
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
    run = [
        sys.executable,
        "-c",
        f"{code}; {limit}; sys.exit(pytest.main(['-p', 'no:cacheprovider', '--giflab-against=HEAD']))",
    ]
    done = subprocess.run(run, cwd=project.folder, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "File too large" in done.stderr + done.stdout
    assert "INTERNALERROR" not in done.stderr + done.stdout
    assert not list(temporary.glob("giflab-*"))


@pytest.mark.covered
def test_a_process_that_is_killed_at_its_start_is_started_again(project: Project, temporary: Path) -> None:
    # Killed while it imports its tests: the fourth process, one of the second pair.
    count = project.folder.with_name("count")
    killed = f"""
import os, signal
with open({str(count)!r}, "a+") as stream:
    stream.write("x")
    stream.seek(0)
    started = len(stream.read())
if started == 5:
    os.kill(os.getpid(), signal.SIGKILL)
"""
    project.commit({"test_work.py": SUITE + killed})
    found = project.against("HEAD", "-p", "no:randomly", *MEASURED, "--pairs=2")
    assert found.rows["test_work"]["pairs"] == 2
    assert found.status == 0


def test_what_a_build_runs_ends_with_the_session(project: Project, temporary: Path, tmp_path: Path) -> None:
    started = tmp_path / "started"
    project.commit({"pytest.ini": INI + f"giflab_setup = echo $$ > {started}; sleep 60; true\n"})
    with project.start("--giflab-against=HEAD", GIFLAB_CACHE_DIR=str(tmp_path / "cache")):
        assert until(lambda: started.exists() and bool(started.read_text()), 60)
    assert until(lambda: not is_alive(int(started.read_text())))


@pytest.mark.parametrize("inner", ["", "environments"])
def test_a_cache_that_others_may_write_is_one_error_before_anything_is_built(
    project: Project, temporary: Path, tmp_path: Path, inner: str
) -> None:
    (tmp_path / "cache" / inner).mkdir(parents=True)
    (tmp_path / "cache").chmod(0o755)
    (tmp_path / "cache" / inner).chmod(0o777)
    project.commit({"pytest.ini": INI + f"giflab_setup = touch {tmp_path}/built\n"})
    found = project.run("--giflab-against=HEAD", GIFLAB_CACHE_DIR=str(tmp_path / "cache"))
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert f"giflab: cannot keep a cache in {tmp_path / 'cache' / inner}: others may write into it" in found.said
    assert "INTERNALERROR" not in found.said
    assert not (tmp_path / "built").exists()
    assert not list(temporary.glob("giflab-*"))


def test_a_file_that_base_cannot_collect_is_an_error(project: Project) -> None:
    project.commit({"work.py": "raise OSError('broken')"})
    project.write({"work.py": WORK})
    row = project.against("HEAD").rows["test_work"]
    assert (row["status"], row["reason"]) == ("error", "base: test_work.py cannot be collected (OSError)")


@pytest.mark.covered
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
            if b"pytest_giflab.measuring.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(int(child))
        except OSError:
            continue
    return found


@pytest.fixture
def running(project: Project, temporary: Path) -> Iterator[tuple[Popen, list[int]]]:
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
    with project.start("--giflab-against=HEAD") as session:
        assert until(lambda: len(list(temporary.glob("giflab-*/*/started"))) == 2, 60)
        assert until(lambda: all(path.read_text() for path in temporary.glob("giflab-*/*/started")))
        children = [int(path.read_text()) for path in temporary.glob("giflab-*/*/started")]
        yield session, [*workers_of(session.pid), *children]


@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "SIGHUP"])
def test_a_killed_session_leaves_no_process_and_no_file(
    running: tuple[Popen, list[int]], temporary: Path, project: Project, how: str
) -> None:
    session, others = running
    assert len(others) >= 4
    session.send_signal(getattr(signal, how))
    session.communicate(timeout=30)
    assert until(lambda: not any(map(is_alive, others)), 20)
    assert until(lambda: not list(temporary.glob("giflab-*")), 20)
    assert project.git("worktree", "list").count("\n") == 0
    assert project.git("status", "--porcelain") == ""


@pytest.mark.covered
def test_ctrl_c_tells_what_is_known_and_leaves_nothing(project: Project, temporary: Path) -> None:
    project.commit(
        {
            "test_work.py": SUITE
            + """
import time

def test_sleepy(benchmark):
    benchmark.pedantic(time.sleep, args=(0.1,), rounds=4)
"""
        }
    )
    report = project.folder.with_name("report.json")
    with project.start("--giflab-against=HEAD", f"--giflab-report={report}") as session:
        # Those of the first pair end one after another, and it is complete once those of the second start.
        assert until(lambda: len(workers_of(session.pid)) == 3, 60), "base, head, and head once more"
        first = set(workers_of(session.pid))
        assert until(lambda: bool(now := workers_of(session.pid)) and first.isdisjoint(now), 120), "the second pair"
        workers = workers_of(session.pid)
        os.kill(session.pid, signal.SIGINT)
        said, _ = session.communicate(timeout=60)
    assert session.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in said
    assert re.search(r"interrupted after [1-9]\d* pair", said)
    assert report.exists()
    assert until(lambda: not any(map(is_alive, workers)))
    assert not list(temporary.glob("giflab-*"))


def kill_one_of(pid: int) -> bool:
    """Kill a measuring process of this session, if there is one just now."""
    workers = workers_of(pid)
    if workers:
        os.kill(workers[0], signal.SIGKILL)
    return bool(workers)


def test_a_worker_that_is_killed_from_outside_costs_at_most_one_benchmark(project: Project, temporary: Path) -> None:
    project.commit({"test_work.py": SUITE + "\ndef test_other(benchmark):\n    benchmark(work, 15_000)\n"})
    with project.start("--giflab-against=HEAD", "--giflab-report=../killed.json", *MEASURED, "--pairs=3") as session:
        assert until(lambda: bool(workers_of(session.pid)), 60)
        assert until(lambda: any(path.read_text() for path in temporary.glob("giflab-*/head.txt")), 60)
        time.sleep(0.5)
        assert until(lambda: kill_one_of(session.pid))
        said, _ = session.communicate(timeout=120)
    # Between two benchmarks, and at its start, a process is replaced; but where nothing is known yet, the run ends.
    early = "ended before any test: signal 9 (Killed)" in said
    assert session.returncode == (pytest.ExitCode.USAGE_ERROR if early else pytest.ExitCode.OK)
    assert early or "verdict against HEAD" in said
    assert not list(temporary.glob("giflab-*"))


def test_a_test_that_freezes_time_is_measured_and_so_are_the_others(project: Project) -> None:
    frozen = """
import time
import pytest
import work as module

@pytest.fixture
def frozen(monkeypatch):
    for name in ("perf_counter", "perf_counter_ns", "monotonic", "time", "process_time_ns", "thread_time_ns"):
        monkeypatch.setattr(time, name, lambda: 0)

def test_frozen(frozen, benchmark):
    benchmark(work, 20_000)
"""
    project.commit({"test_work.py": SUITE + frozen})
    project.write({"work.py": WORK.replace("range(amount)", "range(4 * amount)")})
    found = project.against("HEAD", *MEASURED)
    assert {name: is_about(4, row["ratio"]) for name, row in found.rows.items()} == {
        "test_work": True,
        "test_frozen": True,
    }
