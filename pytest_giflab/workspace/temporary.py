"""A folder that is gone when the session is, however it ends, and so are the processes it names."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, cast

# Runs in an interpreter of its own, which outlives the session: reads until the session closes the pipe or is gone.
JANITOR = """
import os, shutil, signal, sys, time
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    if hasattr(signal, name):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
groups = set()
for line in sys.stdin:
    (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
for group in groups:
    try:
        os.killpg(group, signal.SIGKILL)
    except (AttributeError, OSError):
        pass
for _ in range(50):
    shutil.rmtree(sys.argv[1], ignore_errors=True)
    if not os.path.exists(sys.argv[1]):
        break
    time.sleep(0.1)
"""


class Scratch:
    """The folder, and the processes that must not outlive the session; `holds` is closed with it.

    `locked`: names of the built environments whose locks are among what it holds.
    """

    def __init__(self, folder: Path, pipe: IO[str], holds: ExitStack) -> None:
        self.folder = folder
        self.holds = holds
        self.locked: set[str] = set()
        self._pipe = pipe

    def guard(self, group: int) -> None:
        """Have the process group of this number killed when the session ends."""
        self._tell(f"+{group}\n")

    def release(self, group: int) -> None:
        """The group has ended, and its number may come to belong to others."""
        self._tell(f"-{group}\n")

    def kill(self, group: int) -> None:
        """Kill what is left of a group now."""
        if sys.platform != "win32":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        self.release(group)

    def _tell(self, line: str) -> None:
        with suppress(OSError):  # without the janitor things still end in order
            self._pipe.write(line)
            self._pipe.flush()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C waits for the end of the block: a process that is being started is not lost sight of."""
    before = signal.getsignal(signal.SIGINT)
    # Where Ctrl-C is ignored, or is not Python's to handle, it stays so, for the processes that are started as well.
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    came: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def scratch() -> Iterator[Scratch]:
    """A new folder below the system's temporary one; it and what is in it are removed at the end of the block.

    Also when this process is killed: a small process of its own watches over it.
    """
    with uninterrupted():
        folder = Path(tempfile.mkdtemp(prefix="giflab-")).resolve()
        janitor = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", JANITOR, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder.parent,
            text=True,
            start_new_session=True,
        )
    pipe = cast("IO[str]", janitor.stdin)
    try:
        with ExitStack() as holds:
            yield Scratch(folder, pipe, holds)
    finally:
        with suppress(OSError):
            pipe.close()
        janitor.wait()
        shutil.rmtree(folder, ignore_errors=True)  # somebody may have killed the janitor
