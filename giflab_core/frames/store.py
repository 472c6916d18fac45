"""Indexed clips on disk: a file each, and a thread that writes those that are worth it."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from operator import attrgetter
from pathlib import Path

from giflab_core.cache import FULL_DISK, Database, Stats, WrittenBehind, private_part
from giflab_core.errors import CacheRefused, DecodeError
from giflab_core.frames.clip_file import FORMAT, UNFINISHED, Damaged, from_buffer, read_file, to_buffer, write_file
from giflab_core.frames.index import (
    LOCKED,
    NOTHING,
    SCHEMA,
    Reading,
    Sighting,
    fill,
    forget_all,
    note_all,
    reconcile,
    settle,
)
from giflab_core.frames.indexed_clip import IndexedClip
from giflab_core.frozen import replace
from giflab_core.text import counted, printable

SUFFIX = ".frames"
# Files of other formats are another version's, which lives beside this one: they count, but nobody here reads them.
OWN = f".f{FORMAT}"
NAME = re.compile(r"([0-9a-f]{64}\.[!-~]+)\.frames")
UNFINISHED_NAME = re.compile(rf"\.[0-9a-f]{{64}}\.[!-~]+{re.escape(UNFINISHED)}")
READINGS, MAKINGS = 3, 2  # of which the fastest counts: any other was disturbed
GATHER_S = 0.1
"""So long the writing thread waits, so that it writes while nobody waits for frames, and several at once."""
MOST_PENDING_BYTES = 256 << 20
NOTE_BYTES = 500
"""About what it takes to note anything."""
ABANDONED_S = 3600

# A busy machine makes waiting longer, not work; some systems count work too coarsely.
work_s = time.thread_time if time.get_clock_info("thread_time").resolution < 1e-6 else time.perf_counter
"""Seconds of work, to be compared with each other."""


class FrameStore(WrittenBehind):
    """Indexed clips by name, in files of `folder`/frames that take at most `budget_bytes`.

    The clips used longest ago go first. A clip is written when it is asked for the second time, by a thread a moment
    later, and stays if reading it back takes well less time than making it took. A file is read whole and checked
    before it is used, so that what happens to it later changes nothing.

    Raises CacheRefused if there is something of this name that is not a folder of this user alone, or is a link. After
    that no method raises for what goes wrong in the system: `warnings()` tells of it.
    """

    def __init__(self, folder: Path, budget_bytes: int) -> None:
        frames = folder / "frames"
        # What is not there is made when it is needed: a disk that cannot be written is no reason to refuse.
        self._folder = private_part(frames) if os.path.lexists(frames) else frames
        self._budget_bytes = budget_bytes
        self._hits = self._misses = self._damaged = 0
        self._swept = False
        super().__init__(Database(self._folder, "index", SCHEMA), "giflab frames", GATHER_S)
        self._writer.start()  # now, as that takes longer than a small clip

    def renew(self) -> None:
        """Start with nothing to write, and nobody who writes it."""
        super().renew()
        self._pending: list[Sighting | Reading] = []
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
        self._note(Sighting(name + OWN, clip, made_s, again))

    def clear(self) -> None:
        """Forget all."""
        with self._flushing:
            self._take_pending()
            self._database.write(forget_all, None)
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
        entries, used = (0, 0) if self._closed else self._database.read(fill, (0, 0))
        with self._lock:
            return Stats(entries, used, self._hits, self._misses, self._budget_bytes)

    def _note(self, each: Sighting | Reading) -> None:
        with self._lock:
            if self._closed or self._pending_bytes + _weight(each) > MOST_PENDING_BYTES:
                return
            self._pending.append(each)
            self._pending_bytes += _weight(each)
        self._writer.wake()

    def _take_pending(self) -> list[Sighting | Reading]:
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
            worthy = {each.name: each for each in batch if isinstance(each, Sighting) and each.name in wanted}
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

    def _note_all(self, batch: Sequence[Sighting | Reading], is_patient: bool = False) -> frozenset[str] | None:
        """Note what happened; which of it is to be stored. None where the index is locked, and that is borne."""
        judged = self._database.write(partial(note_all, batch), NOTHING, locked=LOCKED if is_patient else None)
        for name in judged.expensive:
            self._remove(name)
        return None if judged is LOCKED else judged.wanted

    def _store(self, sighting: Sighting) -> Reading | None:
        """Write a file, whole or not at all, and measure how long it takes to read and to make; None where that fails.

        Both are measured now, one after the other: what a first request took may have been disturbed.
        """
        name = sighting.name
        if os.path.exists(self._path(name)):  # another process was faster
            found = self._read(name, work_s)
            if found:
                return found[1]
        try:
            buffer = to_buffer(sighting.clip, name)
            if buffer.nbytes > self._budget_bytes:
                return None
            private_part(self._folder)
            write_file(self._path(name), buffer)
        except (OSError, MemoryError, CacheRefused) as error:
            self._database.warn("store", f"cannot keep frames in {printable(self._folder)}: {_reason(error)}")
            return None
        readings = [each[1] for each in (self._read(name, work_s) for _ in range(READINGS)) if each]
        if not readings:
            return None
        return replace(min(readings, key=attrgetter("read_s")), made_s=_seconds(sighting.again))

    def _read(self, name: str, clock_s: Callable[[], float]) -> tuple[IndexedClip, Reading] | None:
        """The indexed clip of a file; None where it has gone, cannot be read, or is damaged and therefore removed."""
        started = clock_s()
        try:
            buffer = read_file(self._path(name), self._budget_bytes)
            clip = from_buffer(buffer, name)
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
        return clip, Reading(name, buffer.size, not clip.whole, clock_s() - started)

    def _make_room(self) -> None:
        nothing: list[str] = []
        for name in self._database.write(partial(settle, self._budget_bytes), nothing):
            self._remove(name)

    def _sweep(self) -> None:
        """Bring index and files together: both are changed one after the other, and a process can end in between."""
        sizes = {}
        for name in self._names():
            with suppress(OSError):
                sizes[name] = self._path(name).stat().st_size
        self._database.write(partial(reconcile, sizes), None)
        self._remove_unfinished(ABANDONED_S)

    def _remove_unfinished(self, age_s: float) -> None:
        """Remove what was not written to its end, if nobody has gone on with it for so long."""
        for path in self._folder.glob(f".*{UNFINISHED}"):
            with suppress(OSError):
                if UNFINISHED_NAME.fullmatch(path.name) and abs(time.time() - path.stat().st_mtime) >= age_s:
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


def _reason(error: Exception) -> str:
    return FULL_DISK if getattr(error, "errno", None) == errno.ENOSPC else str(error) or repr(error)


def _weight(each: Sighting | Reading) -> int:
    """How much memory it holds."""
    return NOTE_BYTES + (each.clip.nbytes if isinstance(each, Sighting) else 0)


def _seconds(work: Callable[[], object]) -> float | None:
    """How long it takes, undisturbed; None where it fails, as when the file has gone."""
    found = []
    with suppress(DecodeError, MemoryError):
        for _ in range(MAKINGS):
            started = work_s()
            work()
            found.append(work_s() - started)
    return min(found, default=None)
