"""The command `giflab compare`: which files are meant, what is printed, and the exit code."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from giflab_core.cli.program import main
from tests.helpers.gifs import moving_frames, write_clip

Output = pytest.CaptureFixture[str]
FRAMES = moving_frames(4)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "out").mkdir()
    write_clip(tmp_path / "original.gif", FRAMES)
    write_clip(tmp_path / "out" / "good.gif", FRAMES)
    write_clip(tmp_path / "out" / "backwards.gif", FRAMES[::-1])
    return tmp_path


def compare(*arguments: str) -> int:
    try:
        return main(["compare", "original.gif", *arguments, "--metrics", "quality,ssim"])
    except SystemExit as stopped:
        return int(str(stopped.code))


def test_a_folder_means_its_gifs(capsys: Output) -> None:
    assert compare("out") == 0
    out = capsys.readouterr().out
    assert "out/good.gif" in out
    assert "out/backwards.gif" in out
    assert out.splitlines()[-1].startswith("PASS  1 of 2 candidates passed; * no other has fewer bytes")


def test_the_original_is_no_candidate_unless_it_is_named(capsys: Output) -> None:
    assert compare("*.gif", "out", "--format", "json") == 0
    assert len(json.loads(capsys.readouterr().out)["candidates"]) == 2
    assert compare("*.gif", "original.gif", "--format", "json") == 0
    assert len(json.loads(capsys.readouterr().out)["candidates"]) == 1
    assert compare("*.gif") == 2
    assert "no candidate but the original" in capsys.readouterr().err


def test_a_page_shows_all_that_can_be_compared(folder: Path, capsys: Output) -> None:
    (folder / "out" / "broken.gif").write_bytes(b"no GIF")
    assert compare("out", "--html", "page.html") == 3
    text = (folder / "page.html").read_text(encoding="utf-8")
    assert text.count("<article") == 2
    assert "broken.gif" in text
    assert "worth its bytes" in text
    capsys.readouterr()


def test_a_page_of_nothing_is_not_written(folder: Path, capsys: Output) -> None:
    (folder / "broken.gif").write_bytes(b"no GIF")
    assert compare("broken.gif", "--html", "page.html") == 3
    assert "page.html is not written" in capsys.readouterr().err
    assert not (folder / "page.html").exists()


@pytest.mark.parametrize("target", ["original.gif", "out/../original.gif", "broken.gif", "link.gif"])
def test_no_file_that_was_given_is_written_over(target: str, folder: Path, capsys: Output) -> None:
    """Nor one that cannot be read."""
    (folder / "broken.gif").write_bytes(b"no GIF")
    (folder / "link.gif").symlink_to(folder / "broken.gif")
    before = (folder / target).read_bytes()
    assert compare("out/good.gif", "broken.gif", "--html", target) == 2
    assert "is compared, and cannot be written" in capsys.readouterr().err
    assert (folder / target).read_bytes() == before


def test_a_page_that_cannot_be_written_costs_no_table(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("giflab_core.pages.output.os.replace", full)
    assert compare("out/good.gif", "--html", "page.html") == 3
    said = capsys.readouterr()
    assert "PASS" in said.out
    assert said.err == "giflab: cannot write page.html: No space left on device\n"


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_every_candidate_that_fails_is_a_failure(capsys: Output) -> None:
    assert compare("out/backwards.gif") == 1
    assert "fail: out/backwards.gif: order" in capsys.readouterr().out


def test_a_candidate_that_is_missing_is_a_row_and_an_exit_code(capsys: Output) -> None:
    assert compare("out/good.gif", "nothere.gif") == 3
    out = capsys.readouterr().out
    assert "out/good.gif" in out
    assert "fail: cannot read nothere.gif: No such file" in out


def test_what_a_program_reads_has_errors_on_standard_error_too(capsys: Output) -> None:
    assert compare("out/good.gif", "nothere.gif", "--format", "csv") == 3
    said = capsys.readouterr()
    assert said.out.splitlines()[0].startswith("path,bytes,status,pareto,error,quality,")
    assert said.err.startswith("giflab: cannot read nothere.gif")


def test_an_original_that_is_missing_is_one_line(capsys: Output) -> None:
    assert main(["compare", "nothere.gif", "out"]) == 3
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)


@pytest.mark.parametrize("names", [["*.png"], [""], ["cache"], []], ids=str)
def test_names_that_mean_nothing_are_wrong_usage(names: list[str], folder: Path) -> None:
    (folder / "cache").mkdir()
    assert compare(*names) == 2


def test_limits_are_those_of_validate(capsys: Output) -> None:
    assert compare("out/good.gif", "--limit", "nothing=1") == 2
    assert compare("out/backwards.gif", "out/good.gif", "--goal", "lossless") == 0
