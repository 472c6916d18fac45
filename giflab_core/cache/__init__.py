"""Keep what was computed: bytes by key in memory and on disk, and what is built on them."""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.cache.base import Cache as Cache
    from giflab_core.cache.base import Stats as Stats
    from giflab_core.cache.disk import DiskCache as DiskCache
    from giflab_core.cache.disk import Verification as Verification
    from giflab_core.cache.folder import cache_folder as cache_folder
    from giflab_core.cache.frames import FrameCache as FrameCache
    from giflab_core.cache.memory import MemoryCache as MemoryCache
    from giflab_core.cache.opening import open_cache as open_cache
    from giflab_core.cache.opening import open_disk as open_disk
    from giflab_core.cache.opening import open_frames as open_frames
    from giflab_core.cache.tiered import TieredCache as TieredCache
    from giflab_core.cache.view import Frames as Frames
    from giflab_core.cache.view import View as View

__getattr__, __dir__ = lazy.exports(
    __name__,
    {
        **dict.fromkeys(("Cache", "Stats"), "base"),
        **dict.fromkeys(("DiskCache", "Verification"), "disk"),
        "cache_folder": "folder",
        "FrameCache": "frames",
        "MemoryCache": "memory",
        **dict.fromkeys(("open_cache", "open_disk", "open_frames"), "opening"),
        "TieredCache": "tiered",
        **dict.fromkeys(("Frames", "View"), "view"),
    },
)
