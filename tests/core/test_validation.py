"""Whole validations: what a viewer would not notice passes, what a viewer would notice fails, and says why."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from giflab_core import DecodeError, UsageError, ValidationReport, resolve, validate
from giflab_core.config import DEFAULT_METRICS, DecodeLimits
from giflab_core.errors import LimitExceeded
from giflab_core.events import Event, PairsScored
from giflab_core.metrics import PairView
from tests.helpers.gifs import Indices, Picture, gif, moving_frames, write_clip
from tests.helpers.marks import needs_linux
from tests.helpers.memory import growth

FRAMES = moving_frames(20)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "original.gif", FRAMES)


def against(
    original: Path, frames: list[Indices], delays_cs: int | list[int] = 10, **options: int | None
) -> ValidationReport:
    return validate(original, write_clip(original.with_name("compressed.gif"), frames, delays_cs, **options))


def failed(report: ValidationReport) -> set[str]:
    assert report.status == "fail"
    return {check.name for check in report.failed}


def is_identical(report: ValidationReport) -> bool:
    worst = {"ssim": 1.0, "mse": 0.0, "psnr": float("inf"), "zncc": 1.0, "ciede2000": 0.0, "alpha": 0.0, "quality": 1.0}
    return worst == {name: report.metrics[name].worst.value for name in worst}


def test_a_file_equals_itself(original: Path) -> None:
    report = validate(original, original)
    assert report.status == "pass"
    assert is_identical(report)
    assert report.coverage == 1.0


def test_merged_duplicate_frames_are_identical(tmp_path: Path) -> None:
    doubled = write_clip(tmp_path / "doubled.gif", [frame for frame in FRAMES for _ in range(2)], 5)
    report = against(doubled, FRAMES, 10)
    assert report.status == "pass"
    assert is_identical(report)


def test_another_split_of_the_same_pictures_is_identical(original: Path) -> None:
    split = [frame for frame in FRAMES for _ in range(2)]
    report = against(original, split, [3, 7] * len(FRAMES))
    assert [check.name for check in report.checks if check.status != "pass"] == ["size"]  # it is twice as large
    assert is_identical(report)


def test_a_report_is_true_unless_it_fails(original: Path) -> None:
    assert against(original, FRAMES)
    assert not against(original, FRAMES[::-1])


def test_a_configuration_that_is_none_is_refused(original: Path) -> None:
    with pytest.raises(UsageError, match=r"config must be what resolve\(\) gives"):
        validate(original, original, config={"metrics": ["ssim"]})  # type: ignore[arg-type]


def test_partial_frames_of_the_same_pictures_are_identical(original: Path) -> None:
    pictures = [Picture(FRAMES[0])]
    for before, after in pairwise(FRAMES):
        rows, columns = np.nonzero(before != after)
        box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
        pictures.append(Picture(after[box], left=int(columns.min()), top=int(rows.min())))
    compressed = original.with_name("partial.gif")
    compressed.write_bytes(gif(pictures, size=(32, 32), loop=0))
    assert is_identical(validate(original, compressed))


def test_an_honest_recompression_passes(original: Path) -> None:
    coarse = [frame // 8 * 8 + 4 for frame in FRAMES]
    report = against(original, coarse)
    assert report.status == "pass"
    assert not is_identical(report)


def test_reversed_frames_fail_by_their_order(original: Path) -> None:
    assert "order" in failed(against(original, FRAMES[::-1]))


@pytest.mark.parametrize("delay_cs", [5, 20])
def test_another_duration_fails_by_duration(original: Path, delay_cs: int) -> None:
    report = against(original, FRAMES, delay_cs)
    assert failed(report) == {"duration"}
    assert report.coverage == 1.0  # the same pictures at another tempo are aligned


def test_a_single_frame_left_fails_by_animation(original: Path) -> None:
    assert "animation" in failed(against(original, FRAMES[:1], 200))


def test_equal_frames_left_fail_by_animation(original: Path) -> None:
    assert "animation" in failed(against(original, FRAMES[:1] * 20))


@pytest.mark.parametrize("loop", [1, 7])
def test_another_loop_count_fails_by_loop(original: Path, loop: int) -> None:
    assert failed(against(original, FRAMES, loop=loop)) == {"loop"}


@pytest.mark.parametrize("kind", ["black", "white", "noise", "negative", "other"])
@pytest.mark.parametrize("start", [0, 43, 97])
def test_three_destroyed_frames_of_a_hundred_fail_by_the_worst_percent(tmp_path: Path, kind: str, start: int) -> None:
    frames = moving_frames(100)
    destroyed = list(frames)
    for index in range(start, start + 3):
        destroyed[index] = {
            "black": np.zeros_like(frames[0]),
            "white": np.full_like(frames[0], 255),
            "noise": np.random.default_rng(index).integers(0, 256, frames[0].shape).astype(np.uint8),
            "negative": 255 - frames[index],
            "other": moving_frames(100, seed=9)[(index + 50) % 100],
        }[kind]
    report = against(write_clip(tmp_path / "original.gif", frames), destroyed)
    assert "content" in failed(report)
    assert report.metrics["ssim"].worst.time_ms in range(100 * start, 100 * (start + 3))


def test_blank_frames_of_a_sparse_picture_fail(tmp_path: Path) -> None:
    # A dot of text on black: a black frame keeps a high SSIM and PSNR, and nothing of the picture.
    frames = [np.zeros((64, 64), np.uint8) for _ in range(100)]
    for index, frame in enumerate(frames):
        frame[30:34, 20:24] = 200
        frame[60, : index // 2 + 1] = 40
    blanked = [np.zeros_like(frame) if index in (50, 51, 52) else frame for index, frame in enumerate(frames)]
    assert {"content", "zncc.p01"} <= failed(against(write_clip(tmp_path / "original.gif", frames), blanked))


def test_of_a_picture_that_lost_a_quarter_only_that_is_said(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    frames = [chance.integers(0, 256, (64, 64)).astype(np.uint8) for _ in range(4)]
    covered = [frame.copy() for frame in frames]
    for frame in covered:
        frame[:32, :32] = 0
    report = against(write_clip(tmp_path / "original.gif", frames), covered)
    (message,) = [check.message for check in report.failed if check.name == "content"]
    assert message == "4 of 4 frames have lost the original's picture or a quarter of it; first frame 0, at 0 ms"


@pytest.mark.parametrize("delay_cs", [2, 5])
def test_destroyed_frames_fail_however_short_they_are(tmp_path: Path, delay_cs: int) -> None:
    frames, delays = moving_frames(100), [30] * 100
    destroyed = [np.full_like(frame, 90) if index in (7, 8, 30) else frame for index, frame in enumerate(frames)]
    for index in (7, 8, 30):
        delays[index] = delay_cs
    report = against(write_clip(tmp_path / "original.gif", frames, delays), destroyed, delays)
    assert "content" in failed(report)


@pytest.mark.parametrize("levels", [256, 8])
def test_a_small_thing_that_moves_backwards_fails_by_order(tmp_path: Path, levels: int) -> None:
    frames = []
    for index in range(12):
        frame = np.tile(np.linspace(40, 200, 160).astype(np.uint8), (160, 1))
        frame[100:103, 61 + index : 64 + index] = 255
        frames.append(frame)
    step = 256 // levels
    backwards = [frame // step * step + (step - 1) // 2 for frame in frames[::-1]]
    assert failed(against(write_clip(tmp_path / "original.gif", frames), backwards)) >= {"order", "quality.mean"}
    forwards = [frame // step * step for frame in frames]
    assert against(tmp_path / "original.gif", forwards).status == "pass"


def test_a_small_hole_that_is_filled_fails_by_transparency(tmp_path: Path) -> None:
    frames = [np.maximum(frame, 1) for frame in moving_frames(10, side=64)]
    for frame in frames:
        frame[5:8, 5:8] = 0
    original = write_clip(tmp_path / "original.gif", frames, transparent=0, disposal=2)
    assert failed(against(original, frames)) == {"transparency"}


def test_a_file_that_changes_while_it_is_read_is_an_error(original: Path) -> None:
    other = write_clip(original.with_name("other.gif"), moving_frames(20, seed=5)).read_bytes()

    def replace(done: int, total: int) -> None:
        if done == 1:
            original.write_bytes(other)

    with pytest.raises(DecodeError, match=r"original\.gif changed while it was read"):
        validate(original, original, on_progress=replace)


def test_lost_transparency_fails_by_alpha(tmp_path: Path) -> None:
    frames = [np.where(np.arange(32) < 8, 0, np.maximum(frame, 1)).astype(np.uint8) for frame in FRAMES]
    original = write_clip(tmp_path / "original.gif", frames, transparent=0, disposal=2)
    report = against(original, frames)
    assert {"alpha.mean", "alpha.p01"} <= failed(report)
    assert report.metrics["alpha"].mean == (7 + 1 / 4) / 32  # the eighth column is at the border


def test_another_canvas_fails_by_canvas_and_compares_nothing(original: Path) -> None:
    report = against(original, [frame[:-1] for frame in FRAMES])
    assert "canvas" in failed(report)
    assert not report.metrics
    assert set(report.absent) == set(DEFAULT_METRICS)


def test_another_canvas_is_read_at_its_own_size_and_judged_by_what_needs_no_scaling(original: Path) -> None:
    still = [FRAMES[0][:-1]] * 10
    report = against(original, still, loop=None)
    assert {"canvas", "animation", "duration", "loop"} <= failed(report)


def test_damage_is_found_though_the_canvas_is_another(original: Path) -> None:
    other = write_clip(original.with_name("other.gif"), [frame[:-1] for frame in FRAMES])
    other.write_bytes(other.read_bytes()[:-5000])
    assert {"canvas", "readable"} <= failed(validate(original, other))


@needs_linux
def test_a_tiny_clip_of_another_canvas_costs_what_it_has_and_not_what_the_original_has(tmp_path: Path) -> None:
    side, count = 2000, 300
    large = Picture(np.zeros((1, 1), np.uint8))
    tiny = [np.full((2, 2), number % 2, np.uint8) for number in range(count)]
    original, compressed = tmp_path / "original.gif", write_clip(tmp_path / "tiny.gif", tiny)
    original.write_bytes(gif([large], size=(side, side)))
    started = time.process_time()
    with growth() as taken:
        report = validate(original, compressed)
    assert "canvas" in failed(report)
    assert time.process_time() - started < 2  # to scale 300 pictures to 4 million pixels takes 10 times as long
    assert taken.kib < 16 * side * side / 1024  # a canvas of 4 bytes a pixel, and a copy


@needs_linux
def test_a_large_canvas_takes_less_than_64_bytes_a_pixel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    side, chance = 1024, np.random.default_rng(3)
    monkeypatch.setattr("giflab_core.measurement.threads.MOST_PIXELS", side * side - 1)  # to be large takes longer
    paths = [
        write_clip(tmp_path / name, [chance.integers(0, 256, (side, side), np.uint8) for _ in range(2)])
        for name in ("original.gif", "compressed.gif")
    ]
    small = write_clip(tmp_path / "small.gif", FRAMES)
    validate(small, small)  # loads all that is needed
    with growth() as taken:
        assert validate(*paths).status == "fail"
    assert taken.kib * 1024 < 64 * side * side


def test_scaled_pictures_count_against_the_limits_of_decoding(original: Path) -> None:
    small = write_clip(original.with_name("small.gif"), [frame[::2, ::2] for frame in FRAMES])
    shorter = write_clip(original.with_name("shorter.gif"), FRAMES[:19])  # of 19 * 32 * 32 = 19456 pixels
    exact, short = (
        resolve(allow_resize=True, decode_limits=DecodeLimits(max_total_pixels=most)) for most in (20480, 20479)
    )
    assert validate(shorter, small, config=exact).metrics
    with pytest.raises(LimitExceeded, match=r"small\.gif to 32x32: 20480 pixels .* max_total_pixels=20479 \("):
        validate(shorter, small, config=short)


def test_a_scaled_clip_is_compared_when_allowed(original: Path) -> None:
    smooth = [np.kron(frame, np.ones((2, 2), np.uint8)) for frame in FRAMES]
    compressed = write_clip(original.with_name("large.gif"), smooth)
    report = validate(original, compressed, config=resolve(allow_resize=True))
    assert report.status == "warning"
    assert report.metrics["ssim"].mean > 0.9


def test_a_crop_fails_by_its_content_though_scaling_is_allowed(original: Path) -> None:
    compressed = write_clip(original.with_name("crop.gif"), [frame[:20, :20] for frame in FRAMES])
    report = validate(original, compressed, config=resolve(allow_resize=True))
    assert "content" in failed(report)


def test_a_truncated_file_fails_by_readable_and_scores_what_is_left(original: Path) -> None:
    cut = original.with_name("cut.gif")
    cut.write_bytes(original.read_bytes()[:-5000])
    report = validate(original, cut)
    assert "readable" in failed(report)
    assert report.metrics["ssim"].mean == 1.0


def test_damage_that_only_decoding_shows_fails_by_readable(original: Path) -> None:
    data = bytearray(original.read_bytes())
    middle = data.index(b"\x08\xff", len(data) // 2)
    data[middle + 2 : middle + 60] = b"\xff" * 58
    broken = original.with_name("broken.gif")
    broken.write_bytes(data)
    report = validate(original, broken)
    assert "readable" in failed(report)
    assert 0 < report.coverage < 1


def test_damage_behind_the_common_time_is_found(original: Path) -> None:
    cut = original.with_name("long.gif")
    cut.write_bytes(write_clip(cut, FRAMES * 2).read_bytes()[:-50])
    assert "readable" in failed(validate(original, cut))


def test_a_file_without_a_decodable_frame_raises(original: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.gif"
    bad.write_bytes(gif([], size=(2, 2), extra=b"\x2c" + bytes(4) + b"\x02\x00\x02\x00\x00\x08\x01\xff\x00"))
    for pair in ((original, bad), (bad, original)):
        with pytest.raises(DecodeError, match=r"bad\.gif"):
            validate(*pair)


def test_ssim_is_the_time_weighted_mean_of_scikit_images(original: Path) -> None:
    coarse = [frame // (4 + index) * (4 + index) for index, frame in enumerate(FRAMES)]
    delays = [3 + index for index in range(len(FRAMES))]
    report = against(write_clip(original, FRAMES, delays), coarse, delays)
    scores = [structural_similarity(*pair, data_range=255) for pair in zip(FRAMES, coarse, strict=True)]
    assert report.metrics["ssim"].mean == pytest.approx(np.average(scores, weights=delays), abs=1e-6)


def test_psnr_is_that_of_the_mean_squared_error_over_time(tmp_path: Path) -> None:
    flat = [np.full((8, 8), 100, np.uint8), np.full((8, 8), 200, np.uint8)]
    off = [np.full((8, 8), 100, np.uint8), np.full((8, 8), 204, np.uint8)]
    report = against(write_clip(tmp_path / "original.gif", flat, [30, 10]), off, [30, 10])
    # Three quarters of the time no error, one quarter 16: a mean of 4.
    assert report.metrics["mse"].mean == 4.0
    assert report.metrics["psnr"].mean == pytest.approx(10 * np.log10(255**2 / 4))
    assert report.metrics["psnr"].worst.value == pytest.approx(10 * np.log10(255**2 / 16))


def test_white_or_black_is_chosen_for_each_pair_before_averaging(tmp_path: Path) -> None:
    # Nothing but transparency, against white in the first frame and black in the second: each is 255 off on one matte.
    clear = [np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.uint8)]
    opaque = [np.full((8, 8), 255, np.uint8), np.zeros((8, 8), np.uint8)]
    report = against(write_clip(tmp_path / "original.gif", clear, transparent=0), opaque)
    assert report.metrics["mse"].mean == 255**2


def test_a_canvas_smaller_than_the_window_leaves_ssim_out(tmp_path: Path) -> None:
    small = [frame[:6, :20] for frame in FRAMES]
    report = against(write_clip(tmp_path / "original.gif", small), small)
    assert report.absent == {"ssim": "canvas 20x6 is smaller than 7 pixels"}
    assert report.status == "pass"


def test_no_metric_that_can_be_computed_is_no_pass(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "original.gif", [frame[:3, :3] for frame in FRAMES])
    assert failed(validate(path, path, metrics=["ssim"])) == {"compared"}


def test_equal_pairs_in_a_row_are_scored_once(original: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    score = Mock(wraps=PairView.follow)
    monkeypatch.setattr(PairView, "follow", lambda *arguments: score(*arguments))
    off = [frame // 2 for frame in FRAMES[:2]]
    config = resolve(metrics=("ssim",))
    report = validate(
        write_clip(original, [frame for frame in FRAMES[:2] for _ in range(5)]),
        write_clip(original.with_name("off.gif"), off, 50),
        config=config,
    )
    assert report.metrics["ssim"].scored == 10
    assert score.call_count == 2


def test_progress_ends_at_the_number_of_pairs(original: Path) -> None:
    seen: list[tuple[int, int]] = []
    validate(original, original, on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(index + 1, 20) for index in range(20)]


def test_an_observer_is_told_of_every_pair(original: Path) -> None:
    seen: list[Event] = []
    validate(original, original, observer=seen.append)
    assert seen == [PairsScored(index + 1, 20) for index in range(20)]


def test_an_observer_and_progress_are_both_told(original: Path) -> None:
    told: list[str] = []
    validate(
        original,
        original,
        observer=lambda event: told.append("event"),
        on_progress=lambda done, total: told.append("progress"),
    )
    assert told == ["event", "progress"] * 20


def test_what_an_observer_raises_ends_the_validation(original: Path) -> None:
    def stop(event: Event) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        validate(original, original, observer=stop)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metrics": ["nope"]}, "unknown metric 'nope'"),
        ({"metrics": []}, "no metric given"),
        ({"sampling": "random"}, "unknown sampling strategy"),
        ({"metrics": "ssim"}, "not one string"),
        ({"metrics": 3}, "metrics must be a list of names"),
        ({"seed": "x"}, "seed must be an integer"),
        ({"config": resolve(limits={"nope": 1.0})}, "limit on unknown metric 'nope'"),
    ],
)
def test_unknown_names_are_errors_before_a_file_is_read(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        validate("nowhere.gif", "nowhere.gif", **options)  # type: ignore[arg-type]
