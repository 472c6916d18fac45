"""Memory before disk: what goes where."""

from __future__ import annotations

from collections.abc import Iterable
from threading import Event, Thread

from giflab_core.cache import MemoryCache, TieredCache

BUDGET_BYTES = 10_000


def test_what_is_read_from_the_second_is_kept_in_the_first() -> None:
    first, second = MemoryCache(BUDGET_BYTES), MemoryCache(BUDGET_BYTES)
    second.put("a", b"1")
    cache = TieredCache(first, second)
    assert (cache.get("a"), cache.get("a")) == (b"1", b"1")
    assert first.get("a") == b"1"
    assert second.stats().hits == 1


def test_of_many_only_those_are_asked_of_the_second_that_the_first_lacks() -> None:
    first, second = MemoryCache(BUDGET_BYTES), MemoryCache(BUDGET_BYTES)
    first.put("a", b"1")
    second.put("b", b"2")
    second.put("c", b"3")
    cache = TieredCache(first, second)
    assert cache.get_many("abd") == {"a": b"1", "b": b"2"}
    assert (second.stats().hits, second.stats().misses) == (1, 1)
    assert first.get_many("abcd") == {"a": b"1", "b": b"2"}


def test_what_is_put_goes_to_both() -> None:
    first, second = MemoryCache(BUDGET_BYTES), MemoryCache(BUDGET_BYTES)
    TieredCache(first, second).put("a", b"1")
    assert (first.get("a"), second.get("a")) == (b"1", b"1")


def test_what_memory_let_go_the_second_still_has() -> None:
    cache = TieredCache(MemoryCache(300), MemoryCache(BUDGET_BYTES))
    for key in "abc":
        cache.put(key, key.encode())
    assert [cache.get(key) for key in "abc"] == [b"a", b"b", b"c"]


def test_a_slow_reader_does_not_bring_back_what_was_replaced() -> None:
    reading, go_on = Event(), Event()

    class Slow(MemoryCache):
        def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
            found = super().get_many(keys)
            reading.set()
            go_on.wait(10)
            return found

    second = Slow(BUDGET_BYTES)
    second.put("a", b"old")
    cache = TieredCache(MemoryCache(BUDGET_BYTES), second)
    reader = Thread(target=cache.get, args=("a",))
    reader.start()
    reading.wait(10)
    writer = Thread(target=cache.put, args=("a", b"new"))
    writer.start()
    go_on.set()
    reader.join()
    writer.join()
    assert cache.get("a") == b"new"
