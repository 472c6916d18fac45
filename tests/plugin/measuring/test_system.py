"""What a test puts in the place of functions of the system does not reach what measures it."""

from __future__ import annotations

import builtins
import gc
import os
import resource
from typing import Any, cast

import pytest

from pytest_giflab.measuring import cores
from pytest_giflab.measuring.clocks import Usage
from pytest_giflab.measuring.messages import Leave, from_json, to_json
from pytest_giflab.measuring.worker import _Worker
from pytest_giflab.measuring.workload import Workload, play_alone
from tests.helpers.marks import needs_linux


def refuse(*_: object, **__: object) -> Any:
    raise AssertionError("a function that a test has replaced was called")


def work(loops: int) -> None:
    sum(range(2000 * loops))


@needs_linux
def test_what_a_test_replaces_does_not_end_its_measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = cores()
    worker = _Worker(cast("Any", None), cast("Any", None), None, None)
    with monkeypatch.context() as patch:
        for module, names in (
            (os, ("listdir", "sched_setaffinity")),
            (gc, ("collect", "enable", "disable", "isenabled")),
            (resource, ("getrusage",)),
            (builtins, ("open",)),
        ):
            for name in names:
                patch.setattr(module, name, refuse)
        workload = Workload(work)
        play_alone(workload)
        worker._pin(allowed)
        process = workload.process()
    assert process.wall_ns
    assert cores() == allowed


@pytest.mark.parametrize("value", ["random", "", "7"])
def test_a_hash_seed_that_a_test_sets_is_not_that_of_its_process(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    before = Usage().process([[(1, 1, 1)]], 1, 0).hash_seed
    monkeypatch.setenv("PYTHONHASHSEED", value)
    assert Usage().process([[(1, 1, 1)]], 1, 0).hash_seed == before


def test_messages_pass_where_a_test_replaces_how_json_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("json.dumps", refuse)
    monkeypatch.setattr("json.loads", refuse)
    assert from_json(to_json(Leave("a"))) == Leave("a")
