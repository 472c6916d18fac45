"""Print what is said of faults of time made on real clips, and on the honest pairs of the corpus.

Usage: python -m tests.benchmarks.times

Each clip of the corpus with 8 frames and more is written anew: with every second boundary 10 ms off, which must pass;
without its last frame, with its last tenth held, 200 ms late, and twice as fast, each of which must fail by a check
that names it, if it can be seen: where nothing changes in that part of a clip, nothing is to be found. Then the checks
of time on the honest pairs: lossless, lossy, of fewer colours, dithered.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from giflab_core import open_clip, validate
from giflab_core.decoding import pictures
from tests.benchmarks.verdicts import Indexed, written
from tests.helpers.shared import CORPUS, files, pairs

CHECKS = ("order", "frames", "stall", "timing")
MOST_PIXELS, FRAMES, FEWEST = 200_000, 40, 8
# The mean difference of some block of 8x8 pixels, over red, green and blue, that is plainly seen.
SEEN, BLOCK = 24.0, 8
Made = tuple[str, set[str], list[Indexed], list[int]]


def clips() -> Iterator[tuple[str, list[Indexed], list[int]]]:
    """Short parts of real clips, with delays of 40 ms and more."""
    for path in files("gifs/*.gif"):
        clip = open_clip(path)
        if clip.n_frames < FEWEST or clip.width * clip.height > MOST_PIXELS:
            continue
        found = [picture.indexed() for picture, _ in zip(pictures(path), range(FRAMES), strict=False)]
        frames = [(each.indices.copy(), each.colours.copy()) for each in found if each]
        if len(frames) == len(found):
            yield path.stem, frames, [max(40, shown_ms) for shown_ms in clip.durations_ms[: len(frames)]]


def faults(frames: list[Indexed], shown_ms: list[int]) -> Iterator[Made]:
    """What is made of a clip: its name, the checks of which one names it, and the clip."""
    moved = [shown + (10, -10)[place % 2] for place, shown in enumerate(shown_ms)]
    yield "boundaries 10 ms off", set(), frames, moved if len(moved) % 2 == 0 else [*moved[:-1], shown_ms[-1]]
    if differs(frames[-1], frames[-2]):
        yield "without its last frame", {"frames"}, frames[:-1], shown_ms[:-1]
    first = len(frames) - max(3, len(frames) // 10)
    is_long = sum(shown_ms[first:]) > max(200, 0.06 * sum(shown_ms))
    if is_long and all(differs(each, frames[first - 1]) for each in frames[first:]):
        yield (
            "last tenth held",
            {"stall", "frames"},
            [*frames[:first], *[frames[first - 1]] * (len(frames) - first)],
            shown_ms,
        )
    if all(map(differs, frames[1:], frames[:-1])):
        late = [shown_ms[0] + 200, *shown_ms[1:-1], max(20, shown_ms[-1] - 200)]
        yield "200 ms late", {"timing", "duration"}, frames, late
        yield "twice as fast", {"duration"}, frames, [shown // 20 * 10 for shown in shown_ms]


def differs(one: Indexed, other: Indexed) -> bool:
    """Whether two pictures plainly differ."""
    pixels = [table[indices].astype(np.float64) for indices, table in (one, other)]
    error = np.abs(pixels[0] - pixels[1]).mean(axis=2)
    height, width = (length // BLOCK * BLOCK for length in error.shape)
    blocks = error[:height, :width].reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).mean(axis=(1, 3))
    return bool((blocks >= SEEN).any())


def made(folder: Path) -> bool:
    """Print by fault how many are named, and what else fails; returns whether all are."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    missed = []
    for name, frames, shown_ms in clips():
        original = written(folder / "original.gif", frames, tuple(shown_ms))
        for kind, names, copy, durations in faults(frames, shown_ms):
            report = validate(original, written(folder / "copy.gif", copy, tuple(durations)))
            failed = {each.name: each.message for each in report.failed}
            is_right = bool(names & failed.keys()) if names else not failed
            counts[kind]["right"] += is_right
            counts[kind]["all"] += 1
            counts[kind].update(each for each in failed if each not in names and "." not in each)
            if not is_right:
                missed.append(f"{kind}: {name}: {failed or 'passes'}")
    for kind, count in counts.items():
        others = ", ".join(f"{each} {number}" for each, number in count.items() if each not in ("right", "all"))
        print(f"{kind}: {count['right']} of {count['all']}; other checks that fail: {others or 'none'}")
    for each in missed:
        print(f"  miss: {each}")
    return not missed


def honest() -> bool:
    """Print which checks of time fail on honest pairs; returns whether none does."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for row in pairs():
        if row["kind"].partition(":")[0] in ("fault", "resize"):
            continue
        report = validate(CORPUS / row["original"], CORPUS / row["file"])
        by_kind[row["kind"]].update(["pairs", *(check.name for check in report.failed if check.name in CHECKS)])
    for kind, count in sorted(by_kind.items()):
        found = ", ".join(f"{name} {count[name]}" for name in CHECKS if count[name])
        print(f"{kind}: {count['pairs']} pairs; fail: {found or 'none'}")
    return not any(count[name] for kind, count in by_kind.items() if "temporal" not in kind for name in CHECKS)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        results = made(Path(folder)), honest()
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
