"""Large canvases are measured in another way, which takes less memory: it finds exactly the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from giflab_core import open_clip, pair, resolve
from giflab_core.config import Goal
from giflab_core.decoding import picture
from giflab_core.kernels import large_change, ssim
from giflab_core.measurement import bands, scorer
from giflab_core.measurement.scoring import Scores, score
from giflab_core.metrics import METRICS, alpha, haarpsi, history
from tests.core.measurement.test_scoring import write

MODULES = ssim, scorer, history, picture, haarpsi
METRIC_NAMES = [name for name in METRICS if name not in ("fsim", "ms_ssim")]


def scores(original: Path, compressed: Path, goal: Goal) -> Scores:
    clips = open_clip(original), open_clip(compressed)
    size = clips[0].width, clips[0].height
    metrics = [METRICS[name] for name in METRIC_NAMES if METRICS[name].absence(*size) is None]
    return score(*clips, pair(*clips)[:20], metrics, resolve(threads=1, goal=goal))


@pytest.fixture
def taking_all_for_large(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def begin() -> None:
        for module in MODULES:
            monkeypatch.setattr(module, "LARGE_PIXELS", 0)
        monkeypatch.setattr(ssim, "BAND_ROWS", 5)
        monkeypatch.setattr(bands, "BAND_PIXELS", 1)
        monkeypatch.setattr(haarpsi, "BAND_PIXELS", 1)
        monkeypatch.setattr(alpha, "BAND_PIXELS", 5 * 60)
        monkeypatch.setattr(large_change, "BAND_PIXELS", 7 * 60)

    return begin


@pytest.mark.parametrize("seed", range(6))
def test_made_clips(seed: int, tmp_path: Path, taking_all_for_large: Callable[[], None]) -> None:
    pair = write(tmp_path / "a.gif", seed, 333, 60), write(tmp_path / "b.gif", seed + 1, 333, 60)
    expected = scores(*pair, "small")
    taking_all_for_large()
    assert scores(*pair, "small") == expected
    assert any(finding.suspects for finding in expected.findings)
