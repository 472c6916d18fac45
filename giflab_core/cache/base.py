"""What every cache does: bytes by key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from giflab_core.frozen import dataclass

LONGEST_KEY = 200
ENTRY_BYTES = 200
"""What keeping an entry takes besides its key and value, roughly."""


@dataclass(frozen=True, slots=True)
class Stats:
    """How full a cache is, and how often it was asked in this process.

    `bytes` counts what the entries take, with their keys and what keeping them takes.
    """

    entries: int
    bytes: int
    hits: int
    misses: int
    budget_bytes: int


class Cache(Protocol):
    """Bytes by key. `tests/contracts/test_cache.py` says what every cache must do.

    A cache may forget any value at any time and gives back only what was put under that very key. What is kept beyond
    a process may be the value before last where a write was lost, so a key should name the content it stands for.

    A key is 1 to 200 ASCII characters; another one raises ValueError. Nothing else raises: where the environment fails
    (a full disk, a read-only folder, a damaged file), values are dropped and `warnings()` says why. All methods may be
    called from any thread. A closed cache gives nothing and takes nothing.
    """

    def get(self, key: str) -> bytes | None:
        """The value that was put last under this key, or None."""

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        """What `get()` gives for each of these keys, without those that have no value, in one go.

        A key counts once as a hit or a miss, however often it is named.
        """

    def put(self, key: str, value: bytes) -> None:
        """Keep a value; one that is larger than the budget is not kept, and what it would replace goes."""

    def remove(self, key: str) -> None:
        """Forget a key, if there."""

    def clear(self) -> None:
        """Forget all."""

    def flush(self) -> None:
        """Return when everything that was put is where it stays."""

    def stats(self) -> Stats: ...

    def warnings(self) -> tuple[str, ...]:
        """What went wrong so far, each kind once, fit to be printed."""

    def close(self) -> None:
        """Flush and let go of files; may be called more than once."""


def entry_bytes(key: str, value: bytes) -> int:
    """What an entry takes."""
    return len(key) + len(value) + ENTRY_BYTES


def checked(keys: Iterable[str]) -> tuple[str, ...]:
    """Each key once, in their order; raises ValueError if one cannot be a key."""
    distinct = tuple(dict.fromkeys(keys))
    for key in distinct:
        check_key(key)
    return distinct


def check_key(key: str) -> None:
    """Raises ValueError for what cannot be a key."""
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii():
        raise ValueError(f"a key of a cache is 1 to {LONGEST_KEY} ASCII characters, not {key!r:.80}")
