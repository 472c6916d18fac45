"""Where the cache lives, and which folders are refused."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import platformdirs
import pytest

from giflab_core.cache import cache_folder
from giflab_core.errors import CacheRefused
from tests.helpers.marks import needs_posix
from tests.helpers.users import OTHER, needs_root


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


@needs_root
def test_a_folder_whose_parent_another_user_could_exchange_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "cache").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", OTHER, OTHER)
    with pytest.raises(
        CacheRefused, match=r"the folder .*/theirs above it belongs to another user; name another folder"
    ):
        cache_folder(tmp_path / "theirs" / "cache")


@needs_root
def test_nothing_is_made_below_a_folder_of_another_user(tmp_path: Path) -> None:
    os.chown(tmp_path, OTHER, OTHER)
    with pytest.raises(CacheRefused):
        cache_folder(tmp_path / "a" / "cache")
    assert os.listdir(tmp_path) == []


@needs_root
def test_a_link_of_another_user_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "private").mkdir(mode=0o700)
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o1777)
    (tmp_path / "open" / "cache").symlink_to(tmp_path / "private")
    os.lchown(tmp_path / "open" / "cache", OTHER, OTHER)
    for folder in (tmp_path / "open" / "cache", tmp_path / "open" / "cache" / "inner"):
        with pytest.raises(CacheRefused, match="open/cache is a link of another user"):
            cache_folder(folder)
    assert os.listdir(tmp_path / "private") == []


@needs_root
def test_a_link_that_leads_through_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "way").symlink_to(tmp_path / "place")
    (tmp_path / "place").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", OTHER, OTHER)
    (tmp_path / "link").symlink_to("theirs/way")
    with pytest.raises(CacheRefused, match="theirs above it belongs to another user"):
        cache_folder(tmp_path / "link")


@needs_posix
@pytest.mark.parametrize("mode", [0o777, 0o757, 0o733])
def test_a_folder_whose_parent_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(mode)
    with pytest.raises(CacheRefused, match=r"others may write into the folder .*/open above it \(chmod go-w\)"):
        cache_folder(tmp_path / "open" / "cache")


@needs_posix
def test_a_parent_that_is_sticky_may_be_written_by_all(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o1777)
    assert cache_folder(tmp_path / "open" / "cache") == tmp_path / "open" / "cache"


@needs_posix
@pytest.mark.parametrize(
    ("name", "members", "is_taken"), [("me", [], True), ("me", ["me"], True), ("me", ["you"], False), ("we", [], False)]
)
def test_a_parent_may_be_written_by_a_group_that_is_the_users_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, members: list[str], *, is_taken: bool
) -> None:
    me, you = SimpleNamespace(pw_name="me", pw_uid=os.geteuid(), pw_gid=7), SimpleNamespace(pw_uid=OTHER, pw_gid=8)
    monkeypatch.setattr("grp.getgrgid", lambda _: SimpleNamespace(gr_name=name, gr_mem=members))
    monkeypatch.setattr("pwd.getpwuid", lambda _: me)
    monkeypatch.setattr("pwd.getpwnam", lambda name: me if name == "me" else you)
    monkeypatch.setattr("pwd.getpwall", lambda: [me, you])
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o775)
    if is_taken:
        cache_folder(tmp_path / "open" / "cache")
    else:
        with pytest.raises(CacheRefused, match="others may write"):
            cache_folder(tmp_path / "open" / "cache")


@needs_posix
def test_what_it_makes_above_is_not_refused_the_next_time(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        for _ in range(2):
            cache_folder(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)
    assert [(tmp_path / each).stat().st_mode & 0o777 for each in ("a", "a/b", "a/b/c")] == [0o755, 0o755, 0o700]


@needs_root
def test_in_a_home_of_another_user_it_is_in_the_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    os.chown(tmp_path / "home", OTHER, OTHER)
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda name: tmp_path / "home" / name)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert cache_folder() == tmp_path / "giflab-cache-0"
    os.chown(tmp_path / "giflab-cache-0", OTHER, OTHER)
    with pytest.raises(CacheRefused, match="giflab-cache-0: it belongs to another user"):
        cache_folder()
