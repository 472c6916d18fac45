"""Print the most memory and processor time that pairs within the default limits take, each in a fresh process.

Usage: python -m tests.benchmarks.bounds [--short] [--metrics NAMES]. Of 4096x4096: noise, interlaced, with palettes of
their own, transparent, giving back what was there, of more colours than one byte tells apart, like a photograph, and
flat. Of 20,000 frames: the smallest canvases. And the hostile files of the corpus, against themselves. Memory
is the peak of what is resident, of the whole process; seconds count for each MB of both files.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.helpers.gifs import Indices, Picture, gif
from tests.helpers.shared import files

SIDE, MANY = 4096, 20_000
RANDOM = np.random.default_rng(1)
PALETTES = [RANDOM.integers(0, 256, 768, dtype=np.uint8).tobytes() for _ in range(8)]
# Of the process itself: what the system says of a child's peak may be that of who started it.
SCRIPT = """
import sys, time
from giflab_core.cli import main
from tests.helpers.memory import peak_mib
main(sys.argv[1:])
print(peak_mib(), time.process_time())
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """The most memory, processor time, and the size of both files."""

    mib: float
    seconds: float
    mb: float


def noise(height: int = SIDE, width: int = SIDE) -> Indices:
    return RANDOM.integers(0, 256, (height, width), dtype=np.uint8)


def sparse() -> Indices:
    """Index 3 in most places."""
    return np.where(RANDOM.random((SIDE, SIDE), np.float32) < 0.3, noise(), 3).astype(np.uint8)


def waves(step: int) -> Indices:
    y, x = np.ogrid[:SIDE, :SIDE]
    smooth = 60 * (np.sin(x / 97 + step) + np.cos(y / 61 + step)) + 128 + RANDOM.normal(0, 3, (SIDE, SIDE))
    return smooth.clip(0, 255).astype(np.uint8)


def flat(value: int) -> Indices:
    return np.full((SIDE, SIDE), value, np.uint8)


def write(folder: Path, sides: Iterable[list[Picture]], side: int) -> tuple[Path, Path]:
    paths = folder / "original.gif", folder / "compressed.gif"
    for path, pictures in zip(paths, sides, strict=True):
        path.write_bytes(gif(pictures, size=(side, side)))
    return paths


# By name what draws one side, 0 or 1.
KINDS: Mapping[str, Callable[[int], list[Picture]]] = {
    "noise": lambda side: [Picture(noise()) for _ in range(2)],
    "interlaced": lambda side: [Picture(noise(), interlaced=True) for _ in range(2)],
    "palettes of their own": lambda side: [Picture(noise(), palette=PALETTES[4 * side + n]) for n in range(2)],
    "transparent": lambda side: [Picture(noise(), transparent=3, disposal=2) for _ in range(2)],
    "gives back what was there": lambda side: [Picture(noise(), transparent=3, disposal=3) for _ in range(3)],
    "many colours": lambda side: [Picture(sparse(), transparent=3, palette=PALETTES[4 * side + n]) for n in range(4)],
    "photograph": lambda side: [Picture(waves(n) // (1 + 7 * side)) for n in range(2)],
    "flat": lambda side: [Picture(flat(n % 2 * 200 + 10 * side)) for n in range(8)],
}


def large(folder: Path, name: str) -> tuple[Path, Path]:
    """Two files of one kind with canvases of `SIDE` squared."""
    return write(folder, (KINDS[name](side) for side in (0, 1)), SIDE)


def small(folder: Path, side: int) -> tuple[Path, Path]:
    """Two files of `MANY` small frames of noise."""
    sides = ([Picture(noise(side, side)) for _ in range(MANY)] for _ in range(2))
    return write(folder, sides, side)


def measure(pair: tuple[Path, Path], options: Sequence[str]) -> Cost:
    """What a validation takes."""
    arguments = ["validate", *map(str, pair), "--no-cache", *options]
    done = subprocess.run([sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=True)
    mib, seconds = map(float, done.stdout.split()[-2:])
    return Cost(mib, seconds, sum(path.stat().st_size for path in set(pair)) / 1e6)


def tell(name: str, cost: Cost) -> None:
    print(f"{name:28}{cost.mib:7.0f}{cost.seconds:8.2f}{cost.mb:8.2f}{cost.seconds / cost.mb:8.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="without the small frames, which take minutes")
    parser.add_argument("--metrics", default="default")
    arguments = parser.parse_args()
    options = ["--metrics", arguments.metrics]
    print(f"{'':28}{'MiB':>7}{'s':>8}{'MB':>8}{'s/MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name in KINDS:
            tell(name, measure(large(Path(folder), name), options))
        for side in () if arguments.short else (1, 16, 32):
            tell(f"{MANY} of {side}x{side}", measure(small(Path(folder), side), options))
    hostile = [measure((path, path), options) for path in files("hostile/*.gif")]
    if hostile:
        for what, cost in (
            ("memory", max(hostile, key=lambda cost: cost.mib)),
            ("time", max(hostile, key=lambda cost: cost.seconds)),
        ):
            tell(f"hostile, most {what}", cost)


if __name__ == "__main__":
    main()
