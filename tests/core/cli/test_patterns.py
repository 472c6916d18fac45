"""What a pattern means: each folder is entered once, wherever links lead."""

from __future__ import annotations

import glob
import os
from pathlib import Path

import pytest

from giflab_core.cli.patterns import files_of, gifs_of
from giflab_core.errors import UsageError
from tests.helpers.marks import needs_posix


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a.gif", "b.png", ".hidden.gif", "x/a.gif", "x/y/c.gif", "x/.dot/d.gif", "[1]/e.gif"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "pattern",
    [
        "*.gif",
        "**/*.gif",
        "**",
        "x/**",
        "*/*.gif",
        "x/?/c.gif",
        "**/y/*",
        "nowhere/*.gif",
        ".*",
        "x/.*/*.gif",
        "[[]1[]]/*.gif",
        "**/a.gif",
        "x/**/**/c.gif",
        "./x/*.gif",
        "*/../*.gif",
        "b.*/*",
    ],
)
@pytest.mark.parametrize("is_absolute", [False, True])
def test_a_pattern_means_what_glob_finds(tree: Path, pattern: str, is_absolute: bool) -> None:
    pattern = f"{glob.escape(str(tree))}/{pattern}" if is_absolute else pattern
    expected = {Path(name) for name in glob.glob(pattern, recursive=True) if Path(name).is_file()}
    assert files_of(pattern) == sorted(expected)


@needs_posix
def test_links_in_circles_end_and_each_file_is_found_once(tree: Path) -> None:
    os.symlink(".", tree / "x" / "self")
    os.symlink("..", tree / "x" / "up")
    os.symlink(tree / "x", tree / "x" / "y" / "down")
    assert [os.fspath(path) for path in files_of("**/*.gif")] == ["[1]/e.gif", "a.gif", "x/a.gif", "x/y/c.gif"]


@needs_posix
def test_a_link_to_a_folder_elsewhere_is_followed(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "f.gif").touch()
    os.symlink(elsewhere, tree / "linked")
    assert Path("linked/f.gif") in files_of("**/*.gif")


def names_of(*names: str, also_missing: bool = False) -> list[str]:
    return [str(path) for path in gifs_of(names, also_missing=also_missing)]


def test_files_folders_and_patterns_mean_each_file_once(tree: Path) -> None:
    (tree / "x" / "B.GIF").touch()
    assert names_of("x") == ["x/.dot/d.gif", "x/B.GIF", "x/a.gif", "x/y/c.gif"]
    assert names_of("a.gif", "./a.gif", "*.gif", "x/*.gif") == ["a.gif", "x/a.gif"]
    assert names_of("b.png") == ["b.png"]


@pytest.mark.parametrize("name", ["missing.gif", "*.nothing", "x/y/z", "", "x" * 300, "nul\0"])
def test_what_means_no_file_is_wrong_usage(tree: Path, name: str) -> None:
    with pytest.raises(UsageError):
        gifs_of([name])


def test_a_missing_name_may_stand_for_itself(tree: Path) -> None:
    (tree / "empty").mkdir()
    assert names_of("missing.gif", also_missing=True) == ["missing.gif"]
    for name in ("*.nothing", "empty", ""):
        with pytest.raises(UsageError):
            gifs_of([name], also_missing=True)
