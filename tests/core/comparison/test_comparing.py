"""Several candidates for one original: the reports are those of single validations, and none ends the others."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from giflab_core import DecodeError, FileChanged, Ranking, UsageError, compare, open_cache, resolve, validate
from giflab_core.comparison import print_comparison_csv, print_comparison_json
from giflab_core.kernels.fsim import congruencies
from giflab_core.metrics import METRICS as METRICS_BY_NAME
from tests.helpers.gifs import Indices, moving_frames, write_clip

SCHEMA = json.loads(resources.files("giflab_core.comparison").joinpath("giflab.compare.1.schema.json").read_text())
FRAMES = moving_frames(6)
METRICS = ["quality", "ssim"]


def noisy(frames: list[Indices], level: int) -> list[Indices]:
    noise = np.random.default_rng(level).integers(-level, level + 1, frames[0].shape)
    return [np.clip(frame.astype(int) + noise, 0, 255).astype(np.uint8) for frame in frames]


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "original.gif", FRAMES)


@pytest.fixture
def candidates(tmp_path: Path) -> list[Path]:
    return [write_clip(tmp_path / f"{level}.gif", noisy(FRAMES, level)) for level in (8, 2)]


def document(ranking: Ranking) -> dict[str, Any]:
    found: dict[str, Any] = ranking.to_dict()
    jsonschema.validate(found, SCHEMA)
    return found


def test_each_report_is_that_of_a_single_validation(original: Path, candidates: list[Path]) -> None:
    found = compare(original, candidates, metrics=METRICS)
    assert {each.path: each.report for each in found.candidates} == {
        path: validate(original, path, metrics=METRICS) for path in candidates
    }


@pytest.mark.parametrize("threads", [1, 2])
def test_all_metrics_have_the_numbers_of_single_validations(tmp_path: Path, threads: int) -> None:
    # Large enough for every metric and a second thread; one clip has transparent pixels, so that backgrounds matter.
    frames = moving_frames(8, side=256)
    original = write_clip(tmp_path / "original.gif", frames, transparent=220)
    lighter = noisy(frames, 5)
    candidates = [write_clip(tmp_path / f"{index}.gif", lighter, transparent=index) for index in (225, 220, 3)]
    config = resolve(metrics=tuple(METRICS_BY_NAME), threads=threads)
    found = compare(original, candidates, config=config)
    assert {each.path: each.report for each in found.candidates} == {
        path: validate(original, path, config=config) for path in candidates
    }


@pytest.mark.usefixtures("either")
def test_both_kinds_of_kernels_take_what_is_known(tmp_path: Path) -> None:
    frames = moving_frames(3, side=100)
    original = write_clip(tmp_path / "original.gif", frames)
    candidates = [write_clip(tmp_path / f"{level}.gif", noisy(frames, level)) for level in (3, 4)]
    found = compare(original, candidates, metrics=["fsim", "banding", "sharpness"])
    for each in found.candidates:
        assert each.report == validate(original, each.path, metrics=["fsim", "banding", "sharpness"])


def test_what_is_of_the_original_alone_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = moving_frames(5, side=100)
    original = write_clip(tmp_path / "original.gif", frames)
    candidates = [write_clip(tmp_path / f"{level}.gif", noisy(frames, level)) for level in (3, 4, 5)]
    asked: list[int] = []

    def counted(planes: list[Indices]) -> Any:
        asked.append(len(planes))
        return congruencies(planes)

    monkeypatch.setattr("giflab_core.kernels.fsim.congruencies", counted)
    compare(original, candidates, metrics=["fsim"])
    assert sum(asked) == len(frames) * (1 + len(candidates))


def test_the_smallest_comes_first(original: Path, tmp_path: Path) -> None:
    large = write_clip(tmp_path / "large.gif", [frame for frame in FRAMES for _ in range(2)], 5)
    found = compare(original, [large, original], metrics=METRICS)
    assert [each.path for each in found.candidates] == [original, large]
    assert [each.size_bytes for each in found.candidates] == [path.stat().st_size for path in (original, large)]


def test_equal_bytes_of_more_quality_outdo_the_others(original: Path, candidates: list[Path]) -> None:
    found = compare(original, candidates, metrics=METRICS)
    assert [(each.path.name, each.pareto) for each in found.candidates] == [("2.gif", True), ("8.gif", False)]


def test_a_metric_of_which_less_is_better_ranks_by_less(original: Path, candidates: list[Path]) -> None:
    found = compare(original, candidates, metrics=["mse"])
    assert found.ranked_by == "mse"
    assert [each.path.name for each in found.pareto] == ["2.gif"]


def test_what_cannot_be_read_is_a_row_and_not_the_end(original: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.gif"
    torn.write_bytes(b"GIF89a")
    found = compare(original, [torn, original], metrics=METRICS)
    assert [each.path for each in found.candidates] == [original, torn]
    assert found.unreadable == found.candidates[1:]
    assert document(found)["candidates"][1] | {"error": ""} == {
        "path": str(torn),
        "bytes": None,
        "status": "fail",
        "error": "",
        "pareto": False,
        "compressed": None,
        "metrics": {},
        "absent": {},
        "checks": [],
        "warnings": [],
    }


def test_an_original_that_cannot_be_read_is_an_error(original: Path, tmp_path: Path) -> None:
    with pytest.raises(DecodeError, match=r"nothere\.gif"):
        compare(tmp_path / "nothere.gif", [original])


def test_an_original_that_changes_on_the_way_is_an_error(original: Path, candidates: list[Path]) -> None:
    def change(done: int, _total: int) -> None:
        if done == 1:
            write_clip(original, FRAMES[::-1])

    with pytest.raises(FileChanged, match="compare again"):
        compare(original, candidates, metrics=["mse"], on_progress=change)


def test_a_comparison_is_true_if_a_candidate_passes(original: Path, tmp_path: Path) -> None:
    backwards = write_clip(tmp_path / "backwards.gif", FRAMES[::-1])
    assert compare(original, [backwards, original], metrics=METRICS)
    assert not compare(original, [backwards], metrics=METRICS)


def test_what_is_cached_gives_the_same(original: Path, candidates: list[Path], tmp_path: Path) -> None:
    with open_cache(tmp_path / "cache") as kept:
        first = compare(original, candidates, metrics=METRICS, cache=kept)
        assert compare(original, candidates, metrics=METRICS, cache=kept) == first


@pytest.mark.parametrize("candidates", [[], "one.gif", Path("one.gif")], ids=str)
def test_candidates_must_be_a_list_of_some(original: Path, candidates: Any) -> None:
    with pytest.raises(UsageError, match="candidate"):
        compare(original, candidates)


def test_the_document_follows_the_schema(original: Path, candidates: list[Path], tmp_path: Path) -> None:
    found = document(compare(original, [*candidates, tmp_path / "nothere.gif"], metrics=["quality", "psnr", "fsim"]))
    assert found["original"]["path"] == str(original)
    assert [each["error"] is None for each in found["candidates"]] == [True, True, False]


def test_nothing_but_errors_follows_the_schema(original: Path, tmp_path: Path) -> None:
    assert document(compare(original, [tmp_path / "nothere.gif"]))["original"] is None


def test_json_is_one_strict_object(original: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison_json(compare(original, [original], metrics=["psnr"]))
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert found["candidates"][0]["metrics"]["psnr"]["mean"] is None  # infinite


def test_csv_has_the_columns_of_each_metric(original: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    print_comparison_csv(compare(original, [original, tmp_path / "a,b.gif"], metrics=["ssim"]))
    head, row, error = capsys.readouterr().out.splitlines()
    assert head == "path,bytes,status,pareto,error,ssim,ssim_low,ssim_high,ssim_p01,ssim_worst"
    assert row == f"{original},{original.stat().st_size},pass,true,,1.0,1.0,1.0,1.0,1.0"
    assert error.startswith(f'"{tmp_path}/a,b.gif",,fail,false,"cannot read')
