"""What is kept of an original: there if there was room, never another clip's, and gone at the end."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from giflab_core.originals import Known, Shelf, shelf


def test_what_was_put_comes_back() -> None:
    with Shelf() as kept:
        kept.put("a", b"one")
        kept.put("b", b"two")
        assert (kept.get("a"), kept.get("b"), kept.get("c")) == (b"one", b"two", None)


def test_a_number_is_made_once() -> None:
    made: list[float] = []

    def make() -> float:
        made.append(0.5)
        return 0.5

    with Shelf() as kept:
        assert [kept.number("a", make), kept.number("a", make), len(made)] == [0.5, 0.5, 1]


def test_another_clip_knows_nothing_of_the_first() -> None:
    with Shelf() as kept:
        Known(kept.of("one"), 3).put("fsim", 0, b"of one")
        assert Known(kept.of("one"), 3).get("fsim", 0) == b"of one"
        assert Known(kept.of("two"), 3).get("fsim", 0) is None
        assert Known(kept.of("one"), 3).get("fsim", 0) is None


def test_each_picture_and_background_has_a_place_of_its_own() -> None:
    with Shelf() as kept:
        Known(kept, 1).put("fsim", 255, b"white")
        assert [Known(kept, 1).get("fsim", 0), Known(kept, 2).get("fsim", 255)] == [None, None]
        assert Known(kept, 1).get("fsim", 255) == b"white"


def test_what_is_too_much_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "FILE_BYTES", 5)
    monkeypatch.setattr(shelf, "MOST_NUMBERS", 1)
    with Shelf() as kept:
        kept.put("a", b"1234")
        kept.put("b", b"12")
        assert (kept.get("a"), kept.get("b")) == (b"1234", None)
        assert [kept.number("a", lambda: 1.0), kept.number("b", lambda: 2.0), kept.number("b", lambda: 3.0)] == [
            1,
            2,
            3,
        ]


def test_more_than_memory_holds_is_read_from_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MEMORY_BYTES", 10)
    with Shelf() as kept:
        for number in range(20):
            kept.put(number, bytes([number]) * 7)
        assert [kept.get(number) for number in range(20)] == [bytes([number]) * 7 for number in range(20)]


def test_a_full_disk_keeps_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, *_: Any, **__: Any) -> None:
            pass

        def seek(self, _: int) -> None:
            raise OSError(errno.ENOSPC, "no space left")

        def close(self) -> None:
            pass

    monkeypatch.setattr("tempfile.SpooledTemporaryFile", Full)
    with Shelf() as kept:
        kept.put("a", b"one")
        assert kept.get("a") is None


def test_nothing_is_kept_after_the_end() -> None:
    with Shelf() as kept:
        kept.put("a", b"one")
    kept.put("b", b"two")
    assert (kept.get("a"), kept.get("b"), kept.number("c", lambda: 1.0), kept.number("c", lambda: 2.0)) == (
        *(None, None),
        *(1, 2),
    )


def test_threads_share_it() -> None:
    with Shelf() as kept, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: kept.put(number, bytes([number]) * 1000), range(200)))
        assert list(pool.map(kept.get, range(200))) == [bytes([number]) * 1000 for number in range(200)]
