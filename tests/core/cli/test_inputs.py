"""Files that come through pipes, which are read once."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pytest

import giflab_core
from giflab_core.cli.program import main
from tests.helpers.faults import mounted
from tests.helpers.gifs import moving_frames, write_clip
from tests.helpers.marks import needs_linux, needs_posix

Output = pytest.CaptureFixture[str]
FRAMES = moving_frames(6)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.gif", FRAMES)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def run(*arguments: str | Path) -> int:
    try:
        return main([*map(str, arguments)])
    except SystemExit as stopped:
        return int(str(stopped.code))


def send(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.mark.usefixtures("temporary")
def test_a_file_from_standard_input_is_validated_and_named_as_it_was_given(
    clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    for arguments in (("-", clip), (clip, "-")):
        send(monkeypatch, clip.read_bytes())
        assert run("validate", *arguments, "--format", "json", "--metrics", "mse") == 0
        document = json.loads(capsys.readouterr().out)
        assert [document[name]["path"] for name in ("original", "compressed")] == [str(each) for each in arguments]


@needs_posix
@pytest.mark.parametrize("command", ["validate", "inspect", "check"])
def test_a_pipe_is_read_once(tmp_path: Path, clip: Path, command: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(clip.read_bytes()))
    writer.start()
    assert run(command, *([clip] if command == "validate" else []), pipe) == 0
    writer.join()


def test_errors_name_standard_input(clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    send(monkeypatch, clip.read_bytes()[:-200])
    assert run("validate", clip, "-", "--format", "json", "--metrics", "mse") == 1
    document = json.loads(capsys.readouterr().out)
    (readable,) = [each for each in document["checks"] if each["name"] == "readable"]
    assert readable["message"].startswith("cannot read -: LZW data")


@pytest.mark.parametrize("command", ["inspect", "check"])
def test_what_is_no_gif_is_not_read_to_its_end(command: str, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    class Endless(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            self.seek(0)
            return super().read(size)

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Endless(b"no gif here")))
    assert run(command, "-") == 3
    assert capsys.readouterr().err == "giflab: cannot read -: not a GIF file: it does not start with GIF87a or GIF89a\n"


def test_no_more_is_read_than_a_file_may_have(clip: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    send(monkeypatch, clip.read_bytes())
    assert run("inspect", "-", "--decode-limit", "max_bytes=1000") == 3
    assert "cannot read -: more than 1000 bytes; the limit is max_bytes=1000" in capsys.readouterr().err


def test_standard_input_is_one_file(capsys: Output) -> None:
    assert run("validate", "-", "-") == 2
    assert "only one file" in capsys.readouterr().err


def test_a_terminal_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(io.BytesIO()))
    assert run("inspect", "-") == 2
    assert "standard input is a terminal" in capsys.readouterr().err


def test_nothing_is_left_of_what_came_through_a_pipe(
    clip: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(monkeypatch, clip.read_bytes())
    assert run("validate", clip, "-", "--metrics", "mse") == 0
    assert list(temporary.iterdir()) == []


@needs_posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_either_where_a_signal_ends_the_command(
    clip: Path, temporary: Path, number: signal.Signals
) -> None:
    environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(sys.path)}
    before = signal.signal(number, signal.SIG_DFL)  # what nohup ignores is ignored by its children too
    running = subprocess.Popen(
        [sys.executable, "-m", "giflab_core.cli", "validate", clip, "-"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    signal.signal(number, before)
    assert running.stdin
    running.stdin.write(clip.read_bytes()[:100])
    running.stdin.flush()
    deadline = time.monotonic() + 30
    while not list(temporary.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(number)
    _, said = running.communicate(timeout=30)
    assert (running.returncode, said.decode()) == (128 + number, f"giflab: ended by {number.name}\n")
    assert list(temporary.iterdir()) == []


@needs_posix
def test_nothing_is_left_where_a_signal_comes_as_the_folder_is_made(
    clip: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = tempfile.mkdtemp

    def make_and_end(*arguments: Any, **named: Any) -> str:
        folder: str = make(*arguments, **named)
        signal.raise_signal(signal.SIGTERM)
        return folder

    monkeypatch.setattr("tempfile.mkdtemp", make_and_end)
    send(monkeypatch, clip.read_bytes())
    assert run("validate", clip, "-") == 128 + signal.SIGTERM
    assert list(temporary.iterdir()) == []


def test_signals_mean_what_they_did_after_the_command(clip: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    assert run("inspect", clip) == 0
    assert signal.getsignal(signal.SIGTERM) == before


def test_no_file_is_remembered_where_one_came_through_a_pipe(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    send(monkeypatch, clip.read_bytes())
    assert run("validate", clip, "-", "--metrics", "mse") == 0
    with giflab_core.open_cache() as cache:
        assert cache.stats().entries == 2  # one metric, and what the checks rest on


@needs_linux
def test_a_temporary_folder_that_is_full_is_one_line_that_says_what_to_do(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    with mounted(tmp_path / "small", "8k") as small:
        monkeypatch.setattr("tempfile.tempdir", str(small))
        send(monkeypatch, clip.read_bytes() * 20)
        assert run("validate", "-", clip) == 3
    said = "the disk is full; free some space, or name another folder for temporary files by TMPDIR"
    assert capsys.readouterr().err == f"giflab: cannot copy - to {tmp_path / 'small'}: {said}\n"


def test_no_temporary_folder_is_one_line_that_says_what_to_do(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    send(monkeypatch, clip.read_bytes())
    assert run("validate", "-", clip) == 3
    said = "No such file or directory; name another folder for temporary files by TMPDIR"
    assert capsys.readouterr().err == f"giflab: cannot copy -: {said}\n"
