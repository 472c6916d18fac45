"""A file read ahead: what comes next is there in one piece."""

from __future__ import annotations

import os
from typing import BinaryIO

CHUNK = 65536
"""So many bytes are read at once."""


class Source:
    """A stream from where it stands: `chunk[at:]` comes next, then what the stream has."""

    __slots__ = ("_stream", "at", "chunk")

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.chunk = b""
        self.at = 0

    def read(self, size: int) -> bytes:
        """So many bytes, or all that are left."""
        end = self.at + size
        if end > len(self.chunk) and size < CHUNK:
            self.fill()
            end = size
        if end <= len(self.chunk) or size < CHUNK:
            found = self.chunk[self.at : end]
            self.at += len(found)
            return found
        found = self.chunk[self.at :]
        self.chunk, self.at = b"", 0
        return found + self._stream.read(size - len(found))

    def fill(self) -> bool:
        """Have `CHUNK` bytes in one piece from here on; False where no more are to be had than there were."""
        rest = self.chunk[self.at :]
        more = self._stream.read(CHUNK - len(rest))
        self.chunk, self.at = rest + more, 0
        return bool(more)

    def move(self, offset: int) -> None:
        """Go on from so many bytes further, or back."""
        self.at += offset
        if not 0 <= self.at <= len(self.chunk):
            self.leave()

    def tell(self) -> int:
        """The place in the stream."""
        return self._stream.tell() - len(self.chunk) + self.at

    def leave(self) -> None:
        """Leave the stream at this place."""
        self._stream.seek(self.at - len(self.chunk), os.SEEK_CUR)
        self.chunk, self.at = b"", 0
