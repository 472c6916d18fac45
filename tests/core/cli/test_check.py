"""The command `giflab check`: which files fail, by what, and how that is told."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from giflab_core.cli.program import main
from tests.helpers.gifs import Picture, gif, moving_frames, write_clip

Output = pytest.CaptureFixture[str]
SCHEMA = json.loads(resources.files("giflab_core.report").joinpath("giflab.check.1.schema.json").read_text())
FRAMES = moving_frames(3)


@pytest.fixture
def good(tmp_path: Path) -> str:
    return str(write_clip(tmp_path / "good.gif", FRAMES))


@pytest.fixture
def cut(tmp_path: Path, good: str) -> str:
    path = tmp_path / "cut.gif"
    path.write_bytes(Path(good).read_bytes()[:-200])
    return str(path)


@pytest.fixture
def followed(tmp_path: Path, good: str) -> str:
    path = tmp_path / "followed.gif"
    path.write_bytes(Path(good).read_bytes() + b"more")
    return str(path)


def check(*arguments: str) -> int:
    try:
        return main(["check", *arguments])
    except SystemExit as stopped:
        return int(str(stopped.code))


def test_a_good_file_passes(good: str, capsys: Output) -> None:
    assert check(good) == 0
    assert capsys.readouterr().out == "PASS  1 of 1 file passed\n"


def test_damage_fails_and_is_named(good: str, cut: str, capsys: Output) -> None:
    assert check(good, cut) == 1
    out = capsys.readouterr().out
    assert f"fail: {cut}: damage: frame 3: LZW data" in out
    assert out.endswith("FAIL  1 of 2 files passed\n")


@pytest.mark.parametrize(
    ("options", "code"),
    [([], 0), (["--fail-on", "after_trailer,stray"], 1), (["--fail-on", "all"], 1), (["--fail-on", "never"], 0)],
)
def test_what_fails_can_be_chosen(followed: str, options: list[str], code: int, capsys: Output) -> None:
    assert check(followed, *options) == code
    assert "4 bytes after the trailer, which begin with more" in capsys.readouterr().out


def test_damage_need_not_fail(cut: str) -> None:
    assert check(cut, "--fail-on", "never") == 0


@pytest.mark.parametrize(("over", "code"), [(0, 0), (1, 1)])
def test_a_file_that_is_larger_than_it_may_be_fails(good: str, over: int, code: int) -> None:
    assert check(good, "--max-bytes", str(Path(good).stat().st_size - over)) == code


def test_sizes_may_have_units(good: str) -> None:
    assert [check(good, "--max-bytes", size) for size in ("3k", "3KiB", "0.1MB", "1 GiB")] == [1, 1, 0, 0]


def test_a_file_that_cannot_be_read_exits_3_and_the_others_are_told(good: str, cut: str, capsys: Output) -> None:
    assert check("nowhere.gif", cut, good) == 3
    captured = capsys.readouterr()
    assert captured.err == "giflab: cannot read nowhere.gif: No such file or directory\n"
    assert "1 of 3 files passed" in captured.out


def test_one_file_that_cannot_be_read_is_one_line(capsys: Output) -> None:
    assert check("nowhere.gif") == 3
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)


def test_json_is_one_object_of_the_schema(good: str, cut: str, capsys: Output) -> None:
    assert check(good, cut, "nowhere.gif", "--format", "json") == 3
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, SCHEMA)
    assert document["status"] == "fail"
    assert [each["status"] for each in document["files"]] == ["pass", "fail", "fail"]
    assert [bool(each["error"]) for each in document["files"]] == [False, False, True]


@pytest.mark.parametrize(
    "options", [["--fail-on", "hunger"], ["--fail-on", ""], ["--max-bytes", "much"], ["--decode-limit", "max_hats=1"]]
)
def test_wrong_usage_exits_2_with_one_line(good: str, options: list[str], capsys: Output) -> None:
    assert check(good, *options) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_limits_of_decoding_are_those_given(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "clip.gif"
    path.write_bytes(gif([Picture(FRAMES[0])], size=(32, 32)))
    assert check(str(path), "--decode-limit", "max_pixels=1000") == 3
    assert "32x32 = 1024 pixels; the limit is max_pixels=1000 (--decode-limit" in capsys.readouterr().err
    assert check(str(path), "--decode-limit", "max_pixels=1.1k") == 0
