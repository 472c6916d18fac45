"""What a command loads: a user waits for each library."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.gifs import moving_frames, write_clip

CODE = """
import sys
# What NumPy loads depends on its version, so it is loaded before, and left out.
if sys.argv[1] == "--beside-numpy":
    import numpy
    del sys.argv[1]
before = set(sys.modules) - {"numpy"}
from giflab_core.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print("loaded:", *sorted(set(sys.modules) - before))
"""
BESIDE_NUMPY = "--beside-numpy"
COMMANDS = {f"giflab_core.cli.{name}" for name in ("validate", "compare", "inspect", "check", "cache", "deps", "demo")}

# What takes milliseconds to load, and is had otherwise: one or several functions of each would be called.
UNNEEDED = {"dataclasses", "statistics", "fractions", "decimal", "concurrent.futures", "logging", "numpy.ma"}
UNNEEDED |= {"tempfile", "shutil", "random", "platformdirs", "multiprocessing"}


def loaded(*arguments: str | Path) -> set[str]:
    # What measures coverage loads much by itself.
    own = {name: each for name, each in os.environ.items() if not name.startswith("COVERAGE_")}
    command = [sys.executable, "-c", CODE, *map(str, arguments)]
    done = subprocess.run(command, env=own, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_no_command() -> None:
    assert not loaded("--help") & COMMANDS


@pytest.mark.parametrize("arguments", [("inspect", "--help"), ("check", "--help"), ("deps",)])
def test_a_command_loads_no_other(arguments: tuple[str, ...]) -> None:
    assert loaded(*arguments) & COMMANDS == {f"giflab_core.cli.{arguments[0]}"}


@pytest.fixture
def clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """So large and so different that two threads score them."""
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(tmp_path / "cache"))
    frames = [np.kron(frame, np.ones((4, 4), np.uint8)) for frame in moving_frames(40)]
    worse = [frame // 8 * 8 for frame in frames]
    return write_clip(tmp_path / "original.gif", frames), write_clip(tmp_path / "compressed.gif", worse)


def test_what_nobody_sees_and_nothing_scales_needs_neither_rich_nor_pillow(clips: tuple[Path, Path]) -> None:
    assert not loaded("validate", *clips, "--no-cache", "--format", "json") & {"rich", "PIL"}


def test_no_table_needs_rich(clips: tuple[Path, Path]) -> None:
    assert not loaded(BESIDE_NUMPY, "validate", *clips, "--no-cache") & {"rich", *UNNEEDED}


def test_a_verdict_loads_what_it_needs(clips: tuple[Path, Path]) -> None:
    found = loaded(BESIDE_NUMPY, "validate", *clips, "--no-cache", "--format", "json")
    assert not found & {*UNNEEDED, "giflab_core.results.records", "sqlite3"}


def test_a_verdict_from_the_cache_loads_what_it_needs(clips: tuple[Path, Path]) -> None:
    loaded("validate", *clips, "--format", "json")
    found = loaded("validate", *clips, "--format", "json")
    assert "sqlite3" in found
    assert not found & {*UNNEEDED, "numpy", "inspect", "giflab_core.measurement"}


def test_a_comparison_that_is_cached_needs_no_arithmetic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIFLAB_CACHE_DIR", str(tmp_path / "cache"))
    original = write_clip(tmp_path / "original.gif", moving_frames(3))
    candidate = write_clip(tmp_path / "candidate.gif", moving_frames(3, seed=2))
    call = ("compare", original, candidate, "--format", "json", "--verify-content")
    assert "numpy" in loaded(*call)
    assert "numpy" not in loaded(*call)
