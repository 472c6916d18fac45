"""The cache on disk: what stays, for how long, and what becomes of a database that is not what was written."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giflab_core.cache import DiskCache
from giflab_core.cache.connection import Schema
from giflab_core.cache.disk import COARSE_S, MOST_PENDING_BYTES, SCHEMA
from tests.helpers.marks import needs_posix

BUDGET_BYTES, DAY_S = 8 * 1024 * 1024, 86400.0


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now_s


@contextmanager
def opened(folder: Path, budget_bytes: int = BUDGET_BYTES, clock: Clock | None = None) -> Iterator[DiskCache]:
    cache = DiskCache(folder, budget_bytes, DAY_S, now=clock or time.time)
    yield cache
    cache.close()


@contextmanager
def database(folder: Path, version: int = 1) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / f"results-v{version}-1.sqlite")) as connection, connection:
        yield connection


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    with opened(tmp_path) as cache:
        for key in "abc":
            cache.put(key, key.encode() * 100)
    return tmp_path


def damage(path: Path) -> None:
    """All but the header, which says whose it is."""
    path.write_bytes(path.read_bytes()[:100].ljust(5000, b"x"))


def kept(folder: Path, keys: str = "abc") -> str:
    with opened(folder) as cache:
        return "".join(key for key in keys if cache.get(key) == key.encode() * 100)


def test_what_was_put_is_there_for_the_next_process(filled: Path) -> None:
    assert kept(filled) == "abc"


def test_what_was_put_is_written_without_being_asked(tmp_path: Path) -> None:
    with opened(tmp_path) as cache, opened(tmp_path) as other:
        cache.put("a", b"1")
        until = time.monotonic() + 10
        while other.get("a") is None and time.monotonic() < until:
            time.sleep(0.01)
        assert other.get("a") == b"1"


def test_a_process_that_forgets_to_close_writes_at_its_end(tmp_path: Path) -> None:
    code = "from giflab_core.cache import DiskCache as D; from pathlib import Path; import sys; "
    code += "c = D(Path(sys.argv[1]), 10**6, 100); c.put('a', b'a' * 100)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert kept(tmp_path) == "a"


def test_a_cache_that_is_forgotten_is_freed_once_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("giflab_core.cache.writer.IDLE_S", 0.1)
    threads = threading.active_count()
    cache = DiskCache(tmp_path, BUDGET_BYTES, DAY_S)
    cache.get("a")
    cache.put("a", b"a" * 100)
    forgotten = weakref.ref(cache)
    del cache
    until = time.monotonic() + 10
    while threading.active_count() > threads and time.monotonic() < until:
        time.sleep(0.01)
    gc.collect()
    assert forgotten() is None
    assert threading.active_count() <= threads, "those of other tests may end"
    assert os.listdir(tmp_path) == ["results-v1-1.sqlite"]  # closed, so it has no log
    assert kept(tmp_path) == "a"


def put_and_forget(folder: Path) -> None:
    DiskCache(folder, BUDGET_BYTES, DAY_S).put("a", b"a" * 100)


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_a_child_of_multiprocessing_writes_at_its_end(tmp_path: Path, method: str) -> None:
    child = multiprocessing.get_context(method).Process(target=put_and_forget, args=(tmp_path,))  # type: ignore[attr-defined]
    child.start()
    child.join()
    assert child.exitcode == 0
    assert kept(tmp_path) == "a"


def test_a_hit_loads_no_numpy_and_leaves_the_database_as_it_is(filled: Path) -> None:
    before = (filled / "results-v1-1.sqlite").read_bytes()
    code = "from giflab_core.cache import DiskCache as D; from pathlib import Path; import sys; "
    code += "c = D(Path(sys.argv[1]), 10**6, 100); assert c.get('a'); c.close(); print('numpy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code, str(filled)], check=True, stdout=subprocess.PIPE)
    assert found.stdout.split() == [b"False"]
    assert (filled / "results-v1-1.sqlite").read_bytes() == before
    assert os.listdir(filled) == ["results-v1-1.sqlite"]


def test_many_entries_are_one_query(filled: Path) -> None:
    with opened(filled) as cache:
        cache.get("a")
        connection = cache._database._reader.connection
        assert connection
        queries: list[str] = []
        connection.set_trace_callback(queries.append)
        assert len(cache.get_many("abcde")) == 3
        assert len(queries) == 1


class TestTime:
    def test_an_entry_lives_as_long_as_it_may(self, tmp_path: Path) -> None:
        clock = Clock()
        with opened(tmp_path, clock=clock) as cache:
            cache.put("a", b"1")
            cache.flush()
            clock.now_s += DAY_S - 2
            assert cache.get("a") == b"1"
            clock.now_s += 4
            assert cache.get("a") is None
            cache.flush()
            assert cache.stats().entries == 0

    def test_what_expired_goes_when_something_is_written(self, tmp_path: Path) -> None:
        clock = Clock()
        with opened(tmp_path, clock=clock) as cache:
            cache.put("a", b"1")
            cache.flush()
            clock.now_s += DAY_S + 2
            cache.put("b", b"1")
            assert cache.stats().entries == 1

    def test_pruning_drops_what_was_used_lately_but_is_too_old(self, tmp_path: Path) -> None:
        clock = Clock()
        with opened(tmp_path, clock=clock) as cache:
            cache.put("a", b"1")
            cache.flush()
            clock.now_s += DAY_S - 10
            assert cache.get("a") == b"1"
            clock.now_s += 20
            cache.put("b", b"1")
            assert cache.stats().entries == 2
            cache.prune()
            assert cache.stats().entries == 1

    @settings(max_examples=30)
    @given(jumps=st.lists(st.floats(-10 * DAY_S, 10 * DAY_S), max_size=12))
    def test_a_clock_that_jumps_costs_entries_at_most(
        self, tmp_path_factory: pytest.TempPathFactory, jumps: list[float]
    ) -> None:
        clock = Clock()
        with opened(tmp_path_factory.mktemp("cache"), clock=clock) as cache:
            for number, jump_s in enumerate(jumps):
                clock.now_s += jump_s
                cache.put(str(number), bytes([number]))
                cache.flush()
                for each in range(number):
                    assert cache.get(str(each)) in (None, bytes([each]))
                assert cache.get(str(number)) == bytes([number])
            assert cache.verify().problems == ()
            assert cache.warnings() == ()

    def test_what_was_put_before_the_clock_was_set_back_grows_old_from_then_on(self, tmp_path: Path) -> None:
        clock = Clock()
        with opened(tmp_path, clock=clock) as cache:
            cache.put("a", b"1")
            cache.flush()
            clock.now_s -= 1000 * DAY_S
            assert cache.get("a") == b"1"
            cache.put("b", b"1")
            cache.flush()
            clock.now_s += DAY_S + 2
            assert cache.get("a") is None


class TestBudget:
    def test_what_was_used_longest_ago_goes_first(self, tmp_path: Path) -> None:
        clock = Clock()
        with opened(tmp_path, 512 * 1024, clock) as cache:
            for number in range(20):
                clock.now_s += COARSE_S + 2
                cache.put(str(number), bytes(20_000))
                cache.flush()
            clock.now_s += COARSE_S + 2
            assert cache.get("0") is not None
            for number in range(20, 30):
                clock.now_s += COARSE_S / 100
                cache.put(str(number), bytes(20_000))
                cache.flush()
            left = [number for number in range(30) if cache.get(str(number)) is not None]
            assert left[0] == 0
            assert left[1:] == list(range(31 - len(left), 30))
            assert len(left) > 15

    def test_the_file_does_not_outgrow_the_budget(self, tmp_path: Path) -> None:
        budget_bytes = 512 * 1024
        with opened(tmp_path, budget_bytes) as cache:
            for number in range(300):
                cache.put(str(number), os.urandom(4096))
                if number % 10 == 0:
                    cache.flush()
            assert cache.get("299") is not None
            assert cache.stats().bytes <= budget_bytes
        assert (tmp_path / "results-v1-1.sqlite").stat().st_size <= budget_bytes * 1.2

    def test_a_smaller_budget_holds_after_pruning(self, tmp_path: Path) -> None:
        with opened(tmp_path) as cache:
            for number in range(300):
                cache.put(str(number), os.urandom(4096))
        with opened(tmp_path, 256 * 1024) as cache:
            cache.prune()
            assert 0 < cache.stats().bytes <= 256 * 1024
        assert (tmp_path / "results-v1-1.sqlite").stat().st_size <= 256 * 1024

    def test_clearing_gives_the_space_back(self, tmp_path: Path) -> None:
        with opened(tmp_path) as cache:
            for number in range(300):
                cache.put(str(number), os.urandom(4096))
            cache.flush()
            cache.clear()
            assert sum(each.stat().st_size for each in tmp_path.iterdir()) < 100_000

    def test_a_disk_that_is_too_slow_costs_values_and_one_warning(self, tmp_path: Path) -> None:
        with opened(tmp_path, 10 * MOST_PENDING_BYTES) as cache, database(tmp_path) as blocking:
            blocking.execute("BEGIN EXCLUSIVE")
            for number in range(20):
                cache.put(str(number), bytes(1024 * 1024))
            kept = [number for number in range(20) if cache.get(str(number))]
            blocking.rollback()
            assert kept == list(range(16))
            (warning,) = cache.warnings()
            assert "too slow" in warning


class TestDamage:
    def test_a_value_that_was_changed_is_a_miss_and_goes(self, filled: Path) -> None:
        with database(filled) as connection:
            connection.execute("UPDATE entries SET value = zeroblob(100) WHERE key = 'b'")
        with opened(filled) as cache:
            assert [cache.get(key) for key in "abc"] == [b"a" * 100, None, b"c" * 100]
            assert cache.warnings() == ("an entry of the cache was damaged and is removed",)
            assert cache.stats().entries == 2
            assert cache.verify().problems == ()

    def test_of_many_a_damaged_one_is_a_miss_and_goes(self, filled: Path) -> None:
        with database(filled) as connection:
            connection.execute("UPDATE entries SET value = zeroblob(100) WHERE key = 'b'")
        with opened(filled) as cache:
            assert cache.get_many("abc") == {"a": b"a" * 100, "c": b"c" * 100}
            assert cache.warnings() == ("an entry of the cache was damaged and is removed",)
            assert cache.stats().entries == 2

    @pytest.mark.parametrize(
        "change",
        [
            "(value, checksum) = (SELECT value, checksum FROM entries WHERE key = 'a')",
            "checksum = zeroblob(16)",
            "checksum = zeroblob(0)",
            "value = zeroblob(1000000)",
        ],
    )
    def test_verifying_finds_what_was_changed(self, filled: Path, change: str) -> None:
        with database(filled) as connection:
            connection.execute("UPDATE entries SET " + change + " WHERE key = 'b'")  # noqa: S608
        with opened(filled) as cache:
            found = cache.verify()
            problems = ("entries that were damaged and are removed: 1",)
            assert (found.entries, found.problems, found.failures) == (2, problems, ())
            assert cache.verify().problems == ()
        assert kept(filled) == "ac"

    def test_verifying_tells_what_cannot_be_removed(self, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("giflab_core.cache.database.LOCKED_S", 0.1)
        with database(filled) as connection:
            connection.execute("UPDATE entries SET checksum = zeroblob(16) WHERE key = 'b'")
        with opened(filled) as cache, database(filled) as blocking:
            blocking.execute("BEGIN IMMEDIATE")
            found = cache.verify()
            blocking.rollback()
        failures = ("entries that are damaged and cannot be removed: 1",)
        assert (found.entries, found.problems, found.failures) == (2, (), failures)

    def test_verifying_tells_that_it_could_not_check(self, filled: Path) -> None:
        (filled / "results-v1-1.sqlite").unlink()
        (filled / "results-v1-1.sqlite").symlink_to(filled / "nowhere" / "at all")
        with opened(filled) as cache:
            found = cache.verify()
            assert (found.entries, found.problems) == (0, ())
            (failure,) = found.failures
            assert "it is a link, which the cache does not follow; remove it" in failure
        assert cache.verify().failures

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"not a database at all, but text" * 100, "file is not a database"),
            (b"SQLite format 3\0" + bytes(4080), "file is not a database"),
        ],
    )
    def test_what_is_no_database_is_set_aside_with_one_warning(self, filled: Path, content: bytes, reason: str) -> None:
        (filled / "results-v1-1.sqlite").write_bytes(content)
        with opened(filled) as cache:
            assert cache.get("a") is None
            cache.put("a", b"a" * 100)
            cache.flush()
            assert cache.get("a") == b"a" * 100
            (warning,) = cache.warnings()
            assert warning == f"the cache results-v1-1.sqlite is set aside: {reason}"
        assert (filled / "results-v1-1.sqlite").read_bytes() == content
        assert kept(filled) == "a"

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ("PRAGMA application_id = 7", "another program made it"),
            ("PRAGMA application_id = 0", "another program made it"),
            ("PRAGMA user_version = 99", "a newer version of giflab made it"),
            ("DROP TABLE entries", "no such table: entries"),
        ],
    )
    def test_a_foreign_or_newer_database_is_set_aside(self, filled: Path, change: str, reason: str) -> None:
        with database(filled) as connection:
            connection.execute(change)
        before = (filled / "results-v1-1.sqlite").read_bytes()
        with opened(filled) as cache:
            assert cache.get("a") is None
            (warning,) = cache.warnings()
            assert warning.endswith(reason)
        assert (filled / "results-v1-1.sqlite").read_bytes() == before
        assert kept(filled) == ""

    def test_a_damaged_schema_that_is_no_text_is_set_aside(self, filled: Path) -> None:
        path = filled / "results-v1-1.sqlite"
        path.write_bytes(path.read_bytes().replace(b"CREATE TABLE entries (id", b"CREATE TABLE entries \xf3id", 1))
        with opened(filled) as cache:
            assert cache.get("a") is None
            assert len(cache.warnings()) == 1
        assert kept(filled) == ""

    @pytest.mark.parametrize("act", [DiskCache.clear, DiskCache.prune])
    def test_clearing_and_pruning_delete_what_was_set_aside(
        self, filled: Path, act: Callable[[DiskCache], None]
    ) -> None:
        damage(filled / "results-v1-1.sqlite")
        others = ["other-v1-1.sqlite", "results-v1-0.sqlite", "results-v2-1.sqlite", ".results-others.part"]
        for name in (*others, "results-v1-1.sqlite-wal"):
            (filled / name).write_bytes(b"x")
        (filled / ".results-123.part").touch()
        with opened(filled) as cache:
            cache.get("a")
            assert cache.set_aside() == (filled / "results-v1-1.sqlite",)
            act(cache)
            assert cache.set_aside() == ()
        assert sorted(os.listdir(filled)) == sorted([*others, "results-v1-2.sqlite"])

    @pytest.mark.parametrize("act", [DiskCache.clear, DiskCache.prune])
    @pytest.mark.parametrize("change", ["PRAGMA application_id = 7", "PRAGMA application_id = 0"])
    def test_what_another_program_made_stays(self, filled: Path, change: str, act: Callable[[DiskCache], None]) -> None:
        with database(filled) as connection:
            connection.execute(change)
        (filled / "results-v1-2.sqlite").write_text("somebody's own")
        before = {name: (filled / name).read_bytes() for name in os.listdir(filled)}
        for _ in range(2):
            with opened(filled) as cache:
                cache.put("a", b"a" * 100)
                cache.flush()
                assert cache.set_aside() == ()
                act(cache)
        assert {name: (filled / name).read_bytes() for name in before} == before
        assert sorted(os.listdir(filled)) == [*sorted(before), "results-v1-3.sqlite"]

    def test_what_cannot_be_deleted_is_told(self, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(_: Path) -> None:
            raise PermissionError(13, "Permission denied")

        (filled / "results-v1-2.sqlite").touch()
        monkeypatch.setattr("giflab_core.cache.database._remove", refuse)
        with opened(filled) as cache:
            cache.prune()
            (warning,) = cache.warnings()
            assert warning.startswith("cannot remove from the cache")

    def test_only_the_last_one_that_was_set_aside_is_kept(self, filled: Path) -> None:
        for number in range(1, 5):
            damage(filled / f"results-v1-{number}.sqlite")
            with opened(filled) as cache:
                cache.put("a", b"a" * 100)
        assert sorted(os.listdir(filled)) == ["results-v1-4.sqlite", "results-v1-5.sqlite"]
        assert kept(filled) == "a"

    def test_no_number_is_too_large(self, filled: Path) -> None:
        (filled / "results-v1-99999999.sqlite").write_bytes(b"x" * 5000)
        with opened(filled) as cache:
            cache.put("a", b"a" * 100)
        assert kept(filled) == "a"

    def test_a_process_that_has_the_old_one_open_harms_nobody(self, filled: Path) -> None:
        with opened(filled) as old:
            assert old.get("a") is not None
            (filled / "results-v1-2.sqlite").touch()  # as a process that found damage does
            with opened(filled) as new:
                new.put("n", b"n" * 100)
                new.flush()
                old.put("o", b"o" * 100)
                old.close()
                assert new.get("n") == b"n" * 100
                assert new.verify().problems == ()
        assert kept(filled, "anob") == "n"

    def test_nothing_is_tried_for_ever(self, tmp_path: Path) -> None:
        (tmp_path / "results-v1-1.sqlite").mkdir()
        with opened(tmp_path) as cache:
            cache.put("a", b"1")
            cache.flush()
            assert cache.get("a") is None
            assert len(cache.warnings()) == 2
            assert "cannot read the cache" in cache.warnings()[1]


def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    (tmp_path / "results-v1-1.sqlite").touch()
    with opened(tmp_path) as cache:
        cache.put("a", b"a" * 100)
        cache.flush()
        assert cache.warnings() == ()
    assert kept(tmp_path) == "a"


class TestVersions:
    LATER = Schema(SCHEMA.application_id, (*SCHEMA.migrations, ("CREATE TABLE more (id INTEGER) STRICT",)))

    @pytest.fixture
    def later(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
        """From now on this is a later version of giflab."""
        return lambda: monkeypatch.setattr("giflab_core.cache.disk.SCHEMA", self.LATER)

    def test_a_newer_one_begins_with_what_the_older_kept(self, filled: Path, later: Callable[[], None]) -> None:
        before = (filled / "results-v1-1.sqlite").read_bytes()
        later()
        assert kept(filled) == "abc"
        with database(filled, version=2) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (2,)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)
            assert connection.execute("SELECT count(*) FROM more").fetchone() == (0,)
        assert (filled / "results-v1-1.sqlite").read_bytes() == before
        assert sorted(os.listdir(filled)) == ["results-v1-1.sqlite", "results-v2-1.sqlite"]

    def test_two_share_a_folder(self, filled: Path, later: Callable[[], None]) -> None:
        with opened(filled) as older:
            later()
            with opened(filled) as newer:
                for number in range(5):
                    for cache in (older, newer):
                        cache.put(str(number), b"1")
                        assert cache.get("a") == b"a" * 100
                        cache.prune()
                assert older.verify() == newer.verify()
                assert older.warnings() + newer.warnings() == ()
        assert sorted(os.listdir(filled)) == ["results-v1-1.sqlite", "results-v2-1.sqlite"]

    def test_what_cannot_be_carried_over_is_left(self, filled: Path, later: Callable[[], None]) -> None:
        (filled / "results-v1-1.sqlite").write_bytes(b"x" * 5000)
        later()
        with opened(filled) as cache:
            cache.put("a", b"a" * 100)
            cache.flush()
            assert cache.warnings() == ()
        assert kept(filled) == "a"
        assert sorted(os.listdir(filled)) == ["results-v1-1.sqlite", "results-v2-1.sqlite"]


def test_tables_are_strict_and_writes_go_ahead(filled: Path) -> None:
    with database(filled) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("SELECT strict FROM pragma_table_list WHERE name = 'entries'").fetchone() == (1,)


def test_what_was_interrupted_is_not_taken_for_damage(filled: Path) -> None:
    class Impatient(Clock):
        def __call__(self) -> float:
            raise KeyboardInterrupt

    with opened(filled) as cache:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cache, "_now", Impatient())
            cache.remove("a")
            with pytest.raises(KeyboardInterrupt):
                cache.flush()
        cache.flush()
        assert (cache.get("a"), cache.warnings()) == (None, ())
    assert kept(filled) == "bc"


class TestLocked:
    """While another process, which may be stopped, keeps the database locked."""

    LOCKED_S, SOON_S = 0.5, 2.0

    @pytest.fixture(autouse=True)
    def brief(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("giflab_core.cache.database.LOCKED_S", self.LOCKED_S)

    @pytest.fixture
    def blocking(self, filled: Path) -> Iterator[sqlite3.Connection]:
        with database(filled) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection

    def test_it_is_waited_for_once(self, filled: Path, blocking: sqlite3.Connection) -> None:
        with opened(filled) as cache:
            before = time.monotonic()
            for number in range(20):
                cache.put(str(number), b"1")
                cache.flush()
                assert cache.get("a") is not None
            assert self.LOCKED_S <= time.monotonic() - before < self.SOON_S
            blocking.rollback()
            (warning,) = cache.warnings()
            assert warning.endswith("database is locked")
            cache.put("d", b"d" * 100)
        assert kept(filled, "abcd") == "abcd"

    @pytest.mark.usefixtures("blocking")
    @pytest.mark.parametrize(
        "act", [DiskCache.flush, DiskCache.close, DiskCache.verify, DiskCache.stats, DiskCache.prune, DiskCache.clear]
    )
    def test_nobody_waits_long(self, filled: Path, act: Callable[[DiskCache], object]) -> None:
        with opened(filled) as cache:
            cache.put("d", b"d" * 100)
            time.sleep(0.1)  # the thread has begun to try
            before = time.monotonic()
            act(cache)
            assert time.monotonic() - before < self.SOON_S
            (warning,) = cache.warnings()
            assert warning.endswith("database is locked")

    @pytest.mark.usefixtures("blocking")
    def test_the_end_of_the_process_does_not_wait_long(self, filled: Path) -> None:
        code = "from giflab_core.cache import DiskCache as D; from pathlib import Path; import sys; "
        code += "c = D(Path(sys.argv[1]), 10**6, 100); c.put('d', b'1')"
        subprocess.run([sys.executable, "-c", code, str(filled)], check=True, timeout=20)

    def test_the_thread_is_patient(self, filled: Path, blocking: sqlite3.Connection) -> None:
        with opened(filled) as cache:
            cache.put("d", b"d" * 100)
            time.sleep(2 * self.LOCKED_S)
            blocking.rollback()
            until = time.monotonic() + 10
            while kept(filled, "d") != "d" and time.monotonic() < until:
                time.sleep(0.01)
            assert cache.warnings() == ()
        assert kept(filled, "d") == "d"

    @pytest.mark.usefixtures("blocking")
    def test_the_thread_gives_up_in_the_end(self, filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("giflab_core.cache.writer.PATIENT_S", 0.1)
        with opened(filled) as cache:
            cache.put("d", b"d" * 100)
            until = time.monotonic() + 10
            while not cache.warnings() and time.monotonic() < until:
                time.sleep(0.01)
            assert len(cache.warnings()) == 1

    @needs_posix
    def test_a_signal_is_heard(self, filled: Path, blocking: sqlite3.Connection) -> None:
        def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
            raise KeyboardInterrupt

        with opened(filled) as cache:
            cache.put("d", b"d" * 100)
            handler = signal.signal(signal.SIGALRM, interrupt)
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            before = time.monotonic()
            try:
                with pytest.raises(KeyboardInterrupt):
                    cache.flush()
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, handler)
            assert time.monotonic() - before < self.LOCKED_S
            blocking.rollback()
        assert kept(filled, "d") == "d"

    @needs_posix
    def test_a_fork_does_not_wait_and_loses_nothing(self, filled: Path, blocking: sqlite3.Connection) -> None:
        with opened(filled) as cache:
            cache.put("d", b"d" * 100)
            time.sleep(0.1)
            before = time.monotonic()
            child = os.fork()
            if not child:
                os._exit(0)
            assert time.monotonic() - before < self.LOCKED_S
            assert os.waitpid(child, 0)[1] == 0
            blocking.rollback()
            until = time.monotonic() + 10
            while kept(filled, "d") != "d" and time.monotonic() < until:
                time.sleep(0.01)
            assert cache.warnings() == ()
        assert kept(filled, "d") == "d"

    def test_reads_do_not_wait_for_each_other(self, filled: Path) -> None:
        with database(filled) as exclusive, opened(filled) as cache:
            exclusive.execute("PRAGMA locking_mode = EXCLUSIVE")
            exclusive.execute("DELETE FROM entries WHERE key = 'c'")
            exclusive.commit()
            before = time.monotonic()
            assert [cache.get("a") for _ in range(50)] == [None] * 50
            assert time.monotonic() - before < self.SOON_S
            assert len(cache.warnings()) == 1


@needs_posix
def test_a_forked_process_goes_on_with_the_cache(filled: Path) -> None:
    with opened(filled) as cache:
        cache.put("p", b"p" * 100)
        child = os.fork()
        if not child:
            is_right = cache.get("a") == b"a" * 100
            cache.put("c", b"C" * 100)
            cache.flush()
            os._exit(0 if is_right and not cache.warnings() else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert (cache.get("a"), cache.get("c"), cache.get("p")) == (b"a" * 100, b"C" * 100, b"p" * 100)
        assert cache.verify().problems == ()
        assert cache.warnings() == ()
