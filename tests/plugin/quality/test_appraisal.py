"""What counts as worse, by arithmetic."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from math import inf
from pathlib import Path

import jsonschema
import pytest

from pytest_giflab.quality.appraisal import Appraisal, Numbers, improved, unlike, worsened
from pytest_giflab.quality.approved import ApprovedStore, to_document
from pytest_giflab.quality.artifacts import folder_of

SCHEMA = json.loads(resources.files("pytest_giflab").joinpath("schemas", "giflab.quality.1.schema.json").read_text())
SSIM = Numbers(0.9, 0.8, 0.7, 120, "", "higher", "1")
PSNR = Numbers(40.0, 35.0, 30.0, 120, "dB", "higher", "1")
MSE = Numbers(10.0, 20.0, 30.0, 120, "", "lower", "1")
BEFORE = Appraisal("a", "0" * 64, "1" * 64, 100, "on black and white", "", {"ssim": SSIM, "psnr": PSNR, "mse": MSE})


def now(**changes: Numbers) -> Appraisal:
    return replace(BEFORE, metrics={**BEFORE.metrics, **changes})


@pytest.mark.parametrize(("mean", "worse"), [(0.9, False), (0.891, False), (0.889, True), (0.99, False)])
def test_the_tolerance_is_of_one_for_small_numbers(mean: float, worse: bool) -> None:
    assert bool(worsened(BEFORE, now(ssim=replace(SSIM, mean=mean)), 0.01)) is worse


@pytest.mark.parametrize(("mean", "worse"), [(39.7, False), (39.5, True)])
def test_the_tolerance_is_of_the_number_for_large_ones(mean: float, worse: bool) -> None:
    assert bool(worsened(BEFORE, now(psnr=replace(PSNR, mean=mean)), 0.01)) is worse


def test_where_less_is_better_more_is_worse() -> None:
    assert worsened(BEFORE, now(mse=replace(MSE, mean=10.2)), 0.01) == "mse 10 -> 10.2"
    assert worsened(BEFORE, now(mse=replace(MSE, mean=9.0)), 0.01) == ""
    assert improved(BEFORE, now(mse=replace(MSE, mean=9.0)), 0.01) == "mse 10 -> 9"


def test_the_worst_moments_count_too_and_the_largest_step_comes_first() -> None:
    found = worsened(BEFORE, now(ssim=replace(SSIM, mean=0.88, p01=0.4), mse=replace(MSE, mean=20.0)), 0.01)
    assert found == "ssim.p01 0.8 -> 0.4; mse 10 -> 20"


def test_a_few_metrics_are_told_of_and_the_others_counted() -> None:
    names = ("mse", "quality", "c", "d", "e", "f")
    before, after = (replace(BEFORE, metrics={name: replace(SSIM, mean=mean) for name in names}) for mean in (0.9, 0.8))
    assert worsened(before, after, 0.01) == "quality 0.9 -> 0.8; mse 0.9 -> 0.8; c 0.9 -> 0.8; 3 more metrics"


LOSSLESS = now(psnr=replace(PSNR, mean=inf, p01=inf, worst=inf))


def test_what_was_infinite_and_no_longer_is_got_worse() -> None:
    assert worsened(LOSSLESS, BEFORE, 0.99) == "psnr infinite -> 40 dB"
    assert improved(BEFORE, LOSSLESS, 0.99) == "psnr 40 -> infinite dB"
    assert worsened(BEFORE, LOSSLESS, 0.0) == worsened(LOSSLESS, LOSSLESS, 0.0) == unlike(LOSSLESS, BEFORE) == ""


def test_the_worst_moments_alone_may_cease_to_be_infinite() -> None:
    assert worsened(LOSSLESS, now(psnr=replace(PSNR, mean=inf)), 0.01) == "psnr.p01 infinite -> 35 dB"


def test_more_of_what_is_better_if_lower_is_infinitely_worse() -> None:
    assert worsened(BEFORE, now(mse=replace(MSE, mean=inf)), 0.01) == "mse 10 -> infinite"
    assert improved(now(mse=replace(MSE, mean=inf)), BEFORE, 0.01) == "mse infinite -> 10"


def test_a_file_keeps_apart_what_is_infinite_and_what_is_not_there(tmp_path: Path) -> None:
    store = ApprovedStore(tmp_path)
    found = now(psnr=replace(PSNR, mean=inf, p01=None))
    store.save(to_document(found, None))
    document = json.loads(store.path("a").read_text())
    jsonschema.validate(document, SCHEMA)
    assert document["metrics"]["psnr"]["mean"] is None
    assert "p01" not in document["metrics"]["psnr"]
    approved = store.load("a")
    assert approved
    assert approved.metrics == found.metrics


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(BEFORE, compressed="2" * 64), ""),
        (replace(BEFORE, original="2" * 64), "the original is another one"),
        (replace(BEFORE, settings="on black"), "the settings are others (on black, before on black and white)"),
        (replace(BEFORE, metrics={"ssim": SSIM, "psnr": PSNR}), "mse was measured before only"),
        (now(psnr=replace(PSNR, mean=None)), "psnr is there before only"),
        (now(psnr=replace(PSNR, p01=None)), "psnr.p01 is there before only"),
        (now(ssim=replace(SSIM, version="2")), "ssim is of version 2, and was of version 1"),
    ],
)
def test_what_cannot_be_compared_is_told(other: Appraisal, why: str) -> None:
    assert unlike(BEFORE, other) == why


@pytest.mark.parametrize("test", ["tests/a.py::test_x[../../etc]", "a\\b::test[\x00\n]", "t" * 500, "t::é[ü]"])
def test_folders_are_safe_names_whatever_the_test_is_called(test: str) -> None:
    name = folder_of(test, "../x")
    assert not set(name) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
    assert len(name) < 100
    assert name != folder_of(test, "../y")
