"""The cache on disk while everything goes wrong: never a wrong value, never an error, and clean afterwards."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from giflab_core.cache import DiskCache
from tests.conftest import ROOT
from tests.helpers.cache_worker import KEYS, VALUES, fill_up, is_right, opened
from tests.helpers.faults import DAMAGES, begin, chance, mounted, remounted_read_only
from tests.helpers.marks import needs_linux, needs_posix


def command(job: str, folder: Path, *numbers: float) -> list[str]:
    return [sys.executable, "-m", "tests.helpers.cache_worker", job, str(folder), *map(str, numbers)]


def worker(folder: Path, seconds: float, seed: int) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen(command("use", folder, seconds, seed), stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT)


def assert_sound(folder: Path) -> None:
    """Nothing is damaged or set aside, and whatever is there is right."""
    with opened(folder) as cache:
        assert cache.verify().problems == ()
        assert all(is_right(key, cache.get(key)) for key in KEYS)
        assert cache.warnings() == ()
    assert [path.name for path in folder.glob("*.sqlite")] == ["results-v1-1.sqlite"]


def assert_usable(cache: DiskCache) -> None:
    """It gives nothing wrong, is clean after it was verified, and keeps what it is given."""
    assert all(is_right(key, cache.get(key)) for key in KEYS)
    cache.verify()
    assert cache.verify().problems == ()
    cache.put(KEYS[0], VALUES[KEYS[0]][1])
    cache.flush()
    assert cache.get(KEYS[0]) == VALUES[KEYS[0]][1]
    assert all(is_right(key, cache.get(key)) for key in KEYS)


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_eight_processes_share_a_cache(tmp_path: Path, seconds: float) -> None:
    workers = [worker(tmp_path, seconds, seed) for seed in range(8)]
    begin(workers)
    for each in workers:
        _, errors = each.communicate(timeout=seconds + 60)
        assert (each.returncode, errors) == (0, b"")
    assert_sound(tmp_path)


@needs_posix
@pytest.mark.parametrize("times", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_processes_are_killed_at_any_moment(tmp_path: Path, times: int) -> None:
    choice = chance("kill")
    for number in range(times):
        folder = tmp_path / str(number // 5)
        killed = worker(folder, 60, number)
        begin([killed])
        time.sleep(choice.random() ** 3 * 0.3)  # often while the database is made or opened
        killed.send_signal(signal.SIGKILL)
        _, errors = killed.communicate()
        assert (killed.returncode, errors) == (-signal.SIGKILL, b"")
        if number % 5 == 4:
            assert_sound(folder)


def damaged_folder(folder: Path) -> bytes:
    """A cache of all keys, at rest; the bytes of its database."""
    with opened(folder) as cache:
        for key in KEYS:
            cache.put(key, VALUES[key][0])
    return (folder / "results-v1-1.sqlite").read_bytes()


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("times", [25, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_damaged_database_gives_no_wrong_value(
    tmp_path: Path, damage: Callable[[bytes, random.Random], bytes], times: int
) -> None:
    content = damaged_folder(tmp_path / "whole")
    for seed in range(times):
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / "results-v1-1.sqlite").write_bytes(damage(content, chance(seed)))
        with opened(folder) as cache:
            assert_usable(cache)
        with opened(folder) as cache:
            assert cache.verify().problems == ()
            assert cache.warnings() == ()
        shutil.rmtree(folder)


@needs_posix
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("times", [15, pytest.param(300, marks=pytest.mark.slow)])
def test_a_damaged_log_of_a_killed_process_gives_no_wrong_value(
    tmp_path: Path, damage: Callable[[bytes, random.Random], bytes], times: int
) -> None:
    subprocess.run(command("write_all", tmp_path / "whole"), check=True, cwd=ROOT)
    log = (tmp_path / "whole" / "results-v1-1.sqlite-wal").read_bytes()
    assert len(log) > 100_000
    for seed in range(times):
        folder = tmp_path / str(seed)
        shutil.copytree(tmp_path / "whole", folder)
        (folder / "results-v1-1.sqlite-wal").write_bytes(damage(log, chance(seed)))
        with opened(folder) as cache:
            assert_usable(cache)
        shutil.rmtree(folder)


@pytest.mark.parametrize("times", [25, pytest.param(500, marks=pytest.mark.slow)])
def test_a_database_that_is_damaged_while_open_gives_no_wrong_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr("giflab_core.cache.database.LOCKED_S", 0.2)
    content = damaged_folder(tmp_path / "whole")
    for seed in range(times):
        choice = chance(seed)
        folder = tmp_path / str(seed)
        folder.mkdir()
        path = folder / "results-v1-1.sqlite"
        path.write_bytes(content)
        with opened(folder) as cache, opened(folder) as other:
            for key in KEYS[::7]:
                assert cache.get(key) == other.get(key) == VALUES[key][0]
            path.write_bytes(choice.choice(DAMAGES)(content, choice))
            for key in KEYS[::5]:
                other.put(key, VALUES[key][2])
            other.flush()
            assert all(is_right(key, cache.get(key)) for key in KEYS)
            # Cut to nothing, it is a new database, which those who have the old one open keep locked.
            if not any("locked" in warning for warning in cache.warnings() + other.warnings()):
                assert_usable(cache)
            assert all(is_right(key, other.get(key)) for key in KEYS)
        with opened(folder) as cache:
            assert_usable(cache)
        shutil.rmtree(folder)


def fill_up_to_the_brim(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


@needs_linux
def test_a_full_disk_costs_values_and_one_warning(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", "1m") as folder:
        with opened(folder) as cache:
            fill_up(cache, 40, 50_000)
            (warning,) = cache.warnings()
            assert warning.startswith("cannot write the cache")
            assert cache.verify().problems == ()
            assert cache.get("large 0") == bytes(50_000)
        with opened(folder) as cache:
            assert cache.verify().problems == ()
            cache.clear()
            cache.put("a", b"1")
            cache.flush()
            assert cache.get("a") == b"1"


@needs_linux
def test_a_disk_without_any_room_costs_only_the_values(tmp_path: Path) -> None:
    with mounted(tmp_path / "small", "512k") as folder:
        ballast = folder / "ballast"
        fill_up_to_the_brim(ballast)
        with opened(folder) as cache:
            cache.put("a", b"1")
            cache.flush()
            assert cache.get("a") is None
            assert len(cache.warnings()) in (1, 2)
            assert all("cannot" in warning for warning in cache.warnings())
            assert cache.stats().entries == 0
        ballast.unlink()
        with opened(folder) as cache:
            assert_usable(cache)


@needs_linux
@pytest.mark.parametrize("state", ["full", "read-only"])
@pytest.mark.parametrize("act", [DiskCache.clear, DiskCache.prune])
def test_what_cannot_be_done_is_told(tmp_path: Path, state: str, act: Callable[[DiskCache], None]) -> None:
    with mounted(tmp_path / "small", "1m") as folder, ExitStack() as stack:
        with opened(folder) as cache:
            cache.put("a", b"1")
        if state == "full":
            fill_up_to_the_brim(folder / "ballast")
        else:
            stack.enter_context(remounted_read_only(folder))
        with opened(folder) as cache:
            act(cache)
            (warning,) = cache.warnings()
            assert warning.startswith("cannot write the cache")
            found = cache.verify()
            assert (found.problems, bool(found.failures)) == ((), state == "full")


@needs_posix
def test_a_limit_on_the_size_of_files_costs_only_values(tmp_path: Path) -> None:
    subprocess.run(command("fill_limited", tmp_path), check=True, cwd=ROOT)
    with opened(tmp_path) as cache:
        assert cache.verify().problems == ()
        assert cache.get("large 0") == bytes(50_000)


@needs_linux
def test_a_read_only_disk_serves_hits_and_takes_nothing(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "2m") as folder:
        with opened(folder) as cache:
            cache.put("a", b"1")
        with remounted_read_only(folder), opened(folder) as cache:
            assert cache.get("a") == b"1"
            cache.put("b", b"2")
            cache.remove("a")
            cache.flush()
            assert cache.get("b") is None
            cache.clear()
            cache.prune()
            assert cache.get("a") == b"1"
            assert cache.verify().problems == ()
            (warning,) = cache.warnings()
            assert "readonly" in warning
        with opened(folder) as cache:
            assert cache.get("a") == b"1"


@needs_linux
@pytest.mark.parametrize("what", ["nothing", "a damaged database", "another program's folder"])
def test_a_read_only_disk_without_a_cache_costs_nothing_else(tmp_path: Path, what: str) -> None:
    with mounted(tmp_path / "disk", "2m") as folder:
        if what == "a damaged database":
            (folder / "results-v1-1.sqlite").write_bytes(b"x" * 9000)
        place = folder / "inner" if what == "another program's folder" else folder
        with remounted_read_only(folder), opened(place) as cache:
            cache.put("a", b"1")
            cache.flush()
            assert cache.get("a") is None
            cache.verify()
            cache.clear()
            assert cache.warnings()


@needs_posix
def test_a_folder_without_the_right_to_write_serves_hits() -> None:
    with tempfile.TemporaryDirectory() as name:  # the folders that pytest makes are closed to other users
        folder = Path(name)
        with opened(folder) as cache:
            cache.put(KEYS[0], VALUES[KEYS[0]][0])
        folder.chmod(0o555)
        subprocess.run(command("read_unprivileged", folder), check=True, cwd=ROOT)
        folder.chmod(0o700)


@needs_posix
def test_a_folder_that_vanishes_costs_only_values(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    with opened(folder) as cache:
        for key in KEYS:
            cache.put(key, VALUES[key][0])
        cache.flush()
        shutil.rmtree(folder)
        for key in KEYS:
            cache.put(key, VALUES[key][1])
        cache.flush()
        assert all(is_right(key, cache.get(key)) for key in KEYS)
    with opened(folder) as cache:
        assert_usable(cache)
