"""Who could put something else in the place of a path: what ssh asks of the folders above its files."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Set
from pathlib import Path

from giflab_core.text import printable

if sys.platform != "win32":
    import grp
    import pwd

OTHERS = stat.S_IWGRP | stat.S_IWOTH
MOST_LINKS = 40
"""As many as Linux follows in one path."""


def why_exchangeable(path: Path) -> str:
    """Why another user decides what is at this absolute path; "" if only root and this user do.

    Every folder above it must belong to one of the two, and others may only write into it if it is sticky, as /tmp is;
    a group may if this user is alone in it. Links on the way are followed, and must belong to one of the two. What is
    at the path itself is not looked at, nor is anything below a name that is missing. Raises OSError.
    """
    if sys.platform == "win32":
        return ""
    place, waiting, links = path.anchor, list(reversed(path.parts[1:])), 0
    # Who owns the root folder decides everything: root, but for a container that shows root as somebody else.
    trusted = {0, os.geteuid(), os.stat(place).st_uid}
    while waiting:
        if reason := _why_open(place, os.stat(place), trusted):
            return reason
        entry = os.path.normpath(os.path.join(place, waiting.pop()))
        try:
            status = os.lstat(entry)
        except FileNotFoundError:
            return ""
        if not stat.S_ISLNK(status.st_mode):
            place = entry
            continue
        links += 1
        if status.st_uid not in trusted:
            return f"{printable(entry)} is a link of another user"
        if links > MOST_LINKS:
            return f"{printable(entry)} is one of too many links"
        aim = Path(os.readlink(entry))
        place = aim.anchor or place
        waiting += reversed(aim.parts[1:] if aim.anchor else aim.parts)
    return ""


def _why_open(folder: str, status: os.stat_result, trusted: Set[int]) -> str:
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if status.st_uid not in trusted:
        return f"the folder {printable(folder)} above it belongs to another user"
    open_to = status.st_mode & OTHERS
    if not open_to or status.st_mode & stat.S_ISVTX or (open_to == stat.S_IWGRP and _is_alone_in(status, trusted)):
        return ""
    return f"others may write into the folder {printable(folder)} above it (chmod go-w)"


def _is_alone_in(status: os.stat_result, trusted: Set[int]) -> bool:
    """Whether the folder's group is its owner's private one, as some systems give each user, with a umask of 002.

    Such a group bears the user's name; not all systems list every account, so that this is asked for too.
    """
    if sys.platform == "win32":
        return False
    try:
        group = grp.getgrgid(status.st_gid)
        if pwd.getpwuid(status.st_uid).pw_name != group.gr_name:
            return False
        members = {pwd.getpwnam(name).pw_uid for name in group.gr_mem}
    except KeyError:
        return False
    members |= {each.pw_uid for each in pwd.getpwall() if each.pw_gid == status.st_gid}
    return members <= trusted
