"""What was built: which go, which stay, and which are not to be run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from giflab_core.cache import READY, Build, Builds, private_builds, require_private
from giflab_core.cache.builds import KEPT, expendable
from giflab_core.errors import CacheRefused
from tests.helpers.marks import needs_posix

DAY_S = 86400


@pytest.fixture
def builds(tmp_path: Path) -> Builds:
    (tmp_path / "environments").mkdir(mode=0o700)
    return Builds(tmp_path / "environments")


@pytest.fixture
def built(builds: Builds) -> Callable[..., Path]:
    def make(name: str, age_s: float = 0, *, is_ready: bool = True) -> Path:
        place = builds.begin(name)
        (place / "tree").mkdir()
        (place / "tree" / "code.py").write_bytes(b"1234567")
        used = place / READY if is_ready else place
        if is_ready:
            used.touch()
        os.utime(used, (time.time() - age_s,) * 2)
        return place

    return make


def names(builds: Builds) -> list[str]:
    return [each.path.name for each in builds.all()]


def facts(number: int, age_s: float, *, is_ready: bool = True, is_in_use: bool = False) -> Build:
    return Build(Path(str(number)), -age_s, is_ready, is_in_use)


def test_the_one_that_was_used_last_is_first(builds: Builds, built: Callable[..., Path]) -> None:
    for name, age_s in (("middle", 20), ("old", 30), ("new", 10)):
        built(name, age_s)
    assert names(builds) == ["new", "middle", "old"]


def test_bytes_are_those_of_the_files_and_links_are_not_followed(
    builds: Builds, built: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "large").write_bytes(bytes(10_000))
    place = built("a")
    built("b")
    assert builds.bytes() == 14
    (place / "link").symlink_to(tmp_path / "large")
    assert builds.bytes() < 10_000


def test_nothing_is_kept_where_nothing_was_built(tmp_path: Path) -> None:
    nothing = Builds(tmp_path / "missing")
    assert nothing.all() == []
    assert nothing.prune() == nothing.clear() == []
    assert nothing.bytes() == 0


@needs_posix
@pytest.mark.parametrize("is_shared", [False, True])
def test_what_is_in_use_stays(builds: Builds, built: Callable[..., Path], *, is_shared: bool) -> None:
    built("used", 365 * DAY_S)
    built("unused")
    with closing(builds.lock("used", 0)) as lock:
        if is_shared:
            assert lock.share()
        assert [each.is_in_use for each in builds.all()] == [False, True]
        assert builds.clear() == builds.prune() == []
        assert names(builds) == ["used"]
    builds.clear()
    assert os.listdir(builds.folder) == []


@needs_posix
def test_two_may_share_one(builds: Builds, built: Callable[..., Path]) -> None:
    built("a")
    with closing(builds.lock("a", 0)) as first:
        first.share()
        assert builds.all()[0].is_in_use
    assert not builds.all()[0].is_in_use


@needs_posix
def test_a_lock_that_was_removed_while_it_was_waited_for_is_none(builds: Builds) -> None:
    with closing(builds.lock("a", 0)) as lost:
        (builds.folder / "a.lock").unlink()
        with closing(builds.lock("a", 0)):
            assert not lost.share()


@needs_posix
def test_a_lock_that_is_a_link_is_refused_and_what_it_leads_to_is_left_alone(builds: Builds, tmp_path: Path) -> None:
    target, absent = tmp_path / "target", tmp_path / "absent"
    target.write_text("kept")
    for name, aim in (("a", target), ("b", absent)):
        (builds.folder / f"{name}.lock").symlink_to(aim)
        with pytest.raises(CacheRefused, match=rf"cannot lock .*/{name}.lock: it is a link; remove it"):
            builds.lock(name, 0)
    assert target.read_text() == "kept"
    assert not absent.exists()


@needs_posix
def test_who_waits_for_one_in_use_waits_no_longer_than_it_says(builds: Builds) -> None:
    with closing(builds.lock("a", 0)) as lock:
        lock.share()
        with pytest.raises(TimeoutError, match="a is still in use"):
            builds.lock("a", 0.1)


def test_pruned_is_what_was_not_used_for_30_days(builds: Builds, built: Callable[..., Path]) -> None:
    built("old", 31 * DAY_S)
    built("new", 29 * DAY_S)
    builds.prune()
    assert names(builds) == ["new"]


def test_pruned_is_what_was_never_finished(builds: Builds, built: Callable[..., Path]) -> None:
    built("a", is_ready=False)
    builds.prune()
    assert names(builds) == []


def test_twelve_stay() -> None:
    some = [facts(number, number) for number in range(KEPT + 2)]
    assert expendable(some, 0, 0) == some[12:]


def test_what_is_not_finished_takes_no_place_of_what_is() -> None:
    some = [facts(0, 0, is_ready=False), *(facts(number, number) for number in range(1, KEPT + 1))]
    assert expendable(some, 0, 0) == some[:1]


def test_what_is_in_use_takes_a_place_and_stays() -> None:
    some = [facts(number, number, is_in_use=number in (3, KEPT)) for number in range(KEPT + 2)]
    assert expendable(some, 0, 0) == [some[13]]


def test_what_was_used_lately_is_spared() -> None:
    some = [facts(number, 10 * number) for number in range(KEPT + 3)]
    assert expendable(some, 0, 125) == some[13:]


@needs_posix
@pytest.mark.parametrize("remove", [Builds.clear, Builds.prune])
def test_what_was_begun_is_listed_and_removed(builds: Builds, remove: Callable[[Builds], list[str]]) -> None:
    builds.begin("a")
    builds.place(f"{1:016x}").mkdir()  # before it was marked, the process was ended
    (builds.folder / f"{2:016x}.lock").touch()
    assert sorted(names(builds)) == [f"{1:016x}", "a"]
    assert remove(builds) == []
    assert os.listdir(builds.folder) == []


@needs_posix
@pytest.mark.parametrize("remove", [Builds.clear, Builds.prune])
def test_what_was_not_built_here_stays(builds: Builds, tmp_path: Path, remove: Callable[[Builds], list[str]]) -> None:
    for name in ("elsewhere", "environments/prod", f"environments/{1:016x}", f"environments/{2:016x}"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "keep").write_text("somebody's own")
    (builds.place(f"{2:016x}") / READY).touch()
    (tmp_path / "elsewhere" / "giflab").touch()
    builds.place("link").symlink_to(tmp_path / "elsewhere")
    builds.place(f"{3:016x}").symlink_to(tmp_path / "elsewhere")
    builds.place(f"{4:016x}").write_text("somebody's own")
    (builds.folder / f"{5:016x}.lock").write_text("somebody's own")
    (builds.folder / "prod.lock").write_text("somebody's own")
    builds.place("notes.txt").write_text("somebody's own")
    builds.place("project").mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert names(builds) == []
    assert builds.bytes() == 0
    assert remove(builds) == []
    assert sorted(tmp_path.rglob("*")) == before


@needs_posix
def test_nothing_is_begun_in_place_of_what_was_not_built_here(builds: Builds) -> None:
    builds.place("a").mkdir()
    (builds.place("a") / READY).touch()
    assert not builds.is_ready("a")
    for act in (builds.begin, builds.empty):
        with pytest.raises(FileExistsError, match="what is there was not built by giflab"):
            act("a")
    assert (builds.place("a") / READY).exists()


@needs_posix
def test_what_cannot_be_removed_is_told(
    builds: Builds, built: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = built("a")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.rmtree", refuse)
    assert builds.clear() == [f"cannot remove {place}: Permission denied"]


@needs_posix
def test_the_folder_of_environments_is_guarded_as_that_of_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(cache))
    folder = private_builds().folder
    assert folder == cache / "environments"
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o777)
    for make in (True, False):
        with pytest.raises(CacheRefused, match=r"environments: others may write into it \(chmod go-w\); name another"):
            private_builds(make=make)


@needs_posix
def test_a_cache_that_others_may_write_has_no_environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(tmp_path))
    tmp_path.chmod(0o777)
    with pytest.raises(CacheRefused, match="others may write into it"):
        private_builds()


def test_to_look_for_environments_makes_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(tmp_path / "cache"))
    assert private_builds(make=False).all() == []
    assert not (tmp_path / "cache" / "environments").exists()


@needs_posix
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o722, 0o1777])
def test_an_environment_that_others_may_write_is_refused(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    with pytest.raises(CacheRefused, match="others may write into it; remove it: giflab cache clear") as caught:
        require_private(tmp_path)
    assert "\n" not in str(caught.value)


@needs_posix
def test_an_environment_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(CacheRefused, match="it belongs to another user"):
        require_private(tmp_path)


@needs_posix
def test_a_link_to_a_folder_that_others_may_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    (tmp_path / "link").symlink_to("open")
    with pytest.raises(CacheRefused, match="link: others may write"):
        require_private(tmp_path, tmp_path / "link")


@needs_posix
def test_an_environment_that_others_may_read_is_taken(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    require_private(tmp_path)
