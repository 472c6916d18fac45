"""The caches of the user who runs this: results and frames, side by side in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from giflab_core import lazy
from giflab_core.cache import Cache, DiskCache, Identities, MemoryCache, TieredCache, cache_folder
from giflab_core.config import DecodeLimits

if TYPE_CHECKING:
    from giflab_core.frames import FrameCache

# The results of a pair of files are a few kB.
MEMORY_BYTES, DISK_BYTES = 8 * 1024 * 1024, 128 * 1024 * 1024
TTL_S = 90 * 24 * 3600


def open_cache(folder: Path | None = None) -> TieredCache:
    """Results in memory and on disk; close it when done.

    `folder`: where, else the environment variable GIFLAB_CACHE_DIR, else the system's folder for caches. Raises
    CacheRefused where that cannot be used, or is not this user's alone.
    """
    return TieredCache(MemoryCache(MEMORY_BYTES), open_disk(folder))


def open_disk(folder: Path | None = None) -> DiskCache:
    """The part on disk by itself."""
    return DiskCache(cache_folder(folder), DISK_BYTES, TTL_S)


def open_frames(
    folder: Path | None = None,
    *,
    limits: DecodeLimits | None = None,
    verify_content: bool = False,
    known: Cache | None = None,
) -> FrameCache:
    """Frames in memory and on disk; close it when done.

    `folder` as above; `limits` of decoding; `verify_content`: read files also where the system says that they have not
    changed; `known`: a cache of results, in which digests of files are kept. Raises CacheRefused as
    above, and for the folder of the frames in it too.
    """
    frame_cache: type[FrameCache] = lazy.load("giflab_core.frames", "FrameCache")
    identities = Identities(known, verify_content=verify_content) if known else None
    return frame_cache(cache_folder(folder), limits=limits, verify_content=verify_content, identities=identities)
