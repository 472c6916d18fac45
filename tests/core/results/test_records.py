"""What is kept of a validation: it comes back exactly, and only for what it was found for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core import Check, Clip, FramePair, MetricResult, Moment, resolve
from giflab_core.cache import MemoryCache
from giflab_core.config import Config, DecodeLimits
from giflab_core.events import Event
from giflab_core.evidence import Evidence, Task
from giflab_core.kernels import cambi, fsim, haarpsi, ms_ssim, ssim
from giflab_core.metrics import METRICS, catalogue
from giflab_core.metrics.catalogue import CATALOGUE, Description, select
from giflab_core.model import Rest, Sampling, Tone
from giflab_core.results import records as results_module
from giflab_core.results.records import Results, Subject
from giflab_core.series import pack_pairs, pack_values

ASKED = ("quality", "ssim", "psnr")
FULL = Sampling("full", 0)
CHECKS = (
    Check("readable", "pass"),
    Check("canvas", "warning", 'größer, "so"'),
    Check("region", "fail", time_ms=40, because_of="canvas"),
)
PAIRS = FramePair(0, 0, 0, 40), FramePair(1, 1, 40, 50), FramePair(2, 2, 90, 60)
floats = st.floats(allow_nan=False)


def task(*metrics: str, sampling: Sampling = FULL, **settings: Any) -> Task:
    return Task("a.gif", "b.gif", select(metrics or ASKED), resolve(**settings), sampling)


def result(name: str, *numbers: float, note: str | None = None) -> MetricResult:
    mean, low, high, p01, worst = numbers or (0.1, 0.2, 0.3, 1e-320, -0.0)
    about = CATALOGUE[name]
    return MetricResult(
        name, mean, low, high, p01, Moment(worst, 40), about.unit, about.better, 3, 4, about.version, note=note
    )


def clip(path: str, digest: str) -> Clip:
    return Clip(Path(path), digest, 8, 9, (40, 50, 60), None, warnings=("no trailer",))


@pytest.fixture
def found() -> Evidence:
    return Evidence(
        original=clip("a.gif", "a" * 64),
        compressed=clip("b.gif", "b" * 64),
        decoder="native",
        kernels="numpy",
        content="ui",
        checks=CHECKS,
        scored=3,
        coverage=1 / 3,
        results={
            name: replace(result(name), rest=Rest("content", 0.5, p01))
            for name, p01 in zip(ASKED, (0.25, None, inf), strict=True)
        },
        trouble="structure",
        tone=Tone(1.4, 0.6, -20.0, 0.7, 30.0, 12.5, 0.4, 5.0),
        first_difference_ms=40,
        pairs=pack_pairs(PAIRS),
        values={
            name: pack_values([0.5, number, inf]) for name, number in zip(ASKED, (0.25, -0.0, 1e-320), strict=True)
        },
    )


@pytest.fixture
def results() -> Results:
    return Results(MemoryCache(1 << 20))


def raised(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Another version of one metric."""
    changed: Mapping[str, Description] = {**CATALOGUE, name: replace(CATALOGUE[name], version="next")}
    monkeypatch.setattr(catalogue, "CATALOGUE", MappingProxyType(changed))


def test_what_was_kept_comes_back(results: Results, found: Evidence) -> None:
    results.keep(task(), found)
    assert results.recall(task(), Subject.of(found)) == found


@given(numbers=st.tuples(*[st.one_of(floats, st.just(inf))] * 5))
def test_every_number_comes_back_bit_for_bit(numbers: tuple[float, ...]) -> None:
    results, kept = Results(MemoryCache(1 << 20)), result("ssim", *numbers, note="infinite")
    whole = Evidence(clip("a.gif", "1"), clip("b.gif", "2"), "native", "native", None, CHECKS, 1, 1.0, {"ssim": kept})
    whole = replace(whole, values={"ssim": b""})
    results.keep(task("ssim"), whole)
    back = results.recall(task("ssim"), Subject.of(whole))
    assert back
    assert repr(back.results["ssim"]) == repr(kept)


def test_nothing_is_known_of_another_pair(results: Results, found: Evidence) -> None:
    results.keep(task(), found)
    subject = Subject.of(found)
    for other in (
        replace(subject, original="c" * 64),
        replace(subject, compressed="c" * 64),
        Subject(subject.compressed, subject.original, "native", "numpy"),
        replace(subject, decoder="pillow"),
        replace(subject, kernels="native"),
    ):
        assert results.recall(task(), other) is None


def test_every_setting_is_known_to_matter_or_not() -> None:
    """A new one must be put into the key, or be said here to change no number."""
    keyed = {"mattes", "allow_resize", "decode_limits", "metrics", "goal"}
    without_a_say = {"limits", "content", "threads", "verify_content"}
    assert {each.name for each in fields(Config)} == keyed | without_a_say
    assert {each.name for each in fields(DecodeLimits)} == {"max_pixels", "max_frames", "max_total_pixels", "max_bytes"}


@pytest.mark.parametrize(
    ("settings", "engines", "library", "is_known"),
    [
        ({}, ("native", "native"), "pillow", True),
        ({}, ("native", "native"), "numpy", True),
        ({"allow_resize": True}, ("native", "native"), "pillow", False),
        ({"allow_resize": True}, ("native", "native"), "numpy", True),
        ({}, ("pillow", "native"), "pillow", False),
        ({}, ("native", "numpy"), "numpy", False),
        ({}, ("native", "numpy"), "pillow", False),
    ],
)
def test_another_version_of_a_library_matters_where_it_computes(
    results: Results,
    found: Evidence,
    settings: dict[str, Any],
    engines: tuple[str, str],
    library: str,
    is_known: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = replace(found, decoder=engines[0], kernels=engines[1])
    results.keep(task(**settings), found)
    now = results_module._version
    monkeypatch.setattr(results_module, "_version", lambda name: "99.9" if name == library else now(name))
    assert (results.recall(task(**settings), Subject.of(found)) == found) is is_known


@pytest.mark.parametrize("settings", [{"mattes": ("white",)}, {"allow_resize": True}, {"goal": "good"}])
def test_what_matters_to_the_numbers_is_another_task(
    results: Results, found: Evidence, settings: dict[str, Any]
) -> None:
    results.keep(task(), found)
    assert results.recall(task(**settings), Subject.of(found)) is None


@pytest.mark.parametrize(
    "settings",
    [
        {"limits": {"ssim": 0.5}},
        {"content": "photo"},
        {"threads": 1},
        {"mattes": ("black", "white")},
        {"verify_content": True},
        {"metrics": ("mse",)},
    ],
)
def test_what_does_not_matter_to_the_numbers_is_the_same_task(
    results: Results, found: Evidence, settings: dict[str, Any]
) -> None:
    results.keep(task(), found)
    assert results.recall(task(**settings), Subject.of(found)) == found


def test_the_seed_of_no_choice_does_not_matter(results: Results, found: Evidence) -> None:
    results.keep(task(), found)
    back = results.recall(task(sampling=Sampling("full", 7)), Subject.of(found))
    assert back
    assert back.results["ssim"].sampling == Sampling("full", 7)


def test_a_plan_of_chosen_pairs_is_another_task(results: Results, found: Evidence) -> None:
    results.keep(task(), found)
    assert results.recall(task(sampling=Sampling("uniform", 0)), Subject.of(found)) is None


def test_who_observes_does_not_matter(results: Results, found: Evidence) -> None:
    def observer(event: Event) -> None:
        """Another one than by default."""

    results.keep(task(), found)
    watched = replace(task(), observer=observer)
    assert watched == task()
    assert results.recall(watched, Subject.of(found)) == found


def test_the_paths_are_those_of_the_task(results: Results, found: Evidence) -> None:
    results.keep(task(), found)
    back = results.recall(replace(task(), original="x.gif", compressed="y.gif"), Subject.of(found))
    assert back
    assert (back.original.path, back.compressed.path) == (Path("x.gif"), Path("y.gif"))


@pytest.mark.parametrize(
    ("name", "left"), [("psnr", {"quality", "ssim"}), ("gmsd", {"ssim", "psnr"}), ("quality", {"ssim", "psnr"})]
)
def test_another_version_of_a_metric_leaves_those_that_it_is_no_part_of(
    results: Results, found: Evidence, name: str, left: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    results.keep(task(), found)
    raised(monkeypatch, name)
    back = results.recall(task(), Subject.of(found))
    assert back
    assert set(back.results) == left


def test_a_metric_more_is_the_only_one_that_is_not_known(results: Results, found: Evidence) -> None:
    results.keep(task(), found)
    back = results.recall(task(*ASKED, "mse"), Subject.of(found))
    assert back
    assert list(back.results) == list(ASKED)


def test_narrower_limits_of_decoding_are_asked_of_the_file(results: Results, found: Evidence) -> None:
    results.keep(task(decode_limits=DecodeLimits(max_frames=100)), found)
    wider, narrower = (task(decode_limits=DecodeLimits(max_frames=count)) for count in (101, 99))
    assert results.recall(wider, Subject.of(found)) == found
    assert results.recall(narrower, Subject.of(found)) is None


class Crafted(MemoryCache):
    """Gives what somebody made of what was kept."""

    def __init__(self, kind: str, change: Callable[[Any], object]) -> None:
        super().__init__(1 << 20)
        self._kind, self._change = kind, change

    def get_many(self, keys: Iterable[str]) -> dict[str, bytes]:
        return {key: self._crafted(key, value) for key, value in super().get_many(keys).items()}

    def _crafted(self, key: str, value: bytes) -> bytes:
        if not key.startswith(self._kind):
            return value
        found = self._change(json.loads(value))
        return found if isinstance(found, bytes) else json.dumps(found).encode()


@pytest.mark.parametrize("value", [b"x", b"\xff", b"{}", b"[]", b"7", b"null", b'{"limits": 3}', b"[" * 200_000])
@pytest.mark.parametrize("kind", ["checks/", "metric/"])
def test_what_somebody_else_kept_is_not_known(found: Evidence, kind: str, value: bytes) -> None:
    results = Results(Crafted(kind, lambda _: value))
    results.keep(task(), found)
    assert results.recall(task(), Subject.of(found)) is None


CHECK = ["readable", "pass", ""]
CRAFTED_CHECKS = {
    "checks": (
        [],
        [CHECK],
        [CHECK, ["canvas", "bad", ""]],
        [CHECK, ["canvas", "pass", 3]],
        [CHECK, ["canvas", "pass"]],
        None,
    ),
    "content": ("banana", [], 7),
    "scored": (-1, 1.5, True, "3", None),
    "coverage": ("1", None, float("nan"), True),
    "limits": ([], [1, 2, 3], [1, 2, 3, "4"], [1, 2, 3, None], [1, 2, 3, 4, 5], {}),
    "clips": (
        [],
        [[8, 9, [40], None, []]],
        *(
            [[8, 9, [40], None, []], each]
            for each in (
                [None, 9, [40], None, []],
                [8, 9, ["x"], None, []],
                [8, 9, [40], "ever", []],
                [8, 9, [40], None, [3]],
                [8, 9, [-4], None, []],
            )
        ),
    ),
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in CRAFTED_CHECKS.items() for value in values]
)
def test_checks_that_were_tampered_with_are_not_known(found: Evidence, field: str, value: object) -> None:
    results = Results(Crafted("checks/", lambda document: {**document, field: value}))
    results.keep(task(), found)
    assert results.recall(task(), Subject.of(found)) is None


@pytest.mark.parametrize("value", ["0.9", None, [1], True, float("nan"), 10**400])
@pytest.mark.parametrize("place", range(5))
def test_numbers_that_were_tampered_with_are_not_known(found: Evidence, place: int, value: object) -> None:
    results = Results(Crafted("metric/", lambda row: [*row[:place], value, *row[place + 1 :]]))
    results.keep(task(), found)
    assert results.recall(task(), Subject.of(found)) is None


@pytest.mark.parametrize("value", [None, 3, "", "00", "no hex", "000"])
def test_series_that_were_tampered_with_are_not_known(found: Evidence, value: object) -> None:
    for kind, change in (
        ("checks/", lambda document: {**document, "pairs": value}),
        ("metric/", lambda row: [*row[:-1], value]),
    ):
        results = Results(Crafted(kind, change))
        results.keep(task(), found)
        assert results.recall(task(), Subject.of(found)) is None


@pytest.mark.parametrize(("place", "value"), [(5, "40"), (5, -1), (6, 1.0), (7, True), (8, 5), (8, ["x"])])
def test_counts_that_were_tampered_with_are_not_known(found: Evidence, place: int, value: object) -> None:
    results = Results(Crafted("metric/", lambda row: [*row[:place], value, *row[place + 1 :]]))
    results.keep(task(), found)
    assert results.recall(task(), Subject.of(found)) is None


def test_the_catalogue_describes_the_metrics() -> None:
    assert list(METRICS) == list(CATALOGUE)
    for name, metric in METRICS.items():
        assert metric.description is CATALOGUE[name]
        assert tuple(part.name for part in metric.parts) == CATALOGUE[name].parts


def test_the_catalogue_has_the_windows_of_the_kernels() -> None:
    windows = {
        "ssim": ssim.WINDOW,
        "ms_ssim": ms_ssim.SIDE,
        "fsim": fsim.WINDOW,
        "haarpsi": haarpsi.WINDOW,
        "banding": cambi.SMALLEST,
    }
    assert {name: each.window for name, each in CATALOGUE.items() if each.window > 1} == windows
    assert CATALOGUE["fsim"].side == fsim.SIDE
