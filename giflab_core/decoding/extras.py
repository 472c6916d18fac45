"""What a file holds besides pictures: metadata, texts, and what lies after its end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from giflab_core.frozen import dataclass
from giflab_core.text import counted, printable

PLAIN_TEXT, COMMENT, APPLICATION = 0x01, 0xFE, 0xFF
LOOPING_APPLICATIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
# Less than this is not worth a word, unless it is there twice.
LEAST_BYTES, LEAST_SHARE = 1024, 0.1
# Copies of one thing are few kinds; a file of ever new ones is told by their sum.
MOST_KINDS = 1000
HEAD_BYTES, SHOWN_BYTES = 4096, 6
SAME_COMMENT, REST = "the same comment", "after the trailer"
SIGNATURES = (
    (b"GIF8", "another GIF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"RIFF", "a RIFF file such as WebP"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"<", "markup"),
)


@dataclass(frozen=True, slots=True)
class Bloat:
    """Extensions of one kind that are repeated, or take much of the file.

    `what` names the kind; `size_bytes` is what all `count` of them take.
    """

    what: str
    count: int
    size_bytes: int

    def told(self, file_bytes: int) -> str:
        """In words, of a file of so many bytes."""
        often = f" {self.count} times" if self.count > 1 else ""
        return f"{self.what}{often}: {self.size_bytes} bytes, {self.size_bytes / file_bytes:.1%} of the file"


class Extras:
    """Extensions that show nothing, as they pass; `texts`: how many of them are plain texts."""

    def __init__(self) -> None:
        self.texts = 0
        self._kinds: dict[tuple[str, bytes], tuple[int, int]] = {}
        self._comments = self._comment_bytes = 0

    def add(self, label: int, data: bytes, data_bytes: int) -> None:
        """One of them: its sub-blocks, as far as they were kept, and how many bytes they have in all."""
        size_bytes = 2 + data_bytes
        self.texts += label == PLAIN_TEXT
        if label == COMMENT:
            self._comments += 1
            self._comment_bytes += size_bytes
        kind = _kind(label, data, data_bytes)
        if kind in self._kinds or len(self._kinds) < MOST_KINDS:
            count, total = self._kinds.get(kind, (0, 0))
            self._kinds[kind] = count + 1, total + size_bytes

    def bloat(self, file_bytes: int) -> Iterator[Bloat]:
        """What is there more than once, or takes a tenth of a file of so many bytes, in the order of the file."""
        told = False
        for (what, _), (count, size_bytes) in self._kinds.items():
            is_metadata = what == SAME_COMMENT or what.startswith("application")
            if (count > 1 and is_metadata) or _is_much(size_bytes, file_bytes):
                told = told or what == SAME_COMMENT
                name = "a comment" if what == SAME_COMMENT and count == 1 else what
                yield Bloat(name, count, size_bytes)
        if not told and self._comments > 1 and _is_much(self._comment_bytes, file_bytes):
            yield Bloat(counted(self._comments, "comment"), 1, self._comment_bytes)


def _kind(label: int, data: bytes, data_bytes: int) -> tuple[str, bytes]:
    """What an extension counts as: an application by its name, a comment by what it says."""
    if label == APPLICATION:
        name = data[1 : 1 + data[0]].decode("ascii", "backslashreplace")
        return f"application extension '{printable(name)}'", b""
    if label == COMMENT:
        return SAME_COMMENT, hashlib.sha256(b"%d %s" % (data_bytes, data)).digest()
    return ("plain text extension" if label == PLAIN_TEXT else f"extension of type 0x{label:02x}"), b""


def _is_much(size_bytes: int, file_bytes: int) -> bool:
    return size_bytes >= max(LEAST_BYTES, LEAST_SHARE * file_bytes)


def told_rest(count: int, head: bytes) -> str:
    """What lies after the trailer, in words: how many bytes, and what they begin with."""
    content = head.lstrip(b"\0")
    if not content:
        return f"{counted(count, 'byte')} after the trailer, which begin with zeros; viewers do not read them"
    start = content[:SHOWN_BYTES]
    is_text = start.isascii() and start.decode("ascii").isprintable()
    shown = start.decode("ascii") if is_text else start.hex(" ")
    meaning = next((f" ({words})" for signature, words in SIGNATURES if content.startswith(signature)), "")
    zeros = f"{counted(len(head) - len(content), 'zero byte')} and then " if len(content) < len(head) else ""
    begins = f"which begin{'s' * (count == 1)} with {zeros}{shown}{meaning}"
    return f"{counted(count, 'byte')} after the trailer, {begins}; viewers do not read them"


def told_enlarged(extent: tuple[int, int], canvas: tuple[int, int]) -> str:
    """That the first image reaches beyond the canvas, of which viewers make different things; in pixels."""
    reach, screen = ("x".join(map(str, size)) for size in (extent, canvas))
    return (
        f"the first image reaches to {reach}, beyond the canvas of {screen}, and viewers differ: it is cropped here, "
        "as by FFmpeg and gifsicle; Chromium, Pillow and libvips enlarge the canvas"
    )


def told_texts(count: int) -> str:
    """That there are plain texts."""
    return f"{counted(count, 'plain text extension')}, which no browser draws: skipped"
