"""What a command loads: a user waits for each library."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.gifs import moving_frames, write_clip

CODE = """
import sys
from giflab_core.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("loaded:", *sorted(sys.modules))
"""
COMMANDS = {f"giflab_core.cli.{name}" for name in ("validate", "compare", "inspect", "check", "cache", "deps", "demo")}


def loaded(*arguments: str | Path) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", CODE, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_no_command() -> None:
    assert not loaded("--help") & COMMANDS


@pytest.mark.parametrize("arguments", [("inspect", "--help"), ("check", "--help"), ("deps",)])
def test_a_command_loads_no_other(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) & COMMANDS == {f"giflab_core.cli.{arguments[0]}"}


def test_what_nobody_sees_and_nothing_scales_needs_neither_rich_nor_pillow(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.gif", moving_frames(3))
    found = loaded("validate", clip, clip, "--no-cache", "--format", "json")
    assert not found & {"rich", "PIL"}


def test_a_comparison_that_is_cached_needs_no_arithmetic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(tmp_path / "cache"))
    original = write_clip(tmp_path / "original.gif", moving_frames(3))
    candidate = write_clip(tmp_path / "candidate.gif", moving_frames(3, seed=2))
    call = ("compare", original, candidate, "--format", "json", "--verify-content")
    assert "numpy" in loaded(*call)
    assert "numpy" not in loaded(*call)
