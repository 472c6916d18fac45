"""GIF files made byte by byte, so that tests know what is in them without asking an encoder."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.uint8]

GREYS = bytes(value for grey in range(256) for value in (grey, grey, grey))
"""A palette whose index is the luma: colour i is (i, i, i)."""


@dataclass(frozen=True)
class Picture:
    """One image: `indices` (height, width) at (`left`, `top`); `delay_cs` None leaves the control block out."""

    indices: Indices
    left: int = 0
    top: int = 0
    delay_cs: int | None = 10
    disposal: int = 1
    transparent: int | None = None
    palette: bytes | None = None
    interlaced: bool = False

    def encode(self) -> bytes:
        height, width = self.indices.shape
        flags = 0x40 * self.interlaced
        table = b""
        if self.palette is not None:
            flags |= 0x80 | _size_field(self.palette)
            table = self.palette
        rows = self.indices[_interlaced_rows(height)] if self.interlaced else self.indices
        descriptor = struct.pack("<BHHHHB", 0x2C, self.left, self.top, width, height, flags)
        return self._control() + descriptor + table + image_data(rows)

    def _control(self) -> bytes:
        if self.delay_cs is None:
            return b""
        flags = self.disposal << 2 | (self.transparent is not None)
        return struct.pack("<BBBBHBB", 0x21, 0xF9, 4, flags, self.delay_cs, self.transparent or 0, 0)


def gif(
    pictures: Iterable[Picture],
    *,
    size: tuple[int, int],
    palette: bytes | None = GREYS,
    loop: int | None = None,
    extra: bytes = b"",
    trailer: bytes = b"\x3b",
) -> bytes:
    """A GIF file: `size` is (width, height), `extra` goes between the header and the first picture."""
    flags = 0x80 | _size_field(palette) if palette is not None else 0
    header = b"GIF89a" + struct.pack("<HHBBB", *size, flags, 0, 0) + (palette or b"")
    looping = b"" if loop is None else b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", loop) + b"\x00"
    return header + looping + extra + b"".join(picture.encode() for picture in pictures) + trailer


def image_data(indices: Indices) -> bytes:
    """LZW data without compression: 8-bit literals in 9-bit codes, a clear code before the table outgrows them."""
    clear, end = 256, 257
    values = indices.ravel()
    rows = np.full((-(-values.size // 250), 251), clear, "<u2")
    padded = np.zeros(rows.shape[0] * 250, "<u2")
    padded[: values.size] = values
    rows[:, 1:] = padded.reshape(-1, 250)
    codes = np.append(rows.ravel()[: values.size + rows.shape[0]], np.array([end], "<u2"))
    bits = np.unpackbits(codes.view(np.uint8).reshape(-1, 2), axis=1, bitorder="little")[:, :9]
    return b"\x08" + sub_blocks(np.packbits(bits.ravel(), bitorder="little").tobytes())


def sub_blocks(data: bytes) -> bytes:
    parts = [data[start : start + 255] for start in range(0, len(data), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\x00"


def _size_field(palette: bytes) -> int:
    return max(0, (len(palette) // 3 - 1).bit_length() - 1)


def _interlaced_rows(height: int) -> list[int]:
    return [row for start, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for row in range(start, height, step)]


def write_clip(
    path: Path, frames: Sequence[Indices], delays_cs: int | Sequence[int] = 10, *, loop: int | None = 0, **picture: Any
) -> Path:
    """Write grey frames, uint8 (height, width), all of the canvas's size."""
    height, width = frames[0].shape
    delays = [delays_cs] * len(frames) if isinstance(delays_cs, int) else list(delays_cs)
    pictures = [Picture(frame, delay_cs=delay, **picture) for frame, delay in zip(frames, delays, strict=True)]
    path.write_bytes(gif(pictures, size=(width, height), loop=loop))
    return path


def moving_frames(count: int, side: int = 32, seed: int = 1) -> list[Indices]:
    """A textured ground with a bright bar that moves down: every frame differs from every other."""
    ground = np.random.default_rng(seed).integers(60, 120, (side, side)).astype(np.uint8)
    frames = []
    for index in range(count):
        frame = ground.copy()
        top = index * (side - 4) // max(1, count - 1)
        frame[top : top + 4, 4:-4] = 220
        frame[0, : index % side + 1] = 250
        frame[1, : index // side + 1] = 250
        frames.append(frame)
    return frames
