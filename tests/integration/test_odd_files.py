"""GIFs that are odd but shown: the shared cases, by the command and from Python."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from giflab_core import inspect, validate
from giflab_core.report import ValidationReport
from tests.helpers.marks import needs_linux
from tests.helpers.shared import case, pair_of_case

pytestmark = pytest.mark.corpus


def warnings(report: ValidationReport) -> str:
    return " | ".join(report.warnings)


def messages(path: Path) -> str:
    return " | ".join(f"{oddity.kind}: {oddity.message}" for oddity in inspect(path).oddities)


def giflab(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "giflab_core.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_first_image_that_is_larger_than_the_screen_is_said_to_differ_between_viewers() -> None:
    original, compressed = pair_of_case("gif/F24-first-image-larger-than-screen")
    assert re.search("outside: .*80x60, beyond the canvas of 40x30, and viewers differ", messages(compressed))
    assert "viewers differ" in warnings(validate(original, compressed, metrics=["mse"]))


def test_copies_of_metadata_are_named_with_the_sizes_of_both_files() -> None:
    original, compressed = pair_of_case("gif/F26-xmp-copied-24-times-4x-bigger")
    assert "metadata: application extension 'xmp dataxmp' 24 times: 26112 bytes" in messages(compressed)
    report = validate(original, compressed, metrics=["mse"])
    assert "'xmp dataxmp' 24 times" in warnings(report)
    assert "size: 6932 bytes, then 29951: 4.3 times as large" in warnings(report)


def test_a_second_gif_after_the_trailer_is_named() -> None:
    original, compressed = pair_of_case("gif/F27-two-gifs-in-one-file")
    words = "5840 bytes after the trailer, which begin with GIF89a (another GIF)"
    assert words in messages(compressed)
    assert words in warnings(validate(original, compressed, metrics=["mse"]))


def test_a_lost_aspect_ratio_is_named() -> None:
    original, compressed = pair_of_case("gif/F28-aspect-ratio-lost-allow-resize")
    found = giflab("validate", original, compressed, "--allow-resize", "--metrics", "mse")
    assert "its aspect ratio changed from 5:3 to 1:1" in found.stdout


def test_limits_of_decoding_can_be_raised() -> None:
    path = case("gif/F31-canvas-7680x4320.single.gif")
    refused, shown = giflab("inspect", path), giflab("inspect", path, "--decode-limit", "max_pixels=34M")
    assert (refused.returncode, "--decode-limit max_pixels=N raises it" in refused.stderr) == (3, True)
    assert (shown.returncode, "7680x4320" in shown.stdout) == (0, True)


def test_damage_can_fail() -> None:
    found = giflab("check", case("gif/F32-truncated-inspect-exits-0.single.gif"), "--format", "json")
    (file,) = json.loads(found.stdout)["files"]
    assert found.returncode == 1
    assert [(each["kind"], each["frames"]) for each in file["findings"] if each["status"] == "fail"] == [
        ("damage", [15])
    ]


def test_plain_text_is_skipped_with_a_warning() -> None:
    path = case("gif/F34-plain-text-extension.single.gif")
    report = validate(path, path, metrics=["mse"])
    assert (report.status, report.original.n_frames) == ("warning", 1)
    assert "plain text extension, which no browser draws: skipped" in warnings(report)


@needs_linux
@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("gif/F35-pipes-and-stdin-refused.sh", ["rc=0"] * 4),
        ("gif/F36-warm-pattern-follows-link-loops.sh", ["rc=0"] * 2),
    ],
)
def test_scripts_of_users_work(tmp_path: Path, name: str, codes: list[str]) -> None:
    command = tmp_path / "giflab"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m giflab_core.cli "$@"\n')
    command.chmod(0o755)
    path = str(Path.cwd())  # where the package is, if it is not installed
    environment = {**os.environ, "GIFLAB": str(command), "TMPDIR": str(tmp_path), "PYTHONPATH": path}
    script = case(name)
    found = subprocess.run(["bash", script], capture_output=True, text=True, check=False, env=environment, timeout=60)
    assert re.findall(r"rc=\d+", found.stdout) == codes
    assert all(each == "1 file" for each in re.findall(r"read (\d+ files?)", found.stdout))


@needs_linux
def test_a_link_that_flips_during_validations_poisons_no_cache() -> None:
    script = case("numbers/aba_symlink.py")
    environment = {**os.environ, "PYTHONPATH": f"{Path.cwd()}{os.pathsep}{script.parent}"}
    found = subprocess.run(  # it waits 2 s by itself, and needs some flips
        [sys.executable, script, "4"], capture_output=True, text=True, check=False, env=environment, timeout=60
    )
    assert "POISONED" not in found.stdout
    assert "report with numbers of another file 0" in found.stdout, found.stderr
