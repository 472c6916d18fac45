"""`quality`: what it prefers to what."""

from __future__ import annotations

from pathlib import Path

import pytest

from giflab_core import validate
from tests.helpers.shared import case_files

ORIGINALS = case_files("numbers/dither-*_o.gif")


@pytest.mark.corpus
@pytest.mark.parametrize("original", ORIGINALS, ids=lambda path: path.stem)
def test_dithering_is_better_than_banding_of_the_same_colours(original: Path) -> None:
    stem = str(original).removesuffix("_o.gif")
    banded, dithered = (
        validate(original, f"{stem}_{kind}.gif", metrics=["quality"]).metrics["quality"]
        for kind in ("banded", "dithered")
    )
    assert dithered.mean > banded.mean
