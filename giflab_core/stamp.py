"""What changes when a file does, as far as the system tells, and when to trust it.

Two changes within one tick of the clock of a file system leave the same times, so that a stamp tells only of a file
that had rested for a while.
"""

from __future__ import annotations

import os

Stamp = tuple[int, ...]
# The coarsest clock of a file system in use, that of FAT, ticks every 2 s.
REST_NS = 2_000_000_000


def stamp_of(status: os.stat_result) -> Stamp:
    """Device, inode, size, and when content and status last changed, in ns."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def has_rested(stamp: Stamp, now_ns: int) -> bool:
    """Whether the file changed so long ago that another change would show."""
    return rest_ns(stamp, now_ns) <= 0


def rest_ns(stamp: Stamp, now_ns: int) -> int:
    """How long until it has rested, in ns; 0 or less where it has."""
    return max(stamp[-2:]) + REST_NS - now_ns
