"""Clips and frames from files: delays, damage, and files that cannot be read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core import DecodeError, DecodeLimits, FileChanged, Frame, LimitExceeded, UsageError, decode, open_clip
from giflab_core.decoding import pictures
from giflab_core.model import Extra
from tests.helpers.codecs import use_codec
from tests.helpers.gifs import Picture, gif, moving_frames, sub_blocks, write_clip
from tests.helpers.marks import needs_posix


def picture(value: int, delay_cs: int | None) -> Picture:
    return Picture(np.full((2, 2), value, np.uint8), delay_cs=delay_cs)


def written(folder: Path, data: bytes) -> Path:
    path = folder / "clip.gif"
    path.write_bytes(data)
    return path


def seen(frames: list[Frame]) -> list[tuple[int, int]]:
    """The grey of the first pixel and the duration of each frame."""
    return [(int(frame.pixels[0, 0, 0]), frame.duration_ms) for frame in frames]


DELAYS = [(1, 0), (2, None), (3, 1), (4, 2), (5, 30)]


def test_a_path_may_be_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, gif([picture(1, 5)], size=(2, 2)))
    assert len(list(decode(os.fsencode(path)))) == 1  # type: ignore[arg-type]
    with pytest.raises(DecodeError, match=r"none\.gif"):
        list(decode(b"/none.gif"))  # type: ignore[arg-type]


def test_browsers_show_delays_of_0_and_10_ms_for_100(tmp_path: Path) -> None:
    path = written(tmp_path, gif([picture(*each) for each in DELAYS], size=(2, 2)))
    assert seen(list(decode(path))) == [(1, 100), (2, 100), (3, 100), (4, 20), (5, 300)]


@pytest.mark.parametrize(("delays", "expected"), [((0, 1), True), ((0, 2), False), ((10, 10), False)])
def test_delays_that_browsers_all_replace_are_told(tmp_path: Path, delays: tuple[int, ...], expected: bool) -> None:
    path = written(tmp_path, gif([picture(place, delay) for place, delay in enumerate(delays)], size=(2, 2)))
    assert open_clip(path).has_rounded_delays is expected
    assert not open_clip(path, zero_delay="merge").has_rounded_delays


def test_merging_draws_images_without_delay_into_the_next_frame(tmp_path: Path) -> None:
    path = written(tmp_path, gif([picture(*each) for each in DELAYS], size=(2, 2)))
    assert seen(list(decode(path, zero_delay="merge"))) == [(3, 10), (4, 20), (5, 300)]


def test_merging_ends_a_frame_with_the_last_image(tmp_path: Path) -> None:
    path = written(tmp_path, gif([picture(1, 5), picture(2, 0), picture(3, None)], size=(2, 2)))
    assert seen(list(decode(path, zero_delay="merge"))) == [(1, 50), (3, 0)]


@given(delays=st.lists(st.none() | st.integers(0, 4), min_size=1, max_size=8))
@pytest.mark.parametrize("rule", ["browser", "merge"])
def test_a_clip_and_its_frames_tell_the_same_durations(
    tmp_path_factory: pytest.TempPathFactory, rule: str, delays: list[int | None]
) -> None:
    path = written(tmp_path_factory.mktemp("clip"), gif([picture(1, each) for each in delays], size=(2, 2)))
    frames = decode(path, zero_delay=rule)  # type: ignore[arg-type]
    clip = open_clip(path, zero_delay=rule)  # type: ignore[arg-type]
    assert clip.durations_ms == tuple(frame.duration_ms for frame in frames)


def test_an_unknown_rule_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="browser, merge"):
        decode(tmp_path / "x.gif", zero_delay="fast")  # type: ignore[arg-type]


@pytest.mark.parametrize("side", [32, 300])
def test_the_digest_is_the_sha256_of_the_bytes(tmp_path: Path, side: int) -> None:
    path = write_clip(tmp_path / "a.gif", moving_frames(3, side))
    assert open_clip(path).digest == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(("loop", "plays"), [(None, 1), (0, float("inf")), (1, 2), (9, 10)])
def test_a_loop_block_of_n_plays_n_plus_1_times(tmp_path: Path, loop: int | None, plays: float) -> None:
    assert open_clip(write_clip(tmp_path / "a.gif", moving_frames(2), loop=loop)).plays == plays


def test_a_file_without_images_shows_an_empty_canvas(tmp_path: Path) -> None:
    (frame,) = decode(written(tmp_path, gif([], size=(3, 2))))
    assert frame.pixels.shape == (2, 3, 4)
    assert not frame.pixels.any()


def test_a_damaged_file_yields_its_whole_frames_then_raises(tmp_path: Path) -> None:
    data = write_clip(tmp_path / "a.gif", moving_frames(4)).read_bytes()
    frames = decode(written(tmp_path, data[: len(data) * 60 // 100]))
    whole = [next(frames), next(frames)]
    assert len(whole) == 2
    with pytest.raises(DecodeError, match="do not decode"):
        next(frames)


def test_damage_behind_the_first_frame_is_noted_in_the_clip(tmp_path: Path) -> None:
    data = write_clip(tmp_path / "a.gif", moving_frames(4)).read_bytes()
    clip = open_clip(written(tmp_path, data[: len(data) * 60 // 100]))
    assert clip.n_frames == 2
    assert clip.damage


@pytest.mark.parametrize("cut", [1, 2])
def test_a_missing_trailer_or_block_end_is_tolerated_with_a_warning(tmp_path: Path, cut: int) -> None:
    data = write_clip(tmp_path / "a.gif", moving_frames(3)).read_bytes()
    path = written(tmp_path, data[:-cut])
    clip = open_clip(path)
    assert (clip.n_frames, clip.damage) == (3, None)
    assert clip.warnings == ("the file ends without a trailer",)
    assert len(list(decode(path))) == 3


def test_a_file_without_one_whole_frame_is_refused(tmp_path: Path) -> None:
    data = write_clip(tmp_path / "a.gif", moving_frames(1)).read_bytes()
    with pytest.raises(DecodeError, match=r"clip\.gif"):
        open_clip(written(tmp_path, data[:-400]))


@needs_posix
def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DecodeError, match=r"nowhere\.gif: No such file"):
        open_clip(tmp_path / "nowhere.gif")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DecodeError, match="not a regular file"):
        open_clip(tmp_path)


@needs_posix
def test_a_named_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DecodeError, match="not a regular file"):
        next(decode(tmp_path / "pipe"))


@pytest.mark.parametrize("codec", ["native", "pillow"])
def test_plain_text_is_skipped_and_the_control_before_it_speaks_of_the_next_image(tmp_path: Path, codec: str) -> None:
    control, text = b"\x21\xf9\x04\x01\x32\x00\x07\x00", b"\x21\x01" + sub_blocks(bytes(12))[:-1] + sub_blocks(b"hello")
    dot = np.array([[7, 9]], np.uint8)
    path = tmp_path / "a.gif"
    path.write_bytes(gif([Picture(dot, delay_cs=None), Picture(dot)], size=(2, 1), extra=control + text))
    with use_codec(codec):
        first, second = decode(path)
    assert (first.duration_ms, first.pixels[0, :, 3].tolist()) == (500, [0, 255])
    assert (second.duration_ms, second.pixels[0, :, 3].tolist()) == (100, [255, 255])
    assert open_clip(path).warnings == ("1 plain text extension, which no browser draws: skipped",)


def test_plain_text_is_refused_by_the_rule_of_the_conformance_suite(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    text = b"\x21\x01" + sub_blocks(bytes(12))
    path.write_bytes(gif([Picture(np.zeros((1, 1), np.uint8))], size=(1, 1), extra=text))
    with pytest.raises(DecodeError, match="plain text"):
        next(decode(path, zero_delay="merge"))


def test_what_shows_nothing_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    comment = b"\x21\xfe" + sub_blocks(b"made by x")
    data = gif([Picture(np.zeros((1, 1), np.uint8))], size=(1, 1), loop=0, extra=comment)
    path.write_bytes(data + b"more")
    clip = open_clip(path)
    assert clip.size_bytes == len(data) + 4
    message = "4 bytes after the trailer, which begin with more; viewers do not read them"
    assert (clip.extras, clip.warnings) == ((Extra("after the trailer", 4, message),), ())


def test_copies_of_metadata_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    xmp = b"\x21\xff\x0bXMP DataXMP" + sub_blocks(bytes(1500))
    path.write_bytes(gif([Picture(np.zeros((1, 1), np.uint8))], size=(1, 1), extra=xmp * 2))
    (extra,) = open_clip(path).extras
    assert (extra.kind, extra.size_bytes) == ("application extension 'XMP DataXMP'", 2 * len(xmp))


@pytest.mark.parametrize(
    ("place", "is_named"), [((0, 0, 4, 4), False), ((1, 0, 4, 4), True), ((0, 0, 4, 5), True), ((4, 4, 0, 9), False)]
)
def test_a_first_image_beyond_the_canvas_is_warned_of(
    tmp_path: Path, place: tuple[int, int, int, int], is_named: bool
) -> None:
    left, top, width, height = place
    path = tmp_path / "a.gif"
    path.write_bytes(gif([Picture(np.zeros((height, width), np.uint8), left=left, top=top)], size=(4, 4)))
    assert any("viewers differ" in warning for warning in open_clip(path).warnings) is is_named


def test_an_opening_that_leads_to_another_file_is_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.gif", moving_frames(3))
    stamp = open_clip(path).stamp
    assert len(list(pictures(path, stamp=stamp))) == 3
    write_clip(tmp_path / "b.gif", moving_frames(3, seed=2)).replace(path)
    with pytest.raises(FileChanged, match=r"a\.gif: it changed while it was read"):
        next(pictures(path, stamp=stamp))


@pytest.mark.parametrize(("side", "function"), [(32, "sha256"), (300, "file_digest")])
def test_a_file_that_changes_while_its_structure_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: int, function: str
) -> None:
    path, digest = write_clip(tmp_path / "a.gif", moving_frames(3, side)), getattr(hashlib, function)

    def changing(*given: Any) -> Any:
        found = digest(*given)
        path.write_bytes(path.read_bytes() + b"more")
        return found

    monkeypatch.setattr(hashlib, function, changing)
    with pytest.raises(FileChanged):
        open_clip(path)


@pytest.mark.parametrize("limits", [{}, {"max_pixels": 3}, 3])
def test_limits_that_are_none_are_refused(tmp_path: Path, limits: Any) -> None:
    with pytest.raises(UsageError, match="limits must be a DecodeLimits"):
        open_clip(write_clip(tmp_path / "a.gif", moving_frames(1)), limits=limits)


def test_a_path_with_a_nul_byte_is_refused() -> None:
    with pytest.raises(DecodeError, match="not a path"):
        open_clip("a\0b.gif")


def test_a_file_beyond_the_byte_limit_is_refused(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.gif", moving_frames(3))
    with pytest.raises(LimitExceeded, match="max_bytes=100"):
        open_clip(path, limits=DecodeLimits(max_bytes=100))


def test_a_name_with_control_characters_is_escaped_in_errors(tmp_path: Path) -> None:
    with pytest.raises(DecodeError, match=r"\\x1b\[31m\.gif") as caught:
        open_clip(tmp_path / "\x1b[31m.gif")
    assert "\x1b" not in str(caught.value)
