"""The values that say what is in one GIF: its frames, where its bytes are, and what is odd about it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from giflab_core.frozen import dataclass, freeze

Part = Literal[
    "header",
    "global_palette",
    "local_palettes",
    "graphic_control",
    "image_data",
    "application",
    "comments",
    "other_extensions",
    "stray",
    "trailer",
    "after_trailer",
    "unread",
]
OddityKind = Literal[
    "damage",
    "no_image",
    "short_delay",
    "no_loop",
    "undefined_disposal",
    "outside",
    "empty",
    "duplicate",
    "large_code_size",
    "plain_text",
    "unknown_extension",
    "metadata",
    "stray",
    "no_trailer",
    "after_trailer",
]
Disposal = Literal["keep", "background", "previous"]
TextKind = Literal["application", "comment", "plain_text"]

LAST_DEFINED_DISPOSAL = 3


@dataclass(frozen=True, slots=True)
class InspectedFrame:
    """One image of the file; `number` counts from 1, positions and sizes are in pixels.

    `delay_cs` (1/100 s) and `stored_disposal` are as stored, None without a control block; `shown_ms` and `disposal`
    are what browsers make of them. `dirty_pixels`: the part of the canvas that the image covers, or that the disposal
    of the one before restores. `local_colours` is None without a local palette. `size_bytes` is that of the image with
    its control block. `is_whole`: all its pixels decode.
    """

    number: int
    left: int
    top: int
    width: int
    height: int
    interlaced: bool
    delay_cs: int | None
    shown_ms: int
    stored_disposal: int | None
    disposal: Disposal
    transparent: int | None
    local_colours: int | None
    code_size: int
    dirty_pixels: int
    size_bytes: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text of the file: the name of an application, a comment. Not escaped; a long one ends with an ellipsis.

    `size_bytes` is that of the whole extension.
    """

    kind: TextKind
    text: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Oddity:
    """What is odd, in words, and the numbers of the frames it concerns; none where it concerns the file."""

    kind: OddityKind
    message: str
    frames: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is in a GIF file.

    `parts` are the bytes of every part and add up to `size_bytes`. `global_colours` is None without a global palette,
    `loop_count` None without a loop block. `texts` are the first of them, `n_texts` says how many there are.
    """

    path: Path
    digest: str
    size_bytes: int
    version: str
    width: int
    height: int
    global_colours: int | None
    loop_count: int | None
    frames: tuple[InspectedFrame, ...]
    parts: Mapping[Part, int]
    texts: tuple[StoredText, ...]
    n_texts: int
    oddities: tuple[Oddity, ...]

    def __post_init__(self) -> None:
        freeze(self, "parts")

    @property
    def duration_ms(self) -> int:
        """How long browsers show the whole frames once."""
        return sum(frame.shown_ms for frame in self.frames if frame.is_whole)

    @property
    def plays(self) -> float:
        """How often the file is played in all: 1 without a loop block, n + 1 for a block of n, infinity for 0."""
        if self.loop_count is None:
            return 1
        return self.loop_count + 1 if self.loop_count else float("inf")
