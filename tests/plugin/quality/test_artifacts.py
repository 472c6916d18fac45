"""What is saved of a validation that failed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from giflab_core import validate
from pytest_giflab.quality.artifacts import save_artifacts
from tests.helpers.gifs import write_clip


def test_an_animation_that_cannot_be_had_keeps_nothing_else_from_being_saved(tmp_path: Path) -> None:
    """Three times 21 846 pixels are more than a GIF has in a row."""
    clip = write_clip(tmp_path / "wide.gif", [np.zeros((1, 21_846), np.uint8)])
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "diff.gif").write_bytes(b"of another run")
    saved = save_artifacts(validate(clip, clip, metrics=["mse"]), folder)
    assert [path.name for path in saved] == ["report.html", "report.json"]
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.json"]
