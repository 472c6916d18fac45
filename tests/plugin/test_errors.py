"""What the system refuses is one line, which says what to do about a full disk."""

from __future__ import annotations

import errno
import shutil

import pytest

from pytest_giflab.errors import in_words


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_of_a_full_disk_it_says_what_was_not_written_and_what_to_do(number: int) -> None:
    said = "the disk is full; free some space, or name another folder for temporary files by TMPDIR"
    assert in_words(OSError(number, "said by the system")) == said
    assert in_words(OSError(number, "said by the system", "from", None, "to")) == f"cannot write to: {said}"


def test_a_copy_that_failed_is_told_by_its_first_file() -> None:
    denied = [("a", "b", "[Errno 13] Permission denied: 'b'"), ("c", "d", "[Errno 13] Permission denied: 'd'")]
    assert in_words(shutil.Error(denied)) == "[Errno 13] Permission denied: 'b'"


def test_a_copy_that_found_no_room_is_a_full_disk() -> None:
    full = shutil.Error([("a", "b", f"[Errno {errno.ENOSPC}] No space left on device: 'a' -> 'b'")])
    assert in_words(full, "go elsewhere") == "the disk is full; free some space, or go elsewhere"


def test_anything_else_is_told_as_it_is() -> None:
    assert in_words(FileNotFoundError(errno.ENOENT, "gone", "x")) == f"[Errno {errno.ENOENT}] gone: 'x'"
