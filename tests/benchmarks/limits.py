"""Print how far honest recompressions stay from the default limits, by content type.

Usage: python -m tests.benchmarks.limits (10 minutes). Recompresses every original of the corpus with gifsicle, which
must be installed, and takes the corpus' own pairs of the same duration and loop count too. Then: where `quality` falls
with the loss, how much chroma greyscale copies keep, and which honest ones fail.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from giflab_core import open_clip, pair, resolve, validate
from giflab_core.config import DEFAULT_LIMITS
from giflab_core.measurement.scoring import score
from giflab_core.metrics import METRICS
from tests.helpers.recompressions import is_comparable, steps
from tests.helpers.shared import CORPUS, files, pairs
from tests.helpers.tools import require_tool

GREY = "grey"
SETTINGS = {
    "O3": ["-O3"],
    "lossy30": ["-O3", "--lossy=30"],
    "dither64": ["-O3", "--dither", "--colors", "64"],
    "lossy80": ["-O3", "--lossy=80"],
    "colors64": ["-O3", "--colors", "64"],
    "lossy200": ["-O3", "--lossy=200"],
    "colors16": ["-O3", "--colors", "16"],
    GREY: ["-O2", "--use-colormap=gray"],
}
GENTLE, MODERATE, STRONG = ("O3", "lossy30", "dither64", "gifski-q80"), ("lossy80", "colors64", "ffmpeg"), ()


@dataclass(frozen=True)
class Job:
    setting: str
    original: Path
    compressed: Path

    @property
    def strength(self) -> str:
        for name, words in (("gentle", GENTLE), ("moderate", MODERATE)):
            if any(word in self.setting for word in words):
                return name
        return "strong"


@dataclass(frozen=True)
class Found:
    job: Job
    content: str
    failed: tuple[str, ...]
    values: dict[str, float]
    kept: float | None
    comparable: bool


def jobs(folder: Path) -> Iterator[Job]:
    gifsicle = require_tool("gifsicle")
    for original in files("gifs/*.gif"):
        for name, options in SETTINGS.items():
            compressed = folder / f"{original.stem}__{name}.gif"
            subprocess.run([gifsicle, *options, original, "-o", compressed], check=False, capture_output=True)
            if compressed.exists():
                yield Job(name, original, compressed)
    for row in pairs():
        if row["kind"] in ("lossy", "palette", "palette-dither", "lossy-temporal"):
            compressed = CORPUS / row["file"]
            yield Job(compressed.stem.partition("__")[2], CORPUS / row["original"], compressed)


def look(job: Job) -> Found:
    report = validate(job.original, job.compressed, config=resolve(threads=1))
    values = {}
    for name, result in report.metrics.items():
        values[name], values[f"{name}.p01"] = result.mean, result.p01
    return Found(
        job,
        report.content or "",
        tuple(check.name for check in report.failed),
        values,
        kept_chroma(job) if job.setting == GREY else None,
        is_comparable(report),
    )


def kept_chroma(job: Job) -> float | None:
    """The share of the colour that is kept; None where there was none to lose."""
    clips = open_clip(job.original), open_clip(job.compressed)
    found = score(*clips, pair(*clips), [], resolve(threads=1)).findings
    kept, whole = (sum(each.chroma[side] for each in found) for side in (0, 1))
    return kept / whole if whole > len(found) else None


def margins(found: list[Found]) -> Table:
    """The worst of each strength against each limit."""
    table = Table("limit", *DEFAULT_LIMITS)
    groups: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for each in found:
        groups[each.content, each.job.strength].append(each)
    for name in dict.fromkeys(name for limits in DEFAULT_LIMITS.values() for name in limits):
        cells = []
        for content, limits in DEFAULT_LIMITS.items():
            worst = min if METRICS[name.partition(".")[0]].better == "higher" else max
            texts = []
            for strength in ("gentle", "moderate", "strong"):
                values = [each.values[name] for each in groups[content, strength] if name in each.values]
                texts.append(f"{worst(values):.3g} of {len(values)}" if values else "none")
            cells.append(f"{', '.join(texts)}: {limits[name]:g}" if name in limits else "")
        table.add_row(name, *cells)
    return table


def ladders(found: list[Found]) -> None:
    by_original: dict[Path, dict[str, float]] = defaultdict(dict)
    for each in found:
        if each.job.compressed.parent != CORPUS / "pairs":
            by_original[each.job.original][each.job.setting] = each.values.get("quality", -1.0)
    qualities = [(values[less], values[more]) for values in by_original.values() for less, more in steps(values)]
    falls, ties = sum(a > b for a, b in qualities), sum(a == b for a, b in qualities)
    print(f"quality falls from one loss to the next: {falls} of {len(qualities)}; {ties} show the same")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor() as pool:
        todo = list(track(jobs(Path(folder)), "recompressing", total=len(files("gifs/*.gif")) * len(SETTINGS)))
        found = list(track(pool.map(look, todo, chunksize=4), "validating", total=len(todo), transient=True))
    honest = [each for each in found if each.job.setting != GREY and each.comparable]
    Console(width=220).print(margins(honest))
    ladders(found)
    kept = [each.kept for each in found if each.kept is not None]
    print(f"of {len(kept)} originals with colour a greyscale copy keeps at most {max(kept, default=0):.2%}")
    failing = [each for each in honest if each.failed]
    print(f"honest recompressions that pass: {len(honest) - len(failing)} of {len(honest)}")
    for each in failing:
        print(f"  {each.job.strength}: {each.job.compressed.stem}: {', '.join(each.failed)}")


if __name__ == "__main__":
    main()
