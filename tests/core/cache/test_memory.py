"""The cache in memory: which values go."""

from __future__ import annotations

import os
import signal
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.cache import MemoryCache
from giflab_core.cache.base import ENTRY_BYTES
from tests.helpers.marks import needs_posix

ROOM_FOR_THREE = 3 * (ENTRY_BYTES + 1 + 100)


def test_what_was_used_longest_ago_goes_first() -> None:
    cache = MemoryCache(ROOM_FOR_THREE)
    for key in "abc":
        cache.put(key, bytes(100))
    cache.get("a")
    cache.put("b", bytes(100))
    cache.put("d", bytes(100))
    assert [key for key in "abcd" if cache.get(key) is not None] == ["a", "b", "d"]


def test_a_value_that_fills_the_budget_is_kept_alone() -> None:
    cache = MemoryCache(ROOM_FOR_THREE)
    cache.put("a", b"1")
    cache.put("b", bytes(ROOM_FOR_THREE - ENTRY_BYTES - 1))
    assert (cache.get("a"), cache.stats().entries, cache.stats().bytes) == (None, 1, ROOM_FOR_THREE)


def test_many_empty_values_are_not_for_nothing() -> None:
    cache = MemoryCache(10_000)
    for number in range(1000):
        cache.put(str(number), b"")
    assert cache.stats().entries < 10_000 // ENTRY_BYTES


@needs_posix
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("is_changing", [False, True])
def test_a_forked_process_keeps_what_no_thread_was_changing(is_changing: bool) -> None:
    class Slow(OrderedDict[str, bytes]):
        def pop(self, *key: Any) -> Any:
            changing.set()
            go_on.wait(10)

    changing, go_on = Event(), Event()
    cache = MemoryCache(ROOM_FOR_THREE)
    cache.put("a", b"1")
    with ThreadPoolExecutor(1) as pool:
        if is_changing:
            cache._values = Slow(cache._values)
            pool.submit(cache.put, "b", b"1")
            changing.wait(10)
        child = os.fork()
        if not child:
            signal.alarm(10)
            os._exit(0 if cache.get("a") == (None if is_changing else b"1") else 1)
        go_on.set()
    assert os.waitpid(child, 0)[1] == 0
    assert cache.get("a") == b"1"


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcdefgh"), st.integers(0, 500)), max_size=80))
def test_it_is_a_least_recently_used_cache(steps: list[tuple[bool, str, int]]) -> None:
    budget_bytes = 1500
    cache, expected = MemoryCache(budget_bytes), OrderedDict[str, bytes]()
    for is_put, key, size in steps:
        if is_put:
            cache.put(key, bytes(size))
            expected[key] = bytes(size)
            expected.move_to_end(key)
            while sum(len(value) + 1 + ENTRY_BYTES for value in expected.values()) > budget_bytes:
                expected.popitem(last=False)
        else:
            assert cache.get(key) == expected.get(key)
            if key in expected:
                expected.move_to_end(key)
    assert cache.stats().bytes == sum(len(value) + 1 + ENTRY_BYTES for value in expected.values())
