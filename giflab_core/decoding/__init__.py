"""From a path to a clip and its frames.

1. `reader`: the door. Opens a file, reads its structure (`open_clip`), yields its frames (`decode`, `pictures`).
2. `source`: the bytes of the file, read ahead; `blocks`: its structure, with what is no picture as `extras`; `image`:
   one image of it, and its indices.
3. `canvas`: images on the canvas, one after the other, as RGBA; `indexed`: the same as indices of one table of colours;
   `picture`: all forms of what is on screen, and another size.
4. `codec`: the arithmetic of it, `native` in C (csrc/) or its twin `pillow`, with what both say of a screen (`layers`);
   `copies`: frames that their receivers own.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.decoding.blocks import GRAPHIC_CONTROL as GRAPHIC_CONTROL
    from giflab_core.decoding.blocks import BlockReader as BlockReader
    from giflab_core.decoding.blocks import Extension as Extension
    from giflab_core.decoding.canvas import Canvas as Canvas
    from giflab_core.decoding.canvas import shown as shown
    from giflab_core.decoding.codec import CODEC as CODEC
    from giflab_core.decoding.extras import APPLICATION as APPLICATION
    from giflab_core.decoding.extras import COMMENT as COMMENT
    from giflab_core.decoding.extras import HEAD_BYTES as HEAD_BYTES
    from giflab_core.decoding.extras import PLAIN_TEXT as PLAIN_TEXT
    from giflab_core.decoding.extras import told_enlarged as told_enlarged
    from giflab_core.decoding.extras import told_rest as told_rest
    from giflab_core.decoding.extras import told_texts as told_texts
    from giflab_core.decoding.image import GraphicControl as GraphicControl
    from giflab_core.decoding.image import ImageBlock as ImageBlock
    from giflab_core.decoding.image import indices as indices
    from giflab_core.decoding.indexed import Indexed as Indexed
    from giflab_core.decoding.layers import KEEP as KEEP
    from giflab_core.decoding.layers import TO_PREVIOUS as TO_PREVIOUS
    from giflab_core.decoding.picture import Picture as Picture
    from giflab_core.decoding.picture import Shown as Shown
    from giflab_core.decoding.picture import Still as Still
    from giflab_core.decoding.picture import scaled as scaled
    from giflab_core.decoding.reader import REPLACEMENT_CS as REPLACEMENT_CS
    from giflab_core.decoding.reader import PathLike as PathLike
    from giflab_core.decoding.reader import ZeroDelay as ZeroDelay
    from giflab_core.decoding.reader import browser_ms as browser_ms
    from giflab_core.decoding.reader import decode as decode
    from giflab_core.decoding.reader import is_changed as is_changed
    from giflab_core.decoding.reader import open_clip as open_clip
    from giflab_core.decoding.reader import opened as opened
    from giflab_core.decoding.reader import pictures as pictures

VERSION = 2
"""Raised whenever a file may come out as other frames than before. Both codecs give the same ones."""

lazy.exports(
    __name__,
    {
        "blocks": ("BlockReader", "Extension", "GRAPHIC_CONTROL"),
        "canvas": ("Canvas", "shown"),
        "codec": ("CODEC",),
        "extras": (
            "APPLICATION",
            "COMMENT",
            "HEAD_BYTES",
            "PLAIN_TEXT",
            "told_enlarged",
            "told_rest",
            "told_texts",
        ),
        "image": ("GraphicControl", "ImageBlock", "indices"),
        "indexed": ("Indexed",),
        "layers": ("KEEP", "TO_PREVIOUS"),
        "picture": ("Picture", "Shown", "Still", "scaled"),
        "reader": (
            "PathLike",
            "REPLACEMENT_CS",
            "ZeroDelay",
            "browser_ms",
            "decode",
            "is_changed",
            "open_clip",
            "opened",
            "pictures",
        ),
    },
)
