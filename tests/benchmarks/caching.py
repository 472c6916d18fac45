"""Print what keeping results saves: of a pair validated again in the same process, in a fresh one, and in a test-suite.

Usage: python -m tests.benchmarks.caching [--short]. Runs with and without the cache take turns; files and database are
in the system's page cache, byte code is compiled.

Exits with 1 where a target is missed: a pair validated again takes 95 % less in the same process; in a fresh process at
most 100 ms of CPU in all as JSON and 150 ms as text, and 80 % less where the first run takes 0.5 s or more; looking a
whole report up takes at most 1 ms; of 1000 lookups as of a test-suite 60 % are hits.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from giflab_core import resolve, validate
from giflab_core.config import DEFAULT_METRICS
from giflab_core.evidence import Evidence, Task
from giflab_core.measurement.gathering import measure
from giflab_core.metrics.catalogue import select
from giflab_core.model import Sampling
from giflab_core.opening import open_cache, open_disk
from giflab_core.results.remembering import Remembering
from tests.benchmarks.clips import write
from tests.conftest import SHARED

REST_S = 2.1
"""So long a file must rest until its times are trusted."""
LEAST_SAVED, LEAST_SAVED_FRESH, LONG_RUN_S = 0.95, 0.80, 0.5
MOST_MS = {"json": 100.0, "text": 150.0}
MOST_LOOKUP_MS = 1.0
LOOKUPS, LEAST_HITS = 1000, 0.6


def fewer_colours(path: Path) -> Path:
    """A recompression of a clip, with 64 colours a frame."""
    with Image.open(path) as image:
        shots = []
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            shots.append(image.convert("RGB").quantize(64, dither=Image.Dither.NONE))
        out = path.with_name(f"{path.stem}-64.gif")
        shots[0].save(out, save_all=True, append_images=shots[1:], duration=40, loop=0)
    return out


def seconds(job: Callable[[], object]) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def cpu_ms(command: Sequence[str]) -> float:
    """Of a fresh process, from its first instruction to its last."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


class Table:
    """Lines of what was measured, and what was missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def line(self, title: str, found: str, *, is_met: bool = True) -> None:
        print(f"{title:46s}{found}{'' if is_met else '   MISSED'}", flush=True)
        if not is_met:
            self.missed.append(f"{title}: {found}")


def same_process(table: Table, title: str, pair: tuple[Path, Path], folder: Path, rounds: int) -> None:
    without: list[float] = []
    first: list[float] = []
    again, looked_up = [], []
    for number in range(rounds):
        cache, disk = open_cache(folder / f"{title}-{number}"), open_disk(folder / f"{title}-{number}")
        cache.put("first", b"")
        cache.flush()  # making the database, which happens once, is not measured
        jobs = [(without, None), (first, cache)]
        for times, used in jobs if number % 2 else jobs[::-1]:
            times.append(seconds(lambda: validate(*pair, cache=used)))  # noqa: B023
        cache.flush()
        validate(*pair, cache=disk)
        again += [seconds(lambda: validate(*pair, cache=cache)) for _ in range(20)]  # noqa: B023
        looked_up += [seconds(lambda: validate(*pair, cache=disk)) for _ in range(20)]  # noqa: B023
        cache.close()
        disk.close()
    cold, hit, disk_hit = (1000 * statistics.median(each) for each in (without, again, looked_up))
    more = statistics.median(kept / bare for kept, bare in zip(first, without, strict=True)) - 1
    table.line(f"{title}: without a cache", f"{cold:9.2f} ms")
    table.line(f"{title}: the first time with one", f"{more:+9.1%}")
    table.line(
        f"{title}: again, from memory",
        f"{hit:9.3f} ms, {1 - hit / cold:.2%} less",
        is_met=1 - hit / cold >= LEAST_SAVED and hit <= MOST_LOOKUP_MS,
    )
    table.line(
        f"{title}: again, from disk",
        f"{disk_hit:9.3f} ms, {1 - disk_hit / cold:.2%} less",
        is_met=1 - disk_hit / cold >= LEAST_SAVED and disk_hit <= MOST_LOOKUP_MS,
    )


def fresh_process(table: Table, title: str, pair: tuple[Path, Path], rounds: int) -> None:
    command = [sys.executable, "-m", "giflab_core.cli", "validate", *map(str, pair), "--format"]
    python = [cpu_ms([sys.executable, "-c", "pass"]) for _ in range(rounds)]
    table.line("Python itself", f"{statistics.median(python):9.1f} ms of CPU")
    for form, most in MOST_MS.items():
        cpu_ms([*command, form])  # fills the cache, and compiles
        cold, hit = [], []
        for _ in range(rounds):
            cold.append(cpu_ms([*command, form, "--no-cache"]))
            hit.append(cpu_ms([*command, form]))
        saved = 1 - statistics.median(hit) / statistics.median(cold)
        is_long = statistics.median(cold) >= 1000 * LONG_RUN_S
        table.line(
            f"{title}: fresh process, {form}",
            f"{statistics.median(hit):9.1f} ms of CPU ({min(hit):.1f} - {max(hit):.1f}),"
            f" without a cache {statistics.median(cold):.1f}: {saved:.1%} less",
            is_met=statistics.median(hit) <= most and (not is_long or saved >= LEAST_SAVED_FRESH),
        )


def suite(table: Table, folder: Path) -> None:
    """Pairs of the corpus, the n-th favourite asked for with a probability as 1/n (zipf, s = 1.0)."""
    corpus = SHARED / "corpus"
    if not corpus.is_dir():
        table.line("a test-suite's lookups", f"left out: no corpus in {SHARED}")
        return
    with (corpus / "PAIRS.csv").open(encoding="utf-8", newline="") as stream:
        pairs = [(corpus / row["original"], corpus / row["file"]) for row in csv.DictReader(stream)]
    chance = np.random.default_rng(7)
    weights = 1 / np.arange(1, len(pairs) + 1)
    asked = chance.choice(chance.permutation(len(pairs)), LOOKUPS, p=weights / weights.sum()).tolist()
    stand_in = StandIn(measure(task(*pairs[0])))
    with closing(open_cache(folder)) as cache:
        find = Remembering(stand_in, cache)
        taken = [seconds(lambda: find(task(*pairs[index]))) for index in asked]  # noqa: B023
    hits, ceiling = 1 - stand_in.calls / LOOKUPS, 1 - len({task_digests(*pairs[index]) for index in asked}) / LOOKUPS
    table.line(
        f"{LOOKUPS} lookups in {len(pairs)} pairs (zipf)",
        f"{hits:9.1%} hits (at most {ceiling:.1%} are possible), median {1000 * statistics.median(taken):.3f} ms",
        is_met=hits >= LEAST_HITS,
    )


class StandIn:
    """Finds the same in every pair, at once."""

    def __init__(self, model: Evidence) -> None:
        self._model = model
        self.calls = 0

    def __call__(self, task: Task) -> Evidence:
        self.calls += 1
        original, compressed = task_digests(task.original, task.compressed)
        return replace(
            self._model,
            original=replace(self._model.original, digest=original),
            compressed=replace(self._model.compressed, digest=compressed),
        )


def task(original: Path, compressed: Path) -> Task:
    return Task(original, compressed, select(DEFAULT_METRICS), resolve(), Sampling())


def task_digests(*paths: str | os.PathLike[str]) -> tuple[str, str]:
    original, compressed = (hashlib.sha256(Path(path).read_bytes()).hexdigest() for path in paths)
    return original, compressed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="smaller clips, fewer rounds")
    short = parser.parse_args().short
    table = Table()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["GIFLAB_CACHE_DIR"] = str(folder / "cache")
        frames = 20 if short else 100
        originals = {kind: write(folder / f"{kind}.gif", kind, 256, 256, frames) for kind in ("photo", "interface")}
        pairs = {f"{kind} 256x256x{frames}": (path, fewer_colours(path)) for kind, path in originals.items()}
        long = write(folder / "long.gif", "photo", 512, 512, 60)
        time.sleep(REST_S)
        for title, pair in pairs.items():
            same_process(table, title, pair, folder, 4 if short else 8)
        for title, pair in (pairs | {"photo 512x512x60": (long, fewer_colours(long))}).items():
            fresh_process(table, title, pair, 5 if short else 11)
        suite(table, folder / "suite")
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
