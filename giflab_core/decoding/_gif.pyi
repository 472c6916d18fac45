from typing import Any, TypeAlias

import numpy.typing as npt

Buffer: TypeAlias = bytes | npt.NDArray[Any]

def scan(data: Buffer, start: int, /) -> tuple[int, bool]: ...
def decompress(
    blocks: Buffer, code_size: int, width: int, height: int, interlaced: bool, out: Buffer, /
) -> tuple[int, bool, bytes]: ...
def paint(
    indices: Buffer,
    in_stride: int,
    rows: int,
    columns: int,
    table: Buffer,
    transparent: int,
    out: Buffer,
    start: int,
    out_stride: int,
    /,
) -> None: ...
def translate(
    indices: Buffer,
    in_start: int,
    in_stride: int,
    rows: int,
    columns: int,
    table: Buffer,
    transparent: int,
    out: Buffer,
    start: int,
    out_stride: int,
    /,
) -> None: ...
