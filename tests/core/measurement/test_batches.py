"""Metrics that score several pairs at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from giflab_core import open_clip, pair, resolve
from giflab_core.measurement import scorer
from giflab_core.measurement.scoring import score
from giflab_core.metrics import METRICS, Metric, PairView
from tests.helpers.gifs import Indices, moving_frames, write_clip

FRAMES = moving_frames(11)
PLAIN = METRICS["mdsi"]


class Batches:
    """`mdsi`, which notes the batches that it scores."""

    def __init__(self) -> None:
        self.seen: list[list[PairView]] = []
        self.metric: Metric = replace(PLAIN, score_many=self.score_many)

    def score_many(self, pairs: Sequence[PairView]) -> list[float]:
        self.seen.append(list(pairs))
        return [PLAIN.score(each) for each in pairs]

    @property
    def sizes(self) -> list[int]:
        return [len(each) for each in self.seen]


def scored(folder: Path, metric: Metric, compressed: list[Indices], threads: int = 1) -> list[float]:
    clips = [
        open_clip(write_clip(folder / f"{name}.gif", frames)) for name, frames in (("a", FRAMES), ("b", compressed))
    ]
    return list(score(clips[0], clips[1], pair(*clips), [metric], resolve(threads=threads)).values[metric.name])


def coarse() -> list[Indices]:
    return [frame // 32 * 32 for frame in FRAMES]


@pytest.mark.parametrize("name", ["temporal", "quality"])
def test_what_looks_at_more_than_single_pairs_has_no_batches(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        replace(METRICS[name], score_many=Batches().score_many)


@pytest.mark.parametrize("threads", [1, 2])
def test_batches_change_no_number(tmp_path: Path, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("giflab_core.measurement.threads.LEAST_PIXELS", 1)
    found = scored(tmp_path, Batches().metric, coarse(), threads)
    assert found == scored(tmp_path, PLAIN, coarse())
    assert len(set(found)) > 1


def test_the_last_batch_has_what_is_left(tmp_path: Path) -> None:
    batches = Batches()
    scored(tmp_path, batches.metric, coarse())
    assert batches.sizes == [4, 4, 3]


def test_large_pairs_are_scored_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorer, "BATCH_PIXELS", FRAMES[0].size - 1)
    batches = Batches()
    found = scored(tmp_path, batches.metric, coarse())
    assert batches.sizes == []
    assert found == scored(tmp_path, PLAIN, coarse())


def test_equal_pairs_are_in_no_batch(tmp_path: Path) -> None:
    batches = Batches()
    found = scored(tmp_path, batches.metric, [FRAMES[0] // 2, *FRAMES[1:]])
    assert batches.sizes == [1]
    assert found[1:] == [PLAIN.identical] * (len(FRAMES) - 1)


def test_the_pairs_of_a_batch_stay_valid(tmp_path: Path) -> None:
    batches = Batches()
    found = scored(tmp_path, batches.metric, coarse())
    pictures = [[shown.pixels() for shown in each.shown] for batch in batches.seen for each in batch]
    assert [PLAIN.score(PairView.of(original, compressed)) for original, compressed in pictures] == found
    assert not np.shares_memory(pictures[0][0], pictures[1][0])
