"""Print how many times faster than Wuffs our C decodes: whole files in memory, all images onto one canvas, CPU time.

Python is in neither: both are one call. `make bench-decode` builds both from native/ (Wuffs 0.4 from the sources of
pywuffs, which itself decodes first images only). Usage: python -m tests.benchmarks.wuffs OURS.so WUFFS.so [GIF...]
"""

from __future__ import annotations

import ctypes
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.helpers.shared import files

ROUNDS, LEAST_S = 5, 0.01
Decode = Callable[[bytes, int, "int | None", int], int]


def load(path: str) -> Decode:
    """The function `decode_all` of a library."""
    found = ctypes.CDLL(str(Path(path).resolve())).decode_all
    found.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t]
    found.restype = ctypes.c_size_t

    def decode(*given: object) -> int:
        return int(found(*given))

    return decode


def pixels(decode: Decode, data: bytes) -> tuple[int, np.ndarray]:
    """How many images there are, and the canvas once the last is drawn."""
    width, height = (int.from_bytes(data[start : start + 2], "little") for start in (6, 8))
    canvas = np.zeros((height, width, 4), np.uint8)
    return decode(data, len(data), canvas.ctypes.data, canvas.size), canvas


def seconds(decode: Decode, data: bytes, times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        decode(data, len(data), None, 0)
    return (time.process_time() - started) / times


def compare(ours: Decode, theirs: Decode, data: bytes) -> float:
    """How many times faster ours is: the median of rounds in which both take turns."""
    times = [max(1, int(LEAST_S / max(1e-7, seconds(each, data, 1)))) for each in (ours, theirs)]
    ratios = [seconds(theirs, data, times[1]) / seconds(ours, data, times[0]) for _ in range(ROUNDS)]
    return statistics.median(ratios)


def main(names: list[str]) -> int:
    ours, theirs = map(load, names[:2])
    ratios, differing = {}, []
    for path in [Path(name) for name in names[2:]] or files("gifs/*.gif"):
        data = path.read_bytes()
        (count, canvas), (other, swapped) = pixels(ours, data), pixels(theirs, data)
        if count != other or not np.array_equal(canvas, swapped[..., [2, 1, 0, 3]]):
            differing.append(path.name)
        ratios[path.name] = compare(ours, theirs, data)
    if ratios:
        least, most = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
        print(
            f"{len(ratios)} files in C alone: geometric mean {statistics.geometric_mean(ratios.values()):.2f} times as "
            f"fast as Wuffs, {sum(ratio > 1 for ratio in ratios.values())} of them faster; from {ratios[least]:.2f} "
            f"({least}) to {ratios[most]:.2f} ({most})"
        )
    for name in differing:
        print(f"missed: {name} comes out as other pixels")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
