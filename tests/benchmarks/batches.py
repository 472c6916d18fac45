"""Print what scoring several pairs at once saves: CPU time of `validate` with `fsim` alone, interleaved, one thread.

Usage: python -m tests.benchmarks.batches [--rounds N].
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from giflab_core import resolve, validate
from giflab_core.metrics import fsim
from tests.benchmarks.clips import write, write_with_fewer_colours

SIZES = ((96, 64, 12), (160, 106, 30), (256, 256, 50), (800, 600, 20))
BATCHED = fsim.FSIM
ONE_BY_ONE = replace(BATCHED, score_many=None)


def cpu_s(pair: tuple[Path, Path], *, batched: bool) -> float:
    fsim.FSIM = BATCHED if batched else ONE_BY_ONE
    started = time.process_time()
    validate(*pair, metrics=["fsim"], config=resolve(threads=1))
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            path = write(Path(folder, f"{size[0]}.gif"), "photo", *size)
            pair = path, write_with_fewer_colours(path)
            turns = [[cpu_s(pair, batched=batched) for batched in (False, True)] for _ in range(rounds)]
            alone, together = map(min, zip(*turns, strict=True))
            title = "x".join(map(str, size))
            ratio = alone / together
            print(f"photo {title:12s}{1000 * alone:8.1f} ms {1000 * together:8.1f} ms {ratio:6.3f}x", flush=True)


if __name__ == "__main__":
    main()
