"""Metrics over time: their arithmetic by hand, and what they say of clips with a known fault."""

from __future__ import annotations

from dataclasses import replace
from math import dist
from pathlib import Path

import numpy as np
import pytest

from giflab_core import decode, open_clip, pair, validate
from giflab_core.kernels.change import Change, History
from giflab_core.kernels.lab import lab
from giflab_core.kernels.luma import luma
from giflab_core.metrics.flicker import trembling
from giflab_core.metrics.temporal import NOISE, following
from tests.helpers.gifs import Indices, Picture, gif, moving_frames, write_clip
from tests.helpers.shared import CORPUS, pair_of_case, pairs


def changes(original: Path, compressed: Path) -> list[Change]:
    """The change to each pair of frames that are on screen together, without a background."""
    clips = open_clip(original), open_clip(compressed)
    assert (clips[0].width, clips[0].height) == (clips[1].width, clips[1].height)
    streams = [((index, luma(frame.pixels)) for index, frame in enumerate(decode(clip.path))) for clip in clips]
    history, shown = History(clips[0].height, clips[0].width), [next(stream) for stream in streams]
    found = []
    for each in pair(*clips):
        for side, index in enumerate((each.original, each.compressed)):
            while shown[side][0] < index:
                shown[side] = next(streams[side])
        found.append(history.update(shown[0][1], shown[1][1], None))
    return found


def test_following_is_the_contrast_structure_term_of_ssim() -> None:
    step = Change(10, xx=900, yy=400, xy=550)
    assert following(step) == (1100 + 10 * NOISE) / (1300 + 10 * NOISE)
    assert following(replace(step, yy=900, xy=900)) == 1
    assert following(Change(10)) == 1


@pytest.mark.parametrize(
    ("step", "least", "most"),
    [
        (Change(65536, xx=2 * 16 * 16 * 100**2), 0.0, 0.05),  # a thing of 16x16 pixels that moves stands still
        (Change(65536, yy=65536 * 5**2 // 20), 0.75, 0.8),  # one pixel of twenty trembles by five levels
        (Change(65536, xx=10**9, yy=10**9, xy=-(10**9)), -1.0, -0.99),
    ],
)
def test_a_lost_motion_costs_much_and_a_little_noise_little(step: Change, least: float, most: float) -> None:
    assert least <= following(step) <= most


def test_trembling_is_a_mean_over_still_pixels() -> None:
    assert trembling(Change(10, still=4, wobble=255 * 4)) == 255
    assert trembling(Change(10)) == 0


def write(folder: Path, name: str, frames: list[Indices]) -> Path:
    return write_clip(folder / f"{name}.gif", frames)


def mean_following(original: Path, compressed: Path) -> float:
    return float(np.mean([following(change) for change in changes(original, compressed)[1:]]))


def test_shuffled_frames_do_not_follow(tmp_path: Path) -> None:
    frames = moving_frames(40)
    shuffled = [frames[index] for index in np.random.default_rng(5).permutation(40)]
    original, compressed = write(tmp_path, "original", frames), write(tmp_path, "shuffled", shuffled)
    assert mean_following(original, original) == 1
    assert abs(mean_following(original, compressed)) < 0.1


def test_a_thing_that_stands_still_does_not_follow(tmp_path: Path) -> None:
    ground = np.full((64, 64), 90, np.uint8)
    frames = [ground.copy() for _ in range(8)]
    for index, frame in enumerate(frames):
        frame[30:34, 4 * index : 4 * index + 4] = 230
    original, compressed = write(tmp_path, "original", frames), write(tmp_path, "still", frames[:1] * 8)
    assert mean_following(original, compressed) < 0.05


def test_dithering_that_changes_with_each_frame_flickers(tmp_path: Path) -> None:
    ground = np.full((64, 64), 90, np.uint8)
    pattern = np.indices((64, 64)).sum(axis=0) % 2 * 6
    fixed, swapped = (ground + pattern).astype(np.uint8), (ground + 6 - pattern).astype(np.uint8)
    original = write(tmp_path, "original", [ground] * 6)
    found = changes(original, write(tmp_path, "flickering", [fixed, swapped] * 3))
    assert [trembling(change) for change in found] == [0, 0, 6, 6, 6, 6]
    assert not any(map(trembling, changes(original, write(tmp_path, "fixed", [fixed] * 6))))


def test_a_hue_that_changes_with_each_frame_flickers_though_its_luma_stays(tmp_path: Path) -> None:
    """Red and green of one luma; 100 units of CIELAB are 255 levels; from the third frame on."""
    palette = bytes((200, 60, 60)) + bytes((25, 153, 40)) + bytes(254 * 3)
    red = np.zeros((32, 32), np.uint8)
    original = write_clip(tmp_path / "original.gif", [red] * 6, palette=palette)
    flickering = write_clip(tmp_path / "flickering.gif", [red, red + 1] * 3, palette=palette)
    found = validate(original, flickering, metrics=["flicker"]).metrics["flicker"]
    colours = lab(np.array([(200, 60, 60, 255), (25, 153, 40, 255)], np.uint8))
    assert found.mean == pytest.approx(2.55 * dist(*colours) * 4 / 6)
    assert found.worst.time_ms == 200


@pytest.mark.parametrize("delay_cs", [2, 5, 10])
def test_how_much_a_hue_flickers_does_not_depend_on_the_rate_of_frames(tmp_path: Path, delay_cs: int) -> None:
    """Forth and back by turns of 100 ms for two seconds; after the first two turns all of the time counts."""
    palette = bytes((200, 60, 60)) + bytes((25, 153, 40)) + bytes(254 * 3)
    red, turn = np.zeros((32, 32), np.uint8), 10 // delay_cs
    frames = [red + number // turn % 2 for number in range(20 * turn)]
    original = write_clip(tmp_path / "original.gif", [red] * len(frames), palette=palette, delays_cs=delay_cs)
    flickering = write_clip(tmp_path / "flickering.gif", frames, palette=palette, delays_cs=delay_cs)
    colours = lab(np.array([(200, 60, 60, 255), (25, 153, 40, 255)], np.uint8))
    found = validate(original, flickering, metrics=["flicker"]).metrics["flicker"]
    assert found.mean == pytest.approx(2.55 * dist(*colours) * 18 / 20)


@pytest.mark.corpus
def test_a_photograph_whose_hue_flickers_fails_by_flicker() -> None:
    report = validate(*pair_of_case("gif/F14-photo-hue-flicker"))
    assert "flicker.mean" in {check.name for check in report.failed}


def sprites(path: Path, disposal: int) -> Path:
    """A textured ground, and six squares side by side, one after the other: cleared (`disposal` 3) or left (1)."""
    ground, square = moving_frames(1, side=60)[0], np.full((8, 8), 230, np.uint8)
    squares = [Picture(square, left=10 * index, top=40, disposal=disposal) for index in range(6)]
    path.write_bytes(gif([Picture(ground), *squares], size=(60, 60)))
    return path


def test_pictures_that_are_not_cleared_are_ghosts(tmp_path: Path) -> None:
    cleared, left = sprites(tmp_path / "cleared.gif", 3), sprites(tmp_path / "left.gif", 1)
    assert [change.ghosts for change in changes(cleared, left)] == [0, 0, 64, 128, 192, 256, 320]
    assert not any(change.ghosts for change in changes(cleared, cleared))


def honest() -> list[dict[str, str]]:
    """Lossy pairs of few frames."""
    return [row for row in pairs() if row["kind"] == "lossy" and int(row["original_frames"] or 99) < 20][::6]


@pytest.mark.corpus
@pytest.mark.parametrize("row", honest(), ids=lambda row: Path(row["file"]).stem)
def test_lossy_clips_follow_and_have_next_to_no_ghosts(row: dict[str, str]) -> None:
    found = changes(CORPUS / row["original"], CORPUS / row["file"])
    assert max(change.ghosts / change.n for change in found) < 0.01
    assert np.mean([following(change) for change in found]) > 0.9
