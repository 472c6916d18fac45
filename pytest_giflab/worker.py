"""Measure in a fresh pytest process: `pytest ... -p pytest_giflab.worker --giflab-worker=SPEC`.

The process runs as the session that started it was called, but only the benchmarks named in SPEC, and without anything
that saves, compares, stops early or runs in parallel. It writes one JSON object a line to the file that SPEC names:
what it collected, then each benchmark's start, reports and measurement.
"""

from __future__ import annotations

import ctypes
import gc
import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from pytest_benchmark import plugin as pytest_benchmark_plugin

from pytest_giflab.timing import GatedFixture

PR_SET_PDEATHSIG = 1
# What other plugins would do beside measuring, by their own names in the parsed options.
NEUTRAL_OPTIONS: dict[str, Any] = {
    "benchmark_autosave": False,
    "benchmark_save": None,
    "benchmark_save_data": False,
    "benchmark_json": None,
    "benchmark_compare": None,
    "benchmark_compare_fail": None,
    "benchmark_histogram": None,
    "benchmark_cprofile": None,
    "benchmark_cprofile_dump": None,
    "dist": "no",
    "htmlpath": None,
    "maxfail": 0,
    "numprocesses": None,
    "tx": [],
    "usepdb": False,
    "xmlpath": None,
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--giflab-worker", metavar="SPEC", help="measure what this file names (for the gate's own use)")


def _end_with_parent() -> None:
    """Let the system end this process when the session that started it is gone, however it went (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    _end_with_parent()
    for name, value in NEUTRAL_OPTIONS.items():
        if hasattr(config.option, name):
            setattr(config.option, name, value)
    pytest_benchmark_plugin.BenchmarkFixture = GatedFixture
    spec = json.loads(Path(config.getoption("giflab_worker")).read_text(encoding="utf-8"))
    config.pluginmanager.register(_Worker(config, spec["ids"], Path(spec["results"])), "giflab-measuring")


class _Worker:
    """The hooks of a process that measures."""

    def __init__(self, config: pytest.Config, ids: list[str], results: Path) -> None:
        self._config = config
        self._ids = set(ids)
        self._results = results

    def _say(self, event: str, **content: Any) -> None:
        with self._results.open("a", encoding="utf-8") as stream:
            # Tests may record properties of any type; what is shown of them is their text.
            stream.write(json.dumps({"event": event, **content}, default=str) + "\n")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self._ids]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        # The suite's own objects are here to stay: a collection between turns need not look at them again.
        gc.collect()
        gc.freeze()
        self._say("collected", ids=[item.nodeid for item in session.items])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._say("start", id=item.nodeid)
        result = yield
        self._say("end", id=item.nodeid)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        result = yield
        fixture = getattr(item, "funcargs", {}).get("benchmark")
        if isinstance(fixture, GatedFixture):
            process = asdict(fixture.process) if fixture.process else None
            self._say("measured", id=item.nodeid, process=process, refusal=fixture.refusal)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._say("report", id=report.nodeid, report=data)
