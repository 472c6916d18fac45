"""Print the verdicts on the corpus of real pairs: by kind, with each miss and its reason; then what `quality` says.

Usage: python -m tests.benchmarks.verdicts [--short]

Exits with 1 where a target is missed: all faults that can be seen fail, by a check or limit that names them; all
lossless pairs pass, and 97 % of the gentle ones, with or without a warning; three destroyed frames of a hundred always
fail. Where `quality` does not fall with the loss, or is above 0.1 for a picture that is destroyed, that is counted and
listed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track
from rich.table import Table

from giflab_core import ValidationReport, decode, open_clip, validate
from giflab_core.decoding import pictures
from giflab_core.metrics import METRICS, PairView
from tests.helpers import gifs as builders
from tests.helpers.recompressions import is_comparable, steps
from tests.helpers.shared import CORPUS, files, pairs

Pixels = npt.NDArray[np.uint8]
SHOWN = ("quality", "ssim", "psnr", "zncc", "gmsd", "ciede2000", "temporal")
FAULTS_CAUGHT, GENTLE_PASSED, DESTROYED_QUALITY = 1.0, 0.97, 0.1
# What may name each fault.
NAMES = {
    "animation-lost": {"animation"},
    "canvas-cropped": {"canvas"},
    "colour-lost": {"colour", "ciede2000.mean", "ciede2000.p01"},
    "duration-doubled": {"duration"},
    "duration-halved": {"duration"},
    "loop-changed": {"loop"},
    "temporal-order": {"order", "content"},
    "truncated-file": {"readable"},
}
GENTLE = ("gifsicle-lossy30", "gifsicle-long-lossy30", "gifsicle-O3", "gifski-q80")
DESTRUCTIONS = ("noise", "black", "white", "negative", "shuffled", "other")


@dataclass(frozen=True)
class Row:
    file: str
    kind: str
    status: str
    failed: dict[str, str]
    means: dict[str, float]
    differs: bool
    comparable: bool


def judge(row: dict[str, str]) -> Row:
    report = validate(CORPUS / row["original"], CORPUS / row["file"])
    return Row(
        file=Path(row["file"]).stem,
        kind=row["kind"],
        status=report.status,
        failed={check.name: check.message for check in report.failed},
        means={name: result.mean for name, result in report.metrics.items()},
        differs=differs(report),
        comparable=is_comparable(report),
    )


def differs(report: ValidationReport) -> bool:
    """Whether a viewer could tell the two apart at all."""
    clips = report.original, report.compressed
    same_structure = clips[0].durations_ms == clips[1].durations_ms and clips[0].plays == clips[1].plays
    shown = report.metrics.get("ciede2000"), report.metrics.get("alpha")
    return (
        not same_structure or any(result is None or result.worst.value > 0 for result in shown) or bool(clips[1].damage)
    )


def kinds(rows: Iterable[Row]) -> Iterator[Table]:
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    verdicts = Table("kind", "pairs", "pass", "fail", "failed checks")
    spread = Table("kind", *(f"{name}: worst, 5 %, median" for name in SHOWN))
    for kind, found in sorted(by_kind.items()):
        statuses = Counter(row.status for row in found)
        checks = Counter(name for row in found for name in row.failed)
        named = ", ".join(f"{name} {count}" for name, count in checks.most_common())
        verdicts.add_row(kind, str(len(found)), str(statuses["pass"]), str(statuses["fail"]), named)
        spread.add_row(kind, *(quantiles(found, name) for name in SHOWN))
    yield verdicts
    yield spread


def quantiles(rows: list[Row], name: str) -> str:
    values = sorted((row.means[name] for row in rows if name in row.means), reverse=METRICS[name].better == "lower")
    return "  ".join(f"{values[place]:.3g}" for place in (0, len(values) // 20, len(values) // 2)) if values else ""


def promises(rows: list[Row]) -> list[str]:
    """Print what is promised of faults, lossless and gentle pairs; returns what is missed."""
    faults = [row for row in rows if row.kind.startswith("fault:") and row.differs]
    named = [row for row in faults if row.failed.keys() & NAMES[row.kind.partition(":")[2]]]
    lossless = [row for row in rows if row.kind == "lossless"]
    gentle = [row for row in rows if row.comparable and any(row.file.endswith(name) for name in GENTLE)]
    missed = []
    for title, wanted, of, share in (
        ("faults that can be seen fail by what names them", named, faults, FAULTS_CAUGHT),
        ("lossless pairs pass", [row for row in lossless if row.status != "fail"], lossless, 1.0),
        ("gentle pairs pass", [row for row in gentle if row.status != "fail"], gentle, GENTLE_PASSED),
    ):
        print(f"{title}: {len(wanted)} of {len(of)}, at least {share:.0%}")
        for row in of:
            if row not in wanted:
                print(f"  miss: {row.kind} {row.file}: {'; '.join(map(': '.join, row.failed.items())) or 'passed'}")
        if len(wanted) < share * len(of):
            missed.append(title)
    unseen = [row.file for row in rows if row.kind.startswith("fault:") and not row.differs]
    print(f"faults that cannot be seen, since both clips show the same: {', '.join(unseen) or 'none'}")
    return missed


def ladders(rows: list[Row]) -> None:
    """Print where quality does not fall with the loss of the same original."""
    by_original: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        original, _, setting = row.file.partition("__gifsicle-")
        if "quality" in row.means:
            by_original[original][setting] = row.means["quality"]
    count, exceptions = 0, []
    for original, quality in sorted(by_original.items()):
        for less, more in steps(quality):
            count += 1
            if not quality[less] > quality[more]:
                exceptions.append(f"{original}: {less} {quality[less]:.6f}, {more} {quality[more]:.6f}")
    print(f"quality falls from one loss to the next: {count - len(exceptions)} of {count}")
    for each in exceptions:
        print(f"  exception: {each}")


def broken(pixels: Pixels, kind: str, chance: np.random.Generator) -> Pixels:
    """A destroyed copy of an RGBA picture."""
    height, width, _ = pixels.shape
    full = np.full((height, width, 1), 255, np.uint8)
    if kind == "negative":
        return np.where(pixels[..., 3:] > 0, np.dstack([255 - pixels[..., :3], pixels[..., 3:]]), 0).astype(np.uint8)
    if kind == "shuffled":
        return chance.permutation(pixels.reshape(-1, 4)).reshape(pixels.shape)
    if kind == "noise":
        return np.dstack([chance.integers(0, 256, (height, width, 3), dtype=np.uint8), full])
    return np.dstack([np.full((height, width, 3), 255 * (kind == "white"), np.uint8), full])


def destroyed_quality() -> None:
    """Print the quality of destroyed pictures, one of each original."""
    chance, missed, count = np.random.default_rng(0), [], 0
    for path in files("gifs/*.gif"):
        middle = open_clip(path).n_frames // 2
        original = next(frame.pixels for number, frame in enumerate(decode(path)) if number == middle)
        for kind in DESTRUCTIONS[:-1]:
            copy = np.ascontiguousarray(broken(original, kind, chance))
            if not np.array_equal(copy, original):
                count += 1
                quality = PairView.of(original, copy).score(METRICS["quality"])
                if quality > DESTROYED_QUALITY:
                    missed.append(f"{path.stem}: {kind} {quality:.3f}")
    print(f"quality of a destroyed picture is at most {DESTROYED_QUALITY}: {count - len(missed)} of {count}")
    for each in missed:
        print(f"  exception: {each}")


def destroyed_frames(folder: Path, short: bool) -> list[str]:
    """Destroy three frames of a hundred of real clips, at the start, in the middle and at the end."""
    missed, count = [], 0
    for path in files("gifs/*.gif"):
        clip = open_clip(path)
        if clip.n_frames < 100 or clip.width * clip.height > 300_000:
            continue
        frames = [
            (found.indices.copy(), found.colours.copy())
            for found, _ in zip((picture.indexed() for picture in pictures(path)), range(100), strict=False)
            if found
        ]
        if len(frames) < 100:
            continue
        original = written(folder / "original.gif", frames, clip.durations_ms)
        for start in (0, 97) if short else (0, 31, 64, 97):
            for kind in DESTRUCTIONS:
                copy = list(frames)
                for number in range(start, start + 3):
                    copy[number] = destroyed(frames, number, kind)
                if all(np.array_equal(a[1][a[0]], b[1][b[0]]) for a, b in zip(copy, frames, strict=True)):
                    continue  # blank already
                count += 1
                report = validate(original, written(folder / "destroyed.gif", copy, clip.durations_ms))
                if report.status != "fail":
                    missed.append(f"{path.stem}: {kind} from frame {start}")
    print(f"three destroyed frames of 100 fail: {count - len(missed)} of {count}")
    for each in missed:
        print(f"  miss: {each}")
    return ["destroyed frames"] if missed else []


Indexed = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


def destroyed(frames: list[Indexed], number: int, kind: str) -> Indexed:
    """One frame as indices and colours, destroyed; the table of colours stays within 256."""
    indices, colours = frames[number]
    chance = np.random.default_rng(number)
    if kind == "other":
        return frames[(number + 50) % len(frames)][0][::-1].copy(), frames[(number + 50) % len(frames)][1]
    if kind == "noise":
        table = np.dstack([chance.integers(0, 256, (1, 256, 3), dtype=np.uint8), np.full((1, 256, 1), 255, np.uint8)])[
            0
        ]
        return chance.integers(0, 256, indices.shape).astype(np.uint8), table
    if kind == "shuffled":
        return chance.permutation(indices.ravel()).reshape(indices.shape), colours
    return indices, broken(colours[np.newaxis], kind, chance)[0]


def written(path: Path, frames: list[Indexed], durations_ms: tuple[int, ...]) -> Path:
    """Whole frames with palettes of their own, each cleared before the next."""
    images = []
    for (indices, colours), shown_ms in zip(frames, durations_ms, strict=False):
        clear = np.flatnonzero((colours[:, 3] == 0) & np.isin(np.arange(256), indices))
        drawn = np.where(np.isin(indices, clear), clear[0], indices).astype(np.uint8) if clear.size else indices
        transparent = int(clear[0]) if clear.size else None
        palette = np.ascontiguousarray(colours[:, :3]).tobytes()
        images.append(builders.Picture(drawn, 0, 0, shown_ms // 10, 2, transparent, palette))
    path.write_bytes(builders.gif(images, size=frames[0][0].shape[::-1], palette=None, loop=0))
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="fewer destroyed frames")
    given = parser.parse_args()
    asked = pairs()
    if not asked:
        print(f"no corpus in {CORPUS}; set GIFLAB_SHARED", file=sys.stderr)
        return 1
    with ProcessPoolExecutor() as pool:
        rows = list(track(pool.map(judge, asked, chunksize=4), "validating", total=len(asked), transient=True))
    Console(width=200).print(*kinds(rows))
    missed = promises(rows)
    ladders(rows)
    destroyed_quality()
    with tempfile.TemporaryDirectory() as folder:
        missed += destroyed_frames(Path(folder), given.short)
    for each in missed:
        print(f"missed: {each}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
