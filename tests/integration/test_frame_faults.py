"""The cache of frames while everything goes wrong: never a wrong pixel, never an error, and clean afterwards."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from giflab_core.frames import FrameCache, index, store
from tests.conftest import ROOT
from tests.helpers.faults import DAMAGES, begin, chance, mounted, remounted_read_only
from tests.helpers.frame_worker import DISK_BYTES, are, decoded, store_always, write_clips
from tests.helpers.gifs import moving_frames, write_clip
from tests.helpers.marks import needs_linux, needs_posix
from tests.helpers.tools import miss

Damage = Callable[[bytes, random.Random], bytes]


@pytest.fixture(autouse=True)
def _store_always(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORTH_SHARE", "BEARABLE_SHARE", "LEAST_SAVED_S"):
        monkeypatch.setattr(index, name, getattr(index, name))  # as it was, afterwards
    monkeypatch.setattr(store, "GATHER_S", store.GATHER_S)
    store_always()


@pytest.fixture
def clips(tmp_path: Path) -> list[Path]:
    return write_clips(tmp_path / "clips")


@contextmanager
def opened(folder: Path, disk_bytes: int = 1 << 24) -> Iterator[FrameCache]:
    """A cache that keeps nothing in memory."""
    cache = FrameCache(folder, 0, disk_bytes)
    yield cache
    cache.close()


def command(job: str, folder: Path, clips: Path, *numbers: float) -> list[str]:
    return [sys.executable, "-m", "tests.helpers.frame_worker", job, str(folder), str(clips), *map(str, numbers)]


def worker(folder: Path, clips: Path, seconds: float, seed: int) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    job = command("use", folder, clips, seconds, seed)
    return subprocess.Popen(job, stdin=pipe, stdout=pipe, stderr=pipe, cwd=ROOT)


def fill(folder: Path, clips: list[Path]) -> None:
    """Have all clips on disk."""
    with opened(folder) as cache:
        for path in clips:
            assert cache.warm(path)


def assert_right(cache: FrameCache, clips: list[Path]) -> None:
    assert all(are(cache.frames(path), decoded(path)) for path in clips)


def assert_sound(folder: Path, clips: list[Path]) -> None:
    """Nothing is damaged or set aside, and what is there is right."""
    with opened(folder, DISK_BYTES) as cache:
        assert cache.verify()[1] == ()
        assert_right(cache, clips)
        assert cache.warnings() == ()
    assert [path.name for path in folder.glob("frames/*.sqlite")] == ["index-v1-1.sqlite"]


def assert_usable(folder: Path, clips: list[Path]) -> None:
    """It gives nothing wrong, is clean after it was verified, and keeps what is asked for again."""
    with opened(folder) as cache:
        assert_right(cache, clips)
        cache.verify()
        assert cache.verify()[1] == ()
    with opened(folder) as cache:
        assert cache.warm(clips[0])
        assert_right(cache, clips)
        assert cache.verify()[1] == ()
        assert cache.warnings() == ()


@pytest.mark.parametrize("seconds", [2, pytest.param(60, marks=pytest.mark.slow)])
def test_eight_processes_share_a_cache(tmp_path: Path, clips: list[Path], seconds: float) -> None:
    workers = [worker(tmp_path / "cache", clips[0].parent, seconds, seed) for seed in range(8)]
    begin(workers)
    for each in workers:
        _, errors = each.communicate(timeout=seconds + 60)
        assert (each.returncode, errors) == (0, b"")
    assert_sound(tmp_path / "cache", clips)


@needs_posix
@pytest.mark.parametrize("times", [6, pytest.param(200, marks=pytest.mark.slow)])
def test_processes_are_killed_at_any_moment(tmp_path: Path, clips: list[Path], times: int) -> None:
    choice = chance("kill")
    for number in range(times):
        folder = tmp_path / str(number // 3)
        killed = worker(folder, clips[0].parent, 60, number)
        begin([killed])
        time.sleep(choice.random() ** 2 * 0.3)  # often while the index is made or opened
        killed.send_signal(signal.SIGKILL)
        _, errors = killed.communicate()
        assert (killed.returncode, errors) == (-signal.SIGKILL, b"")
        if number % 3 == 2:
            assert_sound(folder, clips)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("what", ["frames/*.frames", "frames/index-v1-1.sqlite"])
@pytest.mark.parametrize("times", [8, pytest.param(300, marks=pytest.mark.slow)])
def test_a_damaged_file_gives_no_wrong_pixel(
    tmp_path: Path, clips: list[Path], damage: Damage, what: str, times: int
) -> None:
    clips = clips[:3]
    fill(tmp_path / "whole", clips)
    for seed in range(times):
        choice, folder = chance(seed), tmp_path / str(seed)
        shutil.copytree(tmp_path / "whole", folder)
        path = choice.choice(sorted(folder.glob(what)))
        # The damages are made for files that have room for some pages.
        path.write_bytes(damage(path.read_bytes() + bytes(24_000), choice)[: path.stat().st_size])
        assert_usable(folder, clips)
        shutil.rmtree(folder)


@pytest.mark.parametrize("times", [8, pytest.param(300, marks=pytest.mark.slow)])
def test_files_that_change_while_they_are_in_use_give_no_wrong_pixel(
    tmp_path: Path, clips: list[Path], monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    monkeypatch.setattr("giflab_core.cache.database.LOCKED_S", 0.2)
    clips = clips[:3]
    fill(tmp_path / "whole", clips)
    for seed in range(times):
        choice, folder = chance(seed), tmp_path / str(seed)
        shutil.copytree(tmp_path / "whole", folder)
        with opened(folder) as cache:
            held = {path: cache.frames(path) for path in clips}
            for path in [*folder.glob("frames/*.frames"), *folder.glob("frames/*.sqlite")]:
                path.write_bytes(choice.choice(DAMAGES)(path.read_bytes() + bytes(24_000), choice))
            assert all(are(frames, decoded(path)) for path, frames in held.items())
            for _ in range(3):
                assert_right(cache, clips)
                cache.flush()
        assert_usable(folder, clips)
        shutil.rmtree(folder)


@needs_linux
def test_a_full_disk_costs_only_files(tmp_path: Path, clips: list[Path]) -> None:
    with mounted(tmp_path / "small", "160k") as folder:
        with opened(folder) as cache:
            for path in clips:
                for _ in range(3):
                    assert are(cache.frames(path), decoded(path))
                    cache.flush()
            assert any("No space left" in warning or "full" in warning for warning in cache.warnings())
            assert len(cache.warnings()) <= 3
            cache.verify()
            assert cache.verify()[1] == ()
        assert list(folder.glob("frames/*.part")) == []
        with opened(folder) as cache:
            cache.clear()
        assert_usable(folder, clips[:1])


@needs_linux
def test_a_disk_without_any_room_costs_only_files(tmp_path: Path, clips: list[Path]) -> None:
    with mounted(tmp_path / "small", "256k") as folder:
        ballast = folder / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        with opened(folder) as cache:
            for _ in range(3):
                assert_right(cache, clips)
                cache.flush()
            assert cache.warnings()
            assert all("cannot" in warning for warning in cache.warnings())
        ballast.unlink()
        assert_usable(folder, clips[:1])


@needs_linux
def test_a_read_only_disk_serves_hits_and_takes_nothing(tmp_path: Path, clips: list[Path]) -> None:
    with mounted(tmp_path / "disk", "2m") as folder:
        fill(folder, clips[:2])
        with remounted_read_only(folder), opened(folder) as cache:
            for _ in range(3):
                assert_right(cache, clips)
                cache.flush()
            stats = cache.disk_stats()
            assert stats
            assert (stats.entries, stats.hits) == (2, 6)
            cache.prune()
            cache.clear()
            assert_right(cache, clips)
            assert all("cannot" in warning for warning in cache.warnings())
        assert_sound(folder, clips)


@needs_linux
@pytest.mark.parametrize("what", ["nothing", "a damaged index", "a damaged file"])
def test_a_read_only_disk_without_a_sound_cache_costs_nothing_else(
    tmp_path: Path, clips: list[Path], what: str
) -> None:
    with mounted(tmp_path / "disk", "2m") as folder:
        if what != "nothing":
            fill(folder, clips[:1])
            (path,) = folder.glob("frames/*.sqlite" if what == "a damaged index" else "frames/*.frames")
            path.write_bytes(b"x" * 9000)
        with remounted_read_only(folder), opened(folder) as cache:
            for _ in range(3):
                assert_right(cache, clips)
                cache.flush()
            cache.verify()
            cache.clear()
            assert cache.warnings()


@needs_posix
def test_another_users_cache_is_refused() -> None:
    if os.geteuid() != 0:
        miss("only root can become another user")
    with tempfile.TemporaryDirectory() as name:  # the folders that pytest makes are closed to other users
        place = Path(name)
        clips = write_clips(place / "clips")
        fill(place / "cache", clips)
        for path in (place, place / "clips", place / "cache", place / "cache" / "frames"):
            path.chmod(0o755)
        for path in (place / "cache" / "frames").iterdir():
            path.chmod(0o644)
        subprocess.run(command("ask_unprivileged", place / "cache", place / "clips"), check=True, cwd=ROOT)


def test_a_clock_that_was_set_back_lets_no_change_pass(
    tmp_path: Path, clips: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "cache", clips)
    day_s = 86400
    real_s, real_ns = time.time, time.time_ns
    monkeypatch.setattr(time, "time", lambda: real_s() - day_s)
    monkeypatch.setattr(time, "time_ns", lambda: real_ns() - day_s * 10**9)
    path = clips[0]
    with opened(tmp_path / "cache") as cache:
        for seed in range(20, 26):
            before = path.stat()
            content = write_clip(tmp_path / "other.gif", moving_frames(9, seed=seed)).read_bytes()
            path.write_bytes(content)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            assert are(cache.frames(path), decoded(path))
        assert_right(cache, clips)
        assert cache.verify()[1] == ()
        assert cache.warnings() == ()


@needs_posix
def test_a_folder_that_vanishes_costs_only_files(tmp_path: Path, clips: list[Path]) -> None:
    folder = tmp_path / "cache"
    with opened(folder) as cache:
        assert cache.warm(clips[0])
        shutil.rmtree(folder)
        for _ in range(3):
            assert_right(cache, clips)
            cache.flush()
    assert_usable(folder, clips)
