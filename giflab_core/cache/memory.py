"""A cache in memory: what was used last stays, as far as the budget goes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from threading import Lock

from giflab_core.cache.base import Stats, check_key, checked, entry_bytes
from giflab_core.cache.lifetime import Lasting


class MemoryCache(Lasting):
    """Least recently used values go first once all together take more than `budget_bytes`."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._hits = self._misses = 0
        self._closed = False
        self._begin()
        super().__init__()

    def _begin(self) -> None:
        self._lock = Lock()  # of what follows
        self._values: OrderedDict[str, bytes] = OrderedDict()  # the one used longest ago is first
        self._bytes = 0

    def renew(self) -> None:
        if self._lock.acquire(blocking=False):
            self._lock = Lock()
        else:  # a thread of the parent may have changed half of it
            self._begin()

    def get(self, key: str) -> bytes | None:
        return self.get_many((key,)).get(key)

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        asked = checked(keys)
        with self._lock:
            found = {key: self._values[key] for key in asked if key in self._values}
            for key in found:
                self._values.move_to_end(key)
            self._hits += len(found)
            self._misses += len(asked) - len(found)
        return found

    def put(self, key: str, value: bytes) -> None:
        check_key(key)
        value = bytes(value)  # a bytearray could change later
        size = entry_bytes(key, value)
        with self._lock:
            self._drop(key)
            if self._closed or size > self._budget_bytes:
                return
            self._values[key] = value
            self._bytes += size
            while self._bytes > self._budget_bytes:
                self._drop(next(iter(self._values)))

    def remove(self, key: str) -> None:
        check_key(key)
        with self._lock:
            self._drop(key)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self._bytes = 0

    def flush(self) -> None:
        """Nothing is on its way."""

    def stats(self) -> Stats:
        with self._lock:
            return Stats(len(self._values), self._bytes, self._hits, self._misses, self._budget_bytes)

    def warnings(self) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        self._closed = True
        self.clear()

    def _drop(self, key: str) -> None:
        value = self._values.pop(key, None)
        if value is not None:
            self._bytes -= entry_bytes(key, value)
