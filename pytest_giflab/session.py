"""The hooks of a gated run: fresh processes measure the benchmarks, this session reports them and decides."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from giflab_core.report import progress_bar
from pytest_giflab.decision import DEFAULTS
from pytest_giflab.errors import BaselineMissing, GateError
from pytest_giflab.gating import Gate
from pytest_giflab.items import check_marker, is_benchmark, to_benchmark
from pytest_giflab.model import Baseline, Benchmark, GateReport, Measurement
from pytest_giflab.options import Options
from pytest_giflab.recording import PROCESSES, Invocation, Outcome, record
from pytest_giflab.report import to_text, write_report
from pytest_giflab.selection import Selection
from pytest_giflab.storage import JsonStore

SWITCHES_THAT_MEASURE_NOTHING = (
    ("benchmark_disable", "--benchmark-disable"),
    ("benchmark_skip", "--benchmark-skip"),
    ("collectonly", "--collect-only"),
    ("setuponly", "--setup-only"),
    ("setupplan", "--setup-plan"),
)
NO_BENCHMARK = "no test that was selected uses the benchmark fixture"


class GatedSession:
    """One gated run, from the options to the exit status."""

    def __init__(self, config: pytest.Config, options: Options) -> None:
        self._config = config
        self._options = options
        self._store = JsonStore(options.store)
        self._deselected: set[str] = set()
        self._collected: set[str] = set()
        self._benchmarks: dict[str, Benchmark] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._notes: list[str] = []
        self._report: GateReport | None = None
        self._nothing = ""
        try:
            given = {"warning": options.warning, "critical": options.critical}
            thresholds = replace(DEFAULTS, **{name: value for name, value in given.items() if value is not None})
            self._gate = Gate(self._store, options.store, options.name, config.rootpath, thresholds)
            self._baseline = self._load_baseline()
        except GateError as error:
            raise pytest.UsageError(str(error)) from error

    def _load_baseline(self) -> Baseline | None:
        """Before anything is measured: what cannot be read or replaced must not cost the user minutes first."""
        try:
            return self._store.load(self._options.name)
        except BaselineMissing:
            if self._options.ci and not self._options.update:
                raise
            return None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        # With --lf pytest says of files that it skips that they are empty.
        if report.passed and (report.result or not self._config.getoption("lf", False)):
            self._collected.add(report.nodeid)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._deselected.update(item.nodeid for item in items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            check_marker(item)
            if is_benchmark(item):
                self._benchmarks[item.nodeid] = to_benchmark(item, self._gate.thresholds)

    def _why_nothing(self) -> str:
        if not self._has_plugin("benchmark", "pytest_benchmark.plugin"):
            return "pytest-benchmark is not loaded"
        if self._has_plugin("dsession"):
            return "pytest-xdist runs the tests, and benchmarks beside each other measure each other; run with -n0"
        for option, switch in SWITCHES_THAT_MEASURE_NOTHING:
            if self._config.getoption(option, False):
                return f"{switch} was given"
        return "" if self._benchmarks else NO_BENCHMARK

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        self._nothing = self._why_nothing()
        if self._nothing:
            self._notes.append(f"measured nothing: {self._nothing}")
        elif not session.testsfailed:  # of collection; the loop will stop for it
            self._measure()
        return (yield)

    def _measure(self) -> None:
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        capture = self._config.pluginmanager.getplugin("capturemanager")
        count = len(self._benchmarks)
        if terminal:
            benchmarks = f"{count} benchmark{'s' * (count > 1)}"
            terminal.write_line(f"giflab: measuring {benchmarks} in {PROCESSES} fresh processes each")
        parameters = self._config.invocation_params
        arguments = tuple(map(str, parameters.args))
        invocation = Invocation(arguments, Path(parameters.dir), self._config.rootpath, self._extra_arguments())
        uncaptured = capture.global_and_fixture_disabled() if capture else nullcontext()
        with uncaptured, progress_bar("measuring", "benchmarks x processes") as on_progress:
            try:
                self._outcomes = record(list(self._benchmarks), invocation, on_progress)
            except GateError as error:
                raise pytest.UsageError(f"giflab: {error}") from error

    def _extra_arguments(self) -> tuple[str, ...]:
        """A process that measures is not measured itself: no coverage, no other processes."""
        random_order = self._has_plugin("randomly", "pytest_randomly")
        coverage = self._has_plugin("pytest_cov", "pytest_cov.plugin")
        return (*(("-p", "no:randomly") if random_order else ()), *(("--no-cov",) if coverage else ()))

    def _has_plugin(self, *names: str) -> bool:
        """Whether a plugin is loaded, by the name of its entry point or of its module."""
        return any(self._config.pluginmanager.hasplugin(name) for name in names)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        outcome = self._outcomes.get(item.nodeid)
        if outcome is None:
            return None
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self._reports(item, outcome):
            hook.pytest_runtest_logreport(report=report)
        # The test ran elsewhere, but what the tests before it set up here must go when the next does not need it.
        state = item.session._setupstate
        call = pytest.CallInfo.from_call(lambda: state.teardown_exact(nextitem), when="teardown")
        if call.excinfo:
            hook.pytest_runtest_logreport(report=hook.pytest_runtest_makereport(item=item, call=call))
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _reports(self, item: pytest.Item, outcome: Outcome) -> list[pytest.TestReport]:
        """What pytest said of the test where it ran; a failure of our own where it could not say anything."""
        hook = self._config.hook
        reports = [hook.pytest_report_from_serializable(config=self._config, data=data) for data in outcome.reports]
        if outcome.error and not any(report.failed for report in reports):
            longrepr = f"{item.nodeid}: {outcome.error}"
            reports.append(pytest.TestReport(item.nodeid, item.location, {}, "failed", longrepr, "call"))
        return reports

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
        self._note_strays()
        vanished = self._nothing == NO_BENCHMARK and self._baseline is not None and not self._options.update
        if not (self._outcomes or vanished) or exitstatus == pytest.ExitCode.INTERRUPTED:
            return
        measurements = {name: self._outcomes[name].measurement(each) for name, each in self._benchmarks.items()}
        try:
            if self._options.update or self._baseline is None:
                self._record(measurements, exitstatus)
            else:
                self._report = self._gate.report_compared(self._baseline, measurements, self._selection())
        except GateError as error:
            self._notes.append(f"error: {error}")
            session.exitstatus = exitstatus or pytest.ExitCode.USAGE_ERROR
            return
        written = self._write_reports()
        if exitstatus == pytest.ExitCode.OK and self._fails():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif not written:
            session.exitstatus = exitstatus or pytest.ExitCode.USAGE_ERROR

    def _write_reports(self) -> bool:
        """Write every report that was asked for; whether all could be."""
        if not self._report:
            return True
        failed = []
        for path in self._options.reports:
            try:
                write_report(path, self._report)
            except GateError as error:
                failed.append(f"error: {error}")
        self._notes += failed
        return not failed

    def _note_strays(self) -> None:
        """Benchmarks that only pytest-benchmark saw: it keeps what it timed in this session."""
        timed = getattr(getattr(self._config, "_benchmarksession", None), "benchmarks", ())
        names = {each.fullname for each in timed} - set(self._outcomes)
        if not self._nothing or self._nothing == NO_BENCHMARK:
            why = "not gated, it asks for the benchmark fixture while it runs; name it among the test's arguments"
            self._notes += [f"{name}: {why}" for name in sorted(names)]

    def _record(self, measurements: dict[str, Measurement], exitstatus: int) -> None:
        unmeasured = [each for each in measurements.values() if each.status != "measured"]
        self._notes += [f"{each.benchmark.id}: {each.status}, {each.reason}" for each in unmeasured]
        measured = {name: each for name, each in measurements.items() if each.status == "measured"}
        self._report = self._gate.report_recorded(measurements)
        name = self._options.name
        if exitstatus != pytest.ExitCode.OK or not measured:
            why = "tests failed" if exitstatus else "nothing was measured"
            self._notes.append(f"baseline {name!r} was not recorded: {why}")
            return
        baseline = self._gate.record(self._baseline, measured, self._selection())
        count = f"{len(measured)} benchmark{'s' * (len(measured) > 1)}"
        earlier = len(baseline.recordings) - 1
        beside = f", beside {earlier} earlier recording{'s' * (earlier > 1)}" if earlier else ""
        done = "recorded" if self._baseline is None else "updated"
        self._notes.append(f"{done} baseline {name!r} with {count}{beside}: {self._store.path(name)}")

    def _selection(self) -> Selection:
        config = self._config
        folder = Path(config.invocation_params.dir)
        return Selection(
            config.rootpath, folder, tuple(config.args), frozenset(self._deselected), frozenset(self._collected)
        )

    def _fails(self) -> bool:
        comparisons = self._report.comparisons if self._report else ()
        return any(each.verdict in self._options.fail_on and not each.advisory for each in comparisons)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not (self._report or self._notes):
            return
        terminalreporter.write_sep("=", "giflab: performance")
        if self._report and self._baseline and not self._options.update:
            width = terminalreporter._tw.fullwidth
            terminalreporter.write(to_text(self._report, width, colour=terminalreporter.hasmarkup))
        for note in self._notes:
            terminalreporter.write_line(f"giflab: {note}")
