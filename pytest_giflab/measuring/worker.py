"""Measure in a fresh pytest process: alone, or by turns as one side of a duet.

The session starts this module in a process of its own, and both speak over a channel. It runs as the session was
called, but only the benchmarks it is told to, and without anything that saves, compares, stops early or is parallel.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import random
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, TypeGuard

import pytest
from pytest_benchmark import plugin as pytest_benchmark_plugin

from pytest_giflab import plugin as gate_plugin
from pytest_giflab.collection import collect_benchmarks, is_benchmark
from pytest_giflab.measuring.channel import Channel, connect
from pytest_giflab.measuring.clocks import cpu_ns
from pytest_giflab.measuring.fixture import GatedFixture
from pytest_giflab.measuring.messages import (
    Begin,
    BenchmarkEnded,
    BenchmarkStarted,
    Calibrate,
    Calibrated,
    Collected,
    Command,
    Finished,
    Instructions,
    Measured,
    Plan,
    PlayTurn,
    Ready,
    Reported,
    Select,
    TurnPlayed,
    WarmedUp,
    WarmUp,
    WorkerMessage,
    expected,
)
from pytest_giflab.measuring.system import System
from pytest_giflab.measuring.telling import QualityTeller
from pytest_giflab.measuring.why import what_was_raised
from pytest_giflab.measuring.workload import Workload
from pytest_giflab.neighbours import is_codspeed_benchmark, neutralise, unload
from pytest_giflab.options import read_terms, read_thresholds
from pytest_giflab.quality import TELLER
from pytest_giflab.thresholds import Terms
from pytest_giflab.workspace import redirect_children, redirect_imports, strays

PR_SET_PDEATHSIG = 1
ENDED_EARLY = 1


def main() -> NoReturn:
    """Run pytest as the session says; `sys.argv[2]` is the way to it."""
    with connect(sys.argv[2]) as channel:
        given = expected(channel.receive(), Instructions)
        _end_with_parent(given.parent)
        layout = None if given.layout is None else padding(random.Random(given.layout))  # noqa: S311
        places = (Path(given.original), Path(given.tree)) if given.original and given.tree else None
        if places:
            redirect_imports(*places)
        if given.with_folder:
            sys.path.insert(0, os.getcwd())
        # The project may be this one: what is measured is then imported anew, from its own folder.
        for name in [name for name in sys.modules if name.partition(".")[0] in ("giflab_core", "pytest_giflab")]:
            del sys.modules[name]
        sys.argv = ["pytest", *given.arguments]
        worker = _Worker(channel, given, places, layout)
        status = pytest.main(list(given.arguments), plugins=[worker])
    sys.exit(status)


def _end_with_parent(parent: int) -> None:
    """Let the system end this process when the session that started it is gone, however it went (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(ENDED_EARLY)


def padding(layout: random.Random) -> list[object]:
    """Move what is allocated from now on: pages, blocks of the heap, small objects."""
    pages = [mmap.mmap(-1, mmap.PAGESIZE * layout.randrange(1, 4096)) for _ in range(3)]
    blocks = [bytearray(layout.randrange(16, 100_000)) for _ in range(50)]
    return [*pages, *blocks, *(object() for _ in range(layout.randrange(20_000)))]


def _is_ours(fixture: object) -> TypeGuard[GatedFixture]:
    return isinstance(fixture, GatedFixture)


class _Fixtures:
    """Fixtures of other plugins, which are unloaded."""

    @pytest.fixture
    def codspeed_benchmark(self, benchmark: GatedFixture) -> GatedFixture:
        """pytest-codspeed's name for the fixture."""
        return benchmark


class _Worker:
    """The hooks of a process that measures."""

    __name__ = gate_plugin.WORKER

    def __init__(
        self, channel: Channel, given: Instructions, places: tuple[Path, Path] | None, layout: list[object] | None
    ) -> None:
        self._layout = layout  # for as long as the process measures
        self._channel = channel
        self._given = given
        self._places = places
        self._cores: tuple[int, ...] = ()
        self._uncollected: dict[str, str] = {}
        self._deselected: set[str] = set()
        self._running = ""
        self._has_selected = False
        self._has_children = False  # any benchmark let child processes work
        self._whole: set[str] = set()  # tests that are benchmarks from their first line to their last
        if layout is not None:
            GatedFixture.lead = staticmethod(self._play_by_turns)

    def _say(self, event: WorkerMessage) -> None:
        self._channel.send(event)

    def pytest_addoption(self, pluginmanager: pytest.PytestPluginManager) -> None:
        # The session's own plugin, under the name of its entry point, so that no other version of it is loaded.
        pluginmanager.register(gate_plugin, gate_plugin.NAME)
        pluginmanager.set_blocked(gate_plugin.__name__)

    @pytest.hookimpl(tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> None:
        unload(config)
        config.pluginmanager.register(_Fixtures())  # the last one to define a fixture is the one who does

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        neutralise(config)
        if self._given.paths:
            config.args = list(self._given.paths)
        if self._places:  # in a copy of the project, and in a duet what is worse is for the session to say
            config.pluginmanager.register(QualityTeller(self._say, decides=self._layout is None), TELLER)
        pytest_benchmark_plugin.BenchmarkFixture = GatedFixture
        self._config = config

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        if is_codspeed_benchmark(item):
            self._whole.add(item.nodeid)
            item.fixturenames = [*item.fixturenames, "benchmark"]  # type: ignore[attr-defined]

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        if pyfuncitem.nodeid not in self._whole:
            return None
        names = pyfuncitem._fixtureinfo.argnames
        given = {name: pyfuncitem.funcargs[name] for name in names}
        benchmark: GatedFixture = pyfuncitem.funcargs["benchmark"]  # type: ignore[assignment]
        benchmark(pyfuncitem.obj, **given)
        return True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._uncollected[report.nodeid] = report.longreprtext

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self._deselected.update(item.nodeid for item in items if is_benchmark(item))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        # pytest comes here, too, if something has ended the collection: `sys.exit()` in a module, or a hook.
        if error := sys.exception():
            self._uncollected[""] = what_was_raised(error)
            session.items.clear()  # none of these will run
        benchmarks, odd = collect_benchmarks(session, read_thresholds(self._config))
        if self._places:
            redirect_children(*self._places)
        lost, left = {**self._uncollected, **odd}, tuple(sorted(self._deselected))
        self._say(Collected(tuple(benchmarks), lost, self._strays(), cpu_ns(), left, self._terms()))
        by_id = {item.nodeid: item for item in session.items}
        session.items[:] = [by_id[name] for name in expected(self._channel.receive(), Select).ids]
        self._has_selected = True
        # The suite's own objects are here to stay: a collection between turns need not look at them again.
        System.collect()
        System.freeze()

    def _terms(self) -> Terms | None:
        try:
            return read_terms(self._config)
        except pytest.UsageError:
            return None

    def _strays(self) -> tuple[str, ...]:
        if not self._places:
            return ()
        own, children = self._given.own_environment, self._has_children
        return tuple(strays(*self._places, own_environment=own, has_children=children))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._running = item.nodeid
        self._say(BenchmarkStarted(item.nodeid))
        exclusive = self._given.layout is not None and self._await_begin().exclusive
        result = yield
        if exclusive:  # what holds a port may live longer than the test
            item.session._setupstate.teardown_exact(None)
        self._say(BenchmarkEnded(item.nodeid))
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        result = yield
        fixture = getattr(item, "funcargs", {}).get("benchmark")
        if _is_ours(fixture):
            self._has_children |= bool(fixture.process and fixture.process.children_ns)
            self._say(Measured(item.nodeid, fixture.process, fixture.refusal))
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        # For a project's own fixture of this name pytest-benchmark would end the whole run.
        given = getattr(item, "funcargs", {})
        own = {name: value for name, value in given.items() if name == "benchmark" and not _is_ours(value)}
        for name in own:
            del given[name]
        try:
            return (yield)
        finally:
            given.update(own)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._say(Reported(report.nodeid, data))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        # Not the main thread, which is no daemon either.
        threads = sum(not each.daemon for each in threading.enumerate()) - 1
        self._say(Finished(self._strays(), cpu_ns(), max(0, threads)))
        System.freeze()
        if self._has_selected and exitstatus != pytest.ExitCode.INTERNAL_ERROR:
            # Plugins would sum up what nobody reads, for up to 1.3 s, and --no-summary stops only pytest's own summary.
            pytest.exit("all is told", returncode=0)

    def _play_by_turns(self, workload: Workload) -> None:
        """Do with one benchmark what the session says, when it says it."""
        self._say(Ready(workload.asked))
        plan = Plan()
        try:
            while True:
                match self._command():
                    case Calibrate(cores=cores):
                        self._pin(cores)
                        workload.warm_up()
                        found, turn_ns = workload.calibrate()
                        self._say(Calibrated(found, turn_ns, workload.unrecorded))
                    case WarmUp(plan=plan, calls=calls, cores=cores):
                        self._pin(cores)
                        if calls:
                            workload.warm_up(calls)
                        self._say(WarmedUp())
                    case PlayTurn(rounds=rounds, cores=cores):
                        self._pin(cores)
                        warm_ns = workload.warm_up() if plan.warm else 0
                        turn_ns = workload.turn(replace(plan, rounds=rounds))
                        self._say(TurnPlayed(turn_ns, warm_ns, workload.is_threaded))
                    case _:
                        break
        finally:
            self._pin(self._given.cores)
        workload.finish()

    def _await_begin(self) -> Begin:
        """In a duet a benchmark begins when the session says so: not while the other side holds what it needs."""
        while not isinstance(command := self._command(), Begin):
            pass
        return command

    def _command(self) -> Command:
        """What to do next with this benchmark; what was said of one before it comes too late."""
        while (command := expected(self._channel.receive(), Command)).id != self._running:
            pass
        return command

    def _pin(self, cores: Sequence[int]) -> None:
        """Let all threads of this process run on these cores alone (Linux)."""
        if sys.platform == "linux" and cores and tuple(cores) != self._cores:
            self._cores = tuple(cores)
            for thread in System.list_folder("/proc/self/task"):
                System.pin(int(thread), cores)
