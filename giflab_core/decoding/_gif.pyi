from typing import Any, TypeAlias

import numpy.typing as npt

from giflab_core.decoding.codec import FoundImage
from giflab_core.kernels.boxes import Box

Buffer: TypeAlias = bytes | npt.NDArray[Any]

def scan(data: Buffer, start: int, /) -> tuple[int, bool]: ...
def image(data: Buffer, start: int, has_palette: bool, with_data: bool, /) -> FoundImage | bool: ...
def decompress(
    blocks: Buffer, code_size: int, width: int, height: int, interlaced: bool, out: Buffer, /
) -> tuple[int, bool, bytes]: ...
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

class Layers:
    def __new__(cls, pixels: Buffer, width: int, indices: Buffer | None, colours: Buffer | None, /) -> Layers: ...
    def draw(
        self,
        blocks: Buffer,
        code_size: int,
        interlaced: bool,
        left: int,
        top: int,
        width: int,
        height: int,
        palette: Buffer,
        transparent: int,
        disposal: int,
        compare: bool,
        /,
    ) -> tuple[int, Box]: ...
    def put(
        self,
        indices: Buffer,
        left: int,
        top: int,
        width: int,
        height: int,
        palette: Buffer,
        transparent: int,
        disposal: int,
        compare: bool,
        /,
    ) -> tuple[int, Box]: ...
    def is_hiding(self) -> bool: ...
