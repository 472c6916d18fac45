"""Decoded frames of GIF files, kept in memory and on disk under the digest of their content."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Lock

import PIL

from giflab_core import decoding
from giflab_core.cache import Identities, Lasting, Stats
from giflab_core.config import DecodeLimits
from giflab_core.decoding import PathLike, opened
from giflab_core.errors import DecodeError, LimitExceeded, UsageError
from giflab_core.frames.index import WORTH_REQUESTS
from giflab_core.frames.indexed_clip import IndexedClip, index_clip
from giflab_core.frames.memory import Entry, FrameMemory, Key, suffices
from giflab_core.frames.store import FrameStore, work_s
from giflab_core.frames.view import RGBA, Frames, View, integer
from giflab_core.stamp import REST_NS, Stamp, had_rested, rest_ns, stamp_of
from giflab_core.text import printable

MEMORY_BYTES, DISK_BYTES = 256 << 20, 2 << 30
MOST_PATHS = 10_000
UNKNOWN: Stamp = ()


class FrameCache(Lasting):
    """Frames of files by their content, in two tiers.

    In memory are decompressed images, and, of clips that are asked for again, the frames that were drawn, both within
    `memory_bytes`; the clips used longest ago go first. On disk, in `folder` (None: nowhere), are decompressed images
    within `disk_bytes`; see `FrameStore`. A file is read again only where the system says that it changed or cannot
    tell, with `verify_content` every time. `identities`, where given, may know files that this cache has not read yet.
    Raises CacheRefused if the folder of the frames is there and not this user's alone.
    All methods may be called from any thread.
    """

    def __init__(
        self,
        folder: Path | None,
        memory_bytes: int = MEMORY_BYTES,
        disk_bytes: int = DISK_BYTES,
        *,
        limits: DecodeLimits | None = None,
        verify_content: bool = False,
        identities: Identities | None = None,
    ) -> None:
        self._store = FrameStore(folder, disk_bytes) if folder else None
        self._memory = FrameMemory(memory_bytes)
        self._limits = limits or DecodeLimits()
        self._verify_content = verify_content
        self._identities = identities
        self._begin()
        super().__init__()

    def _begin(self) -> None:
        self._lock = Lock()  # of what follows
        # Stamp and digest of a file, and since when it is so by the clock; None where the stamp is trusted.
        self._paths: dict[PathLike, tuple[Stamp, str, int | None]] = {}
        self._memory.forget()

    def renew(self) -> None:
        """Keep in a forked process what no thread of the parent was changing."""
        is_whole = self._lock.acquire(blocking=False)
        if is_whole and self._memory.renew():
            self._lock = Lock()
        else:
            self._begin()

    def frames(self, path: PathLike, *, view: View = RGBA, first: int | None = None) -> Frames:
        """The frames of a file, or only the first so many; each image is one, as `decode()` has it.

        Of a damaged file these are its whole frames, and `Frames.damage` says why. Raises DecodeError where there is
        none or the file cannot be read, LimitExceeded where it, or the view, asks for more than the limits.
        """
        if first is not None and (integer(first) is None or first < 1):
            raise UsageError(f"first must be the number of frames that are wanted, at least 1, not {first!r}")
        return self._find(path, view, first)[1]

    def settle(self, paths: Iterable[PathLike]) -> None:
        """Wait, at most 2 s, until files that were just written can be told from what they may become."""
        longest_ns, now_ns = 0, time.time_ns()
        for path in paths:
            with suppress(OSError, ValueError):  # reading it will say why
                longest_ns = max(longest_ns, rest_ns(stamp_of(os.stat(path)), now_ns))
        time.sleep(min(longest_ns, REST_NS) / 1e9)

    def warm(self, path: PathLike) -> bool:
        """Have the frames of a file on disk, if reading them back is measured to be well faster; whether they are.

        Raises DecodeError for a damaged file, after which nobody has waited for its frames.
        """
        for _ in range(WORTH_REQUESTS):
            digest, found = self._find(path, RGBA, None)
            if found.damage:
                raise DecodeError(f"cannot read {printable(path)}: {found.damage}")
        self.flush()
        return bool(self._store and self._store.holds(_name((digest, None))))

    def flush(self) -> None:
        """Return when everything is on disk that is to be there."""
        if self._store:
            self._store.flush()

    def clear(self) -> None:
        """Forget all, in memory and on disk."""
        with self._lock:
            self._memory.forget()
            self._paths.clear()
        if self._store:
            self._store.clear()

    def prune(self) -> None:
        """Hold the limit on disk now."""
        if self._store:
            self._store.prune()

    def verify(self) -> tuple[int, tuple[str, ...]]:
        """Read every file on disk. How many check out, and what was wrong, which is mended."""
        return self._store.verify() if self._store else (0, ())

    def memory_stats(self) -> Stats:
        """How full the memory is."""
        with self._lock:
            return self._memory.stats()

    def disk_stats(self) -> Stats | None:
        """How full the disk is; None without a folder."""
        return self._store.stats() if self._store else None

    def warnings(self) -> tuple[str, ...]:
        """What went wrong so far, each kind once, fit to be printed."""
        return self._store.warnings() if self._store else ()

    def close(self) -> None:
        """Flush, and let go of files and memory; may be called more than once."""
        if self._store:
            self._store.close()
        with self._lock:
            self._memory.close()

    def _find(self, path: PathLike, view: View, first: int | None) -> tuple[str, Frames]:
        """The digest of a file, and its frames."""
        now_ns = time.time_ns()
        stamp, known, is_trusted = self._identify(path)
        again = partial(self._again, path, view.size)
        found = known and (self._recall(known, view, first, again) or self._load(known, view, first))
        if known and found:
            return known, found
        with opened(path, self._limits) as (stream, limits):
            status = os.fstat(stream.fileno())
            before, data = stamp_of(status), stream.read(min(status.st_size, limits.max_bytes) + 1)
            if len(data) > limits.max_bytes:
                raise LimitExceeded(f"it grew beyond max_bytes={limits.max_bytes} while it was read")
            status = os.fstat(stream.fileno())
            is_same = stamp_of(status) == before
            is_known = known and is_trusted and is_same and before == stamp
            digest = known if known and is_known else hashlib.sha256(data).hexdigest()
            if is_same and not self._verify_content:
                self._see(path, before, digest, status, now_ns)
            if digest != known:
                found = self._recall(digest, view, first, again) or self._load(digest, view, first)
            return digest, found or self._make(digest, data, limits, view, first, again)

    def _identify(self, path: PathLike) -> tuple[Stamp, str | None, bool]:
        """What the system says of a file, the digest of its content, if that is known, and whether it stays so."""
        if self._verify_content:
            return UNKNOWN, None, False
        try:
            stamp = stamp_of(os.stat(path))
        except (OSError, ValueError):
            return UNKNOWN, None, False  # reading it will say why
        known = self._paths.get(path)
        if known and known[0] == stamp and known[2] is None:
            return stamp, known[1], True
        found = self._identities.identify(path, self._limits.max_bytes) if self._identities else None
        if not found:
            return stamp, None, False
        # Its own stamp: what the path leads to may be another file by now.
        if found.is_settled:
            self._learn(path, found.stamp, found.digest, None)
        return found.stamp, found.digest, found.is_settled

    def _see(self, path: PathLike, stamp: Stamp, digest: str, status: os.stat_result, now_ns: int) -> None:
        """Note a file that was read: whether its stamp can be trusted, else since when it is so."""
        known = self._paths.get(path)
        is_as_before = known is not None and known[:2] == (stamp, digest)
        since_ns = known[2] if known and is_as_before else None
        if (is_as_before and since_ns is None) or had_rested(status, now_ns, since_ns):
            self._learn(path, stamp, digest, None)
        elif since_ns is None or since_ns > now_ns:
            self._learn(path, stamp, digest, time.time_ns())

    def _learn(self, path: PathLike, stamp: Stamp, digest: str, since_ns: int | None) -> None:
        with self._lock:
            self._paths.pop(path, None)
            self._paths[path] = stamp, digest, since_ns
            if len(self._paths) > MOST_PATHS:
                del self._paths[next(iter(self._paths))]

    def _again(self, path: PathLike, size: tuple[int, int] | None) -> None:
        """Make an indexed clip only to see how long that takes."""
        with opened(path, self._limits) as (stream, limits):
            clip = index_clip(stream, limits)
        if size:
            clip.resized(size)

    def _recall(self, digest: str, view: View, first: int | None, again: Callable[[], None]) -> Frames | None:
        """What memory holds, if that is enough."""
        key = digest, view.size
        with self._lock:
            entry = self._memory.recall(key, first)
            if entry is None:
                return None
            if first is not None and first < len(entry.clip):
                return Frames(entry.clip.beginning(first), view.background)
            found = self._memory.frames(entry, view.background)
            made_s, entry.made_s = entry.made_s, None
        if made_s is not None and self._store and entry.clip.is_final:  # the second request
            self._store.note(_name(key), entry.clip, made_s, again)
        return found

    def _load(self, digest: str, view: View, first: int | None) -> Frames | None:
        """What the disk holds."""
        key = digest, view.size
        clip = self._store.load(_name(key)) if self._store else None
        if not clip or not self._allows(clip, first):  # the file says what is too much
            return None
        return self._put(key, Entry(clip, None), view, first)

    def _allows(self, clip: IndexedClip, first: int | None) -> bool:
        """Whether decoding would have given this clip within the limits."""
        canvas, limits = clip.width * clip.height, self._limits
        count = min(len(clip), first or len(clip))
        images = [image.width * image.height for image in clip.images[:count]]
        pixels = [max(canvas, image) for image in images] if images else [canvas] * count
        return (
            count <= limits.max_frames
            and max(canvas, *images, 0) <= limits.max_pixels
            and sum(pixels) <= limits.max_total_pixels
        )

    def _make(
        self,
        digest: str,
        data: bytes,
        limits: DecodeLimits,
        view: View,
        first: int | None,
        again: Callable[[], None],
    ) -> Frames:
        """Frames from the content of a file, or from those of another size."""
        started = work_s()
        base = self._base(digest, first) if view.size else None
        clip = base or index_clip(BytesIO(data), limits, first)
        if view.size:
            self._check_size(view.size, len(clip))
            clip = clip.resized(view.size)
        made_s = work_s() - started
        key = digest, view.size
        if self._store and clip.is_final:
            self._store.note(_name(key), clip, made_s, again)
        return self._put(key, Entry(clip, made_s), view, first)

    def _check_size(self, size: tuple[int, int], count: int) -> None:
        pixels, limits = size[0] * size[1], self._limits
        if pixels > limits.max_pixels:
            raise LimitExceeded(f"a view of {size[0]}x{size[1]} pixels; the limit is max_pixels={limits.max_pixels}")
        if pixels * count > limits.max_total_pixels:
            most = limits.max_total_pixels
            raise LimitExceeded(f"{count} frames of {size[0]}x{size[1]} pixels; the limit is max_total_pixels={most}")

    def _base(self, digest: str, first: int | None) -> IndexedClip | None:
        """The indexed clip to make one of another size of."""
        with self._lock:
            entry = self._memory.get((digest, None))
        clip = entry.clip if entry else self._store.load(_name((digest, None))) if self._store else None
        return (clip if first is None else clip.beginning(first)) if clip and suffices(clip, first) else None

    def _put(self, key: Key, entry: Entry, view: View, first: int | None) -> Frames:
        """Keep in memory what was not there; frames of it."""
        with self._lock:
            self._memory.put(key, entry)
        return Frames(entry.clip if first is None else entry.clip.beginning(first), view.background)


def _name(key: Key) -> str:
    """What an indexed clip is called on disk: content, decoder, and size with the version of Pillow, which scales."""
    digest, size = key
    return f"{digest}.{decoding.VERSION}" + (f".{size[0]}x{size[1]}.{PIL.__version__}" if size else "")
