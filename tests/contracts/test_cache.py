"""What every cache must do."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giflab_core.cache import Cache, DiskCache, MemoryCache, TieredCache
from tests.conftest import ROOT
from tests.helpers.marks import needs_posix

AMPLE_BYTES, DAY_S = 8 * 1024 * 1024, 86400.0
TIGHT_BYTES = 64 * 1024


def disk(folder: Path, budget_bytes: int) -> DiskCache:
    return DiskCache(folder, budget_bytes, DAY_S)


def tiered(folder: Path, budget_bytes: int) -> TieredCache:
    return TieredCache(MemoryCache(budget_bytes // 4), disk(folder, budget_bytes))


Maker = Callable[[Path, int], MemoryCache | DiskCache | TieredCache]
MAKERS: dict[str, Maker] = {
    "memory": lambda _, budget_bytes: MemoryCache(budget_bytes),
    "disk": disk,
    "tiered": tiered,
}

keys = st.sampled_from(["a", "b", "c", "x" * 200, "a/b:c d", "\0\n"])
values = st.binary(max_size=20) | st.just(bytes(5000))
steps = st.lists(
    st.tuples(st.just("put"), keys, values)
    | st.tuples(st.sampled_from(["get", "get many", "remove", "clear", "flush"]), keys, st.just(b"")),
    max_size=30,
)


@pytest.fixture(params=MAKERS, scope="module")
def make(request: pytest.FixtureRequest) -> Maker:
    return MAKERS[request.param]


@pytest.fixture
def cache(make: Maker, tmp_path: Path) -> Iterator[Cache]:
    made = make(tmp_path, AMPLE_BYTES)
    yield made
    made.close()


@contextmanager
def fresh(make: Maker, budget_bytes: int = AMPLE_BYTES) -> Iterator[Cache]:
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder), budget_bytes)
        yield made
        made.close()


def test_what_was_not_put_is_not_there(cache: Cache) -> None:
    assert cache.get("a") is None


@pytest.mark.parametrize("value", [b"", b"x", bytes(range(256)) * 400])
def test_what_was_put_is_given(cache: Cache, value: bytes) -> None:
    cache.put("a", value)
    assert cache.get("a") == value
    cache.flush()
    assert cache.get("a") == value


def test_many_are_given_at_once(cache: Cache) -> None:
    cache.put("a", b"1")
    cache.put("b", b"2")
    cache.flush()
    cache.put("c", b"3")
    cache.remove("b")
    assert cache.get_many("abcd") == {"a": b"1", "c": b"3"}
    cache.flush()
    assert cache.get_many(iter("dcba")) == {"a": b"1", "c": b"3"}
    assert cache.get_many(()) == {}


def test_any_number_is_given_at_once(cache: Cache) -> None:
    names = [str(number) for number in range(3001)]
    for name in names:
        cache.put(name, name.encode())
    cache.flush()
    expected = {name: name.encode() for name in names}
    assert cache.get_many([*names, *(f"not {name}" for name in names)]) == expected


def test_the_last_value_counts(cache: Cache) -> None:
    cache.put("a", b"1")
    cache.flush()
    cache.put("a", b"2")
    assert cache.get("a") == b"2"
    cache.flush()
    assert cache.get("a") == b"2"


def test_what_is_removed_is_gone(cache: Cache) -> None:
    for key in "ab":
        cache.put(key, b"1")
    cache.flush()
    cache.remove("a")
    cache.remove("never there")
    assert cache.get("a") is None
    cache.flush()
    assert cache.get("a") is None
    assert cache.get("b") == b"1"


def test_a_cleared_cache_is_empty(cache: Cache) -> None:
    cache.put("a", b"1")
    cache.flush()
    cache.put("b", b"1")
    cache.clear()
    assert (cache.get("a"), cache.get("b"), cache.stats().entries) == (None, None, 0)


@settings(max_examples=30)
@given(steps=steps)
def test_it_agrees_with_a_dictionary(make: Maker, steps: list[tuple[str, str, bytes]]) -> None:
    expected: dict[str, bytes] = {}
    with fresh(make) as cache:
        for action, key, value in steps:
            match action:
                case "put":
                    cache.put(key, value)
                    expected[key] = value
                case "get":
                    assert cache.get(key) == expected.get(key)
                case "get many":
                    assert cache.get_many((key, "a", "never there")) == {
                        each: expected[each] for each in {key, "a"} & expected.keys()
                    }
                case "remove":
                    cache.remove(key)
                    expected.pop(key, None)
                case "clear":
                    cache.clear()
                    expected.clear()
                case "flush":
                    cache.flush()
        assert cache.stats().entries == len(expected)
        assert cache.warnings() == ()


@settings(max_examples=30)
@given(sizes=st.lists(st.integers(0, 2 * TIGHT_BYTES), max_size=40))
def test_the_budget_holds_and_what_is_given_is_right(make: Maker, sizes: list[int]) -> None:
    with fresh(make, TIGHT_BYTES) as cache:
        for number, size in enumerate(sizes):
            cache.put(str(number), bytes([number]) * size)
        cache.flush()
        assert cache.stats().bytes <= TIGHT_BYTES
        for number, size in enumerate(sizes):
            assert cache.get(str(number)) in (None, bytes([number]) * size)


def test_a_value_beyond_the_budget_is_not_kept_nor_is_the_one_before(cache: Cache) -> None:
    cache.put("a", b"1")
    cache.flush()
    cache.put("a", bytes(AMPLE_BYTES + 1))
    assert cache.get("a") is None
    cache.flush()
    assert cache.get("a") is None


def test_a_value_does_not_change_with_what_it_was_made_of(cache: Cache) -> None:
    buffer = bytearray(b"before")
    cache.put("a", buffer)  # type: ignore[arg-type]
    buffer[:] = b"after."
    assert cache.get("a") == b"before"
    cache.flush()
    found = cache.get("a")
    assert type(found) is bytes
    assert found == b"before"


@pytest.mark.parametrize("key", ["", "x" * 201, "ü", "\udcff"])
def test_what_cannot_be_a_key_is_refused(cache: Cache, key: str) -> None:
    for call in (
        partial(cache.get, key),
        partial(cache.get_many, ["a", key]),
        partial(cache.put, key, b""),
        partial(cache.remove, key),
    ):
        with pytest.raises(ValueError, match="1 to 200 ASCII characters"):
            call()


def test_hits_and_misses_are_counted(cache: Cache) -> None:
    cache.put("a", b"1")
    for key in "aab":
        cache.get(key)
    cache.flush()
    cache.get("a")
    found = cache.stats()
    assert (found.entries, found.hits, found.misses, found.budget_bytes) == (1, 3, 1, AMPLE_BYTES)
    assert found.bytes > 0


def test_of_many_each_is_counted_once(cache: Cache) -> None:
    cache.put("a", b"1")
    cache.flush()
    cache.put("b", b"1")
    cache.get_many("abcacd")
    found = cache.stats()
    assert (found.hits, found.misses) == (2, 2)


def test_a_closed_cache_gives_and_takes_nothing(cache: Cache) -> None:
    cache.put("a", b"1")
    cache.close()
    cache.close()
    cache.put("b", b"1")
    cache.remove("a")
    cache.clear()
    cache.flush()
    assert (cache.get("a"), cache.get("b"), cache.stats().entries, cache.warnings()) == (None, None, 0, ())
    assert cache.get_many("ab") == {}


def test_threads_share_it(cache: Cache) -> None:
    def work(worker: int) -> int:
        wrong = 0
        for number in range(150):
            key = str(number * 7 % 40)
            cache.put(key, key.encode() * 100)
            wrong += cache.get(str((number + worker) % 40)) not in (None, str((number + worker) % 40).encode() * 100)
            if number % 50 == worker:
                cache.remove(key)
                cache.flush()
        return wrong

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 0
    assert cache.stats().hits + cache.stats().misses == 8 * 150
    assert cache.warnings() == ()


def test_with_closes_it(make: Maker, tmp_path: Path) -> None:
    with make(tmp_path, AMPLE_BYTES) as cache:
        cache.put("a", b"1")
        assert cache.get("a") == b"1"
    cache.put("b", b"1")
    assert cache.get("b") is None


@needs_posix
@pytest.mark.parametrize("kind", MAKERS)
def test_a_process_forked_while_other_threads_use_it_goes_on(kind: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.helpers.forking", kind, str(tmp_path)]
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    subprocess.run(command, cwd=ROOT, env=unmeasured, check=True, timeout=120)
