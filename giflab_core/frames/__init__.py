"""Frames of files by number, from memory or disk.

1. `indexed_clip`: a clip decompressed, not drawn.
2. `view`: the frames of one, drawn when they are looked at.
3. `memory`: both of them in memory, within a budget.
4. `store`: indexed clips on disk, if reading them is measured to be faster than decoding. Each is a `clip_file`; an
   `index` knows what was asked for and what it took.
5. `cache`: the frames of any file, from memory, from the store, or decoded.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.frames.cache import FrameCache as FrameCache
    from giflab_core.frames.view import Frames as Frames
    from giflab_core.frames.view import View as View

lazy.exports(
    __name__,
    {
        "cache": ("FrameCache",),
        "view": ("Frames", "View"),
    },
)
