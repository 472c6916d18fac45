"""What memory holds of files: indexed clips, and frames that were drawn of them."""

from __future__ import annotations

from collections import OrderedDict

from giflab_core.cache import Stats
from giflab_core.frames.indexed_clip import IndexedClip
from giflab_core.frames.view import Frames

# What an array takes beside its pixels, roughly.
ARRAY_BYTES = 1200
Key = tuple[str, tuple[int, int] | None]


class Entry:
    """What memory holds of one clip at one size: it is indexed, and has frames that were drawn, by background."""

    __slots__ = ("clip", "frames", "made_s")

    def __init__(self, clip: IndexedClip, made_s: float | None) -> None:
        self.clip = clip
        self.made_s = made_s  # None where the disk knows of it
        self.frames: dict[int | None, Frames] = {}


class FrameMemory:
    """Entries by key, within `budget_bytes`; those used longest ago go first. Its owner holds a lock meanwhile."""

    def __init__(self, budget_bytes: int) -> None:
        self._budget_bytes = budget_bytes
        self._hits = self._misses = 0
        self.forget()

    def forget(self) -> None:
        """Forget all entries."""
        self._entries: OrderedDict[Key, Entry] = OrderedDict()  # the one used longest ago is first
        self._bytes = 0

    def close(self) -> None:
        """Forget all, and keep nothing any more."""
        self._budget_bytes = 0
        self.forget()

    def renew(self) -> bool:
        """Start with new locks in a forked process; whether no thread of the parent was drawing."""
        return all(frames.renew() for entry in self._entries.values() for frames in entry.frames.values())

    def stats(self) -> Stats:
        """How full it is."""
        return Stats(len(self._entries), self._bytes, self._hits, self._misses, self._budget_bytes)

    def get(self, key: Key) -> Entry | None:
        """What there is, if anything; this counts as no use."""
        return self._entries.get(key)

    def recall(self, key: Key, first: int | None) -> Entry | None:
        """What there is, if that has all frames or so many of them."""
        entry = self._entries.get(key)
        if entry is None or not suffices(entry.clip, first):
            return None
        self._entries.move_to_end(key)
        self._hits += 1
        return entry

    def put(self, key: Key, entry: Entry) -> None:
        """Keep what was not there."""
        self._misses += 1
        size = entry.clip.nbytes
        before = self._entries.get(key)
        if size <= self._budget_bytes and not (before and _suffices_for(before.clip, entry.clip)):
            self._drop(key)
            self._entries[key] = entry
            self._bytes += size
            self._fit()

    def frames(self, entry: Entry, background: int | None) -> Frames:
        """The frames of an entry, kept once they are drawn if there is room for them."""
        if found := entry.frames.get(background):
            return found
        size = _drawn_bytes(entry.clip, background)
        is_kept = entry.clip.is_final and size + entry.clip.nbytes <= self._budget_bytes
        found = Frames(entry.clip, background, keep=is_kept)
        if is_kept:
            entry.frames[background] = found
            self._bytes += size
            self._fit()
        return found

    def _fit(self) -> None:
        """Let go of what was used longest ago: of a clip first the drawn frames, then the rest."""
        while self._bytes > self._budget_bytes:
            key, entry = next(iter(self._entries.items()))
            if entry.frames:
                self._bytes -= sum(_drawn_bytes(entry.clip, background) for background in entry.frames)
                entry.frames = {}
            else:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry:
            self._bytes -= entry.clip.nbytes
            self._bytes -= sum(_drawn_bytes(entry.clip, background) for background in entry.frames)


def suffices(clip: IndexedClip, first: int | None) -> bool:
    """Whether it has all frames that the file has, or the first so many."""
    return clip.is_final or (first is not None and first <= len(clip))


def _suffices_for(clip: IndexedClip, other: IndexedClip) -> bool:
    """Whether all that could be asked of the other, of the same file, can be asked of this one."""
    return clip.is_final or (not other.is_final and len(clip) >= len(other))


def _drawn_bytes(clip: IndexedClip, background: int | None) -> int:
    return len(clip) * (clip.width * clip.height * (4 if background is None else 1) + ARRAY_BYTES)
