"""What was built for the gate: folders with an interpreter each, which the gate builds and uses."""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from giflab_core.cache.folder import FULL_DISK, cache_folder, private_part, why_not_private
from giflab_core.cache.lock import Lock
from giflab_core.errors import CacheRefused
from giflab_core.frozen import dataclass
from giflab_core.text import printable

FOLDER, READY, LOCK_SUFFIX = "environments", "ready", ".lock"
MARK = "giflab"
"""A file in each environment that was begun: what lacks it was made by somebody else, and stays."""
NAME = re.compile("[0-9a-f]{16}")
"""How the gate names them."""
KEPT = 12
"""So many stay, those that were used last."""
DAY_S = 86400.0
UNUSED_S = 30 * DAY_S
"""An environment that was not used for so long goes."""
HAS_LOCKS = sys.platform != "win32"
POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Build:
    """One that is on disk. `used_s`: when it was used last, in seconds since the epoch; `is_ready`: it was finished."""

    path: Path
    used_s: float
    is_ready: bool
    is_in_use: bool


def private_builds(*, make: bool = True) -> Builds:
    """Those in the folder of the cache, which is made for this user alone where it is not there yet.

    `make`: make the sub-folder of the environments too. Raises CacheRefused if either belongs to another user, or if
    others may write into it, or if the sub-folder is a link.
    """
    folder = cache_folder() / FOLDER
    return Builds(private_part(folder) if make or os.path.lexists(folder) else folder)


def require_private(*folders: Path) -> None:
    """Raises CacheRefused if one of these folders of an environment belongs to another user, or others may write.

    Links are followed: what counts is the folder at their end.
    """
    for folder in folders:
        try:
            reason = why_not_private(folder.stat())
        except OSError as error:
            reason = error.strerror or str(error)
        if reason:
            name = printable(folder)
            raise CacheRefused(f"will not run what was built in {name}: {reason}; remove it: giflab cache clear")


class Builds:
    """The environments in `folder`, each in a sub-folder, with a lock beside it that running gates hold."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, name: str) -> Path:
        """Where the environment of this name is, or is to be built."""
        return self.folder / name

    def lock(self, name: str, limit_s: float) -> Lock:
        """Wait until nobody else uses the environment, and keep all others from it.

        Raises TimeoutError if somebody still uses it after `limit_s`; asks at least once. Raises CacheRefused if there
        cannot be a lock, also if a link is in its place.
        """
        left = limit_s / POLL_S  # no clock: a session that waits may have a frozen one
        while not (lock := self._try_lock(self._lock_file(self.place(name)))):
            if left <= 0:
                raise TimeoutError(f"{printable(self.place(name))} is still in use")
            time.sleep(POLL_S)
            left -= 1
        return lock

    def _try_lock(self, file: Path) -> Lock | None:
        try:
            return Lock.at_once(file)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise CacheRefused(f"cannot lock {printable(file)}: {FULL_DISK}") from error
            why = "it is a link" if file.is_symlink() else error.strerror
            raise CacheRefused(f"cannot lock {printable(file)}: {why}; remove it") from error

    def begin(self, name: str) -> Path:
        """A new folder in this place, for this user alone, instead of what was built there; for who holds its lock.

        Raises OSError, also if there is something that was not built here.
        """
        place = self.place(name)
        self.empty(name)
        place.mkdir(mode=0o700)
        (place / MARK).touch(exist_ok=False)
        return place

    def is_ready(self, name: str) -> bool:
        """Whether what is in this place was built here, to its end."""
        place = self.place(name)
        return _is_ours(place) and (place / READY).exists()

    def empty(self, name: str) -> None:
        """Remove what was built in this place, if anything; for who holds its lock.

        Raises OSError, also if there is something that was not built here.
        """
        place = self.place(name)
        if os.path.lexists(place) and not _is_ours(place):
            raise FileExistsError(errno.EEXIST, "what is there was not built by giflab")
        _empty(place)

    def all(self) -> list[Build]:
        """What is there, the one used last first."""
        return sorted(self._found(), key=lambda each: each.used_s, reverse=True)

    def bytes(self) -> int:
        """What the files take; links are not followed."""
        return sum(_bytes_below(each.path) for each in self.all())

    def prune(self, spared_s: float = 0.0) -> list[str]:
        """Remove what was never finished, what was not used for UNUSED_S, and all but the KEPT used last.

        Nothing that was used in the last `spared_s` seconds goes, and nothing that is in use. Returns what could not
        be removed, a line each.
        """
        return self._remove(expendable(self.all(), time.time(), spared_s))

    def clear(self) -> list[str]:
        """Remove all that is not in use. Returns what could not be removed, a line each."""
        return self._remove(self.all())

    def _found(self) -> Iterator[Build]:
        try:
            places = [place for place in self.folder.iterdir() if _is_ours(place)]
        except FileNotFoundError:
            return
        for place in places:
            with suppress(FileNotFoundError):  # another process has removed it
                is_ready = (place / READY).exists()
                used_s = (place / READY).stat().st_mtime if is_ready else place.lstat().st_mtime
                yield Build(place, used_s, is_ready, self._is_in_use(place, used_s))

    def _is_in_use(self, place: Path, used_s: float) -> bool:
        if not HAS_LOCKS:
            return used_s > time.time() - DAY_S
        return Lock.is_held(self._lock_file(place))

    def _remove(self, builds: Sequence[Build]) -> list[str]:
        problems = []
        for place in (*(each.path for each in builds if not each.is_in_use), *self._leftovers()):
            try:
                self._remove_one(place)
            except OSError as error:
                problems.append(f"cannot remove {printable(place)}: {error.strerror or error}")
        return problems

    def _leftovers(self) -> list[Path]:
        """Places that were never made, or are gone; only their locks are there, with nothing in them."""
        locks = self.folder.glob(f"*{LOCK_SUFFIX}")
        places = (lock.with_suffix("") for lock in locks if NAME.fullmatch(lock.stem) and _is_empty_file(lock))
        return [place for place in places if not os.path.lexists(place)]

    def _remove_one(self, place: Path) -> None:
        lock = Lock.at_once(self._lock_file(place))
        if lock is None:
            return
        with closing(lock):
            _empty(place)
            lock.remove()

    def _lock_file(self, place: Path) -> Path:
        return self.folder / f"{place.name}{LOCK_SUFFIX}"


def _is_empty_file(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == 0


def _is_ours(place: Path) -> bool:
    """Whether it was begun here: it bears the mark, or has nothing in it yet, which is nobody's loss."""
    if place.is_symlink() or not place.is_dir():
        return False
    return _is_empty_file(place / MARK) or (bool(NAME.fullmatch(place.name)) and not any(place.iterdir()))


def _empty(place: Path) -> None:
    """Remove a folder of ours with all that is in it, if it is there; the mark goes last, if that is broken off."""
    if not place.exists():
        return
    for each in place.iterdir():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        elif each.name != MARK:
            each.unlink()
    (place / MARK).unlink(missing_ok=True)
    place.rmdir()


def expendable(builds: Sequence[Build], now_s: float, spared_s: float) -> list[Build]:
    """Which of them `prune` removes; `builds` by their last use, the latest first."""
    latest = [each for each in builds if each.is_ready][:KEPT]
    kept = {each.path for each in latest if each.used_s >= now_s - UNUSED_S}
    return [each for each in builds if each.path not in kept and not each.is_in_use and each.used_s <= now_s - spared_s]


def _bytes_below(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_size
    return total
