"""Both clips and their difference side by side, as one animation on one clock."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from giflab_core.config import DecodeLimits
from giflab_core.decoding import PathLike
from giflab_core.errors import NotWritten
from giflab_core.frozen import replace
from giflab_core.model import FramePair
from giflab_core.pages.encoder import SHORTEST_CS, Encoder
from giflab_core.pages.footage import Footage
from giflab_core.pages.output import replacing
from giflab_core.pages.timeline import timeline
from giflab_core.report import ValidationReport
from giflab_core.text import printable

PANELS = 3
TICK_MS = 10
LARGEST = 0xFFFF
HEADER = struct.Struct("<6sHH")
SHORTEST_MS = SHORTEST_CS * TICK_MS


def write_diff(
    report: ValidationReport,
    path: PathLike,
    *,
    files: tuple[PathLike, PathLike] | None = None,
    limits: DecodeLimits | None = None,
) -> None:
    """Write a GIF: original, compressed and amplified difference side by side, each as large as the canvas.

    What is transparent shows a chequered ground. `files`: where the two clips are, if not where the report says;
    `limits` of decoding. Whole or not at all; makes the folder. Raises NotWritten, DecodeError where a clip cannot be
    read, FileChanged where it is not the one that was validated, UsageError where it would be written over.
    """
    footage = Footage(report, files, limits)
    footage.check_target(Path(path))
    width, height = footage.size
    _check_size(Path(path), (width, height))
    moments = honoured(timeline(report))
    with replacing(Path(path)) as stream:
        encoder = Encoder(stream, (PANELS * width, height))
        for shot in footage.shots(moments):
            encoder.add(np.concatenate(shot.panels(), axis=1), shot.pair.duration_ms // TICK_MS)
        encoder.finish()


def check_diff(path: Path, files: Sequence[Path], *, is_scaled: bool) -> None:
    """Raises NotWritten if two files say in their first bytes that they are too large for `write_diff()`.

    `is_scaled`: the second one is shown at the size of the first.
    """
    sizes = [_told_size(each) for each in files]
    width, height = sizes[0] if is_scaled else map(max, *sizes)
    _check_size(path, (width, height))


def _check_size(path: Path, size: tuple[int, int]) -> None:
    """Raises NotWritten if the panels are larger together than a GIF can be."""
    width, height = size
    if PANELS * width > LARGEST or height > LARGEST:
        raise NotWritten(
            f"cannot write {printable(path)}: {PANELS} pictures of {width}x{height} side by side are larger than a "
            f"GIF can be, which has {LARGEST} pixels a side; clips may have {LARGEST // PANELS}x{LARGEST}"
        )


def _told_size(path: Path) -> tuple[int, int]:
    """The size of the canvas by the first bytes of a file; none if they are no GIF's: reading it will say why."""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEADER.size)
    except (OSError, ValueError):
        return 0, 0
    if len(head) < HEADER.size or not head.startswith(b"GIF8"):
        return 0, 0
    _, width, height = HEADER.unpack(head)
    return width, height


def honoured(pairs: Sequence[FramePair]) -> tuple[FramePair, ...]:
    """A time line as browsers play it: whole ticks of 10 ms, and no pair for fewer than two of them.

    One of fewer is left out, and what is on screen before it stays; before the first one nothing is.
    """
    kept = [each for each in pairs if _rounded(_end_ms(each)) - _rounded(each.start_ms) >= SHORTEST_MS] or pairs[:1]
    starts = [0, *(_rounded(each.start_ms) for each in kept[1:])]
    ends = [*starts[1:], max(_rounded(_end_ms(pairs[-1])), starts[-1] + SHORTEST_MS)]
    return tuple(
        replace(each, start_ms=start_ms, duration_ms=end_ms - start_ms)
        for each, start_ms, end_ms in zip(kept, starts, ends, strict=True)
    )


def _end_ms(pair: FramePair) -> int:
    return pair.start_ms + pair.duration_ms


def _rounded(time_ms: int) -> int:
    return (time_ms + TICK_MS // 2) // TICK_MS * TICK_MS
