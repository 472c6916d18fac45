"""Digests of files: read once where the system tells of changes, and again wherever it cannot."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.cache import MemoryCache
from giflab_core.cache.digests import Identities
from giflab_core.stamp import REST_NS
from tests.helpers.marks import needs_posix

MOST = 1 << 20


class Clock:
    """Says what it is told to, in nanoseconds."""

    def __init__(self, now_ns: int) -> None:
        self.now_ns = now_ns

    def __call__(self) -> int:
        return self.now_ns


@pytest.fixture
def cache() -> MemoryCache:
    return MemoryCache(MOST)


@pytest.fixture
def later() -> Clock:
    """An hour from now, when all that a test writes has rested."""
    return Clock(time.time_ns() + 3600 * 10**9)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.gif"
    path.write_bytes(b"one")
    was_read_ns(path, time.time_ns() + 1800 * 10**9)
    return path


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with every file that is read."""
    seen: list[int] = []
    digest = hashlib.file_digest

    def counted(*arguments: Any) -> Any:
        seen.append(1)
        return digest(*arguments)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    return seen


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def was_read_ns(path: Path, at_ns: int) -> None:
    """Have the file system say when a file was read last; it keeps this until a change, or a day has passed."""
    os.utime(path, ns=(at_ns, path.stat().st_mtime_ns))


def touch_back(path: Path, content: bytes) -> None:
    """Write other bytes of the same number and put the times back."""
    before = path.stat()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_the_digest_is_that_of_the_content(path: Path, cache: MemoryCache) -> None:
    assert Identities(cache).digest(path, MOST) == sha256(b"one")


def test_a_file_that_rested_is_read_once(path: Path, cache: MemoryCache, later: Clock, reads: list[int]) -> None:
    found = {Identities(cache, clock_ns=later).digest(path, MOST) for _ in range(3)}
    assert (found, len(reads)) == ({sha256(b"one")}, 1)


def test_a_file_that_was_just_written_is_read_every_time(
    path: Path, cache: MemoryCache, later: Clock, reads: list[int]
) -> None:
    was_read_ns(path, time.time_ns())
    for _ in range(3):
        Identities(cache, clock_ns=later).digest(path, MOST)
    assert len(reads) == 3


# The clock of FAT ticks every 2 s.
@pytest.mark.parametrize(("pause_ns", "count"), [(1_999_999_999, 3), (2_000_000_000, 2), (-2_000_000_000, 3)])
def test_a_file_that_is_as_it_was_some_time_ago_is_not_read_a_third_time(
    path: Path, cache: MemoryCache, later: Clock, reads: list[int], pause_ns: int, count: int
) -> None:
    was_read_ns(path, time.time_ns())
    Identities(cache, clock_ns=later).digest(path, MOST)
    later.now_ns += pause_ns
    for _ in range(2):
        Identities(cache, clock_ns=later).digest(path, MOST)
    assert len(reads) == count


@pytest.mark.parametrize("ahead_s", [-10, 0, 10, 86_400])
def test_a_change_within_a_tick_of_the_file_system_is_noticed_whatever_the_clock_says(
    path: Path, cache: MemoryCache, monkeypatch: pytest.MonkeyPatch, ahead_s: int
) -> None:
    was_read_ns(path, time.time_ns())
    frozen, found = path.stat(), []
    clock = Clock(time.time_ns() + ahead_s * 10**9)
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", lambda *_, **__: frozen)
        patch.setattr(os, "fstat", lambda *_, **__: frozen)
        for content in (b"one", b"two", b"six"):
            path.write_bytes(content)
            found.append(Identities(cache, clock_ns=clock).digest(path, MOST))
            clock.now_ns += 300_000_000
    assert found == list(map(sha256, (b"one", b"two", b"six")))


def test_a_file_that_is_verified_is_not_remembered(path: Path, cache: MemoryCache, later: Clock) -> None:
    Identities(cache, verify_content=True, clock_ns=later).digest(path, MOST)
    assert cache.stats().entries == 0


def test_a_file_that_rests_while_it_is_read_had_not_rested(
    path: Path, cache: MemoryCache, reads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, digest = Clock(path.stat().st_ctime_ns), hashlib.file_digest

    def slow(*arguments: Any) -> Any:
        clock.now_ns += 3_000_000_000
        return digest(*arguments)

    monkeypatch.setattr(hashlib, "file_digest", slow)
    was_read_ns(path, time.time_ns())
    for _ in range(2):
        Identities(cache, clock_ns=clock).digest(path, MOST)
    assert len(reads) == 2


def test_a_file_from_the_future_is_read_every_time(path: Path, cache: MemoryCache, reads: list[int]) -> None:
    set_back = Clock(path.stat().st_mtime_ns - 3600 * 10**9)
    for _ in range(2):
        Identities(cache, clock_ns=set_back).digest(path, MOST)
    assert len(reads) == 2


@needs_posix
def test_other_bytes_with_size_and_mtime_restored_are_noticed(path: Path, cache: MemoryCache, later: Clock) -> None:
    identities = Identities(cache, clock_ns=later)
    identities.digest(path, MOST)
    touch_back(path, b"two")
    assert identities.digest(path, MOST) == sha256(b"two")


@needs_posix
def test_a_file_that_took_anothers_place_is_noticed(path: Path, cache: MemoryCache, later: Clock) -> None:
    identities = Identities(cache, clock_ns=later)
    identities.digest(path, MOST)
    other = path.with_name("other")
    other.write_bytes(b"two")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    assert identities.digest(path, MOST) == sha256(b"two")


def test_what_the_system_hides_is_found_when_the_content_is_verified(
    path: Path, cache: MemoryCache, later: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = path.stat()
    Identities(cache, clock_ns=later).digest(path, MOST)
    path.write_bytes(b"two")
    monkeypatch.setattr(os, "stat", lambda _: status)
    monkeypatch.setattr(os, "fstat", lambda _: status)
    assert Identities(cache, clock_ns=later).digest(path, MOST) == sha256(b"one")
    assert Identities(cache, verify_content=True, clock_ns=later).digest(path, MOST) == sha256(b"two")


def test_a_file_that_changes_while_it_is_read_has_no_digest(
    path: Path, cache: MemoryCache, later: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = hashlib.file_digest

    def interrupted(*arguments: object) -> object:
        path.write_bytes(b"longer")
        return digest(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(hashlib, "file_digest", interrupted)
    assert Identities(cache, clock_ns=later).digest(path, MOST) is None
    assert cache.stats().entries == 0


@pytest.mark.parametrize("name", ["nowhere.gif", ".", "\0"])
def test_what_is_no_file_has_no_digest(tmp_path: Path, cache: MemoryCache, name: str) -> None:
    assert Identities(cache).digest(f"{tmp_path}/{name}", MOST) is None


@needs_posix
def test_a_named_pipe_is_not_waited_for(tmp_path: Path, cache: MemoryCache) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert Identities(cache).digest(tmp_path / "pipe", MOST) is None


def test_a_file_that_is_too_large_is_not_read(path: Path, cache: MemoryCache, reads: list[int]) -> None:
    assert Identities(cache).digest(path, 2) is None
    assert not reads


def test_a_relative_path_is_the_one_below_the_present_folder(
    tmp_path: Path, cache: MemoryCache, later: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.gif").write_text(name)
        monkeypatch.chdir(tmp_path / name)
        found.append(Identities(cache, clock_ns=later).digest("a.gif", MOST))
    assert found == [sha256(b"one"), sha256(b"two")]


@pytest.mark.parametrize("value", [b"", b"x", bytes(200), b"f" * 64])
def test_a_foreign_value_is_no_digest(path: Path, later: Clock, value: bytes) -> None:
    class Foreign(MemoryCache):
        def get(self, key: str) -> bytes | None:
            return value

    assert Identities(Foreign(MOST), clock_ns=later).digest(path, MOST) == sha256(b"one")


@needs_posix
@given(
    steps=st.lists(
        st.sampled_from(("write one", "write two", "write longer", "restore", "replace", "rest", "ask")), max_size=20
    )
)
def test_whatever_happens_to_a_file_its_digest_is_that_of_its_content(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    path = tmp_path_factory.mktemp("identity") / "a.gif"
    path.write_bytes(b"one")
    # A clock that says that all has rested: then only the times themselves tell, and these tick between two steps.
    cache, clock = MemoryCache(MOST), Clock(time.time_ns() + 3600 * 10**9)
    for step in [*steps, "ask"]:
        if step.startswith("write"):
            _tick(path)
            path.write_text(step.removeprefix("write "))
        elif step == "restore":
            _tick(path)
            touch_back(path, bytes(reversed(path.read_bytes())))
        elif step == "replace":
            other = path.with_name("other")
            other.write_text("new")
            other.replace(path)
        elif step == "rest":
            clock.now_ns += REST_NS
        else:
            assert Identities(cache, clock_ns=clock).digest(path, MOST) == sha256(path.read_bytes())


def _tick(path: Path) -> None:
    """Wait until the clock of the file system is another one than when the file was changed last."""
    probe = path.with_name("probe")
    while True:
        probe.write_bytes(b"")
        if probe.stat().st_ctime_ns > path.stat().st_ctime_ns:
            return
