"""Another rate of frames: the same motion, sampled at other moments, is no fault of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from giflab_core import Check, ValidationReport, validate
from tests.helpers.gifs import Indices, write_clip
from tests.helpers.scenes import HEIGHT, SCENES, WIDTH, disc

FROM_TO = [(50, 60), (80, 70), (30, 40), (20, 30)]


def resampled(frames: list[Indices], shown_ms: int, other_ms: int) -> tuple[list[Indices], list[int]]:
    """What is on screen when each new frame begins, with delays in hundredths of a second."""
    starts = range(0, len(frames) * shown_ms, other_ms)
    ends = [*starts[1:], len(frames) * shown_ms]
    taken = [frames[start // shown_ms] for start in starts]
    return taken, [(end - start) // 10 for start, end in zip(starts, ends, strict=True)]


def judged(
    folder: Path, frames: list[Indices], shown_ms: int, compressed: list[Indices], delays: list[int]
) -> ValidationReport:
    original = write_clip(folder / "original.gif", frames, shown_ms // 10)
    return validate(original, write_clip(folder / "compressed.gif", compressed, delays))


def check(report: ValidationReport, name: str) -> Check:
    return next(each for each in report.checks if each.name == name)


@pytest.mark.parametrize("kind", sorted(SCENES))
@pytest.mark.parametrize(("shown_ms", "other_ms"), FROM_TO)
def test_another_rate_passes_and_timing_has_the_number(tmp_path: Path, kind: str, shown_ms: int, other_ms: int) -> None:
    clip = SCENES[kind](25, 4)
    report = judged(tmp_path, clip, shown_ms, *resampled(clip, shown_ms, other_ms))
    assert report.failed == ()
    assert report.metrics["mse"].mean == 0
    value = check(report, "timing").value
    assert value is not None
    assert 0 < value < shown_ms


def test_a_black_frame_at_another_rate_is_told_as_that(tmp_path: Path) -> None:
    clip = disc(25)
    frames, delays = resampled(clip, 50, 60)
    frames[11] = np.zeros_like(frames[11])
    report = judged(tmp_path, clip, 50, frames, delays)
    assert [each.name for each in report.headlines] == ["content"]
    assert "frame 11, at 660 ms" in report.headlines[0].message


def test_a_flash_that_another_rate_passes_over_is_lost(tmp_path: Path) -> None:
    clip = disc(25)
    clip[5] = np.full((HEIGHT, WIDTH), 255, np.uint8)  # on from 250 to 300 ms, between 240 and 300
    report = judged(tmp_path, clip, 50, *resampled(clip, 50, 60))
    assert [each.name for each in report.headlines] == ["frames"]
    assert "frame 5, at 250 ms, 50 ms long" in report.headlines[0].message


@pytest.mark.parametrize("shown_ms", [50, 100])
def test_half_the_rate_of_pictures_that_differ_is_no_other_rate(tmp_path: Path, shown_ms: int) -> None:
    clip = SCENES["cards"](24, 4)
    report = judged(tmp_path, clip, shown_ms, *resampled(clip, shown_ms, 2 * shown_ms))
    assert report.status == "fail"
    assert report.coverage == 1


def test_reversed_pictures_at_another_rate_are_out_of_order(tmp_path: Path) -> None:
    clip = disc(25)
    frames, delays = resampled(clip, 50, 60)
    report = judged(tmp_path, clip, 50, frames[::-1], delays)
    assert [each.name for each in report.headlines] == ["order"]
