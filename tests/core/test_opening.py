"""The user's caches: results and frames side by side in one folder, which is the user's alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from giflab_core import CacheRefused, DecodeLimits, LimitExceeded, open_cache, open_frames, stamp
from giflab_core.cache import MemoryCache
from tests.helpers.gifs import moving_frames, write_clip
from tests.helpers.marks import needs_posix

OPENERS = (open_cache, open_frames)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.usefixtures("store_always")
def test_both_are_in_the_folder_of_the_cache(folder: Path, tmp_path: Path) -> None:
    with open_cache() as cache:
        cache.put("a", b"1")
    with open_frames() as frames:
        assert frames.warm(write_clip(tmp_path / "a.gif", moving_frames(3)))
    assert len(list(folder.glob("results-*.sqlite"))) == 1
    assert len(list(folder.glob("frames/*.frames"))) == 1


def test_what_is_kept_is_there_when_it_is_opened_again(folder: Path) -> None:
    with open_cache() as cache:
        cache.put("a", b"1")
    with open_cache() as cache:
        assert cache.get("a") == b"1"


def test_a_folder_that_is_named_comes_first(folder: Path, tmp_path: Path) -> None:
    with open_cache(tmp_path / "named") as cache:
        cache.put("a", b"1")
    assert list((tmp_path / "named").glob("results-*.sqlite"))
    assert not folder.exists()


@needs_posix
@pytest.mark.parametrize("opener", OPENERS)
def test_a_folder_that_others_may_write_is_refused(
    folder: Path, opener: Callable[[], AbstractContextManager[Any]]
) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(CacheRefused, match="cache: others may write into it"):
        opener()
    assert list(folder.iterdir()) == []


@needs_posix
def test_a_folder_of_frames_that_others_may_write_is_refused(folder: Path) -> None:
    frames = folder / "frames"
    frames.mkdir(parents=True)
    folder.chmod(0o755)
    frames.chmod(0o777)
    with pytest.raises(CacheRefused, match="frames: others may write into it"):
        open_frames()
    assert list(frames.iterdir()) == []


def test_a_file_in_the_place_of_the_frames_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "frames").touch()
    with pytest.raises(CacheRefused, match="frames: it is not a folder"):
        open_frames()


@pytest.mark.usefixtures("folder")
def test_limits_of_decoding_hold_for_frames(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.gif", moving_frames(3))
    with open_frames(limits=DecodeLimits(max_frames=2)) as frames, pytest.raises(LimitExceeded):
        frames.frames(path)


@pytest.mark.usefixtures("folder")
def test_digests_are_kept_in_a_cache_of_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamp, "REST_NS", 0)
    known = MemoryCache(1 << 20)
    with open_frames(known=known) as frames:
        frames.frames(write_clip(tmp_path / "a.gif", moving_frames(3)))
    assert known.stats().entries == 1
