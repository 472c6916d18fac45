"""The GIFs that benchmarks make, beside their times: lines of a report, and a run as a user starts it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from math import inf
from typing import Any

import jsonschema
import numpy as np
import pytest

from pytest_giflab.duet.qualities import quality_rows
from pytest_giflab.duet.sides import BASE, HEAD
from pytest_giflab.duet.trial import Trial
from pytest_giflab.measuring.messages import BenchmarkStarted, Judged
from pytest_giflab.model import Benchmark, Comparison, Quantity
from pytest_giflab.quality import Appraisal, Numbers
from pytest_giflab.report import kind
from tests.helpers.gifs import moving_frames, write_clip
from tests.helpers.projects import MEASURED, Project

BENCHMARK = Benchmark("t.py::test_gif", "t.py", 1)
SCHEMA = json.loads(resources.files("pytest_giflab").joinpath("schemas", "giflab.gate.1.schema.json").read_text())


def judged(value: float, why: str = "", original: str = "0", compressed: str = "1") -> Appraisal:
    numbers = Numbers(value, value, value, 120, "", "higher", "1")
    return Appraisal("small.gif", 64 * original, 64 * compressed, 100, "", why, {"quality": numbers})


def named(label: str, value: float, *, is_named: bool = False) -> Appraisal:
    return replace(judged(value), label=label, is_named=is_named)


def of_processes(base: Sequence[list[Appraisal]], head: Sequence[list[Appraisal]]) -> list[Comparison]:
    trial = Trial(BENCHMARK, BENCHMARK)
    for side, runs in ((BASE, base), (HEAD, head)):
        for found in runs:
            trial.outcomes[side].add(BenchmarkStarted(BENCHMARK.id))
            for each in found:
                trial.outcomes[side].add(Judged(BENCHMARK.id, each))
    return list(quality_rows(trial))


def rows(base: list[Appraisal], head: list[Appraisal]) -> list[Comparison]:
    return of_processes([base], [head])


def test_a_worse_gif_is_critical_and_says_why() -> None:
    (row,) = rows([judged(0.9)], [judged(0.6, compressed="2")])
    assert (row.verdict, row.before, row.after) == ("critical", 0.9, 0.6)
    assert row.ratio == pytest.approx(2 / 3)
    assert row.quantity == Quantity("quality", "", "higher")
    assert row.reason == ("small.gif: the GIF is worse than base's: quality 0.9 -> 0.6; worst at 120 ms")


@pytest.mark.parametrize(("after", "verdict"), [(0.895, "ok"), (0.95, "improved"), (0.88, "critical")])
def test_the_tolerance_decides(after: float, verdict: str) -> None:
    (row,) = rows([judged(0.9)], [judged(after, compressed="2")])
    assert row.verdict == verdict
    assert not row.advisory


def test_what_fails_its_limits_is_critical_also_if_it_did_before() -> None:
    (row,) = rows([judged(0.4, "too bad")], [judged(0.4, "too bad")])
    assert (row.verdict, row.reason) == ("critical", "small.gif: the GIF fails (on base too): too bad")


def test_what_is_no_longer_lossless_is_critical_and_has_no_ratio() -> None:
    (row,) = rows([judged(inf)], [judged(36.5, compressed="2")])
    assert (row.verdict, row.before, row.after, row.ratio) == ("critical", None, 36.5, None)
    assert "quality infinite -> 36.5" in row.reason


def test_bases_tolerance_holds() -> None:
    (row,) = rows([judged(0.9)], [replace(judged(0.8), tolerance=0.5)])
    assert row.verdict == "critical"


def test_another_original_is_not_held_against() -> None:
    (row,) = rows([judged(0.9)], [judged(0.6, original="3")])
    assert (row.verdict, row.advisory) == ("inconclusive", True)


def test_what_one_side_alone_validates_is_told() -> None:
    (row,) = rows([], [judged(0.9)])
    assert (row.status, row.verdict) == ("new", None)
    (row,) = rows([], [judged(0.2, "too bad")])
    assert row.verdict == "critical"
    (row,) = rows([judged(0.9)], [])
    assert row.status == "missing"


def test_two_gifs_of_one_test_have_a_line_each() -> None:
    found = rows([judged(0.9), judged(0.7)], [judged(0.9), judged(0.5)])
    assert [(row.before, row.after) for row in found] == [(0.9, 0.9), (0.7, 0.5)]
    assert [row.reason.partition(":")[0] for row in found] == ["small.gif", "small.gif (2)"]


@pytest.mark.parametrize(("after", "verdict"), [(0.9, "ok"), (0.6, "critical")])
def test_a_gif_that_has_another_name_in_each_process_is_one_gif(after: float, verdict: str) -> None:
    (row,) = of_processes(
        [[named("tmpa.gif", 0.9)], [named("tmpb.gif", 0.9)]], [[named("tmpc.gif", after)], [named("tmpd.gif", after)]]
    )
    assert (row.status, row.verdict, row.processes) == ("measured", verdict, 2)
    assert row.reason.startswith("GIF 1: ")


def test_a_gif_that_head_renames_is_held_against_bases() -> None:
    (row,) = rows([named("old.gif", 0.9)], [named("new.gif", 0.6)])
    assert row.verdict == "critical"
    assert row.reason.startswith("new.gif: the GIF is worse than base's: ")


def test_gifs_with_a_baseline_are_paired_by_its_name_in_any_order() -> None:
    one, other = named("one", 0.9, is_named=True), named("other", 0.5, is_named=True)
    found = rows([one, named("a.gif", 0.7), other], [other, one, named("b.gif", 0.7)])
    assert sorted((row.reason, row.verdict) for row in found) == [
        ("b.gif: the same GIF", "ok"),
        ("one: the same GIF", "ok"),
        ("other: the same GIF", "ok"),
    ]


def test_what_a_process_said_that_was_cut_short_is_forgotten() -> None:
    trial = Trial(BENCHMARK, BENCHMARK)
    for side in (BASE, HEAD):
        trial.outcomes[side].add(BenchmarkStarted(BENCHMARK.id))
        trial.outcomes[side].add(Judged(BENCHMARK.id, judged(0.9)))
    trial.drop_unfinished()
    assert list(quality_rows(trial)) == []


def test_a_missing_gif_keeps_a_run_from_being_green_as_a_missing_benchmark_does() -> None:
    found = rows([judged(0.9), judged(0.7)], [judged(0.9)])
    assert [row.status for row in found] == ["measured", "missing"]
    assert [kind(row) for row in found] == ["ok", "missing"]


FRAMES = moving_frames(4)
TEST = """
from pathlib import Path
from shutil import copy
from work import work

HERE = Path(__file__).parent

def make(folder):
    copy(HERE / "made.gif", folder / "small.gif")
    work()

def test_gif(benchmark, giflab_validate, tmp_path):
    benchmark(make, tmp_path)
    giflab_validate(HERE / "original.gif", tmp_path / "small.gif")
"""
SLOW = "def work():\n    sum(number * number % 7 for number in range(100_000))\n"


@pytest.fixture(scope="module")
def worse(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Head makes a worse GIF in a third of the time, so that a single pair can tell."""
    folder = tmp_path_factory.mktemp("worse")
    project = Project(folder / "project")
    project.write({"work.py": SLOW, "test_gif.py": TEST, "pytest.ini": "[pytest]\npythonpath = .\n"})
    write_clip(project.folder / "original.gif", FRAMES)
    write_clip(project.folder / "made.gif", FRAMES)
    project.commit()
    noise = np.random.default_rng(1).integers(-20, 21, FRAMES[0].shape)
    noisy = [np.clip(frame.astype(int) + noise, 0, 255).astype(np.uint8) for frame in FRAMES]
    write_clip(project.folder / "made.gif", noisy)
    project.write({"work.py": SLOW.replace("100_000", "25_000")})
    run = project.against("HEAD", *MEASURED, GIFLAB_CACHE_DIR=str(folder / "cache"))
    assert run.status == 1, run.said
    jsonschema.validate(run.report, SCHEMA)
    assert not (project.folder / ".giflab").exists()
    return {row["quantity"]: row for row in run.report["benchmarks"]} | {"run": {"said": run.said, **run.report}}


def test_a_run_that_makes_worse_gifs_fails_with_that_reason(worse: dict[str, dict[str, Any]]) -> None:
    row = worse["quality"]
    assert (row["verdict"], row["before"], row["better"]) == ("critical", 1.0, "higher")
    assert row["after"] < 0.99
    assert row["reason"].startswith("small.gif: the GIF is worse than base's: ")
    assert worse["run"]["verdict"] == "critical"
    assert "1 of 2 benchmarks is worse: test_gif (quality) −" in worse["run"]["said"]


def test_the_time_is_told_beside_it(worse: dict[str, dict[str, Any]]) -> None:
    row = worse["time"]
    assert row["id"] == worse["quality"]["id"]
    assert row["ratio"] < 0.85
