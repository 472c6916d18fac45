"""The cache of frames: what it hands out is what decoding gives, whatever happens to its files."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from giflab_core import decode, decoding, open_clip
from giflab_core.cache.digests import Identities, Identity
from giflab_core.cache.memory import MemoryCache
from giflab_core.config import DecodeLimits
from giflab_core.decoding.picture import Still, scaled
from giflab_core.decoding.reader import opened
from giflab_core.errors import DecodeError, LimitExceeded, UsageError
from giflab_core.frames import cache as frames
from giflab_core.frames import index
from giflab_core.frames.cache import FrameCache
from giflab_core.frames.clip_file import from_buffer
from giflab_core.frames.indexed_clip import index_clip
from giflab_core.frames.view import Frames, View
from giflab_core.stamp import Stamp, stamp_of
from tests.helpers.codecs import use_codec
from tests.helpers.gifs import GREYS, Picture, gif, moving_frames, write_clip
from tests.helpers.marks import needs_posix
from tests.helpers.shared import CONFORMANCE, LARGEST, conformance_tests, files

pytestmark = pytest.mark.usefixtures("store_always")

Array = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
KEPT = 1 << 24
RED = bytes([255, 0, 0]) + bytes(255 * 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A clip of 6 frames that was written an hour ago."""
    return settled(write_clip(tmp_path / "clip.gif", moving_frames(6), [4, 5, 6, 7, 8, 9]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def cache() -> Iterator[FrameCache]:
    with_memory = FrameCache(None, KEPT)
    yield with_memory
    with_memory.close()


@pytest.fixture
def at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once."""
    monkeypatch.setattr("giflab_core.stamp.REST_NS", -(1 << 62))


def settled(path: Path) -> Path:
    os.utime(path, ns=(time.time_ns() - 3600 * 10**9,) * 2)
    return path


def expected(path: Path) -> list[Array]:
    """What decoding gives, as far as it goes."""
    frames = []
    try:
        for frame in decode(path):
            frames.append(frame.pixels)
    except DecodeError:
        pass
    return frames


def equal(frames: Frames, wanted: list[Array]) -> bool:
    return len(frames) == len(wanted) and all(map(np.array_equal, frames, wanted))


def stored(folder: Path, path: Path, times: int = 2) -> Path:
    """Ask for a clip often enough that it is stored; its file."""
    cache = FrameCache(folder, KEPT)
    for _ in range(times):
        cache.frames(path)
    cache.close()
    (found,) = (folder / "frames").glob("*.frames")
    return found


def real_clips() -> list[Path]:
    conformance = [CONFORMANCE / f"{name}.gif" for name in conformance_tests()]
    return [*conformance, *(path for path in files("gifs/*.gif")[::12] if not path.name.startswith(LARGEST))]


@pytest.mark.parametrize("codec", ["native", "pillow"])
def test_frames_are_those_of_decoding(path: Path, cache: FrameCache, codec: str) -> None:
    with use_codec(codec):
        assert equal(cache.frames(path), expected(path))


@pytest.mark.corpus
@pytest.mark.parametrize("path", real_clips(), ids=lambda path: path.stem)
def test_frames_of_real_clips_are_those_of_decoding_from_each_tier(path: Path, folder: Path) -> None:
    wanted = expected(path)
    for _ in range(3):
        cache = FrameCache(folder, 1 << 28)
        try:
            assert all(equal(cache.frames(path), wanted) for _ in range(3))
        except DecodeError:
            assert not wanted
        cache.close()


def test_durations_are_those_of_the_clip(path: Path, cache: FrameCache) -> None:
    assert cache.frames(path).durations_ms == open_clip(path).durations_ms == (40, 50, 60, 70, 80, 90)


def test_a_file_without_images_shows_an_empty_canvas(tmp_path: Path, cache: FrameCache) -> None:
    empty = tmp_path / "empty.gif"
    empty.write_bytes(gif([], size=(3, 2)))
    assert equal(cache.frames(empty), expected(empty))
    assert cache.frames(empty).durations_ms == open_clip(empty).durations_ms


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_frame_can_be_asked_for_in_any_order(tmp_path: Path, data: st.DataObject) -> None:
    sizes = st.integers(1, 5)
    pictures = [
        Picture(
            np.full((data.draw(sizes), data.draw(sizes)), number, np.uint8),
            left=data.draw(st.integers(0, 2)),
            top=data.draw(st.integers(0, 2)),
            disposal=data.draw(st.integers(0, 3)),
            transparent=data.draw(st.sampled_from([None, number, 0])),
        )
        for number in range(data.draw(st.integers(1, 8)))
    ]
    clip = tmp_path / "any.gif"
    clip.write_bytes(gif(pictures, size=(4, 4)))
    wanted = expected(clip)
    with clip.open("rb") as stream:
        indexed = index_clip(stream, DecodeLimits())
    frames = Frames(indexed, None, keep=data.draw(st.booleans()))
    for number in data.draw(st.lists(st.integers(0, len(wanted) - 1))):
        assert np.array_equal(frames[number], wanted[number])
    assert equal(frames, wanted)


def test_indices_are_those_of_a_sequence(path: Path, cache: FrameCache) -> None:
    frames, wanted = cache.frames(path), expected(path)
    assert np.array_equal(frames[-1], wanted[-1])
    assert all(map(np.array_equal, frames[4:1:-2], wanted[4:1:-2]))
    with pytest.raises(IndexError):
        frames[6]


@pytest.mark.parametrize("view", [View(), View(128), View(size=(9, 7)), View(255, (9, 7))], ids=str)
@pytest.mark.parametrize("request_number", [1, 2])
def test_what_is_handed_out_cannot_be_written(path: Path, cache: FrameCache, view: View, request_number: int) -> None:
    for _ in range(request_number):
        frames = cache.frames(path, view=view)
    for pixels in frames:
        with pytest.raises(ValueError, match="read-only"):
            pixels[...] = 0
        with pytest.raises(ValueError, match="WRITEABLE"):
            pixels.flags.writeable = True


def test_grey_is_that_of_what_metrics_see(tmp_path: Path, cache: FrameCache) -> None:
    clip = tmp_path / "half.gif"
    plane = np.array([[0, 1], [1, 0]], np.uint8)
    clip.write_bytes(gif([Picture(plane, transparent=1)], size=(2, 2), palette=RED))
    assert cache.frames(clip, view=View(200))[0].tolist() == [[76, 200], [200, 76]]


@pytest.mark.parametrize("background", [None, 0, 255])
def test_resized_frames_are_those_of_scoring(path: Path, cache: FrameCache, background: int | None) -> None:
    size = 20, 13
    pictures = [Still(scaled(pixels, size)) for pixels in expected(path)]
    wanted = [each.pixels() if background is None else each.grey(background) for each in pictures]
    assert equal(cache.frames(path, view=View(background, size)), wanted)


@pytest.mark.parametrize(
    "wrong",
    [
        *({"background": value} for value in (256, -1, 12.7, "8", (1,))),
        *({"size": value} for value in ((0, 3), (9,), (9, 7, 1), (9.0, 7), 5, "97", (3, -1))),
    ],
    ids=str,
)
def test_a_view_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        View(**wrong)


def test_a_view_takes_what_stands_for_integers() -> None:
    assert View(np.uint8(7), [np.int64(9), 7]) == View(7, (9, 7))  # type: ignore[arg-type]


@pytest.mark.parametrize("first", [0, -1, 2.0, "2"])
def test_a_number_of_frames_that_makes_no_sense_is_refused(path: Path, cache: FrameCache, first: Any) -> None:
    with pytest.raises(UsageError, match="first"):
        cache.frames(path, first=first)


def test_a_whole_picture_that_is_taken_back_hides_nothing_for_good(tmp_path: Path, cache: FrameCache) -> None:
    """Drawing from the second picture on would leave what it drew under the third."""
    whole, dot = np.full((2, 3), 5, np.uint8), np.full((1, 1), 9, np.uint8)
    clip = tmp_path / "clip.gif"
    clip.write_bytes(gif([Picture(whole // 5), Picture(whole, disposal=3), Picture(dot)], size=(3, 2)))
    assert cache.frames(clip)[2][..., 0].tolist() == [[9, 1, 1], [1, 1, 1]]


def test_the_decoders_number_stands_for_its_frames(tmp_path: Path) -> None:
    """Where this fails because frames are meant to come out otherwise, raise VERSION of the decoding."""
    squares = [np.full((3, 3), number, np.uint8) for number in range(6)]
    pictures = [
        Picture(square, number % 3, number // 2, 7, disposal=number % 4, transparent=number % 3)
        for number, square in enumerate(squares)
    ]
    clip = tmp_path / "clip.gif"
    clip.write_bytes(gif(pictures, size=(5, 5)))
    digest = hashlib.sha256(b"".join(pixels.tobytes() for pixels in expected(clip))).hexdigest()
    assert (decoding.VERSION, digest[:16]) == (2, "ac918823423c87f5")


# What is kept, and for how long.


def test_the_second_request_decodes_nothing(path: Path, cache: FrameCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.frames(path)
    monkeypatch.setattr("giflab_core.frames.cache.index_clip", None)
    assert equal(cache.frames(path), expected(path))


@pytest.mark.usefixtures("at_rest")
def test_a_hit_in_memory_reads_no_file(path: Path, cache: FrameCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.frames(path)
    monkeypatch.setattr("giflab_core.frames.cache.opened", None)
    assert len(cache.frames(path)) == 6


@pytest.mark.usefixtures("at_rest")
def test_frames_that_are_asked_for_again_are_the_same_arrays(path: Path, cache: FrameCache) -> None:
    cache.frames(path)
    assert all(one is other for one, other in zip(list(cache.frames(path)), list(cache.frames(path)), strict=True))


def test_a_copy_under_another_name_is_the_same_clip(path: Path, tmp_path: Path, cache: FrameCache) -> None:
    cache.frames(path)
    copy = tmp_path / "copy.gif"
    copy.write_bytes(path.read_bytes())
    assert len(cache.frames(copy)) == 6
    assert cache.memory_stats().hits == 1


def test_a_file_that_changes_within_a_tick_of_the_clock_is_noticed(tmp_path: Path, cache: FrameCache) -> None:
    clip = write_clip(tmp_path / "clip.gif", moving_frames(3))
    cache.frames(clip)
    before = clip.stat()
    write_clip(clip, moving_frames(3, seed=2))
    os.utime(clip, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert equal(cache.frames(clip), expected(clip))


# The clock of FAT ticks every 2 s.
@pytest.mark.parametrize(("pause_ns", "reads"), [(0, 4), (1_999_999_999, 3), (2_000_000_000, 2)])
def test_a_file_is_read_again_until_it_has_rested(
    path: Path, cache: FrameCache, pause_ns: int, reads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, seen = count(time.time_ns(), pause_ns), []
    monkeypatch.setattr(time, "time_ns", lambda: next(clock))
    monkeypatch.setattr(frames, "opened", lambda *given: seen.append(1) or opened(*given))  # type: ignore[func-returns-value]
    for _ in range(4):
        cache.frames(path)
    assert len(seen) == reads


@pytest.mark.parametrize(("age_s", "asked"), [(0, 3), (10, 1)])
def test_what_others_know_of_a_file_is_learnt_once_it_has_rested(
    path: Path, age_s: int, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    os.utime(path, ns=(time.time_ns() + age_s * 10**9, path.stat().st_mtime_ns))  # read so long after

    class Known(Identities):
        def identify(self, *given: Any) -> Identity | None:
            seen.append(1)
            return super().identify(*given)

    cache = FrameCache(None, KEPT, identities=Known(MemoryCache(1 << 16)))
    for _ in range(3):
        cache._identify(path)
    assert len(seen) == asked


@needs_posix
@pytest.mark.usefixtures("at_rest")
def test_a_link_that_is_turned_while_it_is_looked_at_gives_the_frames_of_where_it_leads(
    path: Path, tmp_path: Path
) -> None:
    other, link = settled(write_clip(tmp_path / "other.gif", moving_frames(6, seed=2))), tmp_path / "link.gif"

    class Turned(Identities):
        is_turned = True

        def identify(self, *given: Any) -> Identity | None:
            lead_to(other if self.is_turned else path)
            found = super().identify(*given)
            lead_to(path)
            return found

    def lead_to(target: Path) -> None:
        link.unlink(missing_ok=True)
        link.symlink_to(target)

    lead_to(path)
    cache = FrameCache(None, KEPT, identities=Turned(MemoryCache(1 << 16)))
    cache.frames(other)
    cache.frames(link)
    Turned.is_turned = False
    assert equal(cache.frames(link), expected(path))


@pytest.mark.usefixtures("at_rest")
def test_what_changes_while_it_is_read_is_not_kept_for_what_it_was(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, other = path.read_bytes(), write_clip(tmp_path / "other.gif", moving_frames(3, seed=2)).read_bytes()
    identities = Identities(MemoryCache(1 << 16))
    identities.digest(path, 1 << 20)
    cache = FrameCache(None, KEPT, identities=identities)
    calls: list[int] = []

    def changing(status: os.stat_result) -> Stamp:
        calls.append(1)
        if len(calls) == 2:  # once by path, then of the open file
            path.write_bytes(other)
        return stamp_of(status)

    monkeypatch.setattr(frames, "stamp_of", changing)
    cache.frames(path)
    copy = tmp_path / "copy.gif"
    copy.write_bytes(content)
    assert equal(cache.frames(copy), expected(copy))


def test_only_so_many_paths_are_remembered(tmp_path: Path, cache: FrameCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "MOST_PATHS", 2)
    monkeypatch.setattr("giflab_core.stamp.REST_NS", -(1 << 62))
    for number in range(5):
        cache.frames(write_clip(tmp_path / f"{number}.gif", moving_frames(2)))
    assert len(cache._paths) == 2


def test_frames_that_have_no_room_are_drawn_each_time(path: Path) -> None:
    probe = FrameCache(None, KEPT)
    probe.frames(path)
    cache = FrameCache(None, probe.memory_stats().bytes + 100)
    cache.frames(path)
    again = cache.frames(path)
    assert cache.memory_stats().hits == 1
    assert again[0] is not again[0]
    assert equal(again, expected(path))


def test_a_closed_cache_keeps_nothing(path: Path, cache: FrameCache) -> None:
    cache.close()
    assert equal(cache.frames(path), expected(path))
    assert cache.memory_stats().bytes == 0


@needs_posix
@pytest.mark.usefixtures("at_rest")
def test_a_byte_that_changes_with_size_and_time_restored_is_noticed(path: Path, cache: FrameCache) -> None:
    cache.frames(path)
    before = path.stat()
    data = bytearray(path.read_bytes())
    data[40] ^= 1  # in the palette
    time.sleep(0.02)  # ctime moves on by more than a tick of the kernel
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert equal(cache.frames(path), expected(path))


@pytest.mark.usefixtures("at_rest")
def test_verify_content_reads_every_time(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FrameCache(None, KEPT, verify_content=True)
    cache.frames(path)
    path.write_bytes(write_clip(path.with_name("other.gif"), moving_frames(6, seed=3)).read_bytes())
    monkeypatch.setattr("giflab_core.frames.cache.stamp_of", lambda _: (0, 0, 0, 0, 0))
    assert equal(cache.frames(path), expected(path))


@needs_posix
def test_a_file_whose_digest_is_known_elsewhere_is_not_hashed(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identities = Identities(MemoryCache(1 << 16))
    identities.digest(path, 1 << 20)
    monkeypatch.setattr("giflab_core.stamp.REST_NS", -(1 << 62))
    monkeypatch.setattr("giflab_core.frames.cache.hashlib", None)
    cache = FrameCache(folder, KEPT, identities=identities)
    assert all(equal(cache.frames(path), expected(path)) for _ in range(2))
    cache.close()


@given(requests=st.lists(st.tuples(st.integers(0, 4), st.sampled_from([None, 0, 255])), max_size=30))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_memory_holds_its_budget(tmp_path: Path, requests: list[tuple[int, int | None]]) -> None:
    cache = FrameCache(None, 40_000)
    for number, background in requests:
        clip = tmp_path / f"{number}.gif"
        if not clip.exists():
            write_clip(clip, moving_frames(number + 2, seed=number))
        frames = cache.frames(clip, view=View(background))
        wanted = [Still(each) for each in expected(clip)]
        assert equal(frames, [each.pixels() if background is None else each.grey(background) for each in wanted])
        assert 0 <= cache.memory_stats().bytes <= 40_000


def test_what_was_used_last_stays_in_memory(tmp_path: Path) -> None:
    clips = [settled(write_clip(tmp_path / f"{seed}.gif", moving_frames(4, seed=seed))) for seed in range(3)]
    cache = FrameCache(None, 2 * 4 * 32 * 32)
    for clip in (clips[0], clips[1], clips[0], clips[2], clips[0]):
        cache.frames(clip)
    assert cache.memory_stats().hits == 2


# Parts of clips.


def test_a_part_is_not_taken_for_the_whole(path: Path, cache: FrameCache) -> None:
    part = cache.frames(path, first=2)
    assert (len(part), part.whole, part.damage) == (2, False, None)
    whole = cache.frames(path)
    assert (len(whole), whole.whole) == (6, True)


def test_a_part_is_enough_for_a_smaller_part(path: Path, cache: FrameCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.frames(path, first=4)
    monkeypatch.setattr("giflab_core.frames.cache.index_clip", None)
    assert equal(cache.frames(path, first=3), expected(path)[:3])


def test_a_part_as_long_as_the_whole_does_not_keep_it_out(path: Path, cache: FrameCache) -> None:
    cache.frames(path, first=6)
    for _ in range(3):
        assert cache.frames(path).whole
    assert cache.memory_stats().hits == 2


def test_a_part_of_the_whole_is_known_to_be_one(path: Path, cache: FrameCache) -> None:
    cache.frames(path)
    part = cache.frames(path, first=5)
    assert (len(part), part.whole) == (5, False)
    assert cache.frames(path, first=6).whole


def test_parts_are_not_stored(path: Path, folder: Path) -> None:
    cache = FrameCache(folder, KEPT)
    for _ in range(3):
        cache.frames(path, first=2)
    cache.close()
    assert not list((folder / "frames").glob("*.frames"))


@pytest.mark.parametrize("tier", ["decoded", "memory", "disk"])
def test_a_damaged_file_is_known_to_be_damaged(path: Path, folder: Path, tier: str) -> None:
    path.write_bytes(path.read_bytes()[:-900])
    settled(path)
    wanted = expected(path)
    if tier == "disk":
        stored(folder, path)
    cache = FrameCache(folder, KEPT)
    if tier == "memory":
        cache.frames(path)
    frames = cache.frames(path)
    cache.close()
    assert 0 < len(wanted) < 6
    assert equal(frames, wanted)
    assert (frames.whole, frames.damage) == (False, open_clip(path).damage)
    assert frames.damage


def test_a_file_without_a_whole_frame_is_an_error(tmp_path: Path, cache: FrameCache) -> None:
    for content in (b"", b"GIF89a", GREYS):
        (tmp_path / "bad.gif").write_bytes(content)
        with pytest.raises(DecodeError, match=r"cannot read .*bad\.gif"):
            cache.frames(tmp_path / "bad.gif")


def test_a_file_that_is_gone_is_an_error(path: Path, cache: FrameCache) -> None:
    cache.frames(path)
    path.unlink()
    with pytest.raises(DecodeError, match="No such file"):
        cache.frames(path)


def test_limits_hold(path: Path) -> None:
    with pytest.raises(LimitExceeded):
        FrameCache(None, limits=DecodeLimits(max_frames=3)).frames(path)


# On disk.


@pytest.mark.parametrize("limits", [{"max_frames": 3}, {"max_pixels": 1000}, {"max_total_pixels": 5000}])
def test_limits_hold_for_what_is_stored(path: Path, folder: Path, limits: dict[str, int]) -> None:
    stored(folder, path)  # 6 frames of 32x32
    cache = FrameCache(folder, KEPT, limits=DecodeLimits(**limits))
    with pytest.raises(LimitExceeded, match=next(iter(limits))):
        cache.frames(path)
    if limits != {"max_pixels": 1000}:
        assert len(cache.frames(path, first=3)) == 3
    cache.close()


@pytest.mark.parametrize(("side", "name"), [(1 << 20, "max_pixels"), (100, "max_total_pixels")])
def test_limits_hold_for_views(path: Path, side: int, name: str) -> None:
    cache = FrameCache(None, KEPT, limits=DecodeLimits(max_pixels=20_000, max_total_pixels=50_000))
    with pytest.raises(LimitExceeded, match=name):
        cache.frames(path, view=View(size=(side, side)))


def test_a_file_that_grows_while_it_is_read_is_not_read_to_its_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FrameCache(None, KEPT, limits=DecodeLimits(max_bytes=path.stat().st_size))

    def growing(status: os.stat_result) -> Stamp:
        with path.open("ab") as stream:
            stream.write(bytes(1000))
        return stamp_of(status)

    monkeypatch.setattr(frames, "stamp_of", growing)
    monkeypatch.setattr(FrameCache, "_identify", lambda *_: ((), None, False))
    with pytest.raises(LimitExceeded, match="max_bytes"):
        cache.frames(path)


def test_a_clip_is_stored_when_it_is_asked_for_again(path: Path, folder: Path) -> None:
    cache = FrameCache(folder, 0)
    counts = []
    for _ in range(3):
        assert equal(cache.frames(path), expected(path))
        cache.flush()
        counts.append(len(list((folder / "frames").glob("*.frames"))))
    stats = cache.disk_stats()
    cache.close()
    assert counts == [0, 1, 1]
    assert stats
    assert (stats.entries, stats.hits) == (1, 1)


@pytest.mark.parametrize("view", [View(), View(100), View(size=(9, 7)), View(255, (9, 7))], ids=str)
def test_another_process_reads_what_was_stored(
    path: Path, folder: Path, view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = FrameCache(folder, KEPT)
    wanted = list(cache.frames(path, view=view))
    cache.frames(path, view=view)
    cache.close()
    monkeypatch.setattr("giflab_core.frames.cache.index_clip", None)
    assert equal(FrameCache(folder, KEPT).frames(path, view=view), wanted)


def test_resized_frames_of_another_pillow_are_not_used(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("1.0", "2.0"):
        monkeypatch.setattr("PIL.__version__", version)
        cache = FrameCache(folder, KEPT)
        for _ in range(2):
            cache.frames(path, view=View(size=(9, 7)))
        cache.flush()
        stats = cache.disk_stats()
        cache.close()
        assert stats
        assert stats.hits == 0
    assert len(list(folder.glob("frames/*.frames"))) == 2


def test_what_is_read_no_faster_than_made_is_not_stored(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "WORTH_SHARE", 0)
    cache = FrameCache(folder, 0)
    for _ in range(3):
        cache.frames(path)
    cache.close()
    assert not list((folder / "frames").glob("*.frames"))


def test_a_file_that_turns_out_to_be_slow_is_removed(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(folder, path)
    monkeypatch.setattr(index, "BEARABLE_SHARE", 0)
    cache = FrameCache(folder, 0)
    assert equal(cache.frames(path), expected(path))
    cache.close()
    assert not list((folder / "frames").glob("*.frames"))


def test_planes_lie_so_that_a_file_can_be_used_where_it_is_mapped(path: Path, folder: Path) -> None:
    mapped = np.memmap(stored(folder, path), np.uint8, "r")
    name = next((folder / "frames").glob("*.frames")).name.removesuffix(".frames")
    clip = from_buffer(mapped, name)
    places = [plane.__array_interface__["data"][0] for plane in clip.planes]
    assert places[0] % 4096 == 0
    assert all(place % 64 == 0 for place in places)


@needs_posix
def test_files_are_for_their_owner_alone(path: Path, folder: Path) -> None:
    file = stored(folder, path)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@needs_posix
def test_a_file_that_others_may_write_is_not_read(path: Path, folder: Path) -> None:
    file = stored(folder, path)
    file.chmod(0o666)
    cache = FrameCache(folder, KEPT)
    assert equal(cache.frames(path), expected(path))
    assert cache.disk_stats().hits == 0  # type: ignore[union-attr]
    assert any("others may write" in warning for warning in cache.warnings())
    cache.close()


@given(position=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans())
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_a_miss(tmp_path: Path, position: float, bit: int, cut: bool) -> None:
    clip, folder = tmp_path / "clip.gif", tmp_path / "cache"
    if not clip.exists():
        settled(write_clip(clip, moving_frames(6)))
    file = next((folder / "frames").glob("*.frames"), None) or stored(folder, clip, 3)
    data = bytearray(file.read_bytes())
    place = int(position * len(data))
    data[place] ^= 1 << bit
    file.write_bytes(data[:place] if cut else data)
    cache = FrameCache(folder, KEPT)
    frames = cache.frames(clip)
    assert not file.exists()
    assert len(cache.warnings()) == 1
    cache.close()
    assert equal(frames, expected(clip))


@pytest.mark.usefixtures("at_rest")
def test_what_happens_to_a_file_after_it_was_read_changes_nothing(path: Path, folder: Path) -> None:
    file = stored(folder, path)
    cache = FrameCache(folder, KEPT)
    frames = cache.frames(path)
    file.write_bytes(b"")
    assert equal(frames, expected(path))
    assert equal(cache.frames(path), expected(path))
    cache.close()


def test_the_file_of_another_clip_is_not_taken_for_this_one(path: Path, tmp_path: Path, folder: Path) -> None:
    file = stored(folder, path)
    other = settled(write_clip(tmp_path / "other.gif", moving_frames(6, seed=5)))
    stranger = stored(tmp_path / "elsewhere", other)
    stranger.replace(file)
    assert equal(FrameCache(folder, KEPT).frames(path), expected(path))


def test_the_disk_holds_its_budget_and_what_was_used_last(tmp_path: Path, folder: Path) -> None:
    clips = [settled(write_clip(tmp_path / f"{seed}.gif", moving_frames(8, seed=seed))) for seed in range(3)]
    cache = FrameCache(folder, 0, 30_000)  # two of them
    for clip in (clips[0], clips[0], clips[1], clips[1], clips[0], clips[2], clips[2]):
        cache.frames(clip)
        cache.flush()
    hits = []
    for clip in (clips[0], clips[2], clips[1]):
        before = cache.disk_stats()
        cache.frames(clip)
        after = cache.disk_stats()
        assert before
        assert after
        assert after.bytes <= 30_000
        hits.append(after.hits - before.hits)
    cache.close()
    assert hits == [1, 1, 0]


@needs_posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_costs_one_warning(path: Path, folder: Path) -> None:
    folder.mkdir(mode=0o500)
    check_that_nothing_is_lost(path, folder)


def test_a_folder_that_cannot_be_made_costs_one_warning(path: Path, folder: Path) -> None:
    folder.write_bytes(b"in the way")
    check_that_nothing_is_lost(path, folder)


def check_that_nothing_is_lost(path: Path, folder: Path) -> None:
    cache = FrameCache(folder, 0)
    for _ in range(3):
        assert equal(cache.frames(path), expected(path))
        cache.flush()
    assert cache.warnings()
    assert len(set(cache.warnings())) <= 3
    cache.close()


@pytest.mark.parametrize("content", [b"", b"no database at all" * 999], ids=["empty", "damaged"])
def test_an_index_that_is_damaged_is_replaced_and_files_are_still_found(
    path: Path, folder: Path, content: bytes
) -> None:
    stored(folder, path)
    (index,) = (folder / "frames").glob("index-*.sqlite")
    index.write_bytes(content)
    cache = FrameCache(folder, KEPT)
    assert equal(cache.frames(path), expected(path))
    stats = cache.disk_stats()
    cache.prune()
    cache.close()
    assert stats
    assert (stats.entries, stats.hits) == (1, 1)


def test_what_a_process_left_unfinished_is_removed(path: Path, folder: Path) -> None:
    file = stored(folder, path)
    old, new, other = (file.with_name(name) for name in (f".{file.stem}.old.part", f".{file.stem}.new.part", ".part"))
    for each in (old, new, other):
        each.write_bytes(b"half of it")
    settled(old)
    for each in (old, other):
        os.utime(each, (1, 1))
    cache = FrameCache(folder)
    cache.prune()
    cache.close()
    assert (old.exists(), new.exists(), other.exists()) == (False, True, True)


def test_a_file_that_the_index_does_not_know_counts(path: Path, folder: Path) -> None:
    stored(folder, path)
    (index,) = (folder / "frames").glob("index-*.sqlite")
    connection = sqlite3.connect(index)
    connection.execute("DELETE FROM entries")
    connection.commit()
    connection.close()
    cache = FrameCache(folder, KEPT, 1)
    cache.prune()
    cache.close()
    assert not list((folder / "frames").glob("*.frames"))


def test_verify_removes_what_is_damaged(path: Path, folder: Path) -> None:
    file = stored(folder, path)
    file.write_bytes(file.read_bytes()[:-1])
    cache = FrameCache(folder)
    whole, problems = cache.verify()
    assert whole == 0
    assert problems
    assert cache.verify() == (0, ())
    cache.close()


def test_clear_forgets_all(path: Path, folder: Path) -> None:
    stored(folder, path)
    cache = FrameCache(folder, KEPT)
    cache.frames(path)
    cache.clear()
    stats = cache.disk_stats()
    cache.close()
    assert stats
    assert (stats.entries, stats.bytes, cache.memory_stats().entries) == (0, 0, 0)
    assert not list((folder / "frames").glob("*.frames"))


def test_a_closed_cache_still_gives_frames(path: Path, folder: Path) -> None:
    cache = FrameCache(folder)
    cache.close()
    cache.close()
    assert equal(cache.frames(path), expected(path))


# Several at once.


def test_threads_share_a_cache(tmp_path: Path, folder: Path) -> None:
    clips = [settled(write_clip(tmp_path / f"{seed}.gif", moving_frames(5, seed=seed))) for seed in range(4)]
    wanted = {clip: expected(clip) for clip in clips}
    cache = FrameCache(folder, 60_000)
    wrong: list[Path] = []

    def ask(seed: int) -> None:
        for number in np.random.default_rng(seed).integers(0, len(clips), 40):
            clip = clips[number]
            if not equal(cache.frames(clip), wanted[clip]):
                wrong.append(clip)

    threads = [threading.Thread(target=partial(ask, seed)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cache.close()
    assert wrong == []


@needs_posix
def test_a_forked_process_goes_on_with_the_cache(path: Path, folder: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path\n"
        "from giflab_core.frames import index; from giflab_core.frames.cache import FrameCache\n"
        "index.WORTH_SHARE = index.BEARABLE_SHARE = 1e9; index.LEAST_SAVED_S = -1e9\n"
        "cache = FrameCache(Path(sys.argv[1]), 0)\n"
        "cache.frames(sys.argv[2]); cache.flush()\n"
        "child = os.fork()\n"
        "frames = cache.frames(sys.argv[2]); cache.close()\n"
        "child and sys.exit(os.waitpid(child, 0)[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, folder, path], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert list((folder / "frames").glob("*.frames"))
