"""What became of a benchmark in the processes that ran it."""

from __future__ import annotations

from pytest_giflab.measuring.messages import (
    BenchmarkStarted,
    Judged,
    Measured,
    PytestReport,
    Refusal,
    Reported,
    WorkerMessage,
)
from pytest_giflab.model import Benchmark, Measurement, Process
from pytest_giflab.quality import Appraisal


class Outcome:
    """One benchmark in one or more processes; `error`: what went wrong before any ran it, and what was `said`."""

    def __init__(self, error: str = "", said: str = "") -> None:
        self.processes: list[Process] = []
        self.runs: list[list[PytestReport]] = []
        self.refusal: Refusal | None = None
        self.error = error
        # The first line of what was raised, or the last that a process said: for the terminal, and not for reports.
        self.said = said
        # Whether the last run was ended before its time.
        self.was_cut_short = False
        # What each run said of the GIFs that it makes, in the order of its calls.
        self.appraisals: list[list[Appraisal]] = []

    @property
    def is_measurable(self) -> bool:
        """Whether another process is worth its time: nothing failed, and what ran so far gave numbers."""
        return not (self.error or self.refusal) and len(self.processes) == len(self.runs)

    @property
    def reports(self) -> list[PytestReport]:
        """What a user should see of it: the run that failed, else the first."""
        failed = [run for run in self.runs if any(report.get("outcome") == "failed" for report in run)]
        return next(iter([*failed, *self.runs]), [])

    @property
    def told(self) -> str:
        """The error, with what was said of it."""
        return f"{self.error}, and said last: {self.said}" if self.said else self.error

    def fail(self, reason: str, said: str = "") -> None:
        """It went wrong; `said` may hold secrets."""
        self.error, self.said = reason, said

    def add(self, event: WorkerMessage) -> None:
        """Take in what a process says of it."""
        match event:
            case BenchmarkStarted():
                self.runs.append([])
                self.appraisals.append([])
            case Measured(process=process, refusal=refusal):
                self.refusal = refusal
                if process:
                    self.processes.append(process)
            case Judged(appraisal=appraisal):
                self.appraisals[-1].append(appraisal)
            case Reported(report=report):
                self.runs[-1].append(_with_tuples(report))
                if report["outcome"] == "failed":
                    self.error = self.error or f"failed in {report['when']}"
                    self.said = self.said or _crash(report)
            case _:
                pass  # of a turn

    def drop_unfinished(self) -> None:
        """Forget a run that was cut short."""
        if self.runs and not self.error and not any(report["when"] == "teardown" for report in self.runs[-1]):
            self.runs.pop()
            self.was_cut_short = True
            del self.processes[len(self.runs) :]
            del self.appraisals[len(self.runs) :]

    def measurement(self, benchmark: Benchmark) -> Measurement:
        """As a value, with a status."""
        if self.error:
            return Measurement(benchmark, status="error", reason=self.error)
        if self.refusal or len(self.processes) < len(self.runs) or not self.processes:
            why = self.refusal.reason if self.refusal else self._why_not()
            return Measurement(benchmark, status="skipped", reason=why)
        return Measurement(benchmark, tuple(self.processes))

    def _why_not(self) -> str:
        for report in [report for run in reversed(self.runs) for report in run]:
            if report["outcome"] == "skipped":
                longrepr = report["longrepr"]
                return str(longrepr[2]).removeprefix("Skipped: ") if isinstance(longrepr, tuple) else "expected to fail"
        return "the test did not call benchmark"


def _crash(report: PytestReport) -> str:
    longrepr = report["longrepr"]
    crash = longrepr.get("reprcrash") if isinstance(longrepr, dict) else None
    lines = str((crash or {}).get("message", "")).splitlines()
    return lines[0][:200] if lines else ""


def _with_tuples(report: PytestReport) -> PytestReport:
    """JSON has no tuples, and pytest knows a skip's reason by one."""
    longrepr = report["longrepr"]
    return {**report, "longrepr": tuple(longrepr)} if isinstance(longrepr, list) else report
