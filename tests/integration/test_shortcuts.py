"""The short-cuts of a validation against the plain path: every frame decoded, every pair scored from its pixels."""

from __future__ import annotations

from pathlib import Path

import pytest

from giflab_core import decode, open_clip, pair, resolve
from giflab_core.decoding.picture import Still
from giflab_core.measurement.scoring import score
from giflab_core.metrics import METRICS, Memory, PairView
from tests.helpers.shared import CORPUS, marks, pairs

pytestmark = pytest.mark.corpus

MOST_PIXELS = 1_200_000
KINDS = ("lossless", "lossy", "palette", "palette-dither", "temporal")
SAMPLE = [
    pytest.param(row, id=name, marks=marks(name, ()))
    for row in [row for row in pairs() if row["kind"] in KINDS][::9]
    if (name := Path(row["file"]).stem)
]


@pytest.mark.parametrize("row", SAMPLE)
def test_scores_equal_those_of_the_plain_path(row: dict[str, str]) -> None:
    paths = CORPUS / row["original"], CORPUS / row["file"]
    clips = open_clip(paths[0]), open_clip(paths[1])
    size = clips[0].width, clips[0].height
    most = max(4, MOST_PIXELS // (size[0] * size[1]))
    both = pair(*clips)[:most]
    metrics = [metric for metric in METRICS.values() if metric.absence(*size) is None]
    found = score(*clips, both, metrics, resolve(threads=2))
    frames = [[frame.pixels for frame in decode(path)] for path in paths]
    memory = Memory()
    before: tuple[int, ...] = ()
    for number, each in enumerate(both):
        shown = each.original, each.compressed
        if before and all((clip[now] == clip[was]).all() for clip, now, was in zip(frames, shown, before, strict=True)):
            continue  # the same pictures go on: no step in time
        before = shown
        # All boxes are whole, a number that no other follows: nothing is taken over from the pair before.
        stills = Still(frames[0][shown[0]]), Still(frames[1][shown[1]])
        plain = PairView(
            *stills, ("white", "black"), memory=memory, serial=2 * number, start_ms=each.start_ms, step=None
        )
        for metric in metrics:
            expected = metric.factor(found.motion) * plain.score(metric)
            assert found.values[metric.name][number] == pytest.approx(expected, abs=1e-9, nan_ok=True), metric.name
