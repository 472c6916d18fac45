"""What was built for the gate: folders with an interpreter each, which the gate builds and uses."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from giflab_core.cache.folder import cache_folder, private_part, why_not_private
from giflab_core.cache.lock import Lock
from giflab_core.errors import CacheRefused
from giflab_core.text import printable

FOLDER, READY, LOCK_SUFFIX = "environments", "ready", ".lock"
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
            why = "it is a link" if file.is_symlink() else error.strerror
            raise CacheRefused(f"cannot lock {printable(file)}: {why}; remove it") from error

    def empty(self, name: str) -> None:
        """Remove what is in this place, whatever it is, if anything; for who holds its lock. Raises OSError."""
        _empty(self.place(name))

    def all(self) -> list[Build]:
        """What is there, the one used last first."""
        return sorted(self._found(), key=lambda each: each.used_s, reverse=True)

    def bytes(self) -> int:
        """What the files take; links are not followed."""
        return _bytes_below(self.folder)

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
            # Whatever is in the place of a build, also what nobody has built: it would be in the way for ever.
            places = [place for place in self.folder.iterdir() if not _is_lock(place) and self._is_ours(place)]
        except FileNotFoundError:
            return
        for place in places:
            with suppress(FileNotFoundError):  # another process has removed it
                is_ready = (place / READY).exists()
                used_s = (place / READY).stat().st_mtime if is_ready else place.lstat().st_mtime
                yield Build(place, used_s, is_ready, self._is_in_use(place, used_s))

    def _is_ours(self, place: Path) -> bool:
        """Whether it is in the place of a build: the folder may be older than the cache, with other things in it."""
        is_named = NAME.fullmatch(place.name) or self._lock_file(place).is_file()
        return bool(is_named) or (not place.is_symlink() and (place / READY).is_file())

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
        """Places that were never made, or are gone; only their locks are there."""
        locks = self.folder.glob(f"*{LOCK_SUFFIX}")
        places = (lock.with_suffix("") for lock in locks if _is_lock(lock) and NAME.fullmatch(lock.stem))
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


def _is_lock(path: Path) -> bool:
    return path.suffix == LOCK_SUFFIX and not path.is_dir()


def _empty(place: Path) -> None:
    """A folder goes with all that is in it, a link alone."""
    if place.is_symlink() or not place.is_dir():
        place.unlink(missing_ok=True)
    else:
        shutil.rmtree(place)


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
