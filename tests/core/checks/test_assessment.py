"""Limits and checks: what passes, what fails, and what is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from giflab_core import Check, Clip, FramePair, MetricResult, Moment, UsageError
from giflab_core.checks import assessment as assess
from giflab_core.checks import limits as demand
from giflab_core.config import DEFAULT_LIMITS
from giflab_core.sequence import Tempo


def clip(durations_ms: tuple[int, ...] = (100,) * 10, loop_count: int | None = 0, size: int = 8) -> Clip:
    return Clip(Path("x.gif"), "", size, size, durations_ms, loop_count)


def result(name: str, mean: float, p01: float, better: str = "higher") -> MetricResult:
    return MetricResult(name, mean, mean, mean, p01, Moment(p01, 700), "", better, 5, 5, "1")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("durations_ms", "status"),
    [
        ((100,) * 10, "pass"),
        ((100,) * 9 + (80,), "pass"),  # 2 % of 1000 ms
        ((100,) * 9, "pass"),  # one frame of 100 ms
        ((100,) * 9 + (201,), "fail"),
        ((100,) * 5, "fail"),
        ((200,) * 10, "fail"),
    ],
)
def test_duration_may_differ_by_two_percent_or_one_frame(durations_ms: tuple[int, ...], status: str) -> None:
    assert assess.check_duration(clip(), clip(durations_ms), was_moving=True).status == status


@pytest.mark.parametrize("frames", [2, 3, 4])
def test_half_a_short_clip_is_not_one_frame_less(frames: int) -> None:
    halved = assess.check_duration(clip((100,) * frames), clip((50,) * frames), was_moving=True)
    assert halved.status == "fail"


def test_one_of_three_frames_is_one_frame() -> None:
    assert assess.check_duration(clip((100,) * 3), clip((100,) * 2), was_moving=True).status == "pass"


def test_a_failed_duration_tells_the_coverage() -> None:
    assert "50.0% of the original" in assess.check_duration(clip(), clip((100,) * 5), was_moving=True).message


@pytest.mark.parametrize("is_rounded", [False, True])
def test_browsers_are_named_only_where_they_replace_delays(is_rounded: bool) -> None:
    before = replace(clip(), has_rounded_delays=is_rounded)
    tempo = Tempo((100,) * 10, True)
    message = assess.check_duration(before, clip((50,) * 10), was_moving=True, tempo=tempo).message
    note = " (browsers show delays of 0 and 10 ms as 100)" if is_rounded else ""
    assert message == f"same pictures in the same order, 2 times as fast{note}: 1000 ms, then 500 ms"


def test_still_images_have_no_duration_to_compare() -> None:
    assert assess.check_duration(clip((100,) * 20), clip((100,)), was_moving=False).status == "pass"


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [(0, 0, "pass"), (None, None, "pass"), (0, None, "fail"), (0, 1, "fail"), (1, 0, "fail"), (3, 4, "fail")],
)
def test_loops_are_compared_as_played(before: int | None, after: int | None, status: str) -> None:
    assert assess.check_loop(clip(loop_count=before), clip(loop_count=after)).status == status


def test_a_failed_loop_says_how_often_each_plays() -> None:
    assert assess.check_loop(clip(loop_count=0), clip(loop_count=None)).message == "loops forever, then plays once"
    assert assess.check_loop(clip(loop_count=2), clip(loop_count=5)).message == "plays 3 times, then plays 6 times"


def test_the_loop_of_a_still_image_does_not_matter() -> None:
    assert assess.check_loop(clip((100,), loop_count=None), clip((100,), loop_count=0)).status == "pass"


@pytest.mark.parametrize(("allow", "status"), [(False, "fail"), (True, "warning")])
def test_another_canvas_fails_unless_it_is_allowed(allow: bool, status: str) -> None:
    assert assess.check_canvas(clip(), clip(size=9), allow_resize=allow).status == status


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((250, 150), (150, 150), "from 5:3 to 1:1"),
        ((480, 270), (270, 480), "from 16:9 to 9:16"),
        ((333, 187), (200, 100), "from 1.781:1 to 2:1"),
        ((480, 270), (320, 180), ""),
        ((333, 187), (200, 112), ""),
        ((333, 187), (200, 113), ""),  # rounded up to a whole number
        ((100, 100), (3, 2), ""),
    ],
)
def test_a_shape_that_changed_by_more_than_rounding_is_named(
    before: tuple[int, int], after: tuple[int, int], words: str
) -> None:
    one, other = (replace(clip(), width=width, height=height) for width, height in (before, after))
    message = assess.check_canvas(one, other, allow_resize=True).message
    assert ("aspect ratio changed" in message, words in message) == (bool(words), True)


def test_a_frame_is_judged_by_its_best_moment() -> None:
    # Frame 1 is on screen with frame 0 for 10 ms, because a delay was rounded, and with its own picture for 90 ms.
    pairs = [FramePair(0, 0, 0, 90), FramePair(0, 1, 90, 10), FramePair(1, 1, 100, 90)]
    assert assess.check_content(pairs, [False, True, False]).status == "pass"


def test_a_frame_that_shares_nothing_fails_however_short_it_is() -> None:
    pairs = [FramePair(0, 0, 0, 9000), FramePair(0, 1, 9000, 20)]
    check = assess.check_content(pairs, [False, True])
    assert (check.status, "at 9000 ms" in check.message) == ("fail", True)


@pytest.mark.parametrize(
    ("lost", "status"), [([0.0, 0.0], "pass"), ([0.1, 0.1], "pass"), ([0.11, 0.11], "fail"), ([0.0, 1.0], "fail")]
)
def test_lost_transparency_fails_by_mean_and_worst_percent(lost: list[float], status: str) -> None:
    pairs = [FramePair(0, 0, 0, 980), FramePair(1, 1, 980, 20)]
    assert assess.check_transparency(pairs, lost).status == status


@pytest.mark.parametrize(
    ("was_moving", "is_moving", "status"),
    [(True, True, "pass"), (True, False, "fail"), (False, False, "pass"), (False, True, "pass")],
)
def test_animation_must_not_be_lost(was_moving: bool, is_moving: bool, status: str) -> None:
    assert assess.check_animation(clip(), clip(), was_moving=was_moving, is_moving=is_moving).status == status


def test_nothing_compared_is_a_failure() -> None:
    assert demand.check_compared(0, {}, ["ssim"]).status == "fail"
    assert demand.check_compared(3, {"ssim": "too small"}, ["ssim"]).status == "fail"
    assert demand.check_compared(3, {"ssim": "too small"}, ["ssim", "mse"]).status == "pass"


@pytest.mark.parametrize(
    ("metric", "better", "value", "status"),
    [
        ("ssim", "higher", 0.9, "pass"),
        ("ssim", "higher", 0.899, "fail"),
        ("mse", "lower", 0.9, "pass"),
        ("mse", "lower", 0.901, "fail"),
        ("psnr", "higher", float("inf"), "pass"),
    ],
)
def test_the_direction_of_a_limit_follows_from_the_metric(metric: str, better: str, value: float, status: str) -> None:
    (check,) = demand.check_limits({(metric, "mean"): 0.9}, [], {metric: result(metric, value, 0, better)}, {}, clip())
    assert (check.name, check.status) == (f"{metric}.mean", status)


def test_a_failed_worst_percent_names_the_moment() -> None:
    (check,) = demand.check_limits(
        {("ssim", "p01"): 0.5}, [], {"ssim": result("ssim", 0.9, 0.2)}, {}, clip((400, 300, 100, 200))
    )
    assert check.message.endswith("worst in the original's frame 2, at 700 ms")


def test_limits_given_go_before_the_defaults() -> None:
    limits = demand.limits_in_force({"ssim": 0.95, "zncc.p01": 0.8}, ["ssim", "zncc"], "photo")
    default = DEFAULT_LIMITS["photo"]["ssim.p01"]
    assert limits == {("ssim", "mean"): 0.95, ("ssim", "p01"): default, ("zncc", "p01"): 0.8}


def test_a_default_on_the_worst_percent_is_never_stricter_than_the_mean_allowed() -> None:
    assert demand.limits_in_force({"ssim": 0.05}, ["ssim"], "photo")["ssim", "p01"] == 0.05
    assert demand.limits_in_force({"alpha": 0.5}, ["alpha"], "photo")["alpha", "p01"] == 0.5


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"sim": 1.0}, "unknown metric 'sim'"),
        ({"ssim.p99": 1.0}, "'p99'"),
        ({"ssim.": 1.0}, "unknown statistic"),
        ({"mse": 1.0}, "not among"),
    ],
)
def test_a_limit_that_cannot_be_held_is_refused(limits: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        demand.check_given_limits(limits, ["ssim"])


def test_a_given_limit_on_an_absent_metric_fails() -> None:
    (check,) = demand.check_limits({("ssim", "mean"): 0.9}, ["ssim"], {}, {"ssim": "too small"}, clip())
    assert (check.status, check.message) == ("fail", "cannot be held against 0.9: too small")


def test_a_default_limit_on_an_absent_metric_is_left_out() -> None:
    assert demand.check_limits({("ssim", "mean"): 0.9}, [], {}, {"ssim": "too small"}, clip()) == []


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [(["pass"], "pass"), (["pass", "warning"], "warning"), (["warning", "fail", "pass"], "fail")],
)
def test_the_verdict_is_the_worst_check(statuses: list[str], verdict: str) -> None:
    assert demand.verdict([Check("x", status) for status in statuses]) == verdict  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kept", "whole", "status"),
    [
        (0.0, 0.5, "pass"),  # there was none to lose
        (0.0, 2.0, "fail"),
        (0.2, 2.0, "pass"),  # faint colour is the first to go
        (6.0, 30.0, "fail"),
        (40.0, 100.0, "fail"),
        (50.0, 100.0, "pass"),
    ],
)
def test_lost_colour_fails_by_how_much_there_was(kept: float, whole: float, status: str) -> None:
    pairs = [FramePair(0, 0, 0, 100), FramePair(1, 1, 100, 100)]
    assert assess.check_colour(pairs, [(kept, whole), (kept, whole)]).status == status


def test_a_frame_without_colour_fails_however_short_it_is() -> None:
    pairs = [FramePair(0, 0, 0, 9900), FramePair(1, 1, 9900, 100)]
    check = assess.check_colour(pairs, [(95.0, 100.0), (0.0, 100.0)])
    assert check.status == "fail"
    assert "first frame 1, at 9900 ms" in check.message


def test_no_default_limits_alpha_where_a_clip_was_scaled() -> None:
    assert ("alpha", "mean") not in demand.limits_in_force({}, ["ssim", "alpha"], "ui", scaled=True)
    assert demand.limits_in_force({"alpha": 0.1}, ["alpha"], "ui", scaled=True)["alpha", "mean"] == 0.1
