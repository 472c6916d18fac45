"""What a file is: the SHA-256 of its content, read again only where the system says that it changed, or cannot tell.

What the system tells is trusted only of a file that had rested for a while when it was read; see stamp.py. Of any other
is kept when it was first seen as it is, so that the next reading may tell.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable

from giflab_core import lazy
from giflab_core.cache.base import Cache
from giflab_core.cache.entry import key_of
from giflab_core.frozen import dataclass
from giflab_core.stamp import Stamp, had_rested, stamp_of

HEX_CHARACTERS = 64
SINCE = b" since "


@dataclass(frozen=True, slots=True)
class Identity:
    """The SHA-256 of a file's bytes in hexadecimal, and what the system said of the file that had these.

    `is_settled`: as long as the system says the same, these are its bytes.
    """

    digest: str
    stamp: Stamp
    is_settled: bool = False


class Identities:
    """Digests of files, kept in a cache under their paths; with `verify_content` each is read, and nothing kept."""

    def __init__(
        self, cache: Cache, *, verify_content: bool = False, clock_ns: Callable[[], int] = time.time_ns
    ) -> None:
        self._cache = cache
        self._verify_content = verify_content
        self._clock_ns = clock_ns

    def digest(self, path: str | os.PathLike[str], max_bytes: int) -> str | None:
        """The SHA-256 of a file's bytes in hexadecimal; None as for `identify()`."""
        found = self.identify(path, max_bytes)
        return found.digest if found else None

    def identify(self, path: str | os.PathLike[str], max_bytes: int) -> Identity | None:
        """What a file is.

        None where it is not a regular file of at most `max_bytes`, cannot be read, or changes meanwhile.
        """
        try:
            status = os.stat(path)
            # Looked at before it is opened: opening a named pipe would wait for a writer.
            if not stat.S_ISREG(status.st_mode) or status.st_size > max_bytes:
                return None
            key = _key(path)
            stamp = stamp_of(status)
            found = None if self._verify_content else self._cache.get(key)
            if found is not None and found[HEX_CHARACTERS:] == _written(stamp):
                return Identity(found[:HEX_CHARACTERS].decode("ascii"), stamp, is_settled=True)
            return self._read(path, key, found or b"")
        except (OSError, ValueError):
            return None

    def _read(self, path: str | os.PathLike[str], key: str, known: bytes) -> Identity | None:
        # The time before it is read: a change that comes right after must find that the file had not rested.
        now_ns = self._clock_ns()
        with open(path, "rb") as stream:
            stamp = stamp_of(os.fstat(stream.fileno()))
            digest: str = lazy.load("hashlib", "file_digest")(stream, "sha256").hexdigest()
            status = os.fstat(stream.fileno())
            if stamp_of(status) != stamp:
                return None
        written = digest.encode("ascii") + _written(stamp)
        since_ns = _since(known, written)
        is_settled = had_rested(status, now_ns, since_ns)
        if not self._verify_content:
            if is_settled:
                self._cache.put(key, written)
            elif since_ns is None or since_ns > now_ns:
                self._cache.put(key, written + SINCE + b"%d" % self._clock_ns())
        return Identity(digest, stamp, is_settled)


def _key(path: str | os.PathLike[str]) -> str:
    return key_of("file", os.fsencode(os.path.abspath(path)))


def _since(known: bytes, written: bytes) -> int | None:
    """When the file was first seen as it is; None where what is known tells of none or of another."""
    before, _, since = known.partition(SINCE)
    return int(since) if before == written and since.isdigit() else None


def _written(stamp: Stamp) -> bytes:
    return " ".join(map(str, ("", *stamp))).encode("ascii")
