"""When the system's word on a file is trusted: after it has rested for two seconds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from giflab_core.stamp import had_rested, rest_ns, stamp_of
from tests.helpers.marks import needs_posix

SECOND_NS = 10**9
CHANGED_NS = 1_000 * SECOND_NS


FAR_NS = 1_000_000 * SECOND_NS


def status(*, content_ns: int = CHANGED_NS, status_ns: int = CHANGED_NS, read_ns: int) -> os.stat_result:
    times = {"st_atime_ns": read_ns, "st_mtime_ns": content_ns, "st_ctime_ns": status_ns}
    return os.stat_result((0o100644, 2, 1, 1, 0, 0, 3, 0, 0, 0), times)


@pytest.mark.parametrize("times_ns", [(CHANGED_NS, 0), (0, CHANGED_NS)], ids=["content", "status"])
def test_a_file_rests_for_two_seconds_after_its_last_change(times_ns: tuple[int, int]) -> None:
    assert rest_ns((1, 2, 3, *times_ns), CHANGED_NS) == 2 * SECOND_NS
    content_ns, status_ns = times_ns
    for read_ns, rested in ((CHANGED_NS + 2 * SECOND_NS - 1, False), (CHANGED_NS + 2 * SECOND_NS, True)):
        assert had_rested(status(content_ns=content_ns, status_ns=status_ns, read_ns=read_ns), FAR_NS) is rested


def test_how_long_ago_it_is_by_another_clock_tells_nothing() -> None:
    assert not had_rested(status(read_ns=CHANGED_NS), FAR_NS)


def test_a_time_of_reading_that_is_far_from_coming_tells_nothing() -> None:
    assert not had_rested(status(read_ns=FAR_NS), FAR_NS - 61 * SECOND_NS)


@pytest.mark.parametrize(
    ("pause_ns", "rested"), [(2 * SECOND_NS - 1, False), (2 * SECOND_NS, True), (-9 * SECOND_NS, False)]
)
def test_a_file_that_was_the_same_two_seconds_before_has_rested(pause_ns: int, rested: bool) -> None:
    assert had_rested(status(read_ns=0), FAR_NS, FAR_NS - pause_ns) is rested


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
