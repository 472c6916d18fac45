"""Keep what was computed of the pictures of one clip, in little memory, for as long as it is compared with others."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import suppress
from threading import Lock
from types import TracebackType
from typing import IO, Any, TypeVar

from giflab_core import lazy
from giflab_core.frozen import dataclass

T = TypeVar("T", int, float, tuple[float, ...])
# What is larger goes into a file without a name, which is in memory up to the first size, and has at most the second.
MEMORY_BYTES, FILE_BYTES = 8 << 20, 1 << 30
# Numbers take about so many bytes each: of the longest clip there is room for a few of each picture.
MOST_NUMBERS = 200_000


class Shelf:
    """Numbers and bytes by key, of one clip at a time. Threads may share it. It closes itself at the end of a `with`.

    Nothing is promised to be there: what there is no room for, or what the disk does not take, is found out again.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._digest = ""
        self._numbers: dict[Hashable, Any] = {}
        self._places: dict[Hashable, tuple[int, int]] = {}
        self._file: IO[bytes] | None = None
        self._end = 0
        self._is_open = True

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._is_open = False
        self._forget()

    def of(self, digest: str) -> Shelf:
        """What is known of the clip of this digest: nothing of any other."""
        if digest != self._digest:
            self._forget()
            self._digest = digest
        return self

    def number(self, key: Hashable, make: Callable[[], T]) -> T:
        """The number, or numbers, under a key, made if they are not there."""
        found = self._numbers.get(key)
        if found is None:
            found = make()
            if len(self._numbers) < MOST_NUMBERS and self._is_open:
                self._numbers[key] = found
        return found

    def get(self, key: Hashable) -> bytes | None:
        """The bytes under a key, if they are there."""
        with self._lock:
            place = self._places.get(key)
            if place is None or self._file is None:
                return None
            start, length = place
            with suppress(OSError):
                self._file.seek(start)
                found = self._file.read(length)
                return found if len(found) == length else None
            return None

    def put(self, key: Hashable, content: bytes) -> None:
        """Keep bytes under a key, if there is room."""
        with self._lock:
            if key in self._places or self._end + len(content) > FILE_BYTES or not self._is_open:
                return
            try:
                if self._file is None:
                    self._file = lazy.load("tempfile", "SpooledTemporaryFile")(MEMORY_BYTES, prefix="giflab-")
                self._file.seek(self._end)
                self._file.write(content)
            except OSError:  # a full disk, most likely: there is no room for more
                self._end = FILE_BYTES
                return
            self._places[key] = self._end, len(content)
            self._end += len(content)

    def _forget(self) -> None:
        with self._lock:
            self._numbers.clear()
            self._places.clear()
            self._end = 0
            if self._file:
                with suppress(OSError):
                    self._file.close()
                self._file = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a shelf has of one picture, the one that is new in frame `picture` of the clip."""

    shelf: Shelf
    picture: int

    def number(self, name: str, detail: int, make: Callable[[], T]) -> T:
        """As `Shelf.number`, by a name and what else it depends on."""
        return self.shelf.number((name, detail, self.picture), make)

    def get(self, name: str, detail: int) -> bytes | None:
        """As `Shelf.get`."""
        return self.shelf.get((name, detail, self.picture))

    def put(self, name: str, detail: int, content: bytes) -> None:
        """As `Shelf.put`."""
        self.shelf.put((name, detail, self.picture), content)
