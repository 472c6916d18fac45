"""Where the cache lives, and which folders are refused."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest

from giflab_core.cache import cache_folder
from giflab_core.errors import CacheRefused
from tests.helpers.marks import needs_posix


@pytest.fixture(autouse=True)
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIFLAB_CACHE_DIR", raising=False)


def test_a_named_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(tmp_path / "variable"))
    assert cache_folder(tmp_path / "named") == tmp_path / "named"
    assert cache_folder() == tmp_path / "variable"


def test_the_systems_folder_is_the_last_resort(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / "system" / name)
    assert cache_folder() == tmp_path / "system" / "giflab"


def test_a_relative_folder_stays_where_it_is_when_the_process_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cache_folder(Path("here")) == tmp_path / "here"


def test_a_relative_variable_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIFLAB_CACHE_DIR", "here")
    with pytest.raises(CacheRefused, match="cannot keep a cache in here: it is not an absolute path"):
        cache_folder()
    assert not (tmp_path / "here").exists()


def test_the_home_folder_may_be_abbreviated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("GIFLAB_CACHE_DIR", "~/x")
    assert cache_folder() == tmp_path / "x"


def test_a_home_folder_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIFLAB_CACHE_DIR", "~nobody by this name/x")
    with pytest.raises(CacheRefused, match="home"):
        cache_folder()


@needs_posix
def test_it_is_made_for_its_user_alone(tmp_path: Path) -> None:
    assert cache_folder(tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


@needs_posix
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o722, 0o1777])
def test_a_folder_that_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    with pytest.raises(CacheRefused, match="others may write into it"):
        cache_folder(tmp_path)


@needs_posix
def test_a_folder_that_others_may_read_is_taken(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert cache_folder(tmp_path) == tmp_path


@needs_posix
def test_a_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(CacheRefused, match="it belongs to another user"):
        cache_folder(tmp_path)


def test_a_file_in_its_place_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CacheRefused, match="file: it is not a folder; name another folder") as caught:
        cache_folder(tmp_path / "file")
    assert "\n" not in str(caught.value)


@needs_posix
def test_a_link_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(CacheRefused, match="link: it is not a folder"):
        cache_folder(tmp_path / "link")
    assert not (tmp_path / "nowhere").exists()


@needs_posix
def test_a_link_is_resolved(tmp_path: Path) -> None:
    (tmp_path / "place").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("place")
    assert cache_folder(tmp_path / "link") == (tmp_path / "place").resolve()


def test_a_path_that_is_none_is_refused() -> None:
    with pytest.raises(CacheRefused):
        cache_folder(Path("a\0b"))
