"""Slower although CPU time does not move: each is caught by the clock that sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.marks import needs_pinning
from tests.helpers.projects import MEASURED, Project

# On a busy machine a single pair may miss a change of the wall time.
PAIRS = (*MEASURED, "--pairs=5")

pytestmark = needs_pinning

TEST = """
import work

def test_work(benchmark, tmp_path):
    work.FILE = tmp_path / "file"
    benchmark(work.work)
"""
COMMON = """
import os, threading, time, hashlib
from concurrent.futures import ThreadPoolExecutor

FILE = None
DATA = bytes(1 << 20)

def spin(amount=60_000):
    total = 0
    for number in range(amount):
        total += number * number % 7
    return total
"""
SLEEP = "def work():\n    spin()\n"
LOCK = """
LOCK = threading.Lock()
HELD = {held}

def hold():
    while True:
        with LOCK:
            time.sleep(HELD)
        time.sleep(HELD / 20)

if HELD:
    threading.Thread(target=hold, daemon=True).start()

def work():
    with LOCK:
        spin()
"""
POOL = """
POOL = ThreadPoolExecutor({threads})

def work():
    list(POOL.map(lambda part: hashlib.sha256(DATA).digest(), range(8)))
"""
FETCH = """
POOL = ThreadPoolExecutor({threads})

def work():
    list(POOL.map(time.sleep, [0.003] * 8))
"""
WRITE = """
def work():
    with open(FILE, "wb") as stream:
        for _ in range(16):
            stream.write(DATA[:4096])
            stream.flush()
            {sync}
"""


@pytest.mark.parametrize(
    ("base", "head"),
    [
        pytest.param(SLEEP, SLEEP + "    time.sleep(0.004)\n", id="a sleep"),
        pytest.param(LOCK.format(held=0), LOCK.format(held=0.01), id="a lock held elsewhere", marks=pytest.mark.slow),
        pytest.param(FETCH.format(threads=4), FETCH.format(threads=1), id="a lost thread pool", marks=pytest.mark.slow),
    ],
)
def test_what_cpu_time_cannot_see_is_caught(tmp_path: Path, base: str, head: str) -> None:
    project = Project(tmp_path / "project")
    files = {"test_work.py": TEST, "pytest.ini": "[pytest]\npythonpath = .\n"}
    project.commit({**files, "work.py": COMMON + base})
    project.write({"work.py": COMMON + head})
    row = project.against("HEAD", *PAIRS).rows["test_work"]
    assert row["clock"] == "wall"
    assert row["ratio"] > 1.1, row


def test_an_fsync_is_seen_by_whichever_clock(tmp_path: Path) -> None:
    """It waits and works, about as long each; on a busy machine the wait drowns in waiting for a processor."""
    project = Project(tmp_path / "project")
    files = {"test_work.py": TEST, "pytest.ini": "[pytest]\npythonpath = .\n"}
    project.commit({**files, "work.py": COMMON + WRITE.format(sync="")})
    project.write({"work.py": COMMON + WRITE.format(sync="os.fsync(stream.fileno())")})
    assert project.against("HEAD", *PAIRS).rows["test_work"]["ratio"] > 1.1


@pytest.mark.alone
def test_lost_parallelism_is_not_passed(tmp_path: Path) -> None:
    """Where no second processor is free there is no parallelism to lose: both sides take equally long, and pass."""
    project = Project(tmp_path / "project")
    files = {"test_work.py": TEST, "pytest.ini": "[pytest]\npythonpath = .\n"}
    project.commit({**files, "work.py": COMMON + POOL.format(threads=2)})
    project.write({"work.py": COMMON + POOL.format(threads=1)})
    row = project.against("HEAD").rows["test_work"]
    assert row["verdict"] in ("critical", "warning", "inconclusive"), row


def test_threads_that_work_are_measured_by_the_time_of_the_process(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    files = {"test_work.py": TEST, "pytest.ini": "[pytest]\npythonpath = .\n"}
    project.commit({**files, "work.py": COMMON + POOL.format(threads=2)})
    project.write({"work.py": COMMON + POOL.format(threads=2).replace("range(8)", "range(12)")})
    row = project.against("HEAD", *PAIRS).rows["test_work"]
    assert row["clock"] != "thread_cpu", "which sees nothing of the pool; on a busy machine it may be wall time"
    assert row["clock"] == "wall" or 1.25 < row["ratio"] < 1.8, row  # the wall time of threads is that of the others
