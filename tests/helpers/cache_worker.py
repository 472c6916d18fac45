"""A process that uses a cache on disk: `python -m tests.helpers.cache_worker JOB FOLDER [NUMBER ...]`."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from giflab_core.cache import DiskCache
from giflab_core.lazy import available
from tests.helpers.faults import chance

resource: Any = available("resource")  # absent on Windows

BUDGET_BYTES, DAY_S = 16 * 1024 * 1024, 86400.0
KEYS = [f"key {number}" for number in range(60)]
VERSIONS = range(3)


def value(key: str, version: int = 0) -> bytes:
    """One of the values that this key may have; no other key has it."""
    return chance(f"{key} {version}").randbytes(50 * (len(key) + 2 * version) ** 2)


VALUES = {key: [value(key, version) for version in VERSIONS] for key in KEYS}


def is_right(key: str, found: bytes | None) -> bool:
    return found is None or found in VALUES[key]


@contextmanager
def opened(folder: Path) -> Iterator[DiskCache]:
    cache = DiskCache(folder, BUDGET_BYTES, DAY_S)
    yield cache
    cache.close()


def write_all(folder: Path) -> None:
    """Put all values of all keys, and end without closing."""
    with opened(folder) as cache:
        for version in VERSIONS:
            for key in KEYS:
                cache.put(key, VALUES[key][version])
            cache.flush()
        os._exit(0)


def use(folder: Path, seconds: str, seed: str) -> None:
    """Say `ready`, wait for a line, then read and write at random."""
    choice, hits = chance(seed), 0
    print("ready", flush=True)
    sys.stdin.readline()
    end = time.monotonic() + float(seconds)
    with opened(folder) as cache:
        while time.monotonic() < end:
            key, what = choice.choice(KEYS), choice.random()
            if what < 0.3:
                cache.put(key, VALUES[key][choice.randrange(3)])
            elif what < 0.32:
                cache.remove(key)
            elif what < 0.33:
                cache.flush()
            else:
                found = cache.get(key)
                assert is_right(key, found), (key, found)
                hits += found is not None
    assert not cache.warnings(), cache.warnings()
    assert hits > 0


def fill_up(cache: DiskCache, number_of_values: int, size: int) -> None:
    """Put more than there is room for; what is given meanwhile is right."""
    for number in range(number_of_values):
        cache.put(f"large {number}", bytes([number]) * size)
        cache.flush()
        for each in range(number + 1):
            assert cache.get(f"large {each}") in (None, bytes([each]) * size)


def fill_limited(folder: Path) -> None:
    """No file may grow beyond 300,000 bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    with opened(folder) as cache:
        fill_up(cache, 20, 50_000)
        assert cache.verify().problems == ()
        (warning,) = cache.warnings()
        assert warning.startswith("cannot write the cache"), warning


def read_unprivileged(folder: Path) -> None:
    """As a user who may not write into the folder."""
    if os.geteuid() == 0:
        os.setuid(12345)
    with opened(folder) as cache:
        assert cache.get(KEYS[0]) == VALUES[KEYS[0]][0]
        cache.put("new", b"1")
        cache.flush()
        assert cache.get("new") is None
        assert len(cache.warnings()) == 1, cache.warnings()


JOBS: dict[str, Callable[..., None]] = {
    each.__name__: each for each in (write_all, use, fill_limited, read_unprivileged)
}

if __name__ == "__main__":
    JOBS[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
