"""The cache as a user of the command meets it: kept between runs, looked after by `giflab cache`."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from giflab_core import stamp
from giflab_core.cache import READY, Builds, Cache, DiskCache, private_builds
from giflab_core.cache.digests import Identities
from giflab_core.cli.program import main
from giflab_core.evidence import Evidence, Task
from giflab_core.measurement import gathering
from giflab_core.results import remembering
from tests.helpers.faults import mounted
from tests.helpers.gifs import moving_frames, write_clip
from tests.helpers.marks import needs_linux, needs_posix

Output = pytest.CaptureFixture[str]
FRAMES = moving_frames(6)


@pytest.fixture
def clip(tmp_path: Path) -> str:
    return str(write_clip(tmp_path / "clip.gif", FRAMES))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """What is measured from here on."""
    tasks: list[Task] = []
    real = gathering.measure

    def counted(task: Task) -> Evidence:
        tasks.append(task)
        return real(task)

    monkeypatch.setattr(gathering, "measure", counted)
    return tasks


def run(*arguments: str) -> int:
    try:
        return main(arguments)
    except SystemExit as stopped:
        return int(str(stopped.code))


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_second_run_prints_the_same_and_measures_nothing(
    clip: str, folder: Path, form: str, measured: list[Task], capsys: Output
) -> None:
    said = [(run("validate", clip, clip, "--format", form), capsys.readouterr()) for _ in range(2)]
    assert said[0] == said[1]
    assert len(measured) == 1


def test_without_the_cache_nothing_is_kept(clip: str, folder: Path, measured: list[Task]) -> None:
    for _ in range(2):
        run("validate", clip, clip, "--no-cache")
    assert len(measured) == 2
    assert not folder.exists()


def test_verified_content_is_still_known(clip: str, folder: Path, measured: list[Task]) -> None:
    for _ in range(2):
        assert run("validate", clip, clip, "--verify-content") == 0
    assert len(measured) == 1


@pytest.mark.parametrize(("options", "is_read"), [((), False), (("--verify-content",), True)])
def test_verified_content_is_read(
    clip: str, folder: Path, options: tuple[str, ...], is_read: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    class Asked(Identities):
        def __init__(self, cache: Cache, *, verify_content: bool = False) -> None:
            asked.append(verify_content)
            super().__init__(cache, verify_content=verify_content)

    monkeypatch.setattr(remembering, "Identities", Asked)
    run("validate", clip, clip, *options)
    assert set(asked) == {is_read}


@needs_posix
def test_a_folder_that_others_may_write_is_not_used_and_the_verdict_stands(
    clip: str, folder: Path, capsys: Output
) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    assert run("validate", clip, clip, "--format", "json") == 0
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "others may write" in captured.err
    assert captured.out.startswith("{")
    assert os.listdir(folder) == []


@needs_posix
@pytest.mark.parametrize("action", ["status", "clear", "verify", "prune"])
def test_a_folder_that_cannot_be_used_is_wrong_usage(folder: Path, action: str, capsys: Output) -> None:
    folder.write_text("a file")
    assert run("cache", action) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_damaged_database_is_one_line_and_the_verdict_stands(clip: str, folder: Path, capsys: Output) -> None:
    run("validate", clip, clip)
    (database,) = folder.glob("*.sqlite")
    database.write_bytes(b"no database" * 100)
    capsys.readouterr()
    assert run("validate", clip, clip, "--format", "json") == 0
    assert capsys.readouterr().err.count("\n") == 1


def test_status_says_where_and_how_full(clip: str, folder: Path, capsys: Output) -> None:
    run("validate", clip, clip, "--metrics", "mse,ssim")
    capsys.readouterr()
    assert run("cache", "status") == 0
    out = capsys.readouterr().out
    assert str(folder) in out
    assert "results   4 entries, " in out  # two metrics, what the checks rest on, and when the file was first seen


def test_clear_removes_all(clip: str, folder: Path, measured: list[Task], capsys: Output) -> None:
    run("validate", clip, clip, "--metrics", "mse")
    capsys.readouterr()
    assert run("cache", "clear") == 0
    assert capsys.readouterr().out == "removed 3 entries and 0 files of frames; 0 entries and 0 files left\n"
    run("validate", clip, clip, "--metrics", "mse")
    assert len(measured) == 2


def test_verify_finds_damage_once(clip: str, folder: Path, capsys: Output) -> None:
    run("validate", clip, clip, "--metrics", "mse")
    (database,) = folder.glob("*.sqlite")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE entries SET value = x'00' WHERE key LIKE 'metric/%'")
    capsys.readouterr()
    assert run("cache", "verify") == 1
    assert "damaged" in capsys.readouterr().out
    assert run("cache", "verify") == 0
    assert capsys.readouterr().out == "2 entries and 0 files of frames are as they were written\n"


def test_prune_leaves_what_fits(clip: str, folder: Path, capsys: Output) -> None:
    run("validate", clip, clip, "--metrics", "mse")
    capsys.readouterr()
    assert run("cache", "prune") == 0
    assert capsys.readouterr().out == "removed 0 entries and 0 files of frames; 3 entries and 0 files left\n"


@needs_linux
@pytest.mark.parametrize("action", ["clear", "prune", "verify"])
def test_what_cannot_be_done_is_no_success(
    clip: str, tmp_path: Path, action: str, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mounted(tmp_path / "small", "1m") as small:
        monkeypatch.setenv("GIFLAB_CACHE_DIR", str(small))
        run("validate", clip, clip, "--metrics", "mse")
        with suppress(OSError), (small / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4096))
        capsys.readouterr()
        assert run("cache", action) == 1
        assert "giflab: cannot write the cache" in capsys.readouterr().err


@needs_linux
@pytest.mark.parametrize("pages", [16, 8])  # no room for a database, or none for what is beside it
def test_a_full_disk_is_one_line_that_says_what_to_do(
    clip: str, tmp_path: Path, pages: int, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mounted(tmp_path / "small", "64k") as small:
        (small / "cache").mkdir(mode=0o700)
        monkeypatch.setenv("GIFLAB_CACHE_DIR", str(small / "cache"))
        with suppress(OSError), (small / "ballast").open("wb", buffering=0) as ballast:
            for _ in range(pages):
                ballast.write(bytes(4096))
        assert run("validate", clip, clip, "--metrics", "mse") == 0
        said = "the disk is full; free some space, or name another folder by GIFLAB_CACHE_DIR"
        name = small / "cache" / "results-v1-1.sqlite"
        assert capsys.readouterr().err == f"giflab: cannot write the cache {name}: {said}\n"


@needs_posix
@pytest.mark.parametrize("home", ["/dev/null", "/proc/nothing"])
def test_a_home_that_cannot_be_used_is_one_line_that_says_what_to_do(
    clip: str, home: str, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", home)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("GIFLAB_CACHE_DIR", raising=False)
    assert run("validate", clip, clip, "--metrics", "mse") == 0
    said = capsys.readouterr().err
    assert said.startswith(f"giflab: cannot keep a cache in {home}/.cache/giflab: ")
    assert said.endswith("; name another folder by GIFLAB_CACHE_DIR\n")
    assert said.count("\n") == 1


@needs_posix
def test_a_home_of_nobody_is_one_line(clip: str, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIFLAB_CACHE_DIR", "~nobody-at-all/cache")
    assert run("cache", "status") == 2
    said = "Could not determine home directory; name another folder by GIFLAB_CACHE_DIR"
    assert capsys.readouterr().err == f"giflab: cannot keep a cache in ~nobody-at-all/cache: {said}\n"


def test_what_was_set_aside_is_shown_until_it_is_pruned(folder: Path, capsys: Output) -> None:
    run("cache", "status")
    (database,) = folder.glob("*.sqlite")
    database.write_bytes(database.read_bytes()[:100].ljust(5000, b"x"))
    run("cache", "status")
    run("cache", "status")
    assert f"set aside {database.name}" in capsys.readouterr().out
    assert run("cache", "prune") == 0
    assert not database.exists()


def test_the_verdict_is_shown_before_the_cache_is_written(
    clip: str, folder: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    close = DiskCache.close

    def closing_late(cache: DiskCache) -> None:
        shown.append(capsys.readouterr().out)
        close(cache)

    monkeypatch.setattr(DiskCache, "close", closing_late)
    run("validate", clip, clip, "--metrics", "mse")
    assert "PASS" in shown[0]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of clips that need no rest: two at its top, one of them in capitals, and one further down."""
    monkeypatch.setattr(stamp, "REST_NS", 0)
    for number, name in enumerate(("a.gif", "B.GIF", "inner/c.gif")):
        path = tmp_path / "library" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_clip(path, moving_frames(4, seed=number))
    (tmp_path / "library" / "notes.txt").write_text("no GIF")
    return tmp_path / "library"


@pytest.mark.usefixtures("store_always")
@pytest.mark.parametrize(
    ("names", "count"), [(["."], 3), (["a.gif", "./a.gif", "."], 3), (["*.gif"], 1), (["**/*.gif"], 2)], ids=str
)
def test_warm_takes_files_folders_and_patterns_each_file_once(
    library: Path, folder: Path, names: list[str], count: int, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(library)
    assert run("cache", "warm", *names) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.startswith(f"read {count} file")
    assert len(list(folder.glob("frames/*.frames"))) == count


@needs_posix
def test_warm_keeps_digests(library: Path, folder: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("giflab_core.stamp.REST_NS", 0)
    run("cache", "warm", str(library))
    capsys.readouterr()
    run("cache", "status")
    assert "results   3 entries, " in capsys.readouterr().out


def test_warm_stores_no_frames_that_decode_as_fast(library: Path, folder: Path, capsys: Output) -> None:
    assert run("cache", "warm", str(library)) == 0
    assert "frames of 0 are on disk" in capsys.readouterr().out
    assert not list(folder.glob("frames/*.frames"))


@pytest.mark.usefixtures("store_always")
def test_warm_names_what_is_damaged_and_goes_on(library: Path, folder: Path, capsys: Output) -> None:
    (library / "0.gif").write_bytes(b"no GIF")
    (library / "a.gif").write_bytes((library / "a.gif").read_bytes()[:-700])
    assert run("cache", "warm", str(library)) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("read 2 files; frames of 2 are on disk")
    first, second = captured.err.splitlines()
    assert first.startswith("giflab: skipped: cannot read ")
    assert "0.gif" in first
    assert "a.gif" in second


def test_warm_that_can_read_nothing_exits_3(tmp_path: Path, folder: Path, capsys: Output) -> None:
    (tmp_path / "bad.gif").write_bytes(b"no GIF")
    assert run("cache", "warm", str(tmp_path / "bad.gif")) == 3


@pytest.mark.parametrize("name", ["missing.gif", "*.nothing", "inner"])
def test_warm_of_what_is_not_there_exits_2(
    tmp_path: Path, folder: Path, name: str, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run("cache", "warm", name) == 2
    assert name in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "x" * 300, "nul\0"])
def test_warm_of_what_cannot_be_a_file_exits_2(folder: Path, name: str, capsys: Output) -> None:
    assert run("cache", "warm", name) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_warm_waits_until_files_that_were_just_written_can_be_known(
    clip: str, folder: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    Path(clip).write_bytes(Path(clip).read_bytes())  # just now, whatever went on since it was made
    run("cache", "warm", clip)
    assert 0 < sum(waited) <= 2


@pytest.mark.usefixtures("store_always")
def test_frames_are_counted_checked_and_removed(library: Path, folder: Path, capsys: Output) -> None:
    run("cache", "warm", str(library))
    damaged = next(folder.glob("frames/*.frames"))
    damaged.write_bytes(damaged.read_bytes()[:-1])
    capsys.readouterr()
    run("cache", "status")
    assert "frames    3 files, " in capsys.readouterr().out
    assert run("cache", "verify") == 1
    assert "damaged" in capsys.readouterr().out
    assert run("cache", "verify") == 0
    run("cache", "prune")
    assert capsys.readouterr().out.endswith("; 3 entries and 2 files left\n")
    run("cache", "clear")
    assert "2 files of frames" in capsys.readouterr().out
    assert not list(folder.glob("frames/*.frames"))


@pytest.fixture
def builds(folder: Path) -> Builds:
    """Two: one was used today, one 40 days ago."""
    found = private_builds()
    for name, age_s in (("new", 0), ("old", 40 * 86400)):
        found.begin(name)
        (found.place(name) / "tree").mkdir()
        (found.place(name) / "tree" / "file").write_bytes(bytes(1 << 20))
        (found.place(name) / READY).touch()
        os.utime(found.place(name) / READY, (time.time() - age_s,) * 2)
    return found


@needs_posix
def test_status_counts_environments(builds: Builds, capsys: Output) -> None:
    with closing(builds.lock("new", 0)):
        assert run("cache", "status") == 0
    assert "built     2 environments, 2 MiB, 1 in use\n" in capsys.readouterr().out


def test_prune_drops_environments_that_were_not_used_for_long(builds: Builds, capsys: Output) -> None:
    assert run("cache", "prune") == 0
    assert "removed 1 environment that pytest had built; 1 left, " in capsys.readouterr().out
    assert [each.path.name for each in builds.all()] == ["new"]


@needs_posix
def test_clear_leaves_environments_that_are_in_use(builds: Builds, capsys: Output) -> None:
    with closing(builds.lock("old", 0)):
        assert run("cache", "clear") == 0
    assert "removed 1 environment that pytest had built; 1 left, 1 in use\n" in capsys.readouterr().out
    assert run("cache", "clear") == 0
    assert os.listdir(builds.folder) == []


@needs_posix
@pytest.mark.parametrize("action", ["status", "prune", "clear"])
def test_environments_that_others_may_write_are_refused(builds: Builds, action: str, capsys: Output) -> None:
    builds.folder.chmod(0o777)
    assert run("cache", action) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "environments: others may write into it (chmod go-w)" in captured.err
    assert captured.out == ""


@needs_posix
@pytest.mark.parametrize("action", ["status", "prune", "clear", "verify"])
def test_frames_that_others_may_write_are_refused(folder: Path, action: str, capsys: Output) -> None:
    frames = folder / "frames"
    frames.mkdir(parents=True)
    folder.chmod(0o755)
    frames.chmod(0o777)
    assert run("cache", action) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "frames: others may write into it (chmod go-w)" in captured.err
    assert captured.out == ""
    assert os.listdir(frames) == []


def test_an_environment_that_cannot_be_removed_is_no_success(
    builds: Builds, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.rmtree", refuse)
    assert run("cache", "clear") == 1
    assert capsys.readouterr().err.count("giflab: cannot remove ") == 2


@needs_posix
def test_a_folder_that_cannot_be_used_exits_2(library: Path, folder: Path, capsys: Output) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    assert run("cache", "warm", str(library)) == 2
    assert "others may write" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [(), ("nope",), ("status", "more"), ("warm",)])
def test_wrong_usage_exits_2(arguments: tuple[str, ...]) -> None:
    assert run("cache", *arguments) == 2


def everything_below(folder: Path) -> dict[Path, bytes | None]:
    return {each: each.read_bytes() if each.is_file() else None for each in folder.rglob("*")}


@needs_posix
@pytest.mark.parametrize("action", ["clear", "verify", "prune"])
@pytest.mark.parametrize("name", ["frames", "environments"])
def test_nothing_is_touched_that_a_link_in_the_folder_leads_to(
    folder: Path, tmp_path: Path, name: str, action: str, capsys: Output
) -> None:
    outside = tmp_path / "outside"
    (outside / f"{1:016x}").mkdir(parents=True)
    (outside / f"{1:016x}" / READY).write_text("mine")
    (outside / f"{'a' * 64}.f1.frames").write_text("mine")
    (outside / ".index-1.part").write_text("mine")
    outside.chmod(0o700)
    folder.mkdir(mode=0o700)
    (folder / name).symlink_to(outside)
    before = everything_below(outside)
    assert run("cache", action) == 2
    assert everything_below(outside) == before
    said = capsys.readouterr().err
    assert f"{name}: it is a link, which the cache does not follow (remove it); name another folder by" in said
    assert said.count("\n") == 1


@needs_posix
@pytest.mark.parametrize("action", ["clear", "verify", "prune"])
def test_a_database_that_a_link_leads_to_is_not_opened(
    clip: str, folder: Path, tmp_path: Path, action: str, capsys: Output
) -> None:
    assert run("validate", clip, clip) == 0
    outside = tmp_path / "outside.sqlite"
    (folder / "results-v1-1.sqlite").rename(outside)
    (folder / "results-v1-1.sqlite").symlink_to(outside)
    before = outside.read_bytes()
    capsys.readouterr()
    assert run("cache", action) == 1
    assert outside.read_bytes() == before
    assert not outside.with_name("outside.sqlite-wal").exists()
    assert "it is a link" in "".join(capsys.readouterr())
