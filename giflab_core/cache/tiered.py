"""A small fast cache before a large slow one."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from giflab_core.cache.base import Cache, Stats, checked
from giflab_core.cache.lifetime import Lasting


class TieredCache(Lasting):
    """What is read from `disk` is kept in `memory`; what is written goes to both."""

    def __init__(self, memory: Cache, disk: Cache) -> None:
        self._memory = memory
        self._disk = disk
        self.renew()
        super().__init__()

    def renew(self) -> None:
        self._lock = Lock()  # what was read from below must not replace what was put since

    def get(self, key: str) -> bytes | None:
        return self.get_many((key,)).get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        asked = checked(keys)
        found = self._memory.get_many(asked)
        missing = [key for key in asked if key not in found]
        if missing:
            with self._lock:
                below = self._disk.get_many(missing)
                for key, value in below.items():
                    self._memory.put(key, value)
            found |= below
        return found

    def put(self, key: str, value: bytes) -> None:
        with self._lock:
            self._memory.put(key, value)
            self._disk.put(key, value)

    def remove(self, key: str) -> None:
        with self._lock:
            self._memory.remove(key)
            self._disk.remove(key)

    def clear(self) -> None:
        with self._lock:
            self._memory.clear()
            self._disk.clear()

    def flush(self) -> None:
        self._disk.flush()

    def stats(self) -> Stats:
        """Entries, bytes and budget of the disk, which holds what memory holds; the hits of both."""
        memory, disk = self._memory.stats(), self._disk.stats()
        return Stats(disk.entries, disk.bytes, memory.hits + disk.hits, disk.misses, disk.budget_bytes)

    def warnings(self) -> tuple[str, ...]:
        return self._memory.warnings() + self._disk.warnings()

    def close(self) -> None:
        self._memory.close()
        self._disk.close()
