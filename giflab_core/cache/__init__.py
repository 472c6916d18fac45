"""Keep bytes by key, in memory and on disk.

1. `base`: what every cache does (`Cache`), how a key looks, what an entry takes; `entry`: what one is called, and
   whether it is damaged.
2. `memory`, `disk` and `tiered` are caches: in this process, in a folder that processes share, and one before
   the other.
3. A cache on disk is a `database` (SQLite, by a `connection` each to read and to write; set aside when it is damaged),
   and a `writer`, a thread that writes what callers do not wait for. `lifetime` closes both at the end and renews them
   after a fork.
4. `folder`: where all of it is, for this user alone; `above`: that nobody else can put something in its place.
5. `builds`: what the gate has built and runs, beside the caches; each is kept by a `lock` while it is in use.
6. `digests`: what a file is, its SHA-256, read again only where the system says that it changed.

What is kept is said by others: results/ and frames/; opening.py composes the caches of the user.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.cache.base import Cache as Cache
    from giflab_core.cache.base import Stats as Stats
    from giflab_core.cache.builds import DAY_S as DAY_S
    from giflab_core.cache.builds import MARK as MARK
    from giflab_core.cache.builds import READY as READY
    from giflab_core.cache.builds import Build as Build
    from giflab_core.cache.builds import Builds as Builds
    from giflab_core.cache.builds import private_builds as private_builds
    from giflab_core.cache.builds import require_private as require_private
    from giflab_core.cache.connection import Schema as Schema
    from giflab_core.cache.database import Database as Database
    from giflab_core.cache.digests import Identities as Identities
    from giflab_core.cache.digests import Identity as Identity
    from giflab_core.cache.disk import DiskCache as DiskCache
    from giflab_core.cache.disk import Verification as Verification
    from giflab_core.cache.entry import key_of as key_of
    from giflab_core.cache.folder import FULL_DISK as FULL_DISK
    from giflab_core.cache.folder import cache_folder as cache_folder
    from giflab_core.cache.folder import private_part as private_part
    from giflab_core.cache.lifetime import Lasting as Lasting
    from giflab_core.cache.memory import MemoryCache as MemoryCache
    from giflab_core.cache.tiered import TieredCache as TieredCache
    from giflab_core.cache.writer import WrittenBehind as WrittenBehind

lazy.exports(
    __name__,
    {
        "base": ("Cache", "Stats"),
        "connection": ("Schema",),
        "database": ("Database",),
        "digests": ("Identities", "Identity"),
        "disk": ("DiskCache", "Verification"),
        "builds": ("DAY_S", "MARK", "READY", "Build", "Builds", "private_builds", "require_private"),
        "entry": ("key_of",),
        "folder": ("FULL_DISK", "cache_folder", "private_part"),
        "lifetime": ("Lasting",),
        "memory": ("MemoryCache",),
        "tiered": ("TieredCache",),
        "writer": ("WrittenBehind",),
    },
)
