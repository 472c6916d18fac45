"""Streamed scores against the plain path: every frame decoded by itself, every pair scored from its pixels.

The clips have boxes that change anywhere, all disposals, transparency that comes and goes, pictures that repeat, and
more colours than one byte tells apart.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from giflab_core import decode, open_clip, pair, resolve
from giflab_core.config import Matte
from giflab_core.decoding.picture import Still
from giflab_core.kernels.change import Change, History
from giflab_core.kernels.colour_history import ColourHistory
from giflab_core.kernels.luma import luma_numpy
from giflab_core.measurement.scoring import Scores, score
from giflab_core.metrics import METRICS, PairView
from giflab_core.metrics.flicker import LEVELS, trembling
from giflab_core.metrics.temporal import following
from tests.helpers.gifs import Picture, gif

Pixels = npt.NDArray[np.uint8]
COLOURS = np.random.default_rng(9).integers(0, 256, 768, np.uint8).tobytes()
GREY = {"white": 255, "black": 0}
OVER_TIME: dict[str, Callable[[list[Change], float], float]] = {
    "temporal": lambda steps, turned: min(map(following, steps)),
    "flicker": lambda steps, turned: max(*map(trembling, steps), LEVELS * turned),
    "ghost": lambda steps, turned: max(step.ghosts / step.n for step in steps),
}


def write(path: Path, seed: int, height: int, width: int, images: int = 10) -> Path:
    chance = np.random.default_rng(seed)
    ground = chance.integers(0, 256, (height, width)).astype(np.uint8)
    drawn = []
    for number in range(images):
        rows, columns = chance.integers(1, height // 2 + 2), chance.integers(1, width // 2 + 2)
        top, left = int(chance.integers(0, height - rows + 1)), int(chance.integers(0, width - columns + 1))
        part = slice(top, top + rows), slice(left, left + columns)
        indices = chance.integers(0, 6, (rows, columns)).astype(np.uint8) * 40
        if (number == 0 and seed % 3) or chance.random() < 0.15:
            indices, left, top = ground.copy(), 0, 0
        elif chance.random() < 0.3:
            indices = ground[part].copy()
        drawn.append(
            Picture(
                indices,
                left,
                top,
                delay_cs=int(chance.integers(2, 8)),
                disposal=int(chance.choice([0, 1, 1, 2, 3])),
                transparent=int(chance.choice([0, 40])) if chance.random() < 0.4 else None,
                palette=COLOURS if chance.random() < 0.3 else None,
            )
        )
    path.write_bytes(gif(drawn, size=(width, height), loop=0))
    return path


def streamed(paths: tuple[Path, Path], mattes: tuple[Matte, ...], threads: int) -> Scores:
    clips = open_clip(paths[0]), open_clip(paths[1])
    metrics = [metric for metric in METRICS.values() if metric.absence(clips[0].width, clips[0].height) is None]
    return score(*clips, pair(*clips), metrics, resolve(mattes=mattes, threads=threads))


def plain(paths: tuple[Path, Path], mattes: tuple[Matte, ...]) -> dict[str, list[float]]:
    frames = [[frame.pixels for frame in decode(path)] for path in paths]
    height, width, _ = frames[0][0].shape
    metrics = [metric for metric in METRICS.values() if not metric.parts and metric.absence(width, height) is None]
    histories, colours = {matte: History(height, width) for matte in mattes}, ColourHistory(height, width)
    found: dict[str, list[float]] = {metric.name: [] for metric in metrics}
    before: tuple[Pixels, Pixels] | None = None
    for each in pair(open_clip(paths[0]), open_clip(paths[1])):
        now = frames[0][each.original], frames[1][each.compressed]
        if before is None or any(not np.array_equal(one, other) for one, other in zip(now, before, strict=True)):
            lumas = ([np.ascontiguousarray(luma_numpy(one, GREY[matte])) for one in now] for matte in mattes)
            steps = [history.update(x, y, None) for history, (x, y) in zip(histories.values(), lumas, strict=True)]
            turned = colours.update(*now, None, each.start_ms)
        before = now
        view = PairView.of(*now, mattes)
        for metric in metrics:
            over_time = OVER_TIME.get(metric.name)
            found[metric.name].append(over_time(steps, turned) if over_time else view.score(metric))
    return found


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("mattes", [("white", "black"), ("white",), ("black",)], ids="-".join)
@pytest.mark.parametrize("seed", range(8))
def test_streaming_changes_no_score(tmp_path: Path, seed: int, mattes: tuple[Matte, ...], threads: int) -> None:
    height, width = (int(side) for side in np.random.default_rng(seed + 100).integers(7, 40, 2))
    same = seed if seed % 4 == 0 else seed + 50  # some clips are compared with themselves
    paths = write(tmp_path / "a.gif", seed, height, width), write(tmp_path / "b.gif", same, height, width)
    found = streamed(paths, mattes, threads)
    for name, expected in plain(paths, mattes).items():
        assert found.values[name] == pytest.approx(expected, abs=1e-9), name


def test_a_view_by_itself_takes_nothing_over() -> None:
    class Unchanged(Still):
        def __init__(self, pixels: Pixels) -> None:
            super().__init__(pixels)
            self.changed = (0, 0, 0, 0)

    chance = np.random.default_rng(0)
    x, y = (chance.integers(0, 256, (16, 16, 4), dtype=np.uint8) | np.array([0, 0, 0, 255], np.uint8) for _ in range(2))
    lone = PairView(Unchanged(x), Unchanged(y), ("white", "black"))
    assert lone.score(METRICS["sharpness"]) == PairView.of(x, y).score(METRICS["sharpness"])
