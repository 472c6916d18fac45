"""When the system's word on a file is trusted: after it has rested for two seconds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from giflab_core.stamp import has_rested, rest_ns, stamp_of
from tests.helpers.marks import needs_posix

SECOND_NS = 10**9
CHANGED_NS = 1_000 * SECOND_NS


@pytest.mark.parametrize("times_ns", [(CHANGED_NS, 0), (0, CHANGED_NS)], ids=["content", "status"])
def test_a_file_rests_for_two_seconds_after_its_last_change(times_ns: tuple[int, int]) -> None:
    stamp = (1, 2, 3, *times_ns)
    assert rest_ns(stamp, CHANGED_NS) == 2 * SECOND_NS
    assert not has_rested(stamp, CHANGED_NS + 2 * SECOND_NS - 1)
    assert has_rested(stamp, CHANGED_NS + 2 * SECOND_NS)


def test_a_file_from_the_future_has_not_rested() -> None:
    assert not has_rested((1, 2, 3, CHANGED_NS, CHANGED_NS), CHANGED_NS - 60 * SECOND_NS)


def test_a_stamp_stays_while_the_file_does(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    assert stamp_of(path.stat()) == stamp_of(path.stat())


def test_a_file_of_another_size_has_another_stamp(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    before = path.stat()
    path.write_bytes(b"12")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert stamp_of(path.stat()) != stamp_of(before)


@needs_posix
def test_a_file_that_was_put_in_its_place_has_another_stamp(tmp_path: Path) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    path.write_bytes(b"1")
    other.write_bytes(b"2")
    before = path.stat()
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)
    assert stamp_of(path.stat()) != stamp_of(before)
