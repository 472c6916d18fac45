"""A metric is a file, a kernel where it needs one, and a line in the catalogue: nothing else has to know of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from giflab_core import UsageError, kernels, metrics, validate
from giflab_core.metrics import METRICS, catalogue, select
from giflab_core.metrics.catalogue import CATALOGUE, Description
from tests.conftest import ROOT
from tests.helpers.gifs import moving_frames, write_clip

KERNEL = '''
"""The largest difference of two planes."""
import numpy as np

def largest_difference(x, y):
    return float(abs(x.astype(np.int16) - y).max())
'''
METRIC = '''
"""`made_up`: the largest difference of luma."""
from giflab_core.kernels.made_up import largest_difference
from giflab_core.metrics.base import Metric, PairView
from giflab_core.metrics.catalogue import CATALOGUE

def _score(pair: PairView) -> float:
    return max(largest_difference(*planes) for planes in pair.luma)

MADE_UP = Metric(CATALOGUE["made_up"], score=_score, identical=0.0)
'''
LINE = Description("made_up", "1", "lower")


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The metric `made_up`, in folders that count as parts of the packages."""
    for package, code in ((kernels, KERNEL), (metrics, METRIC)):
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / "made_up.py").write_text(code)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    monkeypatch.setattr(catalogue, "CATALOGUE", MappingProxyType({**CATALOGUE, "made_up": LINE}))
    yield
    for package in (kernels, metrics):
        sys.modules.pop(f"{package.__name__}.made_up", None)
        vars(package).pop("made_up", None)


@pytest.mark.usefixtures("made_up")
def test_a_metric_with_a_line_in_the_catalogue_is_found() -> None:
    assert METRICS["made_up"].description is LINE


@pytest.mark.usefixtures("made_up")
def test_a_metric_with_a_line_in_the_catalogue_is_scored(tmp_path: Path) -> None:
    frames = [frame // 2 for frame in moving_frames(3)]
    clips = write_clip(tmp_path / "a.gif", frames), write_clip(tmp_path / "b.gif", [frame + 9 for frame in frames])
    report = validate(*clips, metrics=["made_up"])
    assert report.metrics["made_up"].mean == 9.0


@pytest.mark.usefixtures("made_up")
def test_a_metric_with_a_line_in_the_catalogue_is_listed() -> None:
    assert list(METRICS) == [*CATALOGUE, "made_up"]
    assert select(["all"])[-1] is LINE
    with pytest.raises(UsageError, match="made_up"):
        select(["unheard of"])


@pytest.mark.parametrize("name", CATALOGUE)
def test_each_line_of_the_catalogue_has_its_metric(name: str) -> None:
    assert METRICS[name].name == name


def test_a_name_without_a_line_is_no_metric() -> None:
    assert "base" not in METRICS
    with pytest.raises(KeyError):
        METRICS["base"]


def test_each_kernel_in_c_bears_the_name_of_its_python_file() -> None:
    folder = ROOT / "giflab_core" / "kernels"
    in_c = [each.stem for each in folder.glob("csrc/*.c") if f"PyMethodDef {each.stem}_methods[]" in each.read_text()]
    assert in_c
    assert not [name for name in in_c if not (folder / f"{name}.py").exists()]
    assert not [
        each
        for each in folder.glob("csrc/*.c")
        if "PyMethodDef " in each.read_text() and each.stem not in {*in_c, "module"}
    ]
