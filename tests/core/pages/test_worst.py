"""The moments to look at first."""

from __future__ import annotations

from dataclasses import replace

from giflab_core import Check, FramePair, Series, ValidationReport, validate
from giflab_core.pages.timeline import timeline
from giflab_core.pages.worst import worst_moments
from giflab_core.series import pack_pairs, pack_values


def moments_of(report: ValidationReport, most: int = 6) -> list[tuple[int, tuple[str, ...]]]:
    return [(each.time_ms, each.reasons) for each in worst_moments(report, timeline(report), most)]


def test_where_a_check_failed_comes_first(report: ValidationReport) -> None:
    checks = (
        Check("ssim.p01", "fail", value=0.5, time_ms=50),
        Check("stall", "fail", time_ms=150, because_of="ssim.p01"),
    )
    found = moments_of(replace(report, status="fail", checks=checks))
    assert [time_ms for time_ms, _ in found[:2]] == [50, 150]
    assert found[0][1][0].startswith("ssim ")
    assert found[1][1][0] == "stall"


def test_the_worst_moment_of_each_metric_is_among_them(report: ValidationReport) -> None:
    worst = {result.worst.time_ms for result in report.metrics.values() if result.name in ("ssim", "mse", "quality")}
    assert worst <= {time_ms for time_ms, _ in moments_of(report)}


def test_one_moment_is_named_once_with_all_that_is_wrong_there(report: ValidationReport) -> None:
    pairs = [each.pair for each in worst_moments(report, timeline(report))]
    assert len(set(pairs)) == len(pairs)


def test_the_next_to_worst_moments_follow(report: ValidationReport) -> None:
    pairs = [FramePair(place, place, place * 100, 100) for place in range(8)]
    values = [1.0, 0.3, 1.0, 0.2, 0.9, 1.0, 0.1, 1.0]
    clip = replace(report.original, durations_ms=(100,) * 8)
    ssim = replace(report.metrics["ssim"], worst=replace(report.metrics["ssim"].worst, value=0.1, time_ms=600))
    found = replace(
        report,
        original=clip,
        compressed=clip,
        checks=(),
        metrics={"ssim": ssim},
        series={"ssim": Series(pack_pairs(pairs), pack_values(values))},
    )
    assert moments_of(found) == [
        *((600, ("ssim 0.1",)), (300, ("ssim 0.2",)), (100, ("ssim 0.3",)), (400, ("ssim 0.9",))),
    ]
    assert [time_ms for time_ms, _ in moments_of(found, 2)] == [600, 300]


def test_of_equal_clips_there_is_a_moment_without_a_reason(report: ValidationReport) -> None:
    path = report.original.path
    assert moments_of(validate(path, path)) == [(0, ())]
