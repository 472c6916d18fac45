"""Cases of time that makers of GIFs reported: what each must give, as read from the shared folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from giflab_core import ValidationReport, validate
from tests.helpers.shared import pairs_of_case

pytestmark = pytest.mark.corpus

Pair = tuple[Path, Path]


def name(pair: Pair) -> str:
    return pair[0].stem


def failed(report: ValidationReport) -> dict[str, str]:
    return {check.name: check.message for check in report.failed}


@pytest.mark.parametrize("pair", pairs_of_case("numbers/jitter-*_o.gif"), ids=name)
def test_boundaries_moved_by_a_tick_cost_no_quality_and_are_a_number_of_their_own(pair: Pair) -> None:
    report = validate(*pair)
    timing = next(check for check in report.checks if check.name == "timing")
    assert report.status == "pass"
    assert report.metrics["quality"].mean >= 0.97
    assert timing.value is not None
    assert 0 < timing.value <= 10
    assert "10 ms" in timing.message


@pytest.mark.parametrize("pair", pairs_of_case("gif/F01-*.original.gif"), ids=name)
def test_a_last_picture_that_is_cut_off_is_named(pair: Pair) -> None:
    report = validate(*pair)
    assert "the last picture (frame 2, at 1000 ms, 500 ms long" in failed(report)["frames"]
    duration = next(check for check in report.checks if check.name == "duration")
    assert "compared over 66.7% of the original" in duration.message


@pytest.mark.parametrize("pair", pairs_of_case("gif/F03-*.original.gif"), ids=name)
def test_a_line_of_text_that_is_missing_is_no_matter_of_time(pair: Pair) -> None:
    assert not failed(validate(*pair)).keys() & {"order", "frames", "stall", "timing"}


@pytest.mark.parametrize("pair", pairs_of_case("gif/F16-*.original.gif"), ids=name)
def test_a_small_thing_that_jumps_back_fails_by_order(pair: Pair) -> None:
    message = failed(validate(*pair))["order"]
    assert message == "frame 22, at 2200 ms, is most like the original's frame 0, at 0 ms"


@pytest.mark.parametrize("pair", pairs_of_case("gif/F18-*.original.gif"), ids=name)
def test_one_black_frame_does_not_take_all_colour(pair: Pair) -> None:
    found = failed(validate(*pair))
    assert "content" in found
    assert "1 of 22 frames" in found["colour"]
    assert found.keys() >= {"content", "colour"}
    assert not found.keys() & {"order", "frames", "stall", "timing", "tone"}


@pytest.mark.parametrize("pair", pairs_of_case("gif/F19-*.original.gif"), ids=name)
def test_the_same_pictures_at_another_tempo_are_told_as_that_alone(pair: Pair) -> None:
    found = failed(validate(*pair))
    assert found.keys() == {"duration"}
    assert found["duration"].startswith("same pictures in the same order, 5 times as fast")
    assert "browsers" not in found["duration"]  # the original's delays are 100 ms in the file


@pytest.mark.parametrize("pair", pairs_of_case("gif/F20-*.original.gif"), ids=name)
def test_a_soft_cloud_with_merged_frames_passes(pair: Pair) -> None:
    assert validate(*pair).status == "pass"
