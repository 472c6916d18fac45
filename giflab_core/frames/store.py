"""Decompressed clips on disk: a file each, an index of them, and the decision which are worth it."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import stat
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from giflab_core.cache import Database, Schema, Stats, WrittenBehind, cache_folder
from giflab_core.errors import CacheRefused, DecodeError
from giflab_core.frames.indexed_clip import FORMAT, HEADER, Damaged, IndexedClip, locked, opening
from giflab_core.text import counted, printable

if TYPE_CHECKING:
    from giflab_core.model import Plane

# `stored` says that there is a file of so many `bytes`; `used` grows with every use and needs no clock. Reading that
# takes nearly as long as making, `read_s` and `made_s` in seconds, is the decision that there is to be none.
SCHEMA = Schema(
    application_id=0x47464C46,  # "GFLF"
    migrations=(
        (
            "CREATE TABLE entries (name TEXT PRIMARY KEY, requests INTEGER NOT NULL, made_s REAL, read_s REAL,"
            " bytes INTEGER NOT NULL, partial INTEGER NOT NULL, stored INTEGER NOT NULL, used INTEGER NOT NULL)"
            " STRICT, WITHOUT ROWID",
            "CREATE INDEX entries_by_use ON entries (used, name)",
        ),
    ),
)
SUFFIX, UNFINISHED = ".frames", ".part"
# Files of other formats are another version's, which lives beside this one: they count, but nobody here reads them.
OWN = f".f{FORMAT}"
NAME = re.compile(r"([0-9a-f]{64}\.[!-~]+)\.frames")
WORTH_REQUESTS = 2
# Reading must take less than this share of the time that making takes: a hit draws what has left the processor's cache
# since it was read. A file that is there may turn out to take longer, as when it is not in the system's memory.
WORTH_SHARE, BEARABLE_SHARE = 0.25, 0.5
LEAST_SAVED_S = 0.001
"""A file that saves less is not worth its place."""
READINGS, MAKINGS = 3, 2  # of which the fastest counts: any other was disturbed
# Of a file's reading times, too, the fastest counts; but with each that is slower it is believed to be so much slower.
SLOWER = 1.25
GATHER_S = 0.1
"""So long the writing thread waits, so that it writes while nobody waits for frames, and several at once."""
MOST_PENDING_BYTES = 256 << 20
NOTE_BYTES = 500
"""About what it takes to note anything."""
REMEMBERED = 100_000
ABANDONED_S = 3600

# A busy machine makes waiting longer, not work; some systems count work too coarsely.
work_s = time.thread_time if time.get_clock_info("thread_time").resolution < 1e-6 else time.perf_counter
"""Seconds of work, to be compared with each other."""


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A request for what is at hand, and took so long to make; `again` makes it once more."""

    name: str
    clip: IndexedClip
    made_s: float
    again: Callable[[], object]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A file of so many bytes, and how long it took to read; to make, if that was measured beside it."""

    name: str
    bytes: int
    is_partial: bool
    read_s: float
    made_s: float | None = None


@dataclass(frozen=True, slots=True)
class _Judgement:
    """Names of what is worth a file and has none, and of what turns out not to be worth its own."""

    wanted: frozenset[str]
    dear: frozenset[str]


NOTHING = _Judgement(frozenset(), frozenset())
LOCKED = replace(NOTHING)


class FrameStore(WrittenBehind):
    """Indexed clips by name, in files of `folder` that take at most `budget_bytes`; those used longest ago go first.

    A clip is written when it is asked for the second time, by a thread a moment later, and stays if reading it back
    takes well less time than making it took. No method raises for what goes wrong in the system:
    `warnings()` tells of it. A file is read whole and checked before it is used, so that what happens to it later
    changes nothing.
    """

    def __init__(self, folder: Path, budget_bytes: int) -> None:
        self._folder = folder / "frames"
        self._budget_bytes = budget_bytes
        self._hits = self._misses = self._damaged = 0
        self._swept = False
        super().__init__(Database(self._folder, "index", SCHEMA), "giflab frames", GATHER_S)
        self._writer.start()  # now, as that takes longer than a small clip

    def renew(self) -> None:
        """Start with nothing to write, and nobody who writes it."""
        super().renew()
        self._pending: list[_Sighting | _Reading] = []
        self._pending_bytes = 0

    def load(self, name: str) -> IndexedClip | None:
        """The indexed clip of this name, if there is a file that checks out; one that does not is removed."""
        found = self._read(name + OWN, time.perf_counter)
        with self._lock:
            self._hits += found is not None
            self._misses += found is None
        if not found:
            return None
        clip, reading = found
        self._note(reading)
        return clip

    def holds(self, name: str) -> bool:
        """Whether there is a file of this name."""
        return os.path.exists(self._path(name + OWN))

    def note(self, name: str, clip: IndexedClip, made_s: float, again: Callable[[], object]) -> None:
        """A clip was asked for, was not stored, and took so many seconds to make; `again` makes it, to measure that."""
        self._note(_Sighting(name + OWN, clip, made_s, again))

    def clear(self) -> None:
        """Forget all."""
        with self._flushing:
            self._take_pending()
            self._database.write(_forget_all, None)
            for name in self._names():
                self._remove(name)
            self._remove_unfinished(0)
            self._database.remove_set_aside()

    def prune(self) -> None:
        """Hold the budget now, and remove what processes left behind that were ended while they wrote."""
        self.flush()
        with self._flushing:
            self._sweep()
            self._make_room()

    def verify(self) -> tuple[int, tuple[str, ...]]:
        """Read every file. How many check out, and what was wrong, which is mended."""
        self.flush()
        before, damaged = self.warnings(), self._damaged
        whole = sum(self._read(name, work_s) is not None for name in self._names() if name.endswith(OWN))
        damaged = self._damaged - damaged
        self.prune()
        removed = (f"{counted(damaged, 'damaged file')} of frames removed",) if damaged else ()
        return whole, (*removed, *(each for each in self.warnings() if each not in before))

    def stats(self) -> Stats:
        self.flush()
        entries, used = (0, 0) if self._closed else self._database.read(_fill, (0, 0))
        with self._lock:
            return Stats(entries, used, self._hits, self._misses, self._budget_bytes)

    def _note(self, each: _Sighting | _Reading) -> None:
        with self._lock:
            if self._closed or self._pending_bytes + _weight(each) > MOST_PENDING_BYTES:
                return
            self._pending.append(each)
            self._pending_bytes += _weight(each)
        self._writer.wake()

    def _take_pending(self) -> list[_Sighting | _Reading]:
        with self._lock:
            batch, self._pending, self._pending_bytes = self._pending, [], 0
        return batch

    def _write(self, is_patient: bool) -> bool:
        """Note what happened, write what is worth it, and remove what is not."""
        with self._flushing:
            batch = self._take_pending()
            wanted = self._note_all(batch, is_patient) if batch else NOTHING.wanted
            if wanted is None:
                with self._lock:
                    self._pending[:0] = batch
                    self._pending_bytes += sum(map(_weight, batch))
                return False
            worthy = {each.name: each for each in batch if isinstance(each, _Sighting) and each.name in wanted}
            readings = [reading for reading in map(self._store, worthy.values()) if reading]
            if readings:
                self._note_all(readings)
                if not self._swept:
                    self._sweep()
                    self._swept = True
                self._make_room()
        return True

    def _failed(self, error: Exception) -> None:
        self._database.warn("failed", f"cannot keep frames in {printable(self._folder)}: {error!r}")

    def _note_all(self, batch: Sequence[_Sighting | _Reading], is_patient: bool = False) -> frozenset[str] | None:
        """Note what happened; which of it is to be stored. None where the index is locked, and that is borne."""
        judged = self._database.write(partial(_note_all, batch), NOTHING, locked=LOCKED if is_patient else None)
        for name in judged.dear:
            self._remove(name)
        return None if judged is LOCKED else judged.wanted

    def _store(self, sighting: _Sighting) -> _Reading | None:
        """Write a file, whole or not at all, and measure how long it takes to read and to make; None where that fails.

        Both are measured now, one after the other: what a first request took may have been disturbed.
        """
        name = sighting.name
        if os.path.exists(self._path(name)):  # another process was faster
            found = self._read(name, work_s)
            if found:
                return found[1]
        try:
            buffer = sighting.clip.to_buffer(name)
            if buffer.nbytes > self._budget_bytes:
                return None
            self._write_file(name, buffer)
        except (OSError, MemoryError, CacheRefused) as error:
            self._database.warn("store", f"cannot keep frames in {printable(self._folder)}: {_reason(error)}")
            return None
        readings = [each[1] for each in (self._read(name, work_s) for _ in range(READINGS)) if each]
        if not readings:
            return None
        return replace(min(readings, key=attrgetter("read_s")), made_s=_seconds(sighting.again))

    def _write_file(self, name: str, buffer: Plane) -> None:
        cache_folder(self._folder)
        handle, unfinished = tempfile.mkstemp(prefix=f".{name}.", suffix=UNFINISHED, dir=self._folder)
        try:
            with open(handle, "wb") as stream:
                stream.write(buffer.data)
            os.replace(unfinished, self._path(name))
        except BaseException:
            with suppress(OSError):
                os.unlink(unfinished)
            raise

    def _read(self, name: str, clock_s: Callable[[], float]) -> tuple[IndexedClip, _Reading] | None:
        """The indexed clip of a file; None where it has gone, cannot be read, or is damaged and therefore removed."""
        started = clock_s()
        try:
            buffer = _content(self._path(name), self._budget_bytes)
            clip = IndexedClip.from_buffer(buffer, name)
        except FileNotFoundError:
            return None
        except Damaged as error:
            if self._remove(name):
                self._database.warn("damaged", f"a file of cached frames was damaged and is removed: {error}")
                with self._lock:
                    self._damaged += 1
            return None
        except (OSError, MemoryError) as error:
            self._database.warn("read", f"cannot read frames in {printable(self._folder)}: {_reason(error)}")
            return None
        return clip, _Reading(name, buffer.size, not clip.whole, clock_s() - started)

    def _make_room(self) -> None:
        nothing: list[str] = []
        for name in self._database.write(partial(_settle, self._budget_bytes), nothing):
            self._remove(name)

    def _sweep(self) -> None:
        """Bring index and files together: both are changed one after the other, and a process can end in between."""
        sizes = {}
        for name in self._names():
            with suppress(OSError):
                sizes[name] = self._path(name).stat().st_size
        self._database.write(partial(_reconcile, sizes), None)
        self._remove_unfinished(ABANDONED_S)

    def _remove_unfinished(self, age_s: float) -> None:
        """Remove what was not written to its end, if nobody has gone on with it for so long."""
        for path in self._folder.glob(f".*{UNFINISHED}"):
            with suppress(OSError):
                if abs(time.time() - path.stat().st_mtime) >= age_s:
                    path.unlink()

    def _names(self) -> list[str]:
        """What is stored, in whatever format."""
        try:
            names = os.listdir(self._folder)
        except OSError:
            return []
        return [found[1] for found in map(NAME.fullmatch, names) if found]

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{SUFFIX}"

    def _remove(self, name: str) -> bool:
        """Whether there is one file less."""
        try:
            self._path(name).unlink()
        except FileNotFoundError:
            return False
        except (OSError, ValueError) as error:  # the latter where an index is damaged
            self._database.warn("remove", f"cannot remove frames from {printable(self._folder)}: {error}")
            return False
        return True


def _content(path: Path, most: int) -> Plane:
    """The bytes of a file, read-only.

    Raises Damaged where these are not what was written, or anybody could have written them, OSError where they cannot
    be read, or are more than `most`.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(path, "rb", buffering=0, opener=lambda name, _: os.open(name, flags)) as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise PermissionError(f"{printable(path.name)} is not a file")
        if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
            raise PermissionError(f"{printable(path.name)} belongs to another user, who may write it")
        if hasattr(os, "geteuid") and status.st_mode & 0o022:
            raise Damaged("others may write it")
        opening(stream.read(HEADER.size), status.st_size)
        if status.st_size > most:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        stream.seek(0)
        buffer = np.empty(status.st_size, np.uint8)
        filled = 0
        while filled < buffer.size and (count := stream.readinto(buffer[filled:].data)):
            filled += count
    return locked(buffer[:filled])


def _reason(error: Exception) -> str:
    return str(error) or repr(error)


def _weight(each: _Sighting | _Reading) -> int:
    """How much memory it holds."""
    return NOTE_BYTES + (each.clip.nbytes if isinstance(each, _Sighting) else 0)


def _seconds(work: Callable[[], object]) -> float | None:
    """How long it takes, undisturbed; None where it fails, as when the file has gone."""
    found = []
    with suppress(DecodeError, MemoryError):
        for _ in range(MAKINGS):
            started = work_s()
            work()
            found.append(work_s() - started)
    return min(found, default=None)


def _note_all(batch: Sequence[_Sighting | _Reading], connection: sqlite3.Connection) -> _Judgement:
    wanted: set[str] = set()
    dear: dict[str, bool] = {}  # and whether that is new
    (last,) = connection.execute("SELECT ifnull(max(used), 0) FROM entries").fetchone()
    for used, each in enumerate(batch, last + 1):
        if isinstance(each, _Sighting):
            connection.execute(
                "INSERT INTO entries VALUES (?1, 1, ?2, NULL, 0, ?3, 0, ?4) ON CONFLICT DO UPDATE SET"
                " requests = requests + 1, made_s = min(ifnull(made_s, ?2), ?2), stored = 0, used = ?4",
                (each.name, each.made_s, not (each.clip.whole), used),
            )
        else:
            row = connection.execute("SELECT 1 FROM entries WHERE name = ? AND stored", (each.name,)).fetchone()
            is_known = row is not None
            connection.execute(
                "INSERT INTO entries VALUES (?1, 1, NULL, ?2, ?3, ?4, 1, ?5) ON CONFLICT DO UPDATE SET"
                " read_s = min(?2, ifnull(read_s * ?6, ?2)), bytes = ?3, partial = ?4, stored = 1, used = ?5",
                (each.name, each.read_s, each.bytes, each.is_partial, used, SLOWER),
            )
            connection.execute(
                "UPDATE entries SET made_s = ?1 WHERE name = ?2 AND made_s > ?1", (each.made_s, each.name)
            )
        requests, made_s, read_s = connection.execute(
            "SELECT requests, made_s, read_s FROM entries WHERE name = ?", (each.name,)
        ).fetchone()
        if isinstance(each, _Sighting):
            if requests >= WORTH_REQUESTS and _is_worth(read_s or 0, made_s):  # where it is not known, it is tried once
                wanted.add(each.name)
        elif made_s is not None:
            dear.pop(each.name, None)
            if not (read_s < BEARABLE_SHARE * made_s if is_known else _is_worth(read_s, made_s)):
                dear[each.name] = is_known
    # What was worth it once may be so again: it is measured anew when it is asked for again.
    connection.executemany(
        "UPDATE entries SET stored = 0, requests = iif(?2, 0, requests), read_s = iif(?2, NULL, read_s)"
        " WHERE name = ?1",
        dear.items(),
    )
    return _Judgement(frozenset(wanted), frozenset(dear))


def _is_worth(read_s: float, made_s: float) -> bool:
    return read_s < WORTH_SHARE * made_s and made_s - read_s > LEAST_SAVED_S


def _settle(budget_bytes: int, connection: sqlite3.Connection) -> list[str]:
    """Which files are too many, that used longest ago first; they count as gone."""
    rows = connection.execute(
        "SELECT name FROM (SELECT name, sum(bytes) OVER (ORDER BY used DESC, name) AS total FROM entries WHERE stored)"
        " WHERE total > ?",
        (budget_bytes,),
    )
    names = [name.decode() for (name,) in rows]
    connection.executemany("UPDATE entries SET stored = 0 WHERE name = ?", ((name,) for name in names))
    return names


def _reconcile(sizes: dict[str, int], connection: sqlite3.Connection) -> None:
    """Make the index that of the files that are there, and forget what was asked for once and long ago."""
    connection.execute("UPDATE entries SET stored = 0")
    connection.executemany(
        "INSERT INTO entries VALUES (?1, 1, NULL, NULL, ?2, 0, 1, 0) ON CONFLICT DO UPDATE SET bytes = ?2, stored = 1",
        sizes.items(),
    )
    connection.execute(
        "DELETE FROM entries WHERE NOT stored AND used < (SELECT max(used) FROM entries) - ?", (REMEMBERED,)
    )


def _forget_all(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM entries")


def _fill(connection: sqlite3.Connection) -> tuple[int, int]:
    entries, used = connection.execute("SELECT count(*), ifnull(sum(bytes), 0) FROM entries WHERE stored").fetchone()
    return entries, used
