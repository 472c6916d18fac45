"""Real pairs by real encoders, and hostile files: a report or one clear error, and the right verdict."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from giflab_core import ValidationReport, validate
from tests.shared import CORPUS, files, pairs

pytestmark = pytest.mark.corpus

# What each fault must be caught by; other checks may fail beside it.
CAUGHT_BY = {
    "fault:animation-lost": "animation",
    "fault:canvas-cropped": "canvas",
    "fault:duration-doubled": "duration",
    "fault:duration-halved": "duration",
    "fault:loop-changed": "loop",
    "fault:temporal-order": "order",
    "fault:truncated-file": "readable",
}
# Luma does not see it; the colour metrics will.
NOT_YET_CAUGHT = {"fault:colour-lost"}
STATIC_CHECKS = {"readable", "canvas", "animation", "duration", "loop", "order", "transparency", "compared"}
TIME_LIMIT_S, MEMORY_LIMIT_KIB = 10, 1024 * 1024


@pytest.mark.parametrize("row", pairs(), ids=lambda row: Path(row["file"]).stem)
def test_a_real_pair_gets_the_verdict_its_kind_deserves(row: dict[str, str]) -> None:
    report = validate(CORPUS / row["original"], CORPUS / row["file"])
    failed = {check.name for check in report.failed}
    kind = row["kind"]
    if kind in CAUGHT_BY:
        assert CAUGHT_BY[kind] in failed
    elif kind == "lossless":
        assert report.status == "pass"
        assert report.metrics["ssim"].mean == 1.0
    elif kind in ("lossy", "palette"):
        assert not failed
    elif kind == "resize":
        assert failed == {"canvas", "compared"}
    else:
        assert_failures_are_real(report, row)


def assert_failures_are_real(report: ValidationReport, row: dict[str, str]) -> None:
    """Encoders that retime or drop frames: a failed duration or loop must stand in the table as such."""
    failed = {check.name for check in report.failed} & STATIC_CHECKS
    if "loop" in failed:
        assert row["original_loop"] != row["loop"]
    if "duration" in failed:
        assert report.original.duration_ms != report.compressed.duration_ms
    assert failed <= {"loop", "duration", "order"}
    if row["kind"] in NOT_YET_CAUGHT:
        assert report.status == "pass"


@pytest.mark.parametrize("path", files("gifs/*.gif"), ids=lambda path: path.stem)
def test_a_real_file_equals_itself(path: Path) -> None:
    report = validate(path, path)
    assert report.status == "pass"
    assert {name: result.mean for name, result in report.metrics.items() if name != "psnr"} == {
        name: {"ssim": 1.0, "mse": 0.0, "zncc": 1.0, "alpha": 0.0}[name] for name in report.metrics if name != "psnr"
    }


@pytest.mark.parametrize("path", files("hostile/*.gif"), ids=lambda path: path.stem)
def test_a_hostile_file_gets_a_result_or_one_line_within_bounds(path: Path) -> None:
    command = [sys.executable, "-m", "giflab_core.cli", "validate", str(path), str(path), "--format", "json"]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - started
        out.seek(0)
        err.seek(0)
        printed, said = out.read(), err.read()
    assert seconds < TIME_LIMIT_S
    assert usage.ru_maxrss < MEMORY_LIMIT_KIB
    assert process.returncode in (0, 1, 3)
    assert bool(printed) == (process.returncode != 3)
    assert said.count("\n") == (process.returncode == 3)
