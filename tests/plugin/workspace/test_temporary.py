"""A folder that goes with its session, however that ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_giflab.workspace.temporary import scratch, uninterrupted
from tests.helpers.marks import needs_linux
from tests.helpers.projects import interruptible

OWNER = """
import subprocess, sys, time
from pytest_giflab.workspace.temporary import scratch
with scratch() as place:
    (place.folder / "deep").mkdir()
    (place.folder / "deep" / "file").write_text("x")
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    place.guard(child.pid)
    print(place.folder, child.pid, flush=True)
    time.sleep(600)
"""


def until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether a condition comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@needs_linux
@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_a_killed_owner_leaves_neither_folder_nor_process(how: str) -> None:
    with interruptible([sys.executable, "-c", OWNER], Path.cwd()) as owner:
        assert owner.stdout
        folder, child = owner.stdout.readline().split()
        assert Path(folder, "deep", "file").exists()
        owner.send_signal(getattr(signal, how))
        owner.communicate(timeout=20)
    assert until(lambda: not Path(folder).exists())
    assert until(lambda: not is_alive(int(child)))


def test_the_folder_is_gone_after_the_block_also_when_it_raises() -> None:
    folders = []

    def use() -> None:
        with scratch() as place:
            folders.append(place.folder)
            (place.folder / "file").write_text("x")
            raise KeyError

    with pytest.raises(KeyError):
        use()
    assert not folders[0].exists()


def test_a_process_that_was_released_is_left_alone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        with scratch() as place:
            place.guard(child.pid)
            place.release(child.pid)
        time.sleep(0.1)
        assert child.poll() is None
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def interrupts() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interrupts")
def test_ctrl_c_waits_until_what_is_started_is_known() -> None:
    known = []

    def start() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            known.append("child")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert known == ["child"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("interrupts")
def test_ctrl_c_that_is_ignored_stays_ignored_by_what_is_started() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with uninterrupted():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
