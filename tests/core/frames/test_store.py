"""Files of frames that are odd, hostile, slow or gone: they cost a miss and a line at most."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from giflab_core.config import DecodeLimits
from giflab_core.errors import CacheRefused, DecodeError
from giflab_core.frames import clip_file, index
from giflab_core.frames import store as frame_store
from giflab_core.frames.clip_file import HEADER
from giflab_core.frames.indexed_clip import IndexedClip, index_clip, locked
from giflab_core.frames.store import FrameStore
from tests.helpers.gifs import Picture, gif, moving_frames, write_clip
from tests.helpers.marks import needs_posix

pytestmark = pytest.mark.usefixtures("store_always")

NAME = f"{'a1' * 32}.1"
BUDGET = 1 << 24
SLOW_S = 0.02


@pytest.fixture
def clip(tmp_path: Path) -> IndexedClip:
    return index_clip(BytesIO(write_clip(tmp_path / "clip.gif", moving_frames(6)).read_bytes()), DecodeLimits())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FrameStore]:
    with FrameStore(tmp_path, BUDGET) as store:
        yield store


def note(store: FrameStore, clip: IndexedClip, name: str = NAME) -> None:
    store.note(name, clip, 1.0, gone)


def gone() -> None:
    """Instead of a clip that can be made again, to see how long that takes."""
    raise DecodeError("it has gone")


def keep(store: FrameStore, clip: IndexedClip, name: str = NAME) -> Path:
    """Have an indexed clip on disk; its file."""
    for _ in range(2):
        note(store, clip, name)
    store.flush()
    (path,) = store._folder.glob(f"{name}.*")
    return path


def figures(store: FrameStore) -> tuple[int, float | None, int]:
    """What the index says of the only file: requests, how long it takes to read, whether it is stored."""
    with closing(sqlite3.connect(store._database.path)) as connection:
        (row,) = connection.execute("SELECT requests, read_s, stored FROM entries")
    return row  # type: ignore[no-any-return]


def until(is_done: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_done():
        assert time.monotonic() < end
        time.sleep(0.01)


# What is handed out.


def test_planes_from_memory_and_disk_cannot_be_written_even_by_what_they_lie_in(store: FrameStore) -> None:
    large = index_clip(BytesIO(gif([Picture(np.zeros((800, 900), np.uint8))] * 3, size=(900, 800))), DecodeLimits())
    resized = large.resized((90, 80))
    keep(store, resized)
    found = store.load(NAME)
    assert found
    for each in (*large.planes, *resized.planes, *found.planes, *found.frames()):
        array: object = each
        while isinstance(array, np.ndarray):
            with pytest.raises(ValueError, match="WRITEABLE"):
                array.flags.writeable = True
            array = array.base


def test_a_slice_of_what_is_locked_is_locked() -> None:
    part = locked(np.zeros(9, np.uint8))[2:6].reshape(2, 2)
    with pytest.raises(ValueError, match="WRITEABLE"):
        part.flags.writeable = True


def test_many_small_images_count_as_what_they_take() -> None:
    clip = gif([Picture(np.zeros((1, 1), np.uint8))] * 500, size=(1, 1))
    assert index_clip(BytesIO(clip), DecodeLimits()).nbytes > 500 * 500


# How long reading takes.


def read_slowly(store: FrameStore, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    content = clip_file.read_file

    def slow(path: Path, most: int) -> Any:
        time.sleep(SLOW_S)
        return content(path, most)

    with monkeypatch.context() as slowly:
        slowly.setattr(frame_store, "read_file", slow)
        for _ in range(times):
            store.load(NAME)
            store.flush()


def test_a_few_slow_readings_cost_no_file(
    store: FrameStore, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, clip)
    monkeypatch.setattr(index, "BEARABLE_SHARE", SLOW_S / 2)
    for _ in range(3):
        read_slowly(store, monkeypatch, 2)
        store.load(NAME)
    store.flush()
    assert store.holds(NAME)


def test_what_was_slow_for_long_is_measured_anew(
    store: FrameStore, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, clip)
    monkeypatch.setattr(index, "BEARABLE_SHARE", SLOW_S / 2)
    read_slowly(store, monkeypatch, 40)
    assert not store.holds(NAME)
    assert figures(store) == (0, None, 0)
    keep(store, clip)
    assert store.load(NAME)


def test_what_was_never_worth_it_is_not_tried_again(
    store: FrameStore, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "WORTH_SHARE", 1e-9)
    for _ in range(4):
        note(store, clip)
    store.flush()
    assert not store.holds(NAME)
    monkeypatch.setattr(frame_store, "read_file", None)  # nothing is read
    note(store, clip)
    store.flush()


# Failures behind the caller's back.


def test_the_thread_goes_on_after_any_failure(
    store: FrameStore, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("nobody thought of this")

    with monkeypatch.context() as broken:
        broken.setattr(frame_store, "to_buffer", fail)
        for _ in range(2):
            note(store, clip)
        until(lambda: bool(store.warnings()))
    assert "nobody thought of this" in "".join(store.warnings())
    assert store._pending_bytes == 0
    note(store, clip)
    until(lambda: store.holds(NAME))
    assert len(store.warnings()) == 1


def test_a_clip_that_memory_has_no_room_for_is_not_stored(
    store: FrameStore, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(frame_store, "to_buffer", fail)
    for _ in range(2):
        note(store, clip)
    store.flush()
    assert store.warnings() == (f"cannot keep frames in {store._folder}: MemoryError()",)


def test_a_file_that_memory_has_no_room_for_is_a_miss(
    store: FrameStore, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, clip)

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(np, "empty", fail)
    assert store.load(NAME) is None
    assert store.holds(NAME)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_half_a_file_does_not_stay(
    store: FrameStore, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def fail(*_: object) -> None:
        raise error

    store._writer.stop()
    for _ in range(2):
        note(store, clip)
    monkeypatch.setattr(os, "replace", fail)
    try:
        store.flush()
    except KeyboardInterrupt:
        assert error is KeyboardInterrupt
    assert list(store._folder.glob(".*.part")) == []


def test_clear_removes_half_a_file(store: FrameStore, clip: IndexedClip) -> None:
    half = keep(store, clip).with_name(f".{NAME}.x.part")
    half.write_bytes(b"half of it")
    store.clear()
    assert not list(store._folder.glob("*.frames"))
    assert not half.exists()


def test_what_waits_to_be_written_holds_its_limit(
    store: FrameStore, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    store._writer.stop()
    monkeypatch.setattr(frame_store, "MOST_PENDING_BYTES", 2 * clip.nbytes)
    for number in range(5):
        note(store, clip, f"{number:064}.1")
    assert len(store._pending) == 1
    monkeypatch.setattr(frame_store, "MOST_PENDING_BYTES", clip.nbytes)
    store.flush()
    note(store, clip)
    assert store._pending == []


def test_readings_that_wait_hold_the_limit_too(
    store: FrameStore, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(store, clip)
    store._writer.stop()
    monkeypatch.setattr(frame_store, "MOST_PENDING_BYTES", 10 * frame_store.NOTE_BYTES)
    for _ in range(30):
        store.load(NAME)
    assert len(store._pending) == 10


def test_the_thread_is_patient_with_an_index_that_is_locked(
    store: FrameStore, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.prune()  # makes the index
    monkeypatch.setattr("giflab_core.cache.database.LOCKED_S", 0.05)
    with closing(sqlite3.connect(store._database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            note(store, clip)
        time.sleep(0.5)
        other.execute("ROLLBACK")
    until(lambda: store.holds(NAME))
    assert store.warnings() == ()


# Looking after files.


def test_verify_counts_what_it_removed_and_is_clean_then(store: FrameStore, clip: IndexedClip) -> None:
    path = keep(store, clip)
    path.write_bytes(path.read_bytes()[:-1])
    whole, problems = store.verify()
    assert (whole, problems[0]) == (0, "1 damaged file of frames removed")
    assert store.verify() == (0, ())


@needs_posix
def test_a_file_that_others_may_write_is_removed(store: FrameStore, clip: IndexedClip) -> None:
    path = keep(store, clip)
    path.chmod(0o666)
    whole, problems = store.verify()
    assert (whole, problems[0], path.exists()) == (0, "1 damaged file of frames removed", False)
    assert store.verify() == (0, ())


@pytest.mark.parametrize("action", ["load", "verify", "prune"])
def test_a_folder_in_a_files_place_is_no_damage(store: FrameStore, clip: IndexedClip, action: str) -> None:
    path = keep(store, clip)
    path.unlink()
    path.mkdir()
    if action == "load":
        assert store.load(NAME) is None
    else:
        getattr(store, action)()
    assert path.is_dir()
    assert not any("damaged" in warning for warning in store.warnings())


@needs_posix
def test_a_pipe_in_a_files_place_keeps_nobody_waiting(store: FrameStore, clip: IndexedClip) -> None:
    path = keep(store, clip)
    path.unlink()
    os.mkfifo(path)
    assert store.load(NAME) is None


def test_names_that_are_not_ours_are_nobodys_business(store: FrameStore, clip: IndexedClip) -> None:
    folder = keep(store, clip).parent
    odd = [folder / "x.frames", folder / f"{'A1' * 32}.1.frames"]
    for path in odd:
        path.write_bytes(b"")
    (folder / "y.frames").mkdir()
    if os.name == "posix":
        Path(os.fsdecode(os.fsencode(folder) + b"/" + b"a1" * 32 + b".\xff.frames")).write_bytes(b"")
    assert store.verify() == (1, ())
    store.clear()
    assert all(path.exists() for path in odd)
    assert store.warnings() == ()


def test_what_another_process_removes_meanwhile_is_no_damage(
    store: FrameStore, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = keep(store, clip)
    names = store._names()
    path.unlink()
    monkeypatch.setattr(store, "_names", lambda: names)
    assert store.verify() == (0, ())


@needs_posix
def test_a_folder_that_others_may_write_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    place = tmp_path / "frames"
    place.mkdir()
    place.chmod(0o777)
    with pytest.raises(CacheRefused, match=r"others may write into it \(chmod go-w\)"):
        FrameStore(tmp_path, BUDGET)
    assert list(place.iterdir()) == []


@needs_posix
@pytest.mark.parametrize("target", ["place", "nowhere"])
def test_a_link_is_refused_wherever_it_leads(tmp_path: Path, target: str) -> None:
    (tmp_path / "place").mkdir(mode=0o700)
    (tmp_path / "frames").symlink_to(target)
    with pytest.raises(CacheRefused, match="frames: it is a link, which the cache does not follow"):
        FrameStore(tmp_path, BUDGET)
    assert list((tmp_path / "place").iterdir()) == []


def test_two_formats_live_side_by_side(tmp_path: Path, clip: IndexedClip, monkeypatch: pytest.MonkeyPatch) -> None:
    with FrameStore(tmp_path, BUDGET) as old:
        keep(old, clip)
    monkeypatch.setattr(clip_file, "FORMAT", 2)
    monkeypatch.setattr(frame_store, "OWN", ".f2")
    with FrameStore(tmp_path, BUDGET) as new:
        assert new.load(NAME) is None
        for _ in range(2):
            note(new, clip)
        assert new.verify() == (1, ())
        assert new.stats().entries == len(list(tmp_path.glob("frames/*.frames"))) == 2
        new.clear()
        assert not list(tmp_path.glob("frames/*.frames"))


# Files that say anything.


@needs_posix  # a file with holes
def test_a_file_that_grew_is_removed_before_it_takes_memory(store: FrameStore, clip: IndexedClip) -> None:
    path = keep(store, clip)
    os.truncate(path, 1 << 40)
    assert store.load(NAME) is None
    assert not path.exists()


@needs_posix
def test_a_file_that_takes_more_than_all_may_is_not_read(store: FrameStore, clip: IndexedClip) -> None:
    path = keep(store, clip)
    content = bytearray(path.read_bytes())
    HEADER.pack_into(content, 0, *HEADER.unpack_from(content)[:-1], 1 << 40)
    path.write_bytes(content)
    os.truncate(path, 1 << 40)
    assert store.load(NAME) is None
    assert any("File too large" in warning for warning in store.warnings())
    store.prune()
    assert not path.exists()


def written(content: bytes, description: bytes) -> bytes:
    """A file with another description, and the checksum of that."""
    length = HEADER.unpack_from(content)[3]
    planes = content[-(-(HEADER.size + length) // 4096) * 4096 :]
    start = -(-(HEADER.size + len(description)) // 4096) * 4096
    buffer = np.zeros(start + len(planes), np.uint8)
    buffer[HEADER.size : HEADER.size + len(description)] = np.frombuffer(description, np.uint8)
    buffer[start:] = np.frombuffer(planes, np.uint8)
    HEADER.pack_into(buffer.data, 0, clip_file.MAGIC, clip_file.FORMAT, 0, len(description), buffer.size)
    checksum = clip_file._checksum(buffer)
    HEADER.pack_into(buffer.data, 0, clip_file.MAGIC, clip_file.FORMAT, checksum, len(description), buffer.size)
    return buffer.tobytes()


def described(content: bytes) -> dict[str, Any]:
    length = HEADER.unpack_from(content)[3]
    return json.loads(content[HEADER.size : HEADER.size + length])  # type: ignore[no-any-return]


LEFT, TOP, WIDTH, HEIGHT, DISPOSAL, TRANSPARENT, PALETTE = range(7)


@pytest.mark.parametrize(
    "change",
    [
        {"size": [0, 32]},
        {"size": [-32, 32]},
        {"size": [1 << 20, 1 << 20]},
        {"size": ["a", "b"]},
        {"size": [float("nan"), 32]},
        {"size": [32, 32, 32]},
        {"durations_ms": [10] * 50},
        {"durations_ms": [10]},
        {"durations_ms": [-10] * 6},
        {"durations_ms": [0.5] * 6},
        {"durations_ms": []},
        {"palettes": ["0000"]},
        {"palettes": ["00" * 3000]},
        {"palettes": [5]},
        {"palettes": []},
        {"images": [], "planes": [1 << 45]},
        {"images": [], "planes": [-1] * 6},
        {"images": [], "planes": [0] * 6},
        {"images": []},
        {"planes": [5, 4, 3, 2, 1, 0]},
        {"planes": [0] * 6},
        {"planes": [0]},
        {"planes": []},
        {"whole": "no"},
        {"damage": 5},
        {"key": "another"},
        {LEFT: -3},
        {TOP: -3},
        {LEFT: 1 << 40},
        {LEFT: 0.5},
        {WIDTH: -32},
        {WIDTH: 1 << 40, HEIGHT: 1 << 40},
        {HEIGHT: 31},
        {DISPOSAL: "x"},
        {DISPOSAL: 4},
        {TRANSPARENT: 1 << 40},
        {TRANSPARENT: -7},
        {PALETTE: -1},
        {PALETTE: 9},
    ],
    ids=lambda change: str(change)[:60],
)
def test_a_description_that_makes_no_sense_is_damage(
    store: FrameStore, clip: IndexedClip, change: dict[str | int, Any]
) -> None:
    path = keep(store, clip)
    content = path.read_bytes()
    document = described(content)
    for key, value in change.items():
        if isinstance(key, str):
            document[key] = value
        else:
            for row in document["images"]:
                row[key] = value
    path.write_bytes(written(content, json.dumps(document).encode()))
    assert store.load(NAME) is None
    assert not path.exists()
    assert len(store.warnings()) == 1


@pytest.mark.parametrize("description", [b"", b"[" * 100_000, b"[]", b"null", b"{}", b"\xff", b"1" * 5000])
def test_what_describes_nothing_is_damage(store: FrameStore, clip: IndexedClip, description: bytes) -> None:
    path = keep(store, clip)
    path.write_bytes(written(path.read_bytes(), description))
    assert store.load(NAME) is None
    assert not path.exists()


def test_a_description_written_anew_is_read(store: FrameStore, clip: IndexedClip) -> None:
    path = keep(store, clip)
    content = path.read_bytes()
    path.write_bytes(written(content, json.dumps(described(content)).encode()))
    assert store.load(NAME)


@pytest.mark.parametrize("size", [(9, 7), (70_000, 1)], ids=str)
def test_resized_frames_are_read_whatever_their_size(
    store: FrameStore, clip: IndexedClip, size: tuple[int, int]
) -> None:
    keep(store, clip.resized(size))
    found = store.load(NAME)
    assert found
    assert all(map(np.array_equal, found.frames(), clip.resized(size).frames()))
