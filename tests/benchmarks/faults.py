"""Print how many faults of a part of the picture fail, by a check that names their place, and how many honest files do.

Usage: python -m tests.benchmarks.faults [--short] [--jobs N] [--keep FOLDER] [--other] [--goal G]
                                         [--seed N]

Draws visible faults on the first frames of 30 clips of the corpus, recompresses two thirds of them with gifsicle (which
must be installed), and validates each against the same frames without it; then honest recompressions of these frames.
Exits with 1 if less than 95 % of the faults fail by a check whose `region` overlaps the fault's box, or more than 1 %
of the honest ones fail. `--other` draws kinds that no limit was set by, plain and milder: 1 if less than 90 % of the
plain ones fail by default, or of the milder ones at `--goal invisible`. At that goal only what is allowed there is an
honest recompression. `--keep` writes all files, and manifest.csv.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, zip_longest
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image
from rich.console import Console
from rich.progress import track

from giflab_core import ValidationReport, open_clip, resolve, validate
from giflab_core.checks import ContentJudge
from giflab_core.config import GOALS, Goal
from giflab_core.decoding import pictures
from tests.benchmarks.fault_tables import Row, print_faults, print_honest, print_share, write_manifest
from tests.helpers.local_faults.kinds import KINDS, Kind
from tests.helpers.local_faults.making import fault, shares
from tests.helpers.local_faults.scenes import Box, Footage
from tests.helpers.local_faults.unusual import MILD, UNUSUAL
from tests.helpers.local_faults.writing import read, recompressed, with_colours_of_pillow, write
from tests.helpers.shared import CORPUS, files

T = TypeVar("T")

CLIPS, SHORT_CLIPS = 30, 6
LEAST_SIDE, MOST_PIXELS, LEAST_FRAMES = 48, 300_000, 3
MOST_FRAMES, MOST_PIXELS_IN_ALL = 60, 4_000_000
FOUND_BY_PLACE, HONEST_FAILED, OTHER_FOUND = 0.95, 0.01, 0.90
ROUNDS = 3
# Each of the other kinds is drawn on one of so many clips.
OTHER_EVERY, SHORT_OTHER_EVERY = 5, 7
RECOMPRESSIONS: tuple[tuple[str, ...], ...] = ((), ("-O2",), ("-O2", "--lossy=60"))
HONEST = {
    "O3": ("-O3",),
    "lossy30": ("-O3", "--lossy=30"),
    "lossy80": ("-O3", "--lossy=80"),
    "lossy200": ("-O3", "--lossy=200"),
    "colors64": ("-O3", "--colors", "64"),
    "colors16": ("-O3", "--colors", "16"),
    "dither64": ("-O3", "--dither", "--colors", "64"),
    "dither16": ("-O3", "--dither", "--colors", "16"),
}
# What asks for no visible loss may do.
INVISIBLE = {"O3": HONEST["O3"], "lossy30": HONEST["lossy30"], "colors256": ("-O3", "--colors", "256")}
PILLOW = {"pillow64": Image.Dither.NONE, "pillow64-dither": Image.Dither.FLOYDSTEINBERG}


@dataclass(frozen=True, slots=True)
class Job:
    """One fault to draw (`kind`, and which of this kind), or one honest recompression, of the clip at `original`."""

    original: Path
    content: str
    kind: str
    number: int = 0
    seed: int = 0
    other: bool = False
    goal: Goal = "small"

    @property
    def result(self) -> Path:
        return self.original.with_name(f"{self.original.stem}__{self.kind}-{self.number}.gif")


def chosen(count: int) -> list[tuple[Path, str]]:
    """Clips and what they show: of each content type, opaque and transparent, as many as there are of the rarest."""
    groups: dict[tuple[str, bool], dict[str, list[Path]]] = {}
    for path in files("gifs/*.gif"):
        clip = open_clip(path)
        sides = clip.width, clip.height
        if clip.n_frames < LEAST_FRAMES or min(sides) < LEAST_SIDE or sides[0] * sides[1] > MOST_PIXELS:
            continue
        judge, transparent = ContentJudge(min(clip.n_frames, MOST_FRAMES)), False
        for number, shown in zip(range(MOST_FRAMES), pictures(path), strict=False):
            judge.see(number, shown)
            transparent |= bool((shown.pixels()[..., 3] == 0).any())
        sources = groups.setdefault((judge.content_type(), transparent), {})
        sources.setdefault(path.stem.partition("__")[0], []).append(path)
    in_turn = [[(path, key[0]) for path in alternating(groups[key].values())] for key in sorted(groups)]
    return list(alternating(in_turn))[:count]


def alternating(several: Iterable[Iterable[T]]) -> Iterator[T]:
    """One of each, then the next of each."""
    return (each for each in chain.from_iterable(zip_longest(*several)) if each is not None)


def prepare(source: tuple[Path, str], folder: Path) -> tuple[Path, str]:
    """Write the first frames of a clip."""
    path, content = source
    clip = open_clip(path)
    most = min(MOST_FRAMES, max(LEAST_FRAMES, MOST_PIXELS_IN_ALL // (clip.width * clip.height)))
    original = folder / path.name
    write(original, read(path, most))
    return original, content


@lru_cache(maxsize=1)
def prepared(original: Path) -> tuple[Footage, list[bytes]]:
    footage = read(original, MOST_FRAMES)
    return footage, write(original.with_suffix(".again"), footage)


def judge_fault(job: Job) -> Row | None:
    """Draw, write and validate one fault; None if no try was visible."""
    chance = np.random.default_rng([job.seed, job.number, zlib.crc32(f"{job.original.stem} {job.kind}".encode())])
    footage, images = prepared(job.original)
    made = fault(job.kind, kinds(job.other)[job.kind], footage, *shares(chance), chance)
    if made is None:
        return None
    faulty = Footage(made.frames, footage.durations_ms, footage.loop_count)
    write(job.result, faulty, (footage, images))
    if options := RECOMPRESSIONS[int(chance.integers(len(RECOMPRESSIONS)))]:
        recompressed(job.result, options, job.result)
    start, end = made.span.times_ms(footage.durations_ms)
    report = validate(job.original, job.result, config=resolve(threads=1, goal=job.goal))
    return Row(
        clip=job.original.stem,
        content=job.content,
        kind=job.kind,
        file=job.result.name,
        encoder=" ".join(options),
        area=made.box.area / footage.area,
        time=(end - start) / footage.duration_ms,
        box=made.box,
        start_ms=start,
        end_ms=end,
        failed=tuple(check.name for check in report.failed),
        placed=tuple(name for name, region in regions(report) if region.overlaps(made.box)),
    )


def judge_honest(job: Job) -> Row:
    if job.kind in PILLOW:
        write(job.result, with_colours_of_pillow(prepared(job.original)[0], 64, PILLOW[job.kind]))
    else:
        recompressed(job.original, {**HONEST, **INVISIBLE}[job.kind], job.result)
    report = validate(job.original, job.result, config=resolve(threads=1, goal=job.goal))
    failed = tuple(check.name for check in report.failed)
    return Row(job.original.stem, job.content, job.kind, job.result.name, job.kind, failed=failed)


def judge(job: Job) -> Row | None:
    return judge_honest(job) if job.kind in {**HONEST, **INVISIBLE, **PILLOW} else judge_fault(job)


def kinds(other: bool) -> Mapping[str, Kind]:
    return UNUSUAL if other else KINDS


def regions(report: ValidationReport) -> Iterator[tuple[str, Box]]:
    """The failed checks that name a place, and the place."""
    for check in report.failed:
        region = getattr(check, "region", None)
        if region is not None:
            sides = ("x", "y", "width", "height")
            values = [region[side] if isinstance(region, Mapping) else getattr(region, side) for side in sides]
            yield check.name, Box(*values)


def jobs(originals: list[tuple[Path, str]], given: argparse.Namespace) -> list[Job]:
    names, rounds = list(kinds(given.other)), 1 if given.short or given.other else ROUNDS
    every = (SHORT_OTHER_EVERY if given.short else OTHER_EVERY) if given.other else 2 if given.short else 1
    found = []
    for place, (original, content) in enumerate(originals):
        own = names[place % every :: every]
        makes = partial(Job, original, content, seed=given.seed, other=given.other, goal=given.goal)
        found += [makes(kind, n) for kind in own for n in range(rounds)]
        if not given.other:
            found += [makes(kind) for kind in (INVISIBLE if given.goal == "invisible" else [*HONEST, *PILLOW])]
    return found


def run(folder: Path, given: argparse.Namespace) -> list[Row | None]:
    sources = chosen(SHORT_CLIPS if given.short else CLIPS)
    with ProcessPoolExecutor(given.jobs) as pool:
        originals = list(track(pool.map(partial(prepare, folder=folder), sources), "clips", len(sources)))
        todo = jobs(originals, given)
        # Jobs of one clip stay together, so that a process reads it once.
        rows = pool.map(judge, todo, chunksize=max(1, len(todo) // len(originals) // 2))
        return list(track(rows, "validating", len(todo)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="some 60 faults of 6 clips")
    parser.add_argument("--jobs", type=int, help="processes (default: as many as processors)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep all files there")
    parser.add_argument("--other", action="store_true", help="kinds of faults that no limit was set by")
    parser.add_argument("--goal", choices=GOALS, default="small", help="whose limits are in force (default: small)")
    parser.add_argument("--seed", type=int, default=0, help="other faults of the same kinds (default: 0)")
    given = parser.parse_args()
    if not files("gifs/*.gif"):
        print(f"no corpus in {CORPUS}; set GIFLAB_SHARED", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = run(folder, given)
        for path in folder.glob("*.again"):
            path.unlink()
        rows = [row for row in found if row]
        if given.keep:
            write_manifest(folder / "manifest.csv", rows)
    faults, honest = ([row for row in rows if (row.box is None) is is_honest] for is_honest in (False, True))
    print_faults(Console(width=160), faults, drawn=len(found) - len(honest))
    return other_result(faults, given.goal) if given.other else result(faults, honest)


def result(faults: list[Row], honest: list[Row]) -> int:
    print_honest(Console(width=160), honest)
    placed = print_share("faults that fail by a check that names their place", [bool(row.placed) for row in faults])
    failed = print_share("honest files that fail", [bool(row.failed) for row in honest])
    return int(placed < FOUND_BY_PLACE or failed > HONEST_FAILED)


def other_result(faults: list[Row], goal: Goal) -> int:
    milder = print_share("milder ones that fail", [bool(row.failed) for row in faults if row.kind.endswith(MILD)])
    plain = print_share("plain ones that fail", [bool(row.failed) for row in faults if not row.kind.endswith(MILD)])
    return int(min(plain, milder if goal == "invisible" else plain) < OTHER_FOUND)


if __name__ == "__main__":
    sys.exit(main())
