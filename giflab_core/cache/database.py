"""One SQLite database of a cache: made, brought up to date, left behind when it is damaged; shared by processes."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TypeVar

from giflab_core.cache.connection import (
    Schema,
    Unusable,
    bears_mark,
    connected,
    is_damage,
    is_locked,
    is_of_full_disk,
    opened,
)
from giflab_core.cache.folder import FULL_DISK
from giflab_core.text import printable

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

LOCKED_S = 1.0
"""So long, in all, is waited for another process that keeps a database locked."""
PAUSE_S = 0.01
"""So often is tried again meanwhile: here and not by SQLite, which would keep signals waiting."""
MOST_SET_ASIDE = 8
"""So many databases in a row are tried; if none of them works, it is not the database that is at fault."""
SUFFIX, UNFINISHED = ".sqlite", ".part"


class _Line:
    """A connection that one thread uses at a time."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.generation = 0
        self.locked_since_s: float | None = None
        self.connection: sqlite3.Connection | None = None

    def roll_back(self) -> None:
        """End a transaction that was broken off."""
        if self.connection and self.connection.in_transaction:
            with suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection:
            with suppress(sqlite3.Error):
                connection.close()

    __del__ = close


class Database:
    """The database `name-vV-N.sqlite` of the schema's version V and the largest N in `folder`, opened when first used.

    Versions live side by side, as processes of several may use the folder: the first time that one is used it begins
    with a copy of what the version before has. A database that is damaged or not ours stays where it is, and N + 1 is
    begun; of ours, only the last one is kept, and nothing of another program's is ever removed. (To rename it would not
    do: another process may have it open, and would in the end delete the write-ahead log that then bears its name.)

    Reading and writing have a connection each, so that neither waits for the other. No method raises an error of
    SQLite or of the system: `warnings` tells of it.
    """

    def __init__(self, folder: Path, name: str, schema: Schema) -> None:
        self._folder = folder.absolute()
        self._name = name
        self._schema = schema
        self._generation = 0  # 0: not looked for yet
        self._reader, self._writer = _Line(), _Line()
        self._warnings: dict[str, str] = {}
        self._closed = False

    @property
    def path(self) -> Path:
        """The file that is in use."""
        return self._path(self._generation or self._newest())

    def set_aside(self) -> tuple[Path, ...]:
        """The databases that were left behind; a later one than ours is another process's.

        Only those that still say that they are ours: what another program made is not to be removed.
        """
        return self._before(self._generation or self._newest())

    def _before(self, generation: int) -> tuple[Path, ...]:
        older = (self._path(number) for number in sorted(self._numbers()) if number < generation)
        return tuple(path for path in older if bears_mark(path, self._schema))

    @property
    def warnings(self) -> tuple[str, ...]:
        """One line for each thing that went wrong."""
        return tuple(self._warnings.values())

    def warn(self, kind: str, message: str) -> None:
        """Note what went wrong, the first time that something of this kind does."""
        self._warnings.setdefault(kind, message)

    def read(self, work: Work[T], otherwise: T) -> T:
        """What `work` finds, or `otherwise` where the database cannot be read."""
        return self._do(self._reader, "read", work, otherwise)

    def write(self, work: Work[T], otherwise: T, *, locked: T | None = None) -> T:
        """Do `work` in one transaction, or nothing of it, and then return `otherwise`.

        With `locked`, this is returned at once, and nothing said, where another process keeps the database locked.
        """

        def in_transaction(connection: sqlite3.Connection) -> T:
            connection.execute("BEGIN IMMEDIATE")
            found = work(connection)
            connection.execute("COMMIT")
            return found

        return self._do(self._writer, "write", in_transaction, otherwise, locked)

    def maintain(self, work: Work[T], otherwise: T) -> T:
        """Do `work`, which takes care of its transactions, on the connection that writes."""
        return self._do(self._writer, "write", work, otherwise)

    def remove_set_aside(self) -> None:
        """Delete the databases that were left behind."""
        try:
            copies = self._folder.glob(f".{self._name}-*{UNFINISHED}")
            for path in (*self.set_aside(), *(each for each in copies if bears_mark(each, self._schema))):
                _remove(path)
        except OSError as error:
            self.warn("remove", f"cannot remove from the cache {printable(self._folder)}: {error}")

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """No connection is open here and none is opened: what a fork needs."""
        with self._reader.lock, self._writer.lock:
            self._reader.close()
            self._writer.close()
            yield

    def close(self) -> None:
        """Let go of the files; nothing is read or written after."""
        self._closed = True
        with self.at_rest():
            pass

    def _do(self, line: _Line, verb: str, work: Work[T], otherwise: T, locked: T | None = None) -> T:
        with line.lock:
            for _ in range(MOST_SET_ASIDE):
                if self._closed:
                    break
                try:
                    return self._tried(line, work, may_wait=locked is None)
                except (sqlite3.Error, OSError, Unusable, UnicodeDecodeError) as error:
                    if is_damage(error, self._path(line.generation)):
                        self._set_aside(line.generation, str(error))
                        continue
                    if locked is not None and is_locked(error):
                        return locked
                    self._warn_of(error, verb)
                    break
        return otherwise

    def _warn_of(self, error: Exception, verb: str) -> None:
        """That it cannot be read or written; once, and what to do, if the disk is full."""
        if is_of_full_disk(error, self.path):
            self.warn("full", f"cannot write the cache {printable(self.path)}: {FULL_DISK}")
        else:
            self.warn(verb, f"cannot {verb} the cache {printable(self.path)}: {error}")

    def _tried(self, line: _Line, work: Work[T], *, may_wait: bool) -> T:
        """What `work` returns, tried again while another process keeps the database locked, but not for long."""
        while True:
            try:
                found = work(self._connection(line))
            except sqlite3.Error as error:
                if not (may_wait and is_locked(error)):
                    raise
                now_s = time.monotonic()
                line.locked_since_s = line.locked_since_s or now_s
                if now_s - line.locked_since_s >= LOCKED_S:
                    line.close()  # where a database was cut to nothing, it is a new one that nobody may have open
                    raise
            else:
                line.locked_since_s = None
                return found
            finally:
                line.roll_back()
            time.sleep(PAUSE_S)

    def _connection(self, line: _Line) -> sqlite3.Connection:
        if not self._generation:
            self._carry_over()
            self._generation = self._newest()
        if line.connection is None or line.generation != self._generation:
            line.close()
            line.generation = self._generation
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            line.connection = opened(self._path(line.generation), self._schema)
        return line.connection

    def _set_aside(self, generation: int, reason: str) -> None:
        """Use this generation no more. It is kept, as somebody may want to look into it; those before are not."""
        for path in self._before(generation):
            with suppress(OSError):
                _remove(path)
        self._generation = max(self._generation, generation + 1, self._newest())
        name = printable(self._path(generation).name)
        self.warn(f"aside {generation}", f"the cache {name} is set aside: {reason}")

    def _carry_over(self) -> None:
        """Where this version has no database, begin with a copy of an earlier one's; without, if that fails."""
        own = len(self._schema.migrations)
        version = next((version for version in range(own, 0, -1) if self._numbers(version)), own)
        if version == own:
            return
        copy = self._folder / f".{self._name}-{os.getpid()}{UNFINISHED}"
        with suppress(sqlite3.Error, OSError):
            with closing(connected(self._path(self._newest(version), version))) as connection:
                connection.execute("VACUUM INTO ?", (os.fspath(copy),))
            os.link(copy, self._path(1))  # unless another process was faster
        with suppress(OSError):
            copy.unlink()

    def _path(self, generation: int, version: int | None = None) -> Path:
        return self._folder / f"{self._head(version)}{generation}{SUFFIX}"

    def _head(self, version: int | None) -> str:
        return f"{self._name}-v{version or len(self._schema.migrations)}-"

    def _newest(self, version: int | None = None) -> int:
        return max(self._numbers(version), default=1)

    def _numbers(self, version: int | None = None) -> list[int]:
        head = self._head(version)
        try:
            names = os.listdir(self._folder)
        except OSError:
            return []
        middles = [name[len(head) : -len(SUFFIX)] for name in names if name.startswith(head) and name.endswith(SUFFIX)]
        return [int(each) for each in middles if each.isascii() and each.isdecimal() and not each.startswith("0")]


def _remove(path: Path) -> None:
    for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        each.unlink(missing_ok=True)
