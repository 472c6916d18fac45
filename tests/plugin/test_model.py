"""The gate's values travel: they pickle, copy, compare and come apart, and hold nothing that does not."""

from __future__ import annotations

import copy
import inspect
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, fields, is_dataclass
from multiprocessing import get_context
from typing import Any

import pytest

from pytest_giflab import model
from pytest_giflab.model import Baseline, Limits, Quantity, Revision
from pytest_giflab.thresholds import Terms
from tests.helpers.measurements import comparison, measurement, process, recording, report

VALUES: tuple[Any, ...] = (
    process(),
    measurement(),
    measurement().benchmark,
    recording(),
    recording().environment,
    Baseline("main", (recording(), recording())),
    comparison("critical", samples={"base": (0.1, 0.2)}, base_limits=Limits(clock="wall")),
    report(comparison(), selfcheck={"alarm": False, "benchmarks": [{"id": "t.py::test_a", "ratio": None}]}),
    Limits(),
    Quantity("memory", "B"),
    Revision("abc", dirty=False),
    Terms(budget_s=90.0),
)


def same(value: Any) -> Any:
    return value


def test_every_value_of_the_model_is_tried() -> None:
    classes = [each for _, each in inspect.getmembers(model, inspect.isclass) if each.__module__ == model.__name__]
    defined = {each for each in classes if is_dataclass(each)}
    assert {type(value) for value in VALUES} == {*defined, Terms}


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
class TestAValue:
    def test_pickles(self, value: Any) -> None:
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301

    def test_copies_deeply(self, value: Any) -> None:
        assert copy.deepcopy(value) == value

    def test_comes_apart_into_its_fields(self, value: Any) -> None:
        assert list(asdict(value)) == [each.name for each in fields(value)]

    def test_cannot_be_changed(self, value: Any) -> None:
        with pytest.raises(AttributeError):
            setattr(value, fields(value)[0].name, None)
        assert not hasattr(value, "__dict__")


def test_values_pass_through_other_processes() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(same, VALUES)) == list(VALUES)


def test_values_differ_by_their_content() -> None:
    assert comparison("ok") != comparison("critical")
    assert report() != report(comparison())
    assert Quantity() != Quantity(better="higher")
