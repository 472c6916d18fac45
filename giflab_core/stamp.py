"""What changes when a file does, as far as the system tells, and when to trust it.

Two changes within one tick of the clock of a file system leave the same times, so that a stamp tells only of a file
that had been as it is for longer than a tick when it was read. Times of files come from the clock of their file system,
which may be another one than this machine's, or ahead of it, or behind: the two are never compared. That a file had
rested is told by the former alone, which also notes when a file was read; or by the latter alone, of a file that was
read before and has the same stamp and content still.
"""

from __future__ import annotations

import os

Stamp = tuple[int, ...]
# The coarsest clock of a file system in use, that of FAT, ticks every 2 s.
REST_NS = 2_000_000_000
# Reading takes less.
MOST_AHEAD_NS = 60_000_000_000


def stamp_of(status: os.stat_result) -> Stamp:
    """Device, inode, size, and when content and status last changed, in ns."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def had_rested(status: os.stat_result, now_ns: int, since_ns: int | None = None) -> bool:
    """Whether a file had been as it is, when it was read, for so long that another change would show.

    `status` is that after it was read; `now_ns` the time before, by this machine's clock; `since_ns` when, by the same
    clock, it was first seen with this stamp and content, None where it was not.
    """
    if since_ns is not None and now_ns - since_ns >= REST_NS:
        return True
    # A time of reading that is far from coming was written by somebody.
    is_real = status.st_atime_ns <= now_ns + MOST_AHEAD_NS
    return is_real and rest_ns(stamp_of(status), status.st_atime_ns) <= 0


def rest_ns(stamp: Stamp, now_ns: int) -> int:
    """How long until a file has rested, in ns, by the clock that `now_ns` is of; 0 or less where it has."""
    return max(stamp[-2:]) + REST_NS - now_ns
