"""The command `giflab` as a user meets it: output, one-line errors, exit codes."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from giflab_core.cli import main
from tests.builders import moving_frames, write_clip
from tests.marks import needs_linux, needs_posix

Output = pytest.CaptureFixture[str]
FRAMES = moving_frames(6)


@pytest.fixture
def clip(tmp_path: Path) -> str:
    return str(write_clip(tmp_path / "clip.gif", FRAMES))


@pytest.fixture
def worse(tmp_path: Path) -> str:
    return str(write_clip(tmp_path / "worse.gif", [frame // 5 * 5 for frame in FRAMES]))


@pytest.fixture
def reversed_clip(tmp_path: Path) -> str:
    return str(write_clip(tmp_path / "reversed.gif", FRAMES[::-1]))


def run(*arguments: str) -> int:
    try:
        return main(["validate", *arguments])
    except SystemExit as stopped:
        return int(str(stopped.code))


def test_a_pass_exits_0(clip: str, capsys: Output) -> None:
    assert run(clip, clip) == 0
    assert "PASS" in capsys.readouterr().out


def test_a_fail_exits_1_and_says_why(clip: str, reversed_clip: str, capsys: Output) -> None:
    assert run(clip, reversed_clip) == 1
    out = capsys.readouterr().out
    assert "FAIL" in out
    assert "fail: order" in out


def test_the_worst_moment_is_shown(clip: str, worse: str, capsys: Output) -> None:
    run(clip, worse)
    assert re.search(r"ssim .* at \d+ ms", capsys.readouterr().out)


def test_a_limit_decides(clip: str, worse: str) -> None:
    assert run(clip, worse) == 0
    assert run(clip, worse, "--limit", "mse=0.5") == 1


def test_only_the_metrics_asked_for_are_measured(clip: str, capsys: Output) -> None:
    run(clip, clip, "--metrics", "mse, ssim", "--format", "json")
    assert list(json.loads(capsys.readouterr().out)["metrics"]) == ["mse", "ssim"]


@pytest.mark.parametrize("other", ["clip", "reversed_clip"])
def test_json_is_one_object_and_nothing_else(
    clip: str, other: str, request: pytest.FixtureRequest, capsys: Output
) -> None:
    run(clip, request.getfixturevalue(other), "--format", "json")
    captured = capsys.readouterr()
    assert json.loads(captured.out)["schema"] == "giflab.report/1"
    assert captured.err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--limit", "ssim"],
        ["--limit", "ssim=high"],
        ["--limit", "nope=1"],
        ["--limit", "ssim=nan"],
        ["--metrics", "nope"],
        ["--metrics", ","],
        ["--format", "xml"],
        ["--sampling", "uniform"],
        ["--allow"],
        ["third.gif"],
    ],
)
def test_wrong_usage_exits_2_with_one_line(clip: str, arguments: list[str], capsys: Output) -> None:
    assert run(clip, clip, *arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("content", [None, b"", b"no gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00,"])
def test_an_unreadable_file_exits_3_with_one_line_and_no_output(
    clip: str, tmp_path: Path, content: bytes | None, capsys: Output
) -> None:
    bad = tmp_path / "bad.gif"
    if content is not None:
        bad.write_bytes(content)
    assert run(clip, str(bad), "--format", "json") == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "bad.gif" in captured.err


@needs_posix
def test_names_with_control_characters_do_not_reach_the_terminal(tmp_path: Path, capsys: Output) -> None:
    path = write_clip(tmp_path / "\x1b[31m[bold]x.gif", FRAMES)
    assert run(str(path), str(path)) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[bold]" in out


def test_version_is_that_of_the_distribution(capsys: Output) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert re.fullmatch(r"giflab \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_deps_lists_the_libraries(capsys: Output) -> None:
    assert main(["deps"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in ("numpy", "pillow", "rich"))


def test_demo_passes_the_good_and_fails_the_bad(tmp_path: Path, capsys: Output) -> None:
    assert main(["demo", "--out", str(tmp_path / "demo")]) == 0
    out = capsys.readouterr().out
    assert out.index("PASS") < out.index("FAIL")
    assert {path.name for path in (tmp_path / "demo").iterdir()} == {"original.gif", "good.gif", "bad.gif"}


def test_demo_into_a_file_is_one_line(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "file").write_text("")
    assert main(["demo", "--out", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "giflab_core.cli", *arguments]


@needs_posix
def test_a_reader_that_goes_away_causes_no_traceback(clip: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command("validate", clip, clip), stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@needs_linux
def test_a_full_disk_is_one_line(clip: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command("validate", clip, clip), stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (3, b"giflab: cannot write the output: No space left on device\n")


@needs_posix
def test_no_standard_output_at_all_is_no_crash(clip: str) -> None:
    quoted = " ".join(map(shlex.quote, command("validate", clip, clip)))
    done = subprocess.run(["sh", "-c", f"{quoted} >&-"], stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_wrong_option_is_escaped(clip: str, capsys: Output) -> None:
    assert run(clip, clip, "--x\x1b[31m\ny") == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "\x1b" not in err


def test_an_ascii_terminal_causes_no_traceback(clip: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run(command("validate", clip, clip), capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@needs_linux
def test_the_verdict_is_coloured_in_a_terminal(clip: str) -> None:
    ours, theirs = os.openpty()
    environment = {**os.environ, "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    subprocess.run(command("validate", clip, clip), stdout=theirs, stderr=theirs, env=environment, check=True)
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 4096):
            shown += block
    except OSError:
        pass  # how Linux says that the other end is closed
    os.close(ours)
    assert b"\x1b[1;32mPASS" in shown
