"""Fork while other threads use a cache: in a process of its own, as coverage has a lock that no child renews.

Usage: python -m tests.helpers.forking KIND FOLDER
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event

from giflab_core.cache import Cache
from tests.contracts.test_cache import AMPLE_BYTES, MAKERS

TIMES, PATIENCE_S = 40, 10


def is_usable_in_a_forked_process(cache: Cache) -> bool:
    child = os.fork()
    if not child:
        try:
            signal.alarm(PATIENCE_S)  # ends it where it hangs
            found = cache.get("1")
            cache.put("n", b"new")
            if found in (None, b"1" * 2000) and cache.get("n") == b"new" and cache.warnings() == ():
                os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def main(kind: str, folder: str) -> int:
    warnings.filterwarnings("ignore", ".*multi-threaded", DeprecationWarning)
    done = Event()
    cache = MAKERS[kind](Path(folder), AMPLE_BYTES)

    def work(first: int) -> None:
        for number in count(first, 7):
            if done.is_set():
                break
            key = str(number % 50)
            cache.put(key, key.encode() * 2000) if number % 3 else cache.get(key)

    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(work, first) for first in range(3)]
        sys.setswitchinterval(1e-5)
        try:
            is_right = all(is_usable_in_a_forked_process(cache) for _ in range(TIMES))
        finally:
            done.set()
        for each in workers:
            each.result()
    return 0 if is_right and cache.warnings() == () else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
