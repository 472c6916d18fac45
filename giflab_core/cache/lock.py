"""Locks of files between processes: one alone, or several together; they end with the process that holds them."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

if sys.platform != "win32":
    import fcntl


class Lock:
    """A lock of the file at `path` that is held until it is closed. On Windows it holds nobody off."""

    def __init__(self, path: Path, stream: IO[str]) -> None:
        self._path = path
        self._stream = stream

    @classmethod
    def at_once(cls, path: Path) -> Lock | None:
        """Alone, or None where somebody else holds it. Raises OSError for a link, which is not followed."""
        lock = cls(path, _opened(path, os.O_CREAT))
        if lock._try() and lock._is_current():
            return lock
        lock.close()
        return None

    @classmethod
    def is_held(cls, path: Path) -> bool:
        """Whether somebody holds it, alone or together with others; the file is not made if it is missing."""
        try:
            lock = cls(path, _opened(path))
        except FileNotFoundError:
            return False
        except OSError:
            return True  # nobody knows
        is_free = lock._try()
        lock.close()
        return not is_free

    def share(self) -> bool:
        """Let others hold it too, who share it. False if somebody took it meanwhile; then it is lost."""
        if sys.platform != "win32":
            try:
                fcntl.flock(self._stream, fcntl.LOCK_SH | fcntl.LOCK_NB)  # which lets go first, and then takes it anew
            except BlockingIOError:
                return False
        return self._is_current()

    def remove(self) -> None:
        """Remove the file; who waits for the lock notices, and makes a new one."""
        with suppress(OSError):
            self._path.unlink()

    def close(self) -> None:
        """Let go of it."""
        self._stream.close()

    def _try(self) -> bool:
        if sys.platform != "win32":
            try:
                fcntl.flock(self._stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def _is_current(self) -> bool:
        """Whether the file of this name is still the one that is open."""
        try:
            return os.path.samestat(os.fstat(self._stream.fileno()), self._path.lstat())
        except FileNotFoundError:
            return False


def _opened(path: Path, flags: int = 0) -> IO[str]:
    """The file itself, for this user alone where it is made: what a link leads to, somebody else may have chosen."""
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    return os.fdopen(descriptor, "a")
