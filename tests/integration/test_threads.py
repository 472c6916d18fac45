"""Two threads say of real recompressions what one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from giflab_core import open_clip, resolve, validate
from giflab_core.measurement import threads
from tests.helpers.shared import CORPUS, pairs

pytestmark = pytest.mark.corpus

MOST_PIXELS = 2_000_000


def pixels_of(path: Path) -> int:
    clip = open_clip(path)
    return clip.width * clip.height * clip.n_frames


SAMPLE = [row for row in pairs()[::11] if pixels_of(CORPUS / row["original"]) < MOST_PIXELS]


@pytest.mark.parametrize("row", SAMPLE, ids=lambda row: Path(row["file"]).stem)
def test_two_threads_say_what_one_says(row: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "LEAST_PIXELS", 0)
    monkeypatch.setattr(threads, "FIRST_FEW", 1 << 40)
    paths = CORPUS / row["original"], CORPUS / row["file"]
    one, two = (validate(*paths, metrics=["all"], config=resolve(threads=threads)) for threads in (1, 2))
    assert one == two
