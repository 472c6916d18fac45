"""From a path to a clip and its frames."""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.decoding.reader import ZeroDelay as ZeroDelay
    from giflab_core.decoding.reader import decode as decode
    from giflab_core.decoding.reader import is_changed as is_changed
    from giflab_core.decoding.reader import open_clip as open_clip
    from giflab_core.decoding.reader import pictures as pictures

VERSION = 1
"""Raised whenever a file may come out as other frames than before. Both codecs give the same ones."""

__getattr__, __dir__ = lazy.exports(
    __name__, dict.fromkeys(("ZeroDelay", "decode", "is_changed", "open_clip", "pictures"), "reader")
)
