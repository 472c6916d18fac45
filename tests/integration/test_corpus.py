"""Real pairs by real encoders, and hostile files: a report or one clear error, and the right verdict."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from giflab_core import ValidationReport, validate
from giflab_core.cli.program import main
from giflab_core.metrics import METRICS
from tests.helpers.marks import needs_linux
from tests.helpers.memory import growth
from tests.helpers.recompressions import keeps_duration
from tests.helpers.shared import CORPUS, files, largest_slow, marks, pairs

pytestmark = pytest.mark.corpus

# What each fault must be caught by; other checks may fail beside it.
CAUGHT_BY = {
    "fault:animation-lost": "animation",
    "fault:canvas-cropped": "canvas",
    "fault:colour-lost": "colour",
    "fault:duration-doubled": "duration",
    "fault:duration-halved": "duration",
    "fault:loop-changed": "loop",
    "fault:temporal-order": "order",
    "fault:truncated-file": "readable",
}
STATIC_CHECKS = {"readable", "canvas", "animation", "duration", "loop", "order", "transparency", "compared"}
TIME_CHECKS = {"frames", "stall", "timing"}
TIME_LIMIT_S, MEMORY_LIMIT_KIB = 10, 1024 * 1024


# Of the recompressions of the largest clips, those that stand for the others.
KEPT = (
    "cli__httpie-animation__gifsicle-long-lossy150",
    "rich__status__gifsicle-long-lossy60",
    "thefuck__example__gifsicle-colors16",
    "tqdm__tqdm__gifsicle-long-lossy60",
    "wuffs__gifplayer-muybridge__gifsicle-framedrop2",
)
PAIRS = [pytest.param(row, id=name, marks=marks(name, KEPT)) for row in pairs() if (name := Path(row["file"]).stem)]


@pytest.mark.parametrize("row", PAIRS)
def test_a_real_pair_gets_the_verdict_its_kind_deserves(row: dict[str, str]) -> None:
    report = validate(CORPUS / row["original"], CORPUS / row["file"])
    failed = {check.name for check in report.failed}
    kind = row["kind"]
    if kind.startswith("fault:") and report.status == "pass":
        # A grey clip has no colour to lose.
        assert kind == "fault:colour-lost"
        assert report.metrics["ciede2000"].worst.value == 0
    elif kind in CAUGHT_BY:
        assert CAUGHT_BY[kind] in failed
    elif kind == "lossless":
        assert report.status == "pass"
        assert report.metrics["ssim"].mean == 1.0
    elif kind in ("lossy", "palette"):
        assert not failed
        assert 0.5 < report.metrics["quality"].mean <= 1
    elif kind == "resize":
        assert failed == {"canvas", "compared"}
    else:
        assert_failures_are_real(report, row)


def assert_failures_are_real(report: ValidationReport, row: dict[str, str]) -> None:
    """Encoders that retime or drop frames: a failed duration or loop must stand in the table as such.

    Where they keep the time and all frames, nothing else fails either.
    """
    failed = {check.name for check in report.failed}
    if "loop" in failed:
        assert row["original_loop"] != row["loop"]
    if "duration" in failed:
        assert report.original.duration_ms != report.compressed.duration_ms
    assert failed & STATIC_CHECKS <= {"loop", "duration", "order"}
    # Pictures that lasted longer than a motion's are dropped only by gifsicle, told to keep every second or third.
    assert not failed & TIME_CHECKS or row["kind"] == "temporal" or not keeps_duration(report)
    if row["kind"] != "temporal" and keeps_duration(report):
        assert failed <= {"loop"}


@pytest.mark.parametrize("path", largest_slow(files("gifs/*.gif"), ["thefuck__example"]))
def test_a_real_file_equals_itself(path: Path) -> None:
    report = validate(path, path)
    assert report.status == "pass"
    for name, result in report.metrics.items():
        assert result.mean == METRICS[name].present(METRICS[name].identical), name


@needs_linux
@pytest.mark.parametrize("path", files("hostile/*.gif"), ids=lambda path: path.stem)
def test_a_hostile_file_gets_a_result_or_one_line_within_bounds(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.process_time()
    with growth() as taken:
        code = main(["validate", str(path), str(path), "--format", "json"])
    assert time.process_time() - started < TIME_LIMIT_S
    assert taken.kib < MEMORY_LIMIT_KIB
    assert code in (0, 1, 3)
    printed, said = capsys.readouterr()
    assert bool(printed) == (code != 3)
    assert said.count("\n") == (code == 3)
