"""A small picture of a moment, as text that is fit for a document."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from giflab_core import lazy

# The longer side in pixels, colours, and how long the text may be.
SIDE, COLOURS, MOST = 96, 32, 8192


def thumbnail(path: Path, time_ms: int) -> str | None:
    """A GIF's picture at a time as a `data:` URL of a PNG; None if it cannot be made small enough."""
    image = lazy.load("PIL.Image", "fromarray")
    clip = lazy.load("giflab_core", "open_clip")(path)
    wanted = clip.frame_at(time_ms)
    for index, frame in enumerate(lazy.load("giflab_core", "decode")(path)):
        if index < wanted:
            continue
        picture = image(frame.pixels).convert("RGBA")
        picture.thumbnail((SIDE, SIDE))
        for colours in (COLOURS, COLOURS // 4):
            buffer = io.BytesIO()
            picture.quantize(colours).save(buffer, "png", optimize=True)
            text = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
            if len(text) <= MOST:
                return text
        break
    return None
