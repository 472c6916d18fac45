"""The animation and the sheet show what the decoder shows: they are decoded again, and compared."""

from __future__ import annotations

import os
import stat
import tracemalloc
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from giflab_core import (
    FileChanged,
    NotWritten,
    UsageError,
    ValidationReport,
    decode,
    open_clip,
    resolve,
    validate,
    write_contact_sheet,
    write_diff,
)
from giflab_core.pages import output
from giflab_core.pages.difference import RAMP
from tests.core.pages.conftest import GREYS, SIDE, grey
from tests.helpers.gifs import Picture, gif, moving_frames, write_clip
from tests.helpers.marks import needs_posix


def shown_at(path: Path, time_ms: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """RGB of what a GIF shows at a moment."""
    end_ms = 0
    for frame in decode(path):
        end_ms += frame.duration_ms
        if time_ms < end_ms:
            break
    return frame.pixels[..., :3]


def as_rgb(picture: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.repeat(picture[..., None], 3, axis=2)


def test_the_animation_shows_both_clips_on_one_clock(report: ValidationReport, tmp_path: Path) -> None:
    path = tmp_path / "new" / "diff.gif"
    write_diff(report, path)
    clip = open_clip(path)
    assert (clip.width, clip.height, clip.duration_ms, clip.loop_count) == (3 * SIDE, SIDE, 200, 0)
    for time_ms, compressed in ((0, 40), (49, 40), (50, 83), (100, 83), (150, 160)):
        found = shown_at(path, time_ms)
        assert (found[:, :SIDE] == as_rgb(grey(GREYS[time_ms // 50]))).all()
        assert (found[:, SIDE : 2 * SIDE] == as_rgb(grey(compressed))).all()


def test_the_difference_is_black_where_both_are_equal(report: ValidationReport, tmp_path: Path) -> None:
    path = tmp_path / "diff.gif"
    write_diff(report, path)
    assert not shown_at(path, 0)[:, 2 * SIDE :].any()
    apart = shown_at(path, 50)[:, 2 * SIDE :]
    assert (apart[0, 0] < apart[-1, -1]).any()  # 1 level in the dark quarter, 3 elsewhere
    assert apart.any(axis=2).all()


def test_pictures_of_many_colours_are_completed_while_they_are_shown(tmp_path: Path) -> None:
    """Three palettes of 256 colours each are more than an image has."""
    y, x = np.mgrid[:32, :32]
    palettes = [
        bytes(np.stack([np.arange(256), np.full(256, 90 * place), 255 - np.arange(256)], 1).astype(np.uint8))
        for place in (0, 1)
    ]
    pictures = [((x * 8 + y // 4 + step) % 256).astype(np.uint8) for step in (0, 7)]
    paths = tmp_path / "a.gif", tmp_path / "b.gif"
    for path, palette in zip(paths, palettes, strict=True):
        path.write_bytes(gif([Picture(each, delay_cs=12) for each in pictures], size=(32, 32), palette=palette))
    write_diff(validate(*paths), tmp_path / "diff.gif")
    frames = [[frame.pixels[..., :3].astype(int) for frame in decode(path)] for path in paths]
    for number in (0, 1):
        found = shown_at(tmp_path / "diff.gif", 120 * number + 119).astype(int)
        for side in (0, 1):
            assert np.abs(found[:, 32 * side : 32 * side + 32] - frames[side][number]).max() <= 2


def test_what_is_transparent_shows_a_chequered_ground(tmp_path: Path) -> None:
    pictures = [np.full((32, 32), value, np.uint8) for value in (0, 9)]
    path = write_clip(tmp_path / "a.gif", pictures, transparent=0)
    write_diff(validate(path, path), tmp_path / "diff.gif")
    found = shown_at(tmp_path / "diff.gif", 0)
    assert {tuple(each) for each in found[:, :64].reshape(-1, 3).tolist()} == {(255,) * 3, (208,) * 3}
    assert found[0, 0].tolist() != found[0, 8].tolist()
    assert (shown_at(tmp_path / "diff.gif", 100)[:, :64] == 9).all()


def test_clips_of_two_sizes_have_a_hatch_in_the_place_of_the_difference(tmp_path: Path) -> None:
    paths = [write_clip(tmp_path / f"{side}.gif", [grey(100, side)]) for side in (40, 20)]
    write_diff(validate(*paths), tmp_path / "diff.gif")
    found = shown_at(tmp_path / "diff.gif", 0)
    assert found.shape == (40, 120, 3)
    assert (found[:20, 40:60] == as_rgb(grey(100, 20))).all()
    hatch = {tuple(each) for each in found[:, 80:].reshape(-1, 3).tolist()}
    assert hatch == {(72,) * 3, (104,) * 3}
    assert not hatch & {tuple(each) for each in RAMP.tolist()}
    assert found[0, 80].tolist() != found[0, 88].tolist()


def test_a_clip_that_was_scaled_is_shown_as_it_was_compared(tmp_path: Path) -> None:
    paths = [write_clip(tmp_path / f"{side}.gif", [np.full((side, side), 100, np.uint8)]) for side in (40, 20)]
    write_diff(validate(*paths, config=resolve(allow_resize=True)), tmp_path / "diff.gif")
    found = shown_at(tmp_path / "diff.gif", 0)
    assert (found[:, :80] == 100).all()
    assert not found[:, 80:].any()


@pytest.mark.parametrize(("width", "is_written"), [(21_845, True), (21_846, False)])
def test_an_animation_that_a_gif_cannot_hold_is_refused(width: int, *, is_written: bool, tmp_path: Path) -> None:
    """A GIF has 65 535 pixels in a row, three times 21 845."""
    clip = write_clip(tmp_path / "wide.gif", [np.zeros((1, width), np.uint8)])
    report = validate(clip, clip, metrics=["mse"])
    with nullcontext() if is_written else pytest.raises(NotWritten, match="3 pictures of 21846x1 side by side"):
        write_diff(report, tmp_path / "diff.gif")
    assert (tmp_path / "diff.gif").exists() is is_written


def test_a_damaged_clip_stays_on_its_last_whole_frame(paths: tuple[Path, Path], tmp_path: Path) -> None:
    data = paths[1].read_bytes()
    paths[1].write_bytes(data[: len(data) - 900])
    write_diff(validate(*paths), tmp_path / "diff.gif")
    assert (shown_at(tmp_path / "diff.gif", 199)[:, SIDE : 2 * SIDE] == as_rgb(grey(83))).all()


def test_the_memory_does_not_grow_with_the_clip(tmp_path: Path) -> None:
    peaks = []
    for count in (10, 60):
        path = write_clip(tmp_path / f"{count}.gif", moving_frames(count, side=64), 3)
        report = validate(path, path, metrics=["mse"])
        write_diff(report, tmp_path / "diff.gif")  # once before: what is loaded is not counted
        tracemalloc.start()
        write_diff(report, tmp_path / "diff.gif")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.05 * peaks[0]


def test_the_sheet_shows_the_worst_moments(report: ValidationReport, tmp_path: Path) -> None:
    """In the first row the worst moment of all: that of 120 and 83."""
    path = tmp_path / "sheet.png"
    write_contact_sheet(report, path)
    with Image.open(path) as sheet:
        pixels = np.asarray(sheet.convert("RGB"))
    times = 4  # 160 pixels wide at least
    expected = np.concatenate([as_rgb(grey(each)).repeat(times, 0).repeat(times, 1) for each in (120, 83)], 1)
    left, top, width = 8, 52, SIDE * times
    found = [pixels[top : top + width, x : x + width] for x in (left, left + width + 8)]
    assert (np.concatenate(found, 1) == expected).all()


def test_a_sheet_can_be_had_where_nothing_was_compared(tmp_path: Path) -> None:
    paths = [write_clip(tmp_path / f"{side}.gif", [grey(100, side)]) for side in (40, 20)]
    write_contact_sheet(validate(*paths), tmp_path / "sheet.png")
    assert (tmp_path / "sheet.png").stat().st_size


WRITERS = write_diff, write_contact_sheet
each_writer = pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)


@each_writer
def test_a_file_that_has_changed_is_refused(write: type, report: ValidationReport, tmp_path: Path) -> None:
    write_clip(report.compressed.path, [grey(10)])
    with pytest.raises(FileChanged, match="not the file that was validated"):
        write(report, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@each_writer
def test_files_may_lie_elsewhere(write: type, report: ValidationReport, tmp_path: Path) -> None:
    moved = tmp_path / "moved.gif"
    report.compressed.path.rename(moved)
    write(report, tmp_path / "out", files=(report.original.path, moved))
    assert (tmp_path / "out").stat().st_size


@each_writer
def test_what_is_compared_is_not_written_over(write: type, report: ValidationReport, tmp_path: Path) -> None:
    link = tmp_path / "link.gif"
    link.symlink_to(report.original.path)
    for path in (report.compressed.path, link):
        with pytest.raises(UsageError, match="is compared"):
            write(report, path)


@each_writer
def test_a_folder_is_not_written_over(write: type, report: ValidationReport, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(NotWritten, match="it is a folder"):
        write(report, tmp_path / "out")


def test_what_was_there_stays_where_writing_fails(report: ValidationReport, tmp_path: Path) -> None:
    path = tmp_path / "diff.gif"
    path.write_bytes(b"before")
    path.with_name("later.gif").write_bytes(report.compressed.path.read_bytes())
    broken = replace(report, compressed=replace(report.compressed, digest="0" * 64))
    with pytest.raises(FileChanged):
        write_diff(broken, path)
    with pytest.raises(NotWritten), output.replacing(path) as stream:
        os.fsync(stream.write(b"half") + 1000)  # no such descriptor
    assert path.read_bytes() == b"before"
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        *("compressed.gif", "diff.gif", "later.gif", "original.gif"),
    ]


@needs_posix
def test_a_file_has_the_usual_permissions_and_a_device_is_left_alone(tmp_path: Path) -> None:
    with output.replacing(tmp_path / "out") as stream:
        stream.write(b"all")
    (tmp_path / "other").touch()
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)
    with pytest.raises(NotWritten, match="not a regular file"), output.replacing(Path("/dev/null")):
        pass
    with pytest.raises(NotWritten, match="not a regular file"):
        output.check_output(Path("/dev/null"))


@needs_posix
def test_whether_a_file_can_be_written_is_tried_and_nothing_stays_of_it(tmp_path: Path) -> None:
    output.check_output(tmp_path / "new" / "out")
    assert not list(tmp_path.iterdir())
    with pytest.raises(NotWritten, match="cannot write /proc/out"):
        output.check_output(Path("/proc/out"))
