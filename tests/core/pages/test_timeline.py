"""At every moment something is shown, and where pairs were scored it is those."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from giflab_core import Clip, FramePair, Series, ValidationReport
from giflab_core.pages.animation import honoured
from giflab_core.pages.timeline import at, timeline
from giflab_core.series import pack_pairs, pack_values


def of(
    report: ValidationReport, original: tuple[int, ...], compressed: tuple[int, ...], *scored: FramePair
) -> ValidationReport:
    """The report as of clips of other durations, with these pairs scored."""

    def clip(durations_ms: tuple[int, ...]) -> Clip:
        return Clip(Path("x.gif"), "0", 8, 8, durations_ms, 0)

    series = {"ssim": Series(pack_pairs(scored), pack_values([0.5] * len(scored)))} if scored else {}
    return replace(report, original=clip(original), compressed=clip(compressed), series=series)


def test_what_was_scored_is_shown(report: ValidationReport) -> None:
    assert timeline(report) == report.series["ssim"].frame_pairs
    assert [(each.original, each.compressed) for each in timeline(report)] == [(0, 0), (1, 1), (2, 1), (3, 2)]


def test_the_clip_that_ends_first_stays_on_its_last_frame(report: ValidationReport) -> None:
    found = timeline(of(report, (100, 100), (100, 50), FramePair(0, 0, 0, 100), FramePair(1, 1, 100, 50)))
    assert found == (FramePair(0, 0, 0, 100), FramePair(1, 1, 100, 100))
    longer = timeline(of(report, (100,), (100, 70, 30), FramePair(0, 0, 0, 100)))
    assert longer == (FramePair(0, 0, 0, 100), FramePair(0, 1, 100, 70), FramePair(0, 2, 170, 30))


def test_where_nothing_was_scored_both_clips_are_shown_by_time(report: ValidationReport) -> None:
    assert timeline(of(report, (100, 100), (150,))) == (FramePair(0, 0, 0, 100), FramePair(1, 0, 100, 100))


def test_a_pair_that_was_left_out_is_shown_too(report: ValidationReport) -> None:
    scored = FramePair(0, 0, 0, 90), FramePair(1, 1, 100, 100)
    found = timeline(of(report, (100, 100), (90, 110), *scored))
    assert found == (scored[0], FramePair(0, 1, 90, 10), scored[1])


def test_a_clip_at_another_tempo_is_shown_at_that_at_which_it_was_compared(report: ValidationReport) -> None:
    scored = FramePair(0, 0, 0, 100), FramePair(1, 1, 100, 100)
    assert timeline(of(report, (100, 100), (200, 200), *scored)) == scored


@pytest.mark.parametrize(("time_ms", "original"), [(0, 0), (49, 0), (50, 1), (199, 3), (200, 3), (9999, 3)])
def test_what_is_on_screen_at_a_moment(report: ValidationReport, time_ms: int, original: int) -> None:
    assert at(timeline(report), time_ms).original == original


@pytest.mark.parametrize(
    ("shown", "played"),
    [
        ([(0, 40), (40, 30)], [(0, 40), (40, 30)]),
        ([(0, 40), (40, 10), (50, 50)], [(0, 50), (50, 50)]),  # the one before stays
        ([(0, 10), (10, 50)], [(0, 60)]),
        ([(0, 40), (40, 10)], [(0, 50)]),
        ([(0, 10)], [(0, 20)]),
        ([(0, 33), (33, 33), (66, 34)], [(0, 30), (30, 40), (70, 30)]),  # at another tempo
    ],
)
def test_browsers_honour_what_is_played(shown: list[tuple[int, int]], played: list[tuple[int, int]]) -> None:
    pairs = [FramePair(place, place, *times) for place, times in enumerate(shown)]
    assert [(each.start_ms, each.duration_ms) for each in honoured(pairs)] == played
