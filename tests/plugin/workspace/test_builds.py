"""Snapshots that are built once, locked while they are used, and not run where others could write into them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from giflab_core.cache import private_builds
from giflab_core.errors import CacheRefused
from pytest_giflab.errors import MeasurementError
from pytest_giflab.workspace import Scratch, build, scratch
from tests.helpers.marks import needs_posix
from tests.helpers.users import as_another_user, needs_root

pytestmark = needs_posix
LIMIT_S = 60.0
PACKAGES = f"env/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"


@pytest.fixture
def session() -> Iterator[Scratch]:
    with scratch() as place:
        yield place


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def counted(tmp_path: Path) -> tuple[str, Callable[[], int]]:
    """A command that leaves a mark each time that it runs, and how many there are."""
    marks = tmp_path / "marks"
    return f"echo x >> {marks}", lambda: len(marks.read_text().split()) if marks.exists() else 0


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    (tmp_path / "snapshot").mkdir()
    (tmp_path / "snapshot" / "work.py").write_text("value = 1\n")
    return tmp_path / "snapshot"


def test_it_lies_in_the_folder_of_the_cache_for_its_user_alone(cache: Path, snapshot: Path, session: Scratch) -> None:
    before = os.umask(0)
    try:
        built = build(snapshot, ["true"], session, LIMIT_S)
    finally:
        os.umask(before)
    (place,) = private_builds().all()
    assert place.path.parent == cache / "environments"
    assert [each.stat().st_mode & 0o777 for each in (cache, cache / "environments", place.path)] == [0o700] * 3
    python = Path(built.python)
    assert {each.stat().st_mode & 0o022 for each in (built.tree, python.parent, python.parent.parent)} == {0}
    said = subprocess.run([built.python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True)
    assert said.stdout == f"{place.path}/env\n"


def test_it_is_built_once_and_its_files_are_restored(
    cache: Path, snapshot: Path, counted: tuple[str, Callable[[], int]]
) -> None:
    command, count = counted
    for _ in range(2):
        with scratch() as session:
            built = build(snapshot, [command], session, LIMIT_S)
            assert (built.tree / "work.py").read_text() == "value = 1\n"
            (built.tree / "work.py").write_text("value = 2\n")
    assert count() == 1


def test_both_sides_may_be_the_same_code(cache: Path, snapshot: Path, session: Scratch) -> None:
    assert build(snapshot, ["true"], session, LIMIT_S) == build(snapshot, ["true"], session, LIMIT_S)


def test_what_another_session_uses_is_not_waited_for_without_an_end(cache: Path, snapshot: Path) -> None:
    with scratch() as other, scratch() as session:
        build(snapshot, ["true"], other, LIMIT_S)
        with pytest.raises(MeasurementError, match="is still in use by another session, after 0 s"):
            build(snapshot, ["true"], session, 0.1)


def test_a_command_that_does_not_end_is_ended(cache: Path, snapshot: Path, session: Scratch) -> None:
    with pytest.raises(MeasurementError, match="giflab_setup failed for snapshot with no end after 0 s"):
        build(snapshot, ["sleep 60"], session, 0.2)


@pytest.mark.parametrize("kind", ["link to a file", "link to a folder", "dangling link", "file", "folder"])
def test_what_is_in_the_place_of_a_file_or_link_makes_room_for_it(cache: Path, snapshot: Path, kind: str) -> None:
    """On each side that is built, and again if what was built is restored."""
    (snapshot / "folder").mkdir()
    (snapshot / "folder" / "file").write_text("kept")
    targets = {"link to a file": "work.py", "link to a folder": "folder", "dangling link": "nothing"}
    if kind in targets:
        (snapshot / "odd").symlink_to(targets[kind])
    elif kind == "file":
        (snapshot / "odd").write_text("own")
    else:
        (snapshot / "odd").mkdir()
    turned = "rm -rf odd && " + ("touch odd" if kind == "folder" else "mkdir -p odd/inner")
    for _ in range(2):
        with scratch() as session:
            tree = build(snapshot, [turned], session, LIMIT_S).tree
            assert (tree / "odd").is_symlink() == (kind in targets)
            assert (tree / "odd").is_dir() == (kind in ("folder", "link to a folder"))
            assert kind not in targets or os.readlink(tree / "odd") == targets[kind]
            assert (tree / "folder" / "file").read_text() == "kept"


@pytest.mark.parametrize("name", ["SETUPTOOLS_SCM_PRETEND_VERSION", "PDM_BUILD_SCM_VERSION", "PBR_VERSION"])
def test_a_backend_that_asks_git_for_the_version_is_given_one(
    cache: Path, snapshot: Path, session: Scratch, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name, raising=False)
    tree = build(snapshot, [f"echo ${name} > version"], session, LIMIT_S).tree
    monkeypatch.setenv(name, "1.2")
    own = build(snapshot, [f"echo ${name} > own_version"], session, LIMIT_S).tree
    assert (tree / "version").read_text() == "0.0.0\n"
    assert (own / "own_version").read_text() == "1.2\n"


def test_it_is_in_use_until_the_session_ends(cache: Path, snapshot: Path) -> None:
    with scratch() as session:
        built = build(snapshot, ["true"], session, LIMIT_S)
        assert [each.is_in_use for each in private_builds().all()] == [True]
        private_builds().clear()
        assert built.tree.exists()
    private_builds().clear()
    assert not built.tree.exists()


def test_a_build_that_fails_leaves_nothing(cache: Path, snapshot: Path, session: Scratch) -> None:
    with pytest.raises(MeasurementError, match="exit status 1"):
        build(snapshot, ["false"], session, LIMIT_S)
    assert private_builds().all() == []


@pytest.mark.parametrize("inner", [".", "..", "tree", "env", "env/bin", "env/lib", PACKAGES, f"{PACKAGES}/.."])
def test_what_others_may_write_is_neither_used_nor_built_anew(
    cache: Path, snapshot: Path, inner: str, counted: tuple[str, Callable[[], int]]
) -> None:
    command, count = counted
    with scratch() as session:
        place = build(snapshot, [command], session, LIMIT_S).tree.parent
    (place / inner).resolve().chmod(0o777)
    with scratch() as session, pytest.raises(CacheRefused, match="others may write into it"):
        build(snapshot, [command], session, LIMIT_S)
    assert count() == 1


@pytest.mark.parametrize("kind", ["file", "dangling link", "link to a file", "link to a folder", "folder"])
def test_what_is_in_the_place_of_a_build_is_left_alone_and_told(
    cache: Path, snapshot: Path, tmp_path: Path, kind: str
) -> None:
    with scratch() as session:
        place = build(snapshot, ["true"], session, LIMIT_S).tree.parent
    private_builds().clear()
    target = tmp_path / "elsewhere"
    if kind in ("link to a file", "link to a folder"):
        target.mkdir()
        (target / "ready").touch()
    if kind == "file":
        place.write_text("a stray file")
    elif kind == "folder":
        place.mkdir(mode=0o700)
        (place / "ready").touch()
    else:
        place.symlink_to(target / "ready" if kind == "link to a file" else target)
    said = rf"cannot build in .*/{place.name}: what is there was not built by giflab; remove what is there"
    with scratch() as session, pytest.raises(MeasurementError, match=said):
        build(snapshot, ["true"], session, LIMIT_S)
    assert os.path.lexists(place)
    assert kind != "folder" or os.listdir(place) == ["ready"]


def test_what_cannot_make_room_for_a_build_is_told(
    cache: Path, snapshot: Path, session: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("giflab_core.cache.builds.Builds.begin", refuse)
    with pytest.raises(MeasurementError, match=r"cannot build in .*: Permission denied; remove what is there"):
        build(snapshot, ["true"], session, LIMIT_S)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="gives a folder to another user")
def test_what_belongs_to_another_user_is_not_used(cache: Path, snapshot: Path) -> None:
    with scratch() as session:
        place = build(snapshot, ["true"], session, LIMIT_S).tree.parent
    os.chown(place, 12345, -1)
    with scratch() as session, pytest.raises(CacheRefused, match="it belongs to another user; remove it: giflab cache"):
        build(snapshot, ["true"], session, LIMIT_S)


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that every user of this machine may write into."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o1777)
        yield Path(folder)


def interpreter_of_another(cache: Path, name: str, marks: Path) -> None:
    """What looks like an environment that is ready; its interpreter leaves a mark."""
    python = cache / "environments" / name / "env" / "bin" / "python"
    for folder in (python.parent, cache / "environments" / name / "tree"):
        folder.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\necho ran >> {marks}\n")
    python.chmod(0o755)
    (cache / "environments" / name / "ready").touch()


@needs_root
@pytest.mark.parametrize("owned", ["cache", "environments", "environment"])
def test_an_interpreter_of_another_user_in_a_shared_cache_is_never_run(
    shared: Path, snapshot: Path, monkeypatch: pytest.MonkeyPatch, owned: str
) -> None:
    cache, marks = shared / "cache", shared / "marks"
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(cache))
    with scratch() as session:
        name = build(snapshot, ["true"], session, LIMIT_S).tree.parent.name
    given = {"cache": cache, "environments": cache / "environments", "environment": cache / "environments" / name}[
        owned
    ]
    shutil.rmtree(given)
    above = [folder for folder in (cache, cache / "environments") if folder.exists()]
    for folder in above:
        folder.chmod(0o777)
    as_another_user(lambda: interpreter_of_another(cache, name, marks))
    for folder in above:
        folder.chmod(0o700)
    with scratch() as session, pytest.raises(CacheRefused, match="it belongs to another user"):
        build(snapshot, ["true"], session, LIMIT_S)
    assert not marks.exists()


def test_a_link_to_what_others_may_write_is_not_used(cache: Path, snapshot: Path, tmp_path: Path) -> None:
    with scratch() as session:
        place = build(snapshot, ["true"], session, LIMIT_S).tree.parent
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    place.chmod(0o777)
    with scratch() as session, pytest.raises(CacheRefused, match="others may write into it"):
        build(snapshot, ["true"], session, LIMIT_S)


def test_nothing_is_waited_for_without_an_end_while_clocks_are_frozen(
    cache: Path, snapshot: Path, session: Scratch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("time.monotonic", "time.time", "subprocess._time"):
        monkeypatch.setattr(place, lambda: 0.0)
    with pytest.raises(MeasurementError, match="no end after"):
        build(snapshot, ["sleep 60"], session, 0.2)
    with scratch() as other:
        build(snapshot, ["true"], other, LIMIT_S)
        with pytest.raises(MeasurementError, match="by another session"):
            build(snapshot, ["true"], session, 0.1)


def test_commands_run_in_the_inner_folder_that_is_asked_for(cache: Path, snapshot: Path, session: Scratch) -> None:
    (snapshot / "py").mkdir()
    for inner, where in ((Path("py"), "py/here"), (Path(), "here"), (Path("new"), "new/here")):
        tree = build(snapshot, ["touch here"], session, LIMIT_S, inner).tree
        assert [path.relative_to(tree).as_posix() for path in tree.rglob("here")] == [where]
