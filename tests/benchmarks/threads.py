"""Print how many times faster two threads validate than one: wall time, interleaved, the best of several rounds.

Usage: python -m tests.benchmarks.threads [--rounds N]. On a quiet machine; clips of the corpus where that is there.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from PIL import Image

from giflab_core import resolve, validate
from tests.benchmarks.clips import write
from tests.helpers.shared import CORPUS

CLIPS = {
    "gganimate 672x480x33": ("gganimate__README-unnamed-chunk-2-1", "gifsicle-lossy200"),
    "MarkovJunior 189x189x158": ("MarkovJunior__Basic", "gifsicle-lossy30"),
    "muybridge 472x298x380": ("wuffs__gifplayer-muybridge", "gifsicle-long-colors24"),
}
SETS = (["ssim"], ["default"], ["fsim"], ["all"])


def fewer_colours(path: Path) -> Path:
    out = path.with_name(f"{path.stem}-64.gif")
    with Image.open(path) as image:
        shots = []
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            shots.append(image.convert("RGB").quantize(64, dither=Image.Dither.NONE))
    shots[0].save(out, save_all=True, append_images=shots[1:], duration=40, loop=0)
    return out


def seconds(pair: tuple[Path, Path], metrics: list[str], threads: int) -> float:
    started = time.perf_counter()
    validate(*pair, metrics=metrics, config=resolve(threads=threads))
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        pairs = {}
        for kind, size in (("photo", (64, 64, 30)), ("photo", (256, 256, 100)), ("interface", (256, 256, 100))):
            path = write(Path(folder, f"{kind}{size[0]}.gif"), kind, *size)
            pairs[f"{kind} {'x'.join(map(str, size))}"] = path, fewer_colours(path)
        for title, (name, how) in CLIPS.items():
            pair = CORPUS / "gifs" / f"{name}.gif", CORPUS / "pairs" / f"{name}__{how}.gif"
            if all(path.exists() for path in pair):
                pairs[title] = pair
        for title, pair in pairs.items():
            for metrics in SETS:
                turns = [[seconds(pair, metrics, threads) for threads in (1, 2)] for _ in range(rounds)]
                one, two = map(min, zip(*turns, strict=True))
                print(
                    f"{title:26s}{metrics[0]:9s}{1000 * one:8.0f} ms {1000 * two:8.0f} ms {one / two:6.2f}x", flush=True
                )


if __name__ == "__main__":
    main()
