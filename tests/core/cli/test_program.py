"""The command `giflab` as a user meets it: output, one-line errors, exit codes."""

from __future__ import annotations

import errno
import gc
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from giflab_core.cli.program import main
from tests.helpers.faults import mounted
from tests.helpers.gifs import Picture, gif, moving_frames, sub_blocks, write_clip
from tests.helpers.marks import needs_linux, needs_posix

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


def test_garbage_is_collected_as_before_in_the_end(clip: str) -> None:
    before = gc.get_threshold()
    run(clip, clip)
    assert gc.get_threshold() == before


def test_a_fail_exits_1_and_says_why(clip: str, reversed_clip: str, capsys: Output) -> None:
    assert run(clip, reversed_clip) == 1
    out = capsys.readouterr().out
    assert "FAIL" in out
    assert "fail: order" in out


def test_the_json_has_what_each_pair_scored_if_asked_for(clip: str, worse: str, capsys: Output) -> None:
    for options, is_there in (([], False), (["--series"], True)):
        run(clip, worse, "--format", "json", *options)
        assert ("series" in json.loads(capsys.readouterr().out)) is is_there


def test_pictures_are_written_and_the_verdict_stands(clip: str, reversed_clip: str, tmp_path: Path) -> None:
    names = {"--diff": "diff.gif", "--contact-sheet": "sheet.png", "--html": "page.html"}
    paths = {option: tmp_path / "new" / name for option, name in names.items()}
    assert run(clip, reversed_clip, *(str(each) for option in paths.items() for each in option)) == 1
    assert [path.read_bytes()[:4] for path in paths.values()] == [b"GIF8", b"\x89PNG", b"<!do"]


def test_pictures_can_be_had_of_what_comes_through_a_pipe(clip: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "giflab_core.cli", "validate", "-", clip, "--diff", str(tmp_path / "diff.gif")]
    subprocess.run(command, input=Path(clip).read_bytes(), capture_output=True, check=True)
    assert (tmp_path / "diff.gif").stat().st_size


@needs_posix
def test_a_page_of_what_comes_through_pipes_names_them(clip: str, tmp_path: Path) -> None:
    script = 'exec "$@" - <(cat "$CLIP") --html "$PAGE" < "$CLIP"'
    command = ["bash", "-c", script, "bash", sys.executable, "-m", "giflab_core.cli", "validate"]
    page = tmp_path / "page.html"
    subprocess.run(command, env=dict(os.environ, CLIP=clip, PAGE=str(page)), capture_output=True, check=True)
    assert re.search("<title>PASS: /dev/fd/[0-9]+ against standard input</title>", page.read_text(encoding="utf-8"))


def test_pictures_of_which_one_cannot_be_written_cost_neither_the_verdict_nor_the_others(
    clip: str, reversed_clip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    """The page fails after all was computed."""
    replace = os.replace

    def replace_if_no_page(source: str, target: Path) -> None:
        if target.name == "page.html":
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr("giflab_core.pages.output.os.replace", replace_if_no_page)
    page, diff = tmp_path / "page.html", tmp_path / "diff.gif"
    assert run(clip, reversed_clip, "--html", str(page), "--diff", str(diff), "--format", "json") == 3
    said = capsys.readouterr()
    assert json.loads(said.out)["status"] == "fail"
    assert said.err == f"giflab: cannot write {page}: No space left on device\n"
    assert diff.exists()


@pytest.mark.parametrize("other", ["same.out", "new/../same.out", "link.out"])
def test_two_pictures_in_one_file_are_wrong_usage(other: str, clip: str, tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "link.out").symlink_to(tmp_path / "same.out")
    assert run(clip, clip, "--html", str(tmp_path / "same.out"), "--diff", str(tmp_path / other)) == 2
    assert "is to be written twice; name two files" in capsys.readouterr().err
    assert not (tmp_path / "same.out").exists()


def test_a_picture_in_the_place_of_an_input_is_wrong_usage(clip: str, tmp_path: Path, capsys: Output) -> None:
    assert run(clip, str(tmp_path / "nothere.gif"), "--html", clip) == 2
    assert "is compared, and cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(("width", "options"), [(21_846, []), (30_000, ["--allow-resize"])])
def test_an_animation_that_a_gif_cannot_hold_is_refused_before_anybody_has_waited(
    width: int, options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    wide = str(write_clip(tmp_path / "wide.gif", [np.zeros((1, width), np.uint8)]))
    monkeypatch.setattr("giflab_core.validate", None)
    assert run(wide, wide, "--diff", str(tmp_path / "diff.gif"), *options) == 3
    assert "larger than a GIF can be" in capsys.readouterr().err


def test_only_what_is_shown_must_fit_into_an_animation(clip: str, tmp_path: Path) -> None:
    """The wide clip is shown as it is compared, at the size of the other."""
    wide = str(write_clip(tmp_path / "wide.gif", [np.zeros((1, 21_846), np.uint8)]))
    assert run(clip, wide, "--allow-resize", "--diff", str(tmp_path / "diff.gif")) == 1
    assert (tmp_path / "diff.gif").exists()


def test_a_picture_that_cannot_be_written_exits_3(clip: str, tmp_path: Path, capsys: Output) -> None:
    assert run(clip, clip, "--diff", str(tmp_path)) == 3
    found = capsys.readouterr()
    assert found.err == f"giflab: cannot write {tmp_path}: it is a folder\n"
    assert not found.out


def test_what_each_pair_scored_is_no_part_of_the_table(clip: str, capsys: Output) -> None:
    assert run(clip, clip, "--series") == 2
    assert "--format json" in capsys.readouterr().err


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


def inspect(*arguments: str) -> int:
    try:
        return main(["inspect", *arguments])
    except SystemExit as stopped:
        return int(str(stopped.code))


def test_inspect_shows_a_file_as_tables(clip: str, capsys: Output) -> None:
    assert inspect(clip) == 0
    out = capsys.readouterr().out
    facts = {"version": "89a", "canvas": "32x32", "frames": "6", "duration": "600 ms", "loop": "loops forever"}
    for name, value in {**facts, "palette": "256"}.items():
        assert re.search(rf"^ {name} +{value} *$", out, re.MULTILINE), name
    assert re.search(r"global palette +│ +768 │ +\d+\.\d %", out)
    assert re.search(r"^ +6 +10 cs +100 ms +32x32\+0\+0 +100\.0 % +keep +\d+ *$", out, re.MULTILINE)
    assert "application: NETSCAPE2.0 (19 bytes)" in out
    assert out.endswith("nothing odd\n")


def test_inspect_names_the_frames_of_an_oddity(tmp_path: Path, capsys: Output) -> None:
    path = write_clip(tmp_path / "fast.gif", FRAMES, [0, 0, 0, 5, 0, 5])
    assert inspect(str(path)) == 0
    assert "short delay: frames 1-3, 5: a delay of 0 ms is stored; shown for 100 ms\n" in capsys.readouterr().out


@pytest.mark.parametrize(("options", "rows"), [([], 20), (["--all"], 40)])
def test_inspect_cuts_many_frames_unless_all_are_asked_for(
    tmp_path: Path, options: list[str], rows: int, capsys: Output
) -> None:
    path = write_clip(tmp_path / "long.gif", moving_frames(40))
    assert inspect(str(path), *options) == 0
    out = capsys.readouterr().out
    assert out.count("100 ms") == rows
    assert ("20 more: --all" in out) == (not options)


def test_inspect_json_is_one_object_and_nothing_else(clip: str, capsys: Output) -> None:
    assert inspect(clip, "--format", "json") == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["schema"] == "giflab.inspect/1"
    assert captured.err == ""


def test_inspect_lists_damage_behind_the_first_frame(clip: str, capsys: Output) -> None:
    data = Path(clip).read_bytes()
    Path(clip).write_bytes(data[: len(data) // 2])
    assert inspect(clip) == 0
    out = capsys.readouterr().out
    assert "(1 damaged)" in out
    assert "damage: frame 3: LZW data" in out


@pytest.mark.parametrize("options", [[], ["--format", "json"]])
@pytest.mark.parametrize("content", [None, b"", b"no gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00,"])
def test_inspect_exits_3_with_one_line_where_a_file_cannot_be_read(
    tmp_path: Path, content: bytes | None, options: list[str], capsys: Output
) -> None:
    bad = tmp_path / "bad.gif"
    if content is not None:
        bad.write_bytes(content)
    assert inspect(str(bad), *options) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "bad.gif" in captured.err


@pytest.mark.parametrize("arguments", [[], ["--format", "xml"], ["--every"], ["second.gif"]])
def test_inspect_used_wrongly_exits_2_with_one_line(clip: str, arguments: list[str], capsys: Output) -> None:
    assert inspect(*([clip] if arguments else []), *arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1


@needs_posix
def test_inspect_escapes_the_name_and_the_texts_of_a_file(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "\x1b[31m[bold]x.gif"
    path.write_bytes(gif([Picture(FRAMES[0])], size=(32, 32), extra=b"\x21\xfe" + sub_blocks(b"\x1b[2J[red]\nhi")))
    assert inspect(str(path)) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "[bold]x.gif\n" in out
    assert "comment: \\x1b[2J[red]\\nhi (16 bytes)\n" in out


def test_inspect_says_how_many_texts_are_not_shown(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "talkative.gif"
    path.write_bytes(gif([Picture(FRAMES[0])], size=(32, 32), extra=(b"\x21\xfe" + sub_blocks(b"hi")) * 150))
    assert inspect(str(path)) == 0
    out = capsys.readouterr().out
    assert out.count("comment: hi") == 20
    assert "... 80 more: --all\n" in out
    assert "... and 50 more\n" in out


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
    said = b"giflab: cannot write the output: the disk is full; free some space, or write it elsewhere\n"
    assert (done.returncode, done.stderr) == (3, said)


@needs_linux
def test_a_demo_on_a_full_disk_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with mounted(tmp_path / "small", "16k") as small:
        assert main(["demo", "--out", str(small / "demo")]) == 2
    said = "the disk is full; free some space, or name another folder by --out"
    assert capsys.readouterr().err == f"giflab: cannot write the demo to {tmp_path / 'small' / 'demo'}: {said}\n"


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


def test_a_goal_sets_the_limits(clip: str, worse: str, capsys: Output) -> None:
    assert run(clip, worse, "--goal", "small") == 0
    assert run(clip, worse, "--goal", "lossless") == 1
    assert "lossless: the two clips first differ in the original's frame 0, at 0 ms" in capsys.readouterr().out
    assert run(clip, clip, "--goal", "lossless") == 0
    assert run(clip, clip, "--goal", "tiny") == 2
