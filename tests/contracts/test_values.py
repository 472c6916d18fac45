"""What every public value does: it pickles, copies and compares, and does not change."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import FrozenInstanceError, asdict, fields, is_dataclass
from functools import partial
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import giflab_core
import giflab_core.errors
import pytest_giflab
import pytest_giflab.errors
import pytest_giflab.model
from giflab_core import DecodeError, Event, PairsScored, View, decode, inspect, open_clip, pair, resolve, validate
from giflab_core.cache import MemoryCache
from giflab_core.evidence import Evidence, Task
from giflab_core.frozen import FrozenDict
from giflab_core.measurement import measure
from giflab_core.measurement.scoring import Scores, score
from giflab_core.metrics import METRICS, select
from giflab_core.model import Sampling
from pytest_giflab.decision import decide
from tests.helpers.gifs import moving_frames, write_clip
from tests.helpers.measurements import comparison, measurement, recording, report

BEYOND = (Evidence, Scores, Task)
"""Values that no public name stands for, but that travel too."""


def exported(module: Any) -> set[type]:
    found = (getattr(module, name) for name in getattr(module, "__all__", dir(module)) if not name.startswith("_"))
    return {each for each in found if isinstance(each, type) and is_dataclass(each)}


MODULES = giflab_core, pytest_giflab, pytest_giflab.model
KINDS = sorted({*BEYOND}.union(*map(exported, MODULES)), key=lambda kind: (kind.__module__, kind.__name__))


def values_in(value: object) -> Iterator[Any]:
    """A value, and all those that it is made of."""
    if is_dataclass(value):
        yield value
        for field in fields(value):
            yield from values_in(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from values_in(each)
    elif isinstance(value, tuple | list):
        for each in value:
            yield from values_in(each)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("values")
    frames = moving_frames(4)
    original = write_clip(folder / "original.gif", frames, transparent=250)
    original.write_bytes(original.read_bytes() + b"more")  # so that there is something extra
    return original, write_clip(folder / "compressed.gif", [frame // 8 * 8 for frame in frames], [0, 1, 10, 10])


@pytest.fixture(scope="module")
def values(paths: tuple[Path, Path]) -> Mapping[type, Any]:
    """One of each kind, as the public functions make them."""
    config = resolve(limits={"ssim": 0.5})
    task = Task(*paths, select(("quality", "ssim")), config, Sampling())
    clips = open_clip(paths[0]), open_clip(paths[1])
    pairs = pair(*clips)
    holed = write_clip(paths[0].parent / "holed.gif", [np.where(frame > 100, 0, frame) for frame in moving_frames(4)])
    cache = MemoryCache(1 << 20)
    roots = (
        *(config, task, measure(task), score(*clips, pairs, [METRICS["ssim"]], config)),
        *(
            validate(paths[0], holed),
            *(found := validate(*paths, config=config), found.series["ssim"][0]),
            inspect(paths[1]),
            clips,
            pairs,
            list(decode(paths[0])),
        ),
        *(
            View(background=255),
            cache.stats(),
            giflab_core.write_demo(paths[0].parent / "demo"),
            giflab_core.compare(paths[0], [paths[1], holed]),
            Event(),
            PairsScored(1, 2),
        ),
        *(report(comparison(samples={"base": (0.1, 0.2)}), selfcheck={"ratio": 1.0}), recording(), measurement()),
        pytest_giflab.model.Baseline("main", (recording(),)),
        decide([[[1.0]] * 5] * 5, [[[1.0]] * 5] * 5),
    )
    return {type(each): each for each in values_in(roots)}


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def value(request: pytest.FixtureRequest, values: Mapping[type, Any]) -> Any:
    return values[request.param]


def test_it_pickles(value: Any) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(value, protocol)) == value  # noqa: S301


def test_it_copies(value: Any) -> None:
    for back in (copy.copy(value), copy.deepcopy(value)):
        assert back == value
        assert type(back) is type(value)


def test_it_becomes_a_dictionary(value: Any) -> None:
    assert list(asdict(value)) == [field.name for field in fields(value)]


def test_what_it_holds_becomes_dictionaries_too(paths: tuple[Path, Path]) -> None:
    found = validate(*paths, metrics=["ssim"])
    assert asdict(found)["metrics"]["ssim"]["worst"]["time_ms"] == found.metrics["ssim"].worst.time_ms


def test_it_has_a_hash(value: Any) -> None:
    assert hash(copy.deepcopy(value)) == hash(value)


@pytest.mark.parametrize("way", [lambda value: value, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
def test_it_does_not_change(value: Any, way: Any) -> None:
    found = way(value)
    for field in fields(found):
        held = getattr(found, field.name)
        with pytest.raises(FrozenInstanceError):
            setattr(found, field.name, held)
        assert not isinstance(held, list | set | bytearray)
        if isinstance(held, Mapping):
            with pytest.raises(TypeError):
                held["new"] = 1  # type: ignore[index]
        if type(held).__module__ == "numpy":
            with pytest.raises(ValueError, match="read-only"):
                held[...] = 0


def test_frames_of_other_pixels_or_durations_differ(paths: tuple[Path, Path]) -> None:
    first, second, *_ = decode(paths[1])
    assert first == next(decode(paths[1]))
    assert first != second
    assert first != giflab_core.Frame(first.pixels, first.duration_ms + 10)
    assert first != giflab_core.Frame(first.pixels[:-1].copy(), first.duration_ms)
    assert first != first.duration_ms


@pytest.mark.parametrize(
    "change",
    [
        lambda held: held.__setitem__("a", 2),
        lambda held: held.__delitem__("a"),
        lambda held: held.__ior__({"a": 2}),
        lambda held: held.clear(),
        lambda held: held.pop("a"),
        lambda held: held.popitem(),
        lambda held: held.setdefault("b", 2),
        lambda held: held.update(a=2),
    ],
)
def test_a_frozen_dictionary_refuses_every_change(change: Any) -> None:
    held = FrozenDict(a=1)
    with pytest.raises(TypeError, match="cannot change"):
        change(held)
    assert held == {"a": 1}


def test_a_frozen_dictionary_equals_one_of_the_same_items() -> None:
    assert FrozenDict(a=1, b=2) == {"b": 2, "a": 1}
    assert hash(FrozenDict(a=1, b=2)) == hash(FrozenDict(b=2, a=1))
    assert FrozenDict(a=1) | {"a": 2} == {"a": 2}


def errors_of(module: Any) -> list[type[Exception]]:
    return [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Exception)]


@pytest.mark.parametrize("kind", [*errors_of(giflab_core.errors), *errors_of(pytest_giflab.errors)])
def test_errors_travel_with_their_message(kind: type[Exception]) -> None:
    error = kind("a.gif: no frame")
    for back in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):  # noqa: S301
        assert type(back) is kind
        assert str(back) == "a.gif: no frame"


# From Python 3.12 on, fork warns in a process that has threads, as earlier tests may have left.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.parametrize("method", sorted({"spawn", "fork"} & set(get_all_start_methods())))
def test_a_pool_of_processes_validates(method: str, paths: tuple[Path, Path], tmp_path: Path) -> None:
    bare = tmp_path / "bare.gif"
    bare.write_bytes(b"GIF89a")
    with ProcessPoolExecutor(1, get_context(method)) as pool:
        report = pool.submit(validate, *paths)
        found = pool.submit(partial(inspect, paths[1]))
        failed = pool.submit(validate, bare, bare)
        assert report.result() == validate(*paths)
        assert found.result() == inspect(paths[1])
        with pytest.raises(DecodeError, match=r"bare\.gif"):
            failed.result()
