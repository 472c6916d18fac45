"""Print how many times faster than its peers each metric is: one thread, interleaved, CPU time; then the memory of all.

Usage: python -m tests.benchmarks.metrics [--short]. The peers are those of tests/peers/requirements.txt.

Exits with 1 where a target is missed: greyscale SSIM 40, 60 and 75 times scikit-image at 256x256, 512x512 and 800x600,
and 3 times fast-ssim; RGB 1.5 times fast-ssim; decoding and SSIM of two clips 7 times Pillow with scikit-image and 2
times the ffmpeg command; all metrics together 7 times their peers; 800x600x500 by all metrics within 150 MiB.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import fast_ssim
import numpy as np
import numpy.typing as npt
import piq
import pytorch_msssim
import torch
from PIL import Image
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity

from giflab_core import resolve, validate
from giflab_core.decoding import pictures
from giflab_core.kernels.boxes import enclosing
from giflab_core.kernels.ssim import SsimSum, ssim
from giflab_core.metrics import METRICS, Metric, PairView
from tests.benchmarks.alone import printed_alone
from tests.benchmarks.clips import photograph, with_fewer_colours, write, write_with_fewer_colours
from tests.helpers.tools import require_tool

Array = npt.NDArray[Any]
Job = Callable[[], object]
SIZES = ((256, 256), (512, 512), (800, 600))
AGAINST_SKIMAGE = {(256, 256): 40, (512, 512): 60, (800, 600): 75}
AGAINST_FAST_SSIM, AGAINST_FAST_SSIM_RGB = 3, 1.5
AGAINST_PILLOW, AGAINST_FFMPEG = 7, 2
AGAINST_ALL = 7
MEMORY_MIB = 150


def cpu_seconds(job: Job) -> float:
    """Of this process and of those it starts."""
    before = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    job()
    after = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(b.ru_utime + b.ru_stime - a.ru_utime - a.ru_stime for a, b in zip(before, after, strict=True))


def timed(jobs: Mapping[str, Job], rounds: int, least_s: float = 0.01) -> dict[str, list[float]]:
    """Seconds a call of each job, by rounds in which all take turns, each often enough to be measured."""
    calls = {}
    for name, job in jobs.items():
        job()
        started = time.process_time()
        job()
        calls[name] = max(1, round(least_s / max(1e-6, time.process_time() - started)))
    found: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            found[name].append(cpu_seconds(lambda job=job, n=calls[name]: [job() for _ in range(n)]) / calls[name])  # type: ignore[misc]
    return found


def ratio(times: Mapping[str, list[float]], name: str, to: str) -> float:
    """How many times faster `to` is: the median over rounds."""
    return statistics.median(theirs / ours for theirs, ours in zip(times[name], times[to], strict=True))


class Table:
    """Lines of what was measured, and what was missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def line(self, title: str, times: Mapping[str, list[float]], targets: Mapping[str, float]) -> None:
        ours = f"{1000 * statistics.median(times['ours']):9.3f} ms"
        ratios = {name: ratio(times, name, "ours") for name in times if name != "ours"}
        print(f"{title:34s}{ours}  " + "  ".join(f"{name} {found:.1f}x" for name, found in ratios.items()), flush=True)
        self.missed += [
            f"{title}: {ratios[name]:.2f} times {name}, the target is {target}"
            for name, target in targets.items()
            if ratios[name] < target
        ]


def frames(width: int, height: int) -> tuple[Array, Array]:
    """Two RGBA pictures: a photograph, and the same with fewer colours."""
    image = next(iter(photograph(width, height, 1))).convert("RGB")
    fewer = with_fewer_colours(image).convert("RGB")
    return tuple(np.ascontiguousarray(np.asarray(each.convert("RGBA"))) for each in (image, fewer))  # type: ignore[return-value]


def luma(pixels: Array) -> Array:
    return np.asarray(Image.fromarray(pixels).convert("L"))


def single_ssim(table: Table, rounds: int) -> None:
    for width, height in SIZES:
        pair = frames(width, height)
        x, y = map(luma, pair)
        times = timed(
            {
                "ours": lambda: ssim(x, y),  # noqa: B023
                "scikit-image": lambda: structural_similarity(x, y, data_range=255),  # noqa: B023
                "fast-ssim": lambda: fast_ssim.ssim(x, y),  # noqa: B023
            },
            rounds,
        )
        targets = {"scikit-image": AGAINST_SKIMAGE[width, height], "fast-ssim": AGAINST_FAST_SSIM}
        table.line(f"SSIM grey {width}x{height}", times, targets)
        a, b = (np.ascontiguousarray(each[..., :3]) for each in pair)
        times = timed(
            {
                "ours": lambda: ssim(a, b),  # noqa: B023
                "scikit-image": lambda: structural_similarity(a, b, data_range=255, channel_axis=2),  # noqa: B023
                "fast-ssim": lambda: fast_ssim.ssim(a, b),  # noqa: B023
            },
            rounds,
        )
        table.line(f"SSIM RGB {width}x{height}", times, {"fast-ssim": AGAINST_FAST_SSIM_RGB})


def tensor(pixels: Array) -> torch.Tensor:
    channels = pixels[..., :3].transpose(2, 0, 1) if pixels.ndim == 3 else pixels[np.newaxis]
    return torch.from_numpy(np.array(channels)).float()[None]


def bhattacharyya(x: Array, y: Array) -> list[float]:
    """Of red, green and blue."""
    both = [[cv2.calcHist([each], [channel], None, [32], [0, 256]) for each in (x, y)] for channel in range(3)]
    return [float(cv2.compareHist(one, other, cv2.HISTCMP_BHATTACHARYYA)) for one, other in both]


class Peers:
    """Two RGBA pictures for scikit-image, OpenCV, piq and pytorch-msssim; what several of them need is made once."""

    def __init__(self, x: Array, y: Array) -> None:
        self.pixels = x, y

    @cached_property
    def planes(self) -> tuple[Array, Array]:
        return luma(self.pixels[0]), luma(self.pixels[1])

    @cached_property
    def lumas(self) -> tuple[torch.Tensor, torch.Tensor]:
        return tensor(self.planes[0]), tensor(self.planes[1])

    @cached_property
    def colours(self) -> tuple[torch.Tensor, torch.Tensor]:
        return tensor(self.pixels[0]), tensor(self.pixels[1])


def colour_difference(peers: Peers) -> Array:
    found: Array = deltaE_ciede2000(*(rgb2lab(each[..., :3]) for each in peers.pixels))
    return np.array([found.mean(), np.percentile(found, 95)])


PEERS: Mapping[str, Callable[[Peers], object]] = {
    "ssim": lambda peers: structural_similarity(*peers.planes, data_range=255),
    "ms_ssim": lambda peers: pytorch_msssim.ms_ssim(*peers.lumas, data_range=255),
    "gmsd": lambda peers: piq.gmsd(*peers.lumas, data_range=255.0),
    "fsim": lambda peers: piq.fsim(*peers.lumas, data_range=255.0, chromatic=False),
    "mdsi": lambda peers: piq.mdsi(*peers.colours, data_range=255.0),
    "haarpsi": lambda peers: piq.haarpsi(*peers.colours, data_range=255.0),
    "edge": lambda peers: [cv2.dilate(cv2.Canny(each, 50, 150), np.ones((3, 3))) for each in peers.planes],
    "sharpness": lambda peers: [cv2.Laplacian(each, cv2.CV_64F).var() for each in peers.planes],
    "mse": lambda peers: cv2.norm(*peers.planes, cv2.NORM_L2SQR),
    "zncc": lambda peers: cv2.matchTemplate(*peers.planes, cv2.TM_CCOEFF_NORMED),
    "ciede2000": colour_difference,
    "histogram": lambda peers: bhattacharyya(*peers.pixels),
}


def all_peers(x: Array, y: Array) -> None:
    peers = Peers(x, y)
    for function in PEERS.values():
        function(peers)


def each_metric(table: Table, rounds: int) -> None:
    """Each metric by itself, from pixels to the number; then all of which there are peers."""
    for width, height in SIZES:
        x, y = frames(width, height)
        for name, function in PEERS.items():
            times = timed(
                {
                    "ours": lambda name=name: scored(x, y, [METRICS[name]]),  # type: ignore[misc]  # noqa: B023
                    "peer": lambda function=function: function(Peers(x, y)),  # type: ignore[misc]  # noqa: B023
                },
                rounds,
            )
            table.line(f"{name} {width}x{height}", times, {})
        times = timed(
            {
                "ours": lambda: scored(x, y, [METRICS[name] for name in PEERS]),  # noqa: B023
                "peers": lambda: all_peers(x, y),  # noqa: B023
            },
            rounds,
        )
        table.line(f"all these {width}x{height}", times, {"peers": AGAINST_ALL})


def scored(x: Array, y: Array, metrics: list[Metric]) -> list[float]:
    """From pixels, with nothing kept from an earlier pair."""
    view = PairView.of(x, y)
    return [view.score(metric) for metric in metrics]


def two_clips(table: Table, folder: Path, rounds: int) -> None:
    ffmpeg = require_tool("ffmpeg")
    for kind in ("photo", "interface"):
        original = write(folder / f"{kind}.gif", kind, 256, 256, 100)
        compressed = write_with_fewer_colours(original)
        pair = original, compressed
        command = [ffmpeg, "-v", "error", "-nostdin", "-threads", "1", "-filter_complex_threads", "1"]
        command += ["-i", str(original), "-i", str(compressed), "-lavfi", "ssim", "-f", "null", "-"]
        times = timed(
            {
                "ours": lambda: decode_and_ssim(*pair),  # noqa: B023
                "Pillow + scikit-image": lambda: peers_decode_and_ssim(*pair),  # noqa: B023
                "ffmpeg": lambda: subprocess.run(command, check=True, capture_output=True),  # noqa: B023
            },
            rounds,
            least_s=0,
        )
        targets = {"Pillow + scikit-image": AGAINST_PILLOW, "ffmpeg": AGAINST_FFMPEG}
        table.line(f"decode + SSIM {kind} 256x256x100", times, targets)
        config = resolve(metrics=("ssim",), threads=1)
        times["ours"] = timed({"validate": lambda: validate(*pair, config=config)}, rounds, 0)["validate"]  # noqa: B023
        table.line(f"validate, SSIM only, {kind}", times, {})
        times["ours"] = timed({"validate": lambda: validate(*pair, config=resolve(threads=1))}, rounds, 0)["validate"]  # noqa: B023
        table.line(f"validate, default set, {kind}", times, {})


def decode_and_ssim(original: Path, compressed: Path) -> float:
    total, windows = 0.0, None
    for x, y in zip(pictures(original), pictures(compressed), strict=True):
        planes = x.grey(0), y.grey(0)
        windows = windows or SsimSum(*planes[0].shape)
        total += windows.update(*planes, enclosing(x.changed, y.changed))
    return total


def peers_decode_and_ssim(original: Path, compressed: Path) -> float:
    total = 0.0
    with Image.open(original) as x, Image.open(compressed) as y:
        for number in range(x.n_frames):  # type: ignore[attr-defined]
            x.seek(number)
            y.seek(number)
            planes = (np.asarray(each.convert("RGB").convert("L")) for each in (x, y))
            total += structural_similarity(*planes, data_range=255)
    return total


def memory(folder: Path, count: int) -> list[str]:
    """The peak of a process of its own that validates by all metrics."""
    missed = []
    for kind in ("photo", "interface"):
        path = write(folder / f"{kind}-large.gif", kind, 800, 600, count)
        fewer = write_with_fewer_colours(path)
        code = (
            "import time; from giflab_core import validate\n"
            "started = time.perf_counter()\n"
            "report = validate(sys.argv[1], sys.argv[2], metrics=['all'])\n"
            "print(peak_mib(), time.perf_counter() - started, len(report.metrics))"
        )
        peak, seconds, metrics = printed_alone(code, path, fewer)
        title = f"all {metrics:.0f} metrics, {kind} 800x600x{count}"
        print(f"{title:42s}{peak:.1f} MiB resident at most, {seconds:.1f} s", flush=True)
        if peak > MEMORY_MIB:
            missed.append(f"{title}: {peak:.1f} MiB, the target is {MEMORY_MIB}")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="shorter clips, fewer rounds")
    short = parser.parse_args().short
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    table = Table()
    rounds = 3 if short else 7
    single_ssim(table, rounds)
    each_metric(table, rounds)
    with tempfile.TemporaryDirectory() as folder:
        two_clips(table, Path(folder), rounds)
        table.missed += memory(Path(folder), 40 if short else 500)
    for each in table.missed:
        print(f"missed: {each}")
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
