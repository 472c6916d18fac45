"""Where the cache lives, and the guard of every folder in it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from giflab_core import lazy
from giflab_core.cache.above import OTHERS, why_exchangeable
from giflab_core.errors import CacheRefused
from giflab_core.text import printable

VARIABLE = "GIFLAB_CACHE_DIR"
WRITABLE = "others may write into it"
FULL_DISK = f"the disk is full; free some space, or name another folder by {VARIABLE}"


def cache_folder(explicit: Path | None = None) -> Path:
    """The folder of the cache, made for this user alone where it is not there yet.

    It is `explicit`, else the environment variable GIFLAB_CACHE_DIR, else the system's folder for caches; a folder in
    that for temporary files if the home is another user's, as in containers that run as root. Raises CacheRefused where
    it belongs to another user, where others may write, where another user could put something else in its place, or
    where it cannot be made, and where the variable is not absolute: each folder that a command runs in would have a
    cache of its own.
    """
    given = os.environ.get(VARIABLE)
    named = explicit or given
    if not explicit and given and not given.startswith("~") and not Path(given).is_absolute():
        raise _refused(Path(given), "it is not an absolute path")
    return private_folder(Path(named) if named else _usual())


def _usual() -> Path:
    # The libraries are loaded where they are needed: it takes several ms, which a hit would spend on nothing.
    usual: Path = lazy.load("platformdirs", "user_cache_path")("giflab")
    with suppress(OSError):
        if why_exchangeable(usual.absolute()):
            return Path(lazy.load("tempfile", "gettempdir")(), f"giflab-cache-{os.geteuid()}")
    return usual


def private_folder(folder: Path) -> Path:
    """The folder, absolute, links resolved, made for this user alone where it is not there yet.

    Raises CacheRefused as above.
    """
    try:
        folder = folder.expanduser().absolute()
        reason = why_exchangeable(folder)
        if not reason:
            _make(folder, 0o700)
            place = folder.resolve(strict=True)  # so that what is looked at is what is used
            reason = why_exchangeable(folder) or why_not_private(place.stat())
    except FileExistsError as error:
        raise _refused(folder, "it is not a folder") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise _refused(folder, getattr(error, "strerror", None) or str(error).rstrip(".")) from error
    if reason:
        raise _refused(folder, f"{reason} (chmod go-w)" if reason == WRITABLE else reason)
    return place


def _make(folder: Path, mode: int) -> None:
    """Make the folder and those above it, which nobody else may write into, whatever the umask."""
    try:
        folder.mkdir(mode)
    except FileNotFoundError:
        _make(folder.parent, 0o755)
        folder.mkdir(mode, exist_ok=True)
    except OSError:
        if not folder.is_dir():
            raise


def private_part(folder: Path) -> Path:
    """As `private_folder`, of a folder that the cache has made in its own: a link would lead out of that.

    Raises CacheRefused for a link too, wherever it leads.
    """
    if folder.is_symlink():
        raise _refused(folder, "it is a link, which the cache does not follow (remove it)")
    return private_folder(folder)


def why_not_private(status: os.stat_result) -> str:
    """Why a folder of this status cannot be trusted, or nothing: it is this user's, and nobody else may write."""
    if hasattr(os, "geteuid"):
        if status.st_uid != os.geteuid():
            return "it belongs to another user"
        if status.st_mode & OTHERS:
            return WRITABLE
    return ""


def _refused(folder: Path, reason: str) -> CacheRefused:
    return CacheRefused(f"cannot keep a cache in {printable(folder)}: {reason}; name another folder by {VARIABLE}")
