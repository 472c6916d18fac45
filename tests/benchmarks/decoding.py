"""Print how many times faster than Pillow each decoder is: frames to RGB, one thread, interleaved, CPU time.

Then how much memory streaming adds to a process, and what an image of 30x20 pixels costs.
Usage: python -m tests.benchmarks.decoding [--short] [--corpus FOLDER]

Exits with 1 where the native decoder misses its targets: 2.5 times on photographs, 4.5 times on interfaces, not
slower than Pillow on any real file of 20 frames and more, less than 16 MiB more.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image

from giflab_core import decode, open_clip
from giflab_core.decoding import pictures
from giflab_core.decoding.codec import CODEC
from giflab_core.lazy import available
from tests.benchmarks.alone import printed_alone
from tests.benchmarks.clips import write
from tests.helpers.codecs import use_codec
from tests.helpers.shared import files

TARGETS = {"photo": 2.5, "interface": 4.5}
SIZES = ((256, 256, 100), (800, 600, 500))
LONG = 20
MEMORY_MIB = 16
ROUNDS = 5


def native(path: Path) -> None:
    for _ in decode(path):
        pass


def twin(path: Path) -> None:
    with use_codec("pillow"):
        native(path)


def pillow(path: Path) -> None:
    with Image.open(path) as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.convert("RGB")


def libvips(path: Path) -> None:
    available("pyvips").Image.new_from_file(str(path), n=-1, access="sequential").numpy()  # type: ignore[union-attr]


def opencv(path: Path) -> None:
    capture = available("cv2").VideoCapture(str(path))  # type: ignore[union-attr]
    while capture.read()[0]:
        pass


def pyav(path: Path) -> None:
    with available("av").open(str(path)) as container:  # type: ignore[union-attr]
        container.streams.video[0].thread_type = "NONE"
        for frame in container.decode(video=0):
            frame.to_ndarray(format="rgb24")


def imagecodecs(path: Path) -> None:
    available("imagecodecs").gif_decode(path.read_bytes(), index=None)  # type: ignore[union-attr]


PEERS = {"pyvips": libvips, "cv2": opencv, "av": pyav, "imagecodecs": imagecodecs}
DECODERS: Mapping[str, Callable[[Path], None]] = {
    CODEC.NAME: native,
    "twin": twin,
    **{name: decoder for name, decoder in PEERS.items() if available(name)},
}


def cpu_seconds(decoder: Callable[[Path], object], path: Path) -> float:
    started = time.process_time()
    decoder(path)
    return time.process_time() - started


def compare(
    path: Path, rounds: int = ROUNDS, names: tuple[str, ...] = tuple(DECODERS)
) -> tuple[float, dict[str, float]]:
    """Pillow's milliseconds, and how many times faster each other is: medians over rounds in which all take turns."""
    ratios: dict[str, list[float]] = {name: [] for name in names}
    times = []
    for _ in range(rounds):
        theirs = cpu_seconds(pillow, path)
        times.append(theirs)
        for name in names:
            ratios[name].append(theirs / cpu_seconds(DECODERS[name], path))
    return 1000 * statistics.median(times), {name: statistics.median(found) for name, found in ratios.items()}


def show(title: str, pillow_ms: float, ratios: Mapping[str, float]) -> None:
    print(
        f"{title:34s} Pillow {pillow_ms:8.1f} ms  "
        + "  ".join(f"{name} {ratio:.2f}x" for name, ratio in ratios.items())
    )


def generated(folder: Path, short: bool) -> list[str]:
    missed = []
    for width, height, frames in SIZES:
        for kind, target in TARGETS.items():
            count = min(frames, 60) if short else frames
            path = write(folder / f"{kind}.gif", kind, width, height, count)
            found = compare(path, 3 if short else ROUNDS)
            title = f"{kind} {width}x{height}x{count}"
            show(title, *found)
            if found[1][CODEC.NAME] < target:
                missed.append(f"{title}: {found[1][CODEC.NAME]:.2f}x, the target is {target}x")
            if (width, height) == SIZES[-1][:2]:
                missed += memory(path, title)
    return missed


def memory(path: Path, title: str) -> list[str]:
    """How much a process that has decoded a small clip grows by this one."""
    small = write(path.with_name("small.gif"), "interface", 64, 64, 3)
    code = (
        "from giflab_core import decode\n"
        "for _ in decode(sys.argv[1]): pass\n"
        "before = peak_mib()\n"
        "for _ in decode(sys.argv[2]): pass\n"
        "print(peak_mib() - before)"
    )
    (grown,) = printed_alone(code, small, path)
    print(f"{title:34s} {path.stat().st_size / 1e6:.0f} MB: streaming adds {grown:.1f} MiB")
    return [] if grown < MEMORY_MIB else [f"{title}: {grown:.1f} MiB, the target is {MEMORY_MIB}"]


def looked_at(path: Path) -> None:
    """Decode, and ask each picture for all of its forms."""
    for picture in pictures(path):
        picture.pixels(), picture.indexed(), picture.grey(0), picture.hidden()


def small(folder: Path) -> None:
    """What each image of a tiny clip costs."""
    path, count = write(folder / "tiny.gif", "photo", 30, 20, 400), 400
    steps: dict[str, Callable[[Path], object]] = {"open_clip": open_clip, "pictures": looked_at, "decode": native}
    told = (
        f"{name} {min(cpu_seconds(step, path) for _ in range(20)) / count * 1e6:.1f} us" for name, step in steps.items()
    )
    print(f"an image of 30x20 (400 in a file): {', '.join(told)}")


def real(paths: list[Path]) -> list[str]:
    missed, ratios = [], []
    for path in paths:
        if open_clip(path).n_frames >= LONG:
            _, found = compare(path, 5, (CODEC.NAME,))
            ratios.append(found[CODEC.NAME])
            if ratios[-1] < 1:
                missed.append(f"{path.name}: {ratios[-1]:.2f}x")
    if ratios:
        print(
            f"{len(ratios)} real files of {LONG} frames and more: {min(ratios):.2f}x to {max(ratios):.2f}x, "
            f"median {statistics.median(ratios):.2f}x"
        )
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="shorter clips, fewer rounds")
    parser.add_argument("--corpus", metavar="FOLDER", type=Path, help="real files (default: the shared corpus)")
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        missed = generated(Path(folder), given.short)
        small(Path(folder))
    missed += real(sorted(given.corpus.rglob("*.gif")) if given.corpus else files("gifs/*.gif"))
    for each in missed:
        print(f"missed: {each}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
