"""Print which faults of encoders, servers and editors fail, of whole clips.

Usage: python -m tests.benchmarks.blunders [--clips N] [--jobs N] [--kind NAME]... [--keep FOLDER] [--seed N] [--misses]

Makes some 70 kinds of faults, plain and milder, of the first frames of clips of the corpus, and counts those that
anybody sees: a plain one by default, a milder one at `--goal invisible`. Exits with 1 if less than 90 % of either fail.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zlib
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from giflab_core import resolve, validate
from tests.benchmarks.faults import chosen
from tests.helpers.blunders.captions import captioned
from tests.helpers.blunders.kinds import OF_CAPTIONS, OF_CLIPS
from tests.helpers.blunders.seen import is_seen
from tests.helpers.local_faults.scenes import Footage
from tests.helpers.local_faults.writing import read, write
from tests.helpers.shared import CORPUS, files

CLIPS = 16
MOST_FRAMES, MOST_PIXELS, LEAST_FRAMES = 30, 1_500_000, 3
FOUND = 0.90


@dataclass(frozen=True, slots=True)
class Row:
    """One fault that is seen, and the checks that failed."""

    clip: str
    content: str
    kind: str
    is_mild: bool
    failed: tuple[str, ...]


def judged(source: tuple[Path, str], folder: Path, kinds: frozenset[str], seed: int) -> list[Row]:
    """All kinds of faults of one clip, as far as they are seen."""
    path, content = source
    height, width = read(path, 1).frames[0].shape[:2]
    plain = read(path, min(MOST_FRAMES, max(LEAST_FRAMES, MOST_PIXELS // (height * width))))
    rows = []
    for originals, found in ((plain, OF_CLIPS), (captioned(plain), OF_CAPTIONS)):
        original = folder / f"{path.stem}{'' if found is OF_CLIPS else '__captioned'}.gif"
        known = originals, write(original, originals)
        for name, blunder in found.items():
            for strength in (1.0, 0.5) if not kinds or name in kinds else ():
                chance = np.random.default_rng([seed, zlib.crc32(f"{path.stem} {name}".encode())])
                faulty = blunder(plain, strength, chance)
                if faulty is not None and is_seen(originals, faulty, mild=strength < 1):
                    rows.append(
                        Row(
                            path.stem,
                            content,
                            name,
                            strength < 1,
                            _failed(original, faulty, name, known, mild=strength < 1),
                        )
                    )
    return rows


def _failed(
    original: Path, faulty: Footage, name: str, known: tuple[Footage, list[bytes]], *, mild: bool = False
) -> tuple[str, ...]:
    result = original.with_name(f"{original.stem}__{name}{'-mild' if mild else ''}.gif")
    write(result, faulty, known if faulty.durations_ms == known[0].durations_ms else None)
    report = validate(original, result, config=resolve(threads=1, goal="invisible" if mild else "small"))
    return tuple(check.name for check in report.failed)


def print_table(console: Console, rows: Iterable[Row]) -> None:
    """By kind: how many fail of those that are seen."""
    found = Table("fail / seen", "plain", "milder, at invisible")
    names = dict.fromkeys([*OF_CLIPS, *OF_CAPTIONS])
    for name in names:
        cells = []
        for mild in (False, True):
            some = [bool(row.failed) for row in rows if row.kind == name and row.is_mild is mild]
            cells.append(f"{sum(some)} / {len(some)}" if some else "")
        if any(cells):
            found.add_row(name.replace("_", " "), *cells)
    console.print(found)


def share(rows: Iterable[Row], *, mild: bool) -> float:
    found = [bool(row.failed) for row in rows if row.is_mild is mild]
    result = sum(found) / max(1, len(found))
    print(f"{'milder ones, at invisible' if mild else 'plain ones'}: {sum(found)} of {len(found)} fail, {result:.1%}")
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=CLIPS, help=f"of so many clips (default: {CLIPS})")
    parser.add_argument("--jobs", type=int, help="processes (default: as many as processors)")
    parser.add_argument("--kind", action="append", default=[], help="only of this kind (repeatable)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep all files there")
    parser.add_argument("--seed", type=int, default=0, help="other faults of the same kinds (default: 0)")
    parser.add_argument("--misses", action="store_true", help="name those that pass")
    given = parser.parse_args()
    if not files("gifs/*.gif"):
        print(f"no corpus in {CORPUS}; set GIFLAB_SHARED", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as temporary, ProcessPoolExecutor(given.jobs) as pool:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        sources = chosen(given.clips)
        job = partial(judged, folder=folder, kinds=frozenset(given.kind), seed=given.seed)
        rows = [row for found in track(pool.map(job, sources), "clips", len(sources)) for row in found]
    print_table(Console(width=120), rows)
    for row in rows if given.misses else ():
        if not row.failed:
            print("passes:", row.kind, "milder" if row.is_mild else "plain", row.clip, row.content)
    return int(min(share(rows, mild=False), share(rows, mild=True)) < FOUND)


if __name__ == "__main__":
    sys.exit(main())
