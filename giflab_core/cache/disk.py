"""A cache on disk, shared by processes and checked on every read."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from giflab_core.cache.base import Stats, check_key, checked, entry_bytes
from giflab_core.cache.connection import Schema, Unusable
from giflab_core.cache.database import Database
from giflab_core.cache.entry import checksum, is_whole
from giflab_core.cache.writer import WrittenBehind
from giflab_core.frozen import dataclass
from giflab_core.text import printable

SCHEMA = Schema(
    application_id=0x47464C42,  # "GFLB"
    migrations=(
        (
            # The value is last, so that what stands before it is read without it.
            "CREATE TABLE entries (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, stored_s INTEGER NOT NULL,"
            " used_s INTEGER NOT NULL, size INTEGER NOT NULL, checksum BLOB NOT NULL, value BLOB NOT NULL) STRICT",
            "CREATE INDEX entries_by_use ON entries (used_s, id, size)",
        ),
    ),
)
GATHER_S = 0.05
"""So long the writing thread waits for more to write with it."""
MOST_PENDING_BYTES = 16 * 1024 * 1024
COARSE_S = 3600
"""When an entry was last used is noted this coarsely, so that most hits write nothing."""
ROOM = 0.1
"""The share of the budget that is made free at once when it is full."""
MOST_AT_ONCE = 500
"""So many keys are asked for in one query: SQLite allows 999 variables, and more only since version 3.32."""
DAMAGED_ENTRY = "an entry of the cache was damaged and is removed"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked: how many entries are whole, and what was damaged and is removed or set aside.

    `failures` says why something could not be checked, or not be mended. A clean cache has neither.
    """

    entries: int
    problems: tuple[str, ...]
    failures: tuple[str, ...] = ()


class DiskCache(WrittenBehind):
    """Values in an SQLite database in `folder`, which is made where it is not there.

    Everything takes at most `budget_bytes` on disk, up to what is written at once; the entries used longest ago go
    first. An entry is given for `ttl_s` seconds after it was put, by the clock `now`; one from the future, as after
    the clock was set back, counts as put now.

    What is put is written by a thread a moment later, in batches: `flush()` or `close()` wait for it, and the end of
    the process closes. (os._exit() ends it without that, but not the children of multiprocessing, which end so.) While
    another process keeps the database locked, the thread is patient; who waits for it is not, and then values are
    dropped. A forked process goes on with the cache, without what its parent had yet to write.
    """

    def __init__(self, folder: Path, budget_bytes: int, ttl_s: float, *, now: Callable[[], float] = time.time) -> None:
        self._budget_bytes = budget_bytes
        self._ttl_s = ttl_s
        self._now = now
        self._hits = self._misses = 0
        super().__init__(Database(folder, "results", SCHEMA), "giflab cache", GATHER_S)

    def renew(self) -> None:
        """Start with nothing to write, and nobody who writes it."""
        super().renew()
        self._pending: dict[str, bytes | None] = {}  # None: to be removed
        self._pending_bytes = 0
        self._used: set[str] = set()

    @property
    def path(self) -> Path:
        """The database that is in use."""
        return self._database.path

    def set_aside(self) -> tuple[Path, ...]:
        """The databases that were left behind, for inspection, until `prune()` or `clear()`."""
        return self._database.set_aside()

    def get(self, key: str) -> bytes | None:
        return self.get_many((key,)).get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        asked = checked(keys)
        with self._lock:
            pending = {key: self._pending[key] for key in asked if key in self._pending}
        found = {key: value for key, value in pending.items() if value is not None}
        written = [key for key in asked if key not in pending]
        if written and not self._closed:
            nothing: dict[str, bytes] = {}
            found |= self._database.read(partial(self._load, written), nothing)
        with self._lock:
            self._hits += len(found)
            self._misses += len(asked) - len(found)
        return found

    def put(self, key: str, value: bytes) -> None:
        check_key(key)
        value = bytes(value)  # a bytearray could change before it is written
        fits = entry_bytes(key, value) <= self._budget_bytes
        self._note(key, value if fits else None)

    def remove(self, key: str) -> None:
        check_key(key)
        self._note(key, None)

    def clear(self) -> None:
        """Forget all, on disk too, and delete databases that were set aside."""
        if self._closed:
            return
        with self._flushing:
            with self._lock:
                self._pending.clear()
                self._pending_bytes = 0
                self._used.clear()
            self._database.write(_delete_all, None)
            self._database.maintain(_give_back, None)
            self._database.remove_set_aside()

    def prune(self) -> None:
        """Drop what has expired, what is beyond the budget now, and what was set aside; give the space back."""
        self.flush()
        self._database.write(self._expire, None)
        self._database.maintain(_give_back, None)
        self._database.remove_set_aside()

    def verify(self) -> Verification:
        """Check the structure and every entry. What is damaged is removed or set aside: the next check is clean."""
        self.flush()
        before = self._database.warnings
        found = self._database.maintain(_check, None)
        aside = tuple(each for each in self._database.warnings if each not in before)
        if found is None:
            return Verification(0, (), self._database.warnings or ("the cache is closed",))
        entries, damaged = found
        if not damaged:
            return Verification(entries, aside)
        if self._database.write(partial(_delete, damaged), False):
            return Verification(entries, (*aside, f"entries that were damaged and are removed: {len(damaged)}"))
        return Verification(entries, aside, (f"entries that are damaged and cannot be removed: {len(damaged)}",))

    def stats(self) -> Stats:
        self.flush()
        entries, used_bytes = (0, 0) if self._closed else self._database.read(_fill, (0, 0))
        with self._lock:
            return Stats(entries, used_bytes, self._hits, self._misses, self._budget_bytes)

    def _note(self, key: str, value: bytes | None) -> None:
        with self._lock:
            if self._closed:
                return
            size = len(value or b"") - len(self._pending.get(key) or b"")
            if self._pending_bytes + size > MOST_PENDING_BYTES:
                self._database.warn("slow", "values were not kept in the cache: the disk is too slow for them")
                value, size = None, -len(self._pending.get(key) or b"")
            self._pending[key] = value
            self._pending_bytes += size
        self._writer.wake()

    def _write(self, is_patient: bool) -> bool:
        with self._flushing:
            with self._lock:
                batch, used = dict(self._pending), set(self._used)
            store = partial(self._store, batch, used)
            if (batch or used) and not self._database.write(store, True, locked=False if is_patient else None):
                return False
            with self._lock:
                self._used -= used
                for key, value in batch.items():
                    if self._pending.get(key, key) is value:
                        del self._pending[key]
                        self._pending_bytes -= len(value or b"")
        return True

    def _failed(self, error: Exception) -> None:
        self._database.warn("failed", f"cannot write the cache {printable(self.path)}: {error!r}")

    def _load(self, keys: Sequence[str], connection: sqlite3.Connection) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for start in range(0, len(keys), MOST_AT_ONCE):
            names = {key.encode(): key for key in keys[start : start + MOST_AT_ONCE]}
            marks = ",".join("?" * len(names))
            rows = connection.execute(
                f"SELECT key, value, checksum, stored_s, used_s FROM entries WHERE key IN ({marks})",  # noqa: S608
                tuple(names.values()),
            ).fetchall()
            accepted = {names[name]: self._accept(name, *row) for name, *row in rows if name in names}
            if len(accepted) < len(rows):  # the name is damaged, so that it may be any of those that were not found
                self._let_go(set(names.values()) - accepted.keys())
            found |= {key: value for key, value in accepted.items() if value is not None}
        return found

    def _accept(self, name: bytes, value: bytes, stored: object, stored_s: int, used_s: int) -> bytes | None:
        """The value of an entry; None if it has expired, or is damaged, and then anything can stand anywhere."""
        key = name.decode("ascii")
        if not is_whole(name, value, stored, stored_s, used_s):
            self._let_go({key})
            return None
        now = self._now()
        with self._lock:
            if now - stored_s > self._ttl_s:
                self._pending.setdefault(key, None)
                return None
            if abs(now - used_s) > COARSE_S:
                self._used.add(key)
        return bytes(value)

    def _let_go(self, keys: Iterable[str]) -> None:
        """Have damaged entries removed."""
        self._database.warn("entry", DAMAGED_ENTRY)
        with self._lock:
            for key in keys:
                self._pending.setdefault(key, None)

    def _store(self, batch: dict[str, bytes | None], used: set[str], connection: sqlite3.Connection) -> bool:
        now = int(self._now())
        connection.executemany("DELETE FROM entries WHERE key = ?", ((key,) for key in batch))
        connection.executemany(
            "INSERT INTO entries (key, stored_s, used_s, size, checksum, value) VALUES (?, ?, ?, ?, ?, ?)",
            (
                (key, now, now, entry_bytes(key, value), checksum(key.encode(), value), value)
                for key, value in batch.items()
                if value is not None
            ),
        )
        connection.executemany(
            "UPDATE entries SET stored_s = min(stored_s, :now), used_s = :now WHERE key = :key",
            ({"now": now, "key": key} for key in used),
        )
        # What seems used in the future, because the clock was set back, would never go.
        connection.execute(
            "UPDATE entries SET stored_s = min(stored_s, :now), used_s = :now WHERE used_s > :now + :coarse",
            {"now": now, "coarse": COARSE_S},
        )
        connection.execute("DELETE FROM entries WHERE used_s < ?", (now - self._ttl_s,))
        self._make_room(connection)
        return True

    def _expire(self, connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM entries WHERE stored_s < ?", (self._now() - self._ttl_s,))
        self._make_room(connection)

    def _make_room(self, connection: sqlite3.Connection) -> None:
        while (excess := _used_bytes(connection) - self._budget_bytes) > 0:
            gone = connection.execute(
                "DELETE FROM entries WHERE id IN (SELECT id FROM"
                " (SELECT id, sum(size) OVER (ORDER BY used_s, id) - size AS before FROM entries) WHERE before < ?)",
                (excess + ROOM * self._budget_bytes,),
            ).rowcount
            if not gone:
                break


def _check(connection: sqlite3.Connection) -> tuple[int, list[tuple[int]]]:
    """How many entries are whole, and the numbers of those that are not; raises what says that the structure is bad."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != b"ok":
        raise Unusable(found.decode(errors="replace").replace("\n", " "))
    rows = connection.execute("SELECT id, key, value, checksum, stored_s, used_s FROM entries")
    damaged = [(number,) for number, *row in rows if not is_whole(*row)]
    return _fill(connection)[0] - len(damaged), damaged


def _delete(damaged: list[tuple[int]], connection: sqlite3.Connection) -> bool:
    connection.executemany("DELETE FROM entries WHERE id = ?", damaged)
    return True


def _fill(connection: sqlite3.Connection) -> tuple[int, int]:
    (entries,) = connection.execute("SELECT count(*) FROM entries").fetchone()
    return entries, _used_bytes(connection)


def _used_bytes(connection: sqlite3.Connection) -> int:
    pages, free, size = connection.execute(
        "SELECT page_count, freelist_count, page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
    ).fetchone()
    return int((pages - free) * size)


def _delete_all(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM entries")


def _give_back(connection: sqlite3.Connection) -> None:
    connection.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)")
