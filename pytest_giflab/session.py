"""The hooks of a gated run: fresh processes measure the benchmarks, this session reports them and decides."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest

from giflab_core.errors import GiflabError
from pytest_giflab.baselines import JsonStore
from pytest_giflab.collection import NO_BENCHMARK, Idle, find_benchmarks, is_skipped, why_idle
from pytest_giflab.decision import fails
from pytest_giflab.duet import Call
from pytest_giflab.errors import GateError, in_words
from pytest_giflab.gates import Asked, Conclusion, Gate, Run, SideBySideGate, StoredGate
from pytest_giflab.measuring import Invocation, Outcome, run_once
from pytest_giflab.model import Benchmark
from pytest_giflab.neighbours import PARALLEL, arguments_of_measuring, let_go
from pytest_giflab.options import REACHED, Options, read_thresholds, words_of_call
from pytest_giflab.quality import USED, take_from_reports
from pytest_giflab.report import showing_progress, to_text, write_report
from pytest_giflab.selection import Selection, is_narrowed, picks_some
from pytest_giflab.thresholds import Terms
from pytest_giflab.workspace import elapsed_s, read_inifile

# After the budget, what was not measured still runs once, if that takes no longer than this, nor than the budget.
GRACE_S = 20.0


class GatedSession:
    """One gated run, from the options to the exit status."""

    def __init__(self, config: pytest.Config, options: Options) -> None:
        self._config = config
        self._options = options
        self._deselected: set[str] = set()
        self._collected: set[str] = set()
        self._uncollected: dict[str, str] = {}
        self._benchmarks: dict[str, Benchmark] = {}
        self._outcomes: Mapping[str, Outcome] = {}
        self._notes: list[str] = []
        # What is skipped where it is measured, and would not be here.
        self._skipped: list[str] = []
        self._conclusion: Conclusion | None = None
        self._idle: Idle | None = None
        # By elapsed_s: nothing is measured after the first, no benchmark runs after the second.
        self._deadline = self._end = math.inf
        self._thresholds = read_thresholds(config)
        try:
            self._gate = self._open_gate()
        except GateError as error:
            raise pytest.UsageError(str(error)) from error

    def _open_gate(self) -> Gate:
        options = self._options
        run = Run(self._config.rootpath, options.store, self._thresholds)
        if options.is_duet:
            return SideBySideGate(run, options.against, verbose=options.verbose)
        store = JsonStore(options.store)
        return StoredGate(run, store, options.name, options.terms.budget_s, update=options.update, required=options.ci)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        # With --lf pytest says of files that it skips that they are empty.
        if report.failed:
            self._uncollected[report.nodeid] = report.longreprtext
            self._collected.add(report.nodeid)
        elif report.passed and (report.result or not self._config.getoption("lf", False)):
            self._collected.add(report.nodeid)

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self._deselected.update(item.nodeid for item in items)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._benchmarks = {each.id: each for each in find_benchmarks(session, self._thresholds)}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        self._config.stash[REACHED] = True
        has_any = self._benchmarks or self._uncollected
        self._idle = why_idle(self._config) or (None if has_any else NO_BENCHMARK)
        if self._idle and not self._idle.is_meant and not self._may_be_of_quality:
            how = "side by side" if self._options.is_duet else "against a baseline"
            raise pytest.UsageError(f"giflab: cannot measure {how}: {self._idle.why}")
        # What head's own configuration leaves out, base may have.
        if self._idle is NO_BENCHMARK and self._options.against and not picks_some(words_of_call(self._config)):
            self._measure()
            self._idle = None if self._conclusion else NO_BENCHMARK
        if self._idle:
            self._notes.append(f"measured nothing: {self._idle.why}")
        elif self._benchmarks and (not self._uncollected or self._config.option.continue_on_collection_errors):
            self._measure()
        return (yield)

    def _measure(self) -> None:
        terminal = self._config.pluginmanager.getplugin("terminalreporter")
        capture = self._config.pluginmanager.getplugin("capturemanager")

        def write_line(text: str) -> None:
            if terminal:
                terminal.write_line(f"giflab: {text}")

        start = elapsed_s()
        uncaptured = capture.global_and_fixture_disabled() if capture else nullcontext()
        with uncaptured, showing_progress(write_line) as view:
            try:
                self._outcomes = self._gate.measure(self._asked(), view)
            except GiflabError as error:
                raise pytest.UsageError(f"giflab: {error}") from error
            except OSError as error:  # a full disk, a file that went away
                raise pytest.UsageError(f"giflab: {in_words(error)}") from error
        self._notes += let_go(self._config, elapsed_s() - start)
        if self._options.is_duet:
            self._report_early()
        if budget_s := self._terms.budget_s:
            self._deadline = start + budget_s
            self._end = self._deadline + min(budget_s, GRACE_S)

    @property
    def _terms(self) -> Terms:
        """What the run goes by."""
        return (self._conclusion and self._conclusion.terms) or self._options.terms

    def _report_early(self) -> None:
        """What is known now does not wait for the tests to come: somebody may end this run before they end."""
        with suppress(GiflabError):
            self._conclusion = self._gate.conclude(self._asked(), failed=None)
            self._write_reports()

    def _asked(self) -> Asked:
        config = self._config
        folder = Path(config.invocation_params.dir)
        arguments = tuple(map(str, config.invocation_params.args))
        extra = tuple(arguments_of_measuring(config))
        options, inifile, named = self._options, read_inifile(config.inipath), self._named()
        invocation = Invocation(arguments, folder, config.rootpath, options.terms.patience_s, extra)
        call = Call(invocation, named, options.setup, options.include, options.terms, inifile)
        left_out, seen = frozenset(self._deselected), frozenset(self._collected)
        narrowed = is_narrowed(words_of_call(config))
        selection = Selection(config.rootpath, folder, tuple(config.args), left_out, seen, named, narrowed)
        return Asked(self._benchmarks, call, selection, self._uncollected)

    def _named(self) -> tuple[str, ...]:
        """What the call names to collect: what the ini file names, each side of a duet takes from its own."""
        config, words = self._config, words_of_call(self._config)
        if config.getoption("pyargs", False):
            return ()
        is_inside = Path(config.invocation_params.dir).resolve().is_relative_to(config.rootpath.resolve())
        return tuple(each for each in config.args if each in words or not is_inside)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        outcome = self._outcomes.get(item.nodeid)
        if outcome is None or not (outcome.runs or outcome.error):
            return None
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reports = self._reports(item, outcome)
        if any(report.skipped and report.when == "setup" for report in reports) and not is_skipped(item):
            self._skipped.append(item.nodeid)
        take_from_reports(self._config, reports)
        for report in reports:
            hook.pytest_runtest_logreport(report=report)
        # The test ran elsewhere, but what the tests before it set up here must go when the next does not need it.
        state = item.session._setupstate
        call = pytest.CallInfo.from_call(lambda: state.teardown_exact(nextitem), when="teardown")
        if call.excinfo:
            hook.pytest_runtest_logreport(report=hook.pytest_runtest_makereport(item=item, call=call))
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """What was not measured runs once, and is not timed by pytest-benchmark either."""
        timing = getattr(self._config, "_benchmarksession", None)
        if self._idle or item.nodeid not in self._benchmarks or timing is None:
            return (yield)
        outcome, now = self._outcomes.get(item.nodeid), elapsed_s()
        if now > self._end or (outcome and outcome.was_cut_short and now > self._deadline):
            pytest.skip("not run, the time of --giflab-budget is up")
        with run_once(timing):
            return (yield)

    def _reports(self, item: pytest.Item, outcome: Outcome) -> list[pytest.TestReport]:
        """What pytest said of the test where it ran; a failure of our own if it could not say anything."""
        hook = self._config.hook
        reports = [hook.pytest_report_from_serializable(config=self._config, data=data) for data in outcome.reports]
        if outcome.error and not any(report.failed for report in reports):
            longrepr = f"{item.nodeid}: {outcome.told}"
            reports.append(pytest.TestReport(item.nodeid, item.location, {}, "failed", longrepr, "call"))
        return reports

    @property
    def _may_be_of_quality(self) -> bool:
        """Whether what cannot be measured may be no benchmark, but GIFs whose quality is to be approved."""
        return self._options.update and self._idle is not None and self._idle.why == PARALLEL

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
        self._note_strays()
        self._note_skipped()
        if self._may_be_of_quality and not self._config.stash.get(USED, False):
            session.exitstatus = exitstatus or pytest.ExitCode.USAGE_ERROR
        if self._idle and not self._idle.is_judged:
            return
        failed = exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
        try:
            self._conclusion = self._gate.conclude(self._asked(), failed=failed)
        except GiflabError as error:
            self._notes.append(f"error: {error}")
            session.exitstatus = exitstatus or pytest.ExitCode.USAGE_ERROR
            return
        written = self._write_reports()
        problem = self._problem()
        if problem:
            self._notes.append(f"error: {problem}")
        if exitstatus == pytest.ExitCode.OK and self._fails():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        elif problem or not written:
            session.exitstatus = exitstatus or pytest.ExitCode.USAGE_ERROR

    def _problem(self) -> str:
        """Why the run is not green, whatever the verdicts; "" if nothing is wrong."""
        if self._conclusion and self._conclusion.problem:
            return self._conclusion.problem
        # Asked for by the configuration alone, a run of other tests is one without a gate.
        is_of_quality = self._options.update and self._config.stash.get(USED, False)
        insists = self._options.insists and self._idle is NO_BENCHMARK and not is_of_quality
        return f"nothing could be compared: {NO_BENCHMARK.why}" if insists else ""

    def _write_reports(self) -> bool:
        """Write every report that was asked for; whether all could be."""
        if not self._conclusion:
            return True
        failed = []
        for path in self._options.reports:
            try:
                write_report(path, self._conclusion.report)
            except GateError as error:
                failed.append(f"error: {error}")
        self._notes += failed
        return not failed

    def _note_strays(self) -> None:
        """Benchmarks that only pytest-benchmark saw: it keeps what it timed in this session."""
        timed = getattr(getattr(self._config, "_benchmarksession", None), "benchmarks", ())
        names = {each.fullname for each in timed} - set(self._benchmarks)
        if not self._idle or self._idle.is_judged:
            why = "not gated, it asks for the benchmark fixture while it runs; name it among the test's arguments"
            self._notes += [f"{name}: {why}" for name in sorted(names)]

    def _note_skipped(self) -> None:
        if self._skipped and self._options.is_duet:
            more = f" and {len(self._skipped) - 1} more" if len(self._skipped) > 1 else ""
            advice = read_inifile(self._config.inipath).add("giflab_include", "PATH")
            self._notes.append(
                f"{self._skipped[0]}{more}: skipped in the snapshots, and would not be in the working tree; if that is "
                f"for a file that git ignores, {advice}"
            )

    def _fails(self) -> bool:
        """Whether the run or a benchmark of it has a verdict that was to fail it."""
        if not self._conclusion or not self._conclusion.has_table:
            return False
        return fails(self._conclusion.report, frozenset(self._terms.fail_on))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        conclusion = self._conclusion
        if not (conclusion or self._notes):
            return
        terminalreporter.write_sep("=", "giflab: performance")
        for name, outcome in conclusion.failures.items() if conclusion else ():
            self._show_failure(terminalreporter, name, outcome)
        if conclusion and conclusion.has_table:
            width = terminalreporter._tw.fullwidth
            terminalreporter.write(to_text(conclusion.report, width, colour=terminalreporter.hasmarkup))
        for note in [*self._notes, *(conclusion.notes if conclusion else ())]:
            terminalreporter.write_line(f"giflab: {note}")

    def _show_failure(self, terminalreporter: pytest.TerminalReporter, name: str, outcome: Outcome) -> None:
        """What pytest said of a test that failed on base alone, where nothing else shows it."""
        for data in outcome.reports:
            report = self._config.hook.pytest_report_from_serializable(config=self._config, data=data)
            if report.failed:
                terminalreporter.write_sep("_", f"{name} on base")
                report.toterminal(terminalreporter._tw)
                for title, content in report.sections:
                    terminalreporter.write_sep("-", title)
                    terminalreporter.write_line(content.rstrip())
