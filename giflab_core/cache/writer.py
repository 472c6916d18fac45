"""Write behind: a thread that writes what callers do not wait for."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Sized
from contextlib import ExitStack, suppress
from threading import Event, Lock, Thread

from giflab_core.cache.database import Database
from giflab_core.cache.lifetime import Lasting, close_at_a_childs_end

IDLE_S = 1.0
"""So long the thread stays when there is nothing to write, as starting it can take milliseconds."""
PATIENT_S = 30.0
"""So long it tries, where other processes keep a database locked; nobody waits for it."""


class Writer:
    """Calls `write` `gather_s` seconds after it was woken, so that several things are written at once.

    `write(is_patient)` says whether all is written; if not, and it is to be patient, it is called again. What it raises
    is given to `failed`, and it is called when there is something to write again. The thread ends when for a while
    there is nothing to write: it would keep alive a cache that nobody has any more.
    """

    def __init__(
        self,
        write: Callable[[bool], bool],
        name: str,
        gather_s: float,
        failed: Callable[[Exception], None],
    ) -> None:
        self._write = write
        self._failed = failed
        self._name = name
        self._gather_s = gather_s
        self._work, self._ending = Event(), Event()
        self._lock = Lock()  # of what follows
        self._thread: Thread | None = None

    def wake(self) -> None:
        """There is something to write."""
        with self._lock:
            if not self._work.is_set():
                self._work.set()
            self._start()

    def start(self) -> None:
        """Have the thread run already: to start it takes longer than some of what it is woken for."""
        with self._lock:
            self._start()

    def stop(self) -> None:
        """Wait until the thread has ended; what is not written stays to be written."""
        self._ending.set()
        self._work.set()
        if thread := self._thread:
            thread.join()

    def resume(self) -> None:
        """The thread may be woken again."""
        self._ending.clear()
        self._work.clear()

    def _start(self) -> None:
        if self._thread or self._ending.is_set():
            return
        thread = Thread(target=self._run, name=self._name, daemon=True)
        with suppress(RuntimeError):  # no more threads, or the process ends: who closes writes
            thread.start()
            self._thread = thread
        close_at_a_childs_end()

    def _run(self) -> None:
        goes_on, until_s = True, time.monotonic() + PATIENT_S
        while goes_on:
            is_idle = not self._work.wait(IDLE_S)
            is_ending = self._ending.wait(0 if is_idle else self._gather_s)
            self._work.clear()
            is_written = self._written(is_ending or time.monotonic() < until_s)
            if is_written:
                until_s = time.monotonic() + PATIENT_S
            with self._lock:
                if not is_written:
                    self._work.set()
                goes_on = not is_ending and (self._work.is_set() or not is_idle)
                if not goes_on:
                    self._thread = None

    def _written(self, is_patient: bool) -> bool:
        try:
            return self._write(is_patient)
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread goes on
            self._failed(error)
            return True  # what failed would fail again


class WrittenBehind(Lasting):
    """What has a database into which a thread writes what is pending; `_lock` guards that."""

    _pending: Sized

    def __init__(self, database: Database, name: str, gather_s: float) -> None:
        self._database = database
        self._name = name
        self._gather_s = gather_s
        self._closed = False
        self.renew()
        super().__init__()

    def renew(self) -> None:
        """Start with nobody who writes; who is one of these has nothing to write then."""
        self._lock, self._flushing = Lock(), Lock()
        self._writer = Writer(self._write, self._name, self._gather_s, self._failed)

    @abstractmethod
    def _write(self, is_patient: bool) -> bool:
        """Write what is pending; False where that is to be tried again, as the database is locked."""

    @abstractmethod
    def _failed(self, error: Exception) -> None:
        """Warn of what writing raised."""

    def flush(self) -> None:
        """Return when everything is where it stays."""
        self._write(False)

    def warnings(self) -> tuple[str, ...]:
        """What went wrong so far, each kind once, fit to be printed."""
        return self._database.warnings

    def close(self) -> None:
        """Flush and let go of files; may be called more than once."""
        with self._lock:
            self._closed = True
        self._writer.stop()
        self.flush()
        self._database.close()

    def at_rest(self) -> ExitStack:
        """Nothing is open or going on until the stack is closed: SQLite cannot be carried into a forked process."""
        stack = ExitStack()
        stack.callback(self._go_on)
        self._writer.stop()  # Python warns of threads where a process is forked
        stack.enter_context(self._flushing)
        stack.enter_context(self._database.at_rest())
        stack.enter_context(self._lock)
        return stack

    def _go_on(self) -> None:
        self._writer.resume()
        if self._pending:
            self._writer.wake()
