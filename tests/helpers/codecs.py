"""Decode by the one codec or the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from giflab_core.decoding import blocks, canvas, image, indexed
from giflab_core.lazy import available
from tests.helpers.tools import miss

ROOMS: tuple[Any, ...] = (blocks, image, canvas, indexed)


@contextmanager
def use_codec(name: str) -> Iterator[None]:
    """Within the block, decode by `native` or `pillow`; skipped or failed where the extension is not built."""
    codec = available(f"giflab_core.decoding.{name}") or miss("the C extension is not built")
    before = [room.CODEC for room in ROOMS]
    for room in ROOMS:
        room.CODEC = codec
    try:
        yield
    finally:
        for room, own in zip(ROOMS, before, strict=True):
            room.CODEC = own
