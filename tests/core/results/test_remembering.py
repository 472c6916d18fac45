"""Validations with a cache: the same reports as without one, computed from what is new alone."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from giflab_core import DecodeError, LimitExceeded, UsageError, ValidationReport, resolve, validate
from giflab_core.cache import Cache, MemoryCache
from giflab_core.cache import digests as identity
from giflab_core.config import DecodeLimits
from giflab_core.decoding import is_changed
from giflab_core.events import Progress
from giflab_core.evidence import Evidence, Task
from giflab_core.measurement import gathering
from giflab_core.metrics import METRICS, catalogue
from giflab_core.metrics.catalogue import CATALOGUE
from giflab_core.report import to_json
from tests.helpers.gifs import moving_frames, write_clip
from tests.helpers.marks import needs_posix

FRAMES = moving_frames(6)


class Measured:
    """Counts what is measured: the names of the metrics, each time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[list[str]] = []
        self._measure = gathering.measure
        monkeypatch.setattr(gathering, "measure", self)

    def __call__(self, task: Task) -> Evidence:
        self.calls.append([each.name for each in task.metrics])
        return self._measure(task)


@pytest.fixture
def cache() -> MemoryCache:
    return MemoryCache(1 << 20)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Measured:
    return Measured(monkeypatch)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "original.gif", FRAMES)


@pytest.fixture
def compressed(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "compressed.gif", [frame // 8 * 8 for frame in FRAMES])


def is_same(one: ValidationReport, other: ValidationReport) -> bool:
    """Whether two reports agree in every number, in the order of all, and in the files they speak of."""
    return repr(one) == repr(other) and to_json(one) == to_json(other)


def overwriting(path: Path, content: bytes) -> Progress:
    """What changes a file while it is read."""

    def write(done: int, total: int) -> None:
        path.write_bytes(content)

    return write


def test_the_second_time_nothing_is_measured(
    original: Path, compressed: Path, cache: Cache, measured: Measured
) -> None:
    reports = [validate(original, compressed, cache=cache) for _ in range(3)]
    assert len(measured.calls) == 1
    assert all(is_same(each, validate(original, compressed)) for each in reports)


def test_what_is_known_is_asked_for_in_three_questions(original: Path, compressed: Path, cache: Cache) -> None:
    """What either file is, and all that was found in them."""
    validate(original, compressed, cache=cache)
    asked = Mock(wraps=cache)
    validate(original, compressed, cache=asked)
    assert len([name for name, *_ in asked.method_calls if name.startswith("get")]) <= 3


def test_another_limit_measures_nothing(original: Path, compressed: Path, cache: Cache, measured: Measured) -> None:
    validate(original, compressed, cache=cache)
    config = resolve(limits={"mse": 0.001}, content="photo")
    report = validate(original, compressed, cache=cache, config=config)
    assert len(measured.calls) == 1
    assert is_same(report, validate(original, compressed, config=config))
    assert report.status == "fail"


def test_of_more_metrics_only_those_are_measured(
    original: Path, compressed: Path, cache: Cache, measured: Measured
) -> None:
    validate(original, compressed, cache=cache, metrics=["ssim", "mse"])
    report = validate(original, compressed, cache=cache, metrics=["edge", "mse", "quality", "ssim"])
    assert measured.calls == [["ssim", "mse"], ["edge", "quality"]]
    assert is_same(report, validate(original, compressed, metrics=["edge", "mse", "quality", "ssim"]))


def test_fewer_metrics_measure_nothing(original: Path, compressed: Path, cache: Cache, measured: Measured) -> None:
    validate(original, compressed, cache=cache)
    validate(original, compressed, cache=cache, metrics=["mse"])
    assert len(measured.calls) == 1


def test_a_metric_that_does_not_fit_is_not_measured_again(tmp_path: Path, cache: Cache, measured: Measured) -> None:
    small = write_clip(tmp_path / "small.gif", [frame[:6, :20] for frame in FRAMES])
    reports = [validate(small, small, cache=cache, metrics=["ssim", "mse"]) for _ in range(2)]
    assert len(measured.calls) == 1
    assert reports[1].absent == {"ssim": "canvas 20x6 is smaller than 7 pixels"}


def test_two_canvases_are_not_looked_at_again(original: Path, tmp_path: Path, cache: Cache, measured: Measured) -> None:
    other = write_clip(tmp_path / "other.gif", [frame[:-1] for frame in FRAMES])
    reports = [validate(original, other, cache=cache) for _ in range(2)]
    assert len(measured.calls) == 1
    assert is_same(*reports)


def test_a_copy_under_another_name_is_known_and_reported_by_its_name(
    original: Path, compressed: Path, cache: Cache, measured: Measured
) -> None:
    validate(original, compressed, cache=cache)
    copy = compressed.with_name("copy.gif")
    copy.write_bytes(compressed.read_bytes())
    report = validate(str(original), copy, cache=cache)
    assert len(measured.calls) == 1
    assert report.compressed.path == copy


def test_one_byte_more_is_another_file(original: Path, compressed: Path, cache: Cache, measured: Measured) -> None:
    validate(original, compressed, cache=cache)
    compressed.write_bytes(compressed.read_bytes() + b"\0")
    assert is_same(validate(original, compressed, cache=cache), validate(original, compressed))
    assert len(measured.calls) == 3


def test_a_damaged_file_is_read_every_time(original: Path, compressed: Path, cache: Cache, measured: Measured) -> None:
    compressed.write_bytes(compressed.read_bytes()[:-200])
    other = compressed.with_name("other.gif")
    other.write_bytes(compressed.read_bytes())
    validate(original, compressed, cache=cache)
    report = validate(original, other, cache=cache)
    assert len(measured.calls) == 2
    assert "other.gif" in report.checks[0].message


@pytest.mark.parametrize("content", [None, b"", b"no gif"])
def test_a_file_that_cannot_be_read_raises_as_without_a_cache(
    original: Path, tmp_path: Path, cache: Cache, content: bytes | None
) -> None:
    bad = tmp_path / "bad.gif"
    if content is not None:
        bad.write_bytes(content)
    errors = []
    for options in ({}, {"cache": cache}, {"cache": cache}):
        with pytest.raises(DecodeError) as caught:
            validate(original, bad, **options)  # type: ignore[arg-type]
        errors.append(str(caught.value))
    assert len(set(errors)) == 1


def test_a_file_beyond_the_limits_is_refused_though_it_is_known(original: Path, cache: Cache) -> None:
    validate(original, original, cache=cache)
    for limits in (DecodeLimits(max_frames=5), DecodeLimits(max_bytes=100)):
        with pytest.raises(LimitExceeded):
            validate(original, original, cache=cache, config=resolve(decode_limits=limits))


def test_what_changes_while_it_is_read_is_not_kept(
    original: Path, compressed: Path, cache: Cache, measured: Measured
) -> None:
    content = compressed.read_bytes()
    with pytest.raises(DecodeError, match="changed while it was read"):
        validate(original, compressed, cache=cache, on_progress=overwriting(compressed, content + b"\0"))
    compressed.write_bytes(content)
    validate(original, compressed, cache=cache)
    assert len(measured.calls) == 2


def test_what_changes_unseen_while_it_is_read_is_not_kept(
    original: Path, compressed: Path, cache: MemoryCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Times that tick too slowly: what was read was of one file, and is kept under the name of no other.
    monkeypatch.setattr("giflab_core.measurement.cursor.is_changed", lambda _: False)
    other = write_clip(compressed.with_name("other.gif"), [frame // 32 * 32 for frame in FRAMES]).read_bytes()
    kept = compressed.read_bytes()
    validate(original, compressed, cache=cache, on_progress=overwriting(compressed, other))
    compressed.write_bytes(kept)
    assert is_same(validate(original, compressed, cache=cache), validate(original, compressed))


def test_a_file_that_is_replaced_before_the_rest_is_measured_is_measured_whole(
    original: Path, compressed: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    validate(original, compressed, cache=cache, metrics=["mse"])
    real, other = gathering.measure, write_clip(compressed.with_name("other.gif"), [each // 32 for each in FRAMES])

    def replaced(task: Task) -> Evidence:
        if other.exists():
            other.replace(compressed)
        return real(task)

    monkeypatch.setattr(gathering, "measure", replaced)
    report = validate(original, compressed, cache=cache, metrics=["mse", "ssim"])
    assert is_same(report, validate(original, compressed, metrics=["mse", "ssim"]))


@needs_posix
def test_verified_content_is_read_though_the_system_says_it_is_the_same(
    original: Path, compressed: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("giflab_core.stamp.REST_NS", 0)
    monkeypatch.setattr(identity, "stamp_of", lambda _: (0, 0))
    before = validate(original, compressed, cache=cache)
    write_clip(compressed, [frame // 32 * 32 for frame in FRAMES])
    assert validate(original, compressed, cache=cache).compressed.digest == before.compressed.digest
    config = resolve(verify_content=True)
    assert is_same(validate(original, compressed, cache=cache, config=config), validate(original, compressed))


def test_a_report_that_is_known_needs_no_numpy(original: Path, compressed: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from giflab_core import open_cache, validate; cache = open_cache()\n"
        "validate(*sys.argv[1:3], cache=cache); cache.close()\n"
        "print(sorted({'numpy', 'PIL', 'rich', 'giflab_core.measurement.scoring'} & set(sys.modules)))"
    )
    environment = {**os.environ, "GIFLAB_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-c", code, str(original), str(compressed)]
    runs = [
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout for _ in range(2)
    ]
    assert "numpy" in runs[0]
    assert runs[1] == "[]\n"


def test_what_is_remembered_says_whether_a_file_has_changed_since(
    original: Path, compressed: Path, cache: Cache, measured: Measured
) -> None:
    for _ in range(2):
        report = validate(original, compressed, cache=cache)
        assert not is_changed(report.original)
    assert len(measured.calls) == 1
    original.write_bytes(compressed.read_bytes())
    assert is_changed(report.original)


@pytest.mark.parametrize("hidden", [(), ("giflab_core.decoding._gif",), ("giflab_core.kernels._kernels",)])
def test_engines_are_named_as_in_reports(
    original: Path, compressed: Path, hidden: tuple[str, ...], tmp_path: Path
) -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(sys.argv[3:]))\n"
        "from giflab_core.results.remembering import _engines; from giflab_core import validate\n"
        "report = validate(*sys.argv[1:3]); assert _engines() == (report.decoder, report.kernels); print(*_engines())"
    )
    command = [sys.executable, "-c", code, str(original), str(compressed), *hidden]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    if "giflab_core.decoding._gif" in hidden:
        assert found[0] == "pillow"
    if "giflab_core.kernels._kernels" in hidden:
        assert found[1] == "numpy"


@pytest.mark.parametrize("what", [Path("cache"), True, {}])
def test_what_is_no_cache_is_refused(original: Path, compressed: Path, what: Any) -> None:
    with pytest.raises(UsageError, match="open_cache"):
        validate(original, compressed, cache=what)


class World:
    """Two files that change, in a folder, and a cache that is kept while they do."""

    CONTENTS = ("plain", "coarse", "reversed", "still", "tiny", "clear", "opaque", "cut", "no trailer", "none")
    NAMES = ("mse", "ssim", "psnr", "alpha", "temporal", "quality", "ms_ssim")

    def __init__(self, folder: Path) -> None:
        frames = [frame[:12, :12] for frame in moving_frames(3)]
        variants = {
            "plain": frames,
            "coarse": [frame // 32 * 32 for frame in frames],
            "reversed": frames[::-1],
            "still": frames[:1],
            "tiny": [frame[:5, :5] for frame in frames],
        }
        self.contents = {name: write_clip(folder / "made", each).read_bytes() for name, each in variants.items()}
        clear = [np.where(np.arange(12) < 4, 0, np.maximum(frame, 1)).astype(np.uint8) for frame in frames]
        self.contents["clear"] = write_clip(folder / "made", clear, transparent=0, disposal=2).read_bytes()
        self.contents["opaque"] = write_clip(folder / "made", [np.maximum(frame, 250) for frame in clear]).read_bytes()
        self.contents["cut"] = self.contents["plain"][:-90]
        self.contents["no trailer"] = self.contents["plain"][:-1]
        self.contents["none"] = b"GIF89a"
        self.folder = folder
        self.cache = MemoryCache(1 << 20)
        self.paths = [folder / "a.gif", folder / "b.gif"]
        for path, name in zip(self.paths, ("clear", "opaque"), strict=True):
            path.write_bytes(self.contents[name])

    def write(self, place: int, name: str) -> None:
        path, probe = self.paths[place], self.folder / "probe"
        while not probe.exists() or probe.stat().st_ctime_ns <= path.stat().st_ctime_ns:
            probe.write_bytes(b"")  # the times of two changes differ: the stamps are trusted at once here
        path.write_bytes(self.contents[name])

    def rename(self) -> None:
        self.paths.reverse()

    def forget(self, number: int) -> None:
        """One of what is kept, as a cache may."""
        keys = sorted(self.cache._values)
        if keys:
            self.cache.remove(keys[number % len(keys)])

    def outcome(self, cache: Cache | None, view: View) -> str:
        try:
            report = validate(*self.paths, cache=cache, **view.options())
        except DecodeError as error:
            return str(error)
        return f"{report!r} {to_json(report)}"


@dataclass(frozen=True)
class View:
    """What a validation is asked for."""

    metrics: tuple[str, ...]
    limit: float | None
    seed: int
    settings: dict[str, Any]

    def options(self) -> dict[str, Any]:
        limits = {} if self.limit is None else {self.metrics[0]: self.limit}
        return {"seed": self.seed, "config": resolve(metrics=self.metrics, limits=limits, **self.settings)}


views = st.builds(
    View,
    metrics=st.lists(st.sampled_from(World.NAMES), min_size=1, max_size=4, unique=True).map(tuple),
    limit=st.sampled_from((None, 0.0, 0.5, 30.0)),
    seed=st.integers(0, 1),
    settings=st.fixed_dictionaries(
        {
            "content": st.sampled_from(("auto", "photo")),
            "mattes": st.sampled_from((("white", "black"), ("white",))),
            "allow_resize": st.booleans(),
            "decode_limits": st.sampled_from((DecodeLimits(), DecodeLimits(max_frames=2))),
        }
    ),
)
changes = st.one_of(
    st.tuples(st.just("write"), st.integers(0, 1), st.sampled_from(World.CONTENTS)),
    st.tuples(st.just("version"), st.integers(2, 4)),
    st.tuples(st.just("rename")),
    st.tuples(st.just("forget"), st.integers(0, 100)),
)


@needs_posix
@settings(max_examples=60)
@given(looks=st.lists(views, min_size=2, max_size=4), script=st.lists(changes, min_size=1, max_size=8))
def test_no_sequence_of_changes_makes_a_cached_report_another_one(
    tmp_path_factory: pytest.TempPathFactory, looks: list[View], script: list[tuple[Any, ...]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        world = World(tmp_path_factory.mktemp("world"))
        patch.setattr("giflab_core.stamp.REST_NS", 0)
        for action, *details in script:
            if action == "version":
                _set_version(patch, details[0])
            else:
                getattr(world, action)(*details)
            for view in looks:
                assert world.outcome(world.cache, view) == world.outcome(None, view)


def _set_version(patch: pytest.MonkeyPatch, version: int) -> None:
    """Another version of `mse`, which says another number."""
    description = replace(CATALOGUE["mse"], version=str(version))
    metric = replace(METRICS["mse"], description=description, present=lambda mse: mse + version)
    patch.setattr(catalogue, "CATALOGUE", MappingProxyType({**CATALOGUE, "mse": description}))
    patch.setattr(gathering, "METRICS", MappingProxyType({**METRICS, "mse": metric}))
