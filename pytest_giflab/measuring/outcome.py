"""What became of a benchmark in the processes that ran it."""

from __future__ import annotations

from typing import Any

from pytest_giflab.baselines import to_process
from pytest_giflab.measuring.channel import Message
from pytest_giflab.model import Benchmark, Limits, Measurement, Process
from pytest_giflab.thresholds import Thresholds

Report = dict[str, Any]
"""A pytest test report as `pytest_report_to_serializable` writes it."""


class Outcome:
    """One benchmark in one or more processes, so far."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self.runs: list[list[Report]] = []
        self.refusal = ""
        self.error = ""
        # The first line of what was raised.
        self.crash = ""

    @property
    def is_measurable(self) -> bool:
        """Whether another process is worth its time: nothing failed, and what ran so far gave numbers."""
        return not (self.error or self.refusal) and len(self.processes) == len(self.runs)

    @property
    def reports(self) -> list[Report]:
        """What a user should see of it: the run that failed, else the first."""
        failed = [run for run in self.runs if any(report.get("outcome") == "failed" for report in run)]
        return next(iter([*failed, *self.runs]), [])

    def add(self, event: Message) -> None:
        """Take in what a process says of it."""
        match event["event"]:
            case "start":
                self.runs.append([])
            case "measured":
                self.refusal = event["refusal"]
                if event["process"]:
                    self.processes.append(to_process(event["process"]))
            case "report":
                self.runs[-1].append(_with_tuples(event["report"]))
                if event["report"]["outcome"] == "failed":
                    self.error = self.error or f"failed in {event['report']['when']}"
                    self.crash = self.crash or _crash(event["report"])

    def drop_unfinished(self) -> None:
        """Forget a run that was cut short."""
        if self.runs and not self.error and not any(report["when"] == "teardown" for report in self.runs[-1]):
            self.runs.pop()
            del self.processes[len(self.runs) :]

    def measurement(self, benchmark: Benchmark) -> Measurement:
        """As a value, with a status."""
        if self.error:
            return Measurement(benchmark, status="error", reason=self.error)
        if self.refusal or len(self.processes) < len(self.runs) or not self.processes:
            return Measurement(benchmark, status="skipped", reason=self.refusal or self._why_not())
        return Measurement(benchmark, tuple(self.processes))

    def _why_not(self) -> str:
        for report in [report for run in reversed(self.runs) for report in run]:
            if report["outcome"] == "skipped":
                longrepr = report["longrepr"]
                return str(longrepr[2]).removeprefix("Skipped: ") if isinstance(longrepr, tuple) else "expected to fail"
        return "the test did not call benchmark"


def _crash(report: Report) -> str:
    longrepr = report["longrepr"]
    crash = longrepr.get("reprcrash") if isinstance(longrepr, dict) else None
    lines = str((crash or {}).get("message", "")).splitlines()
    return lines[0][:200] if lines else ""


def _with_tuples(report: Report) -> Report:
    """JSON has no tuples, and pytest knows a skip's reason by one."""
    longrepr = report["longrepr"]
    return {**report, "longrepr": tuple(longrepr)} if isinstance(longrepr, list) else report


def to_benchmark(document: dict[str, Any]) -> Benchmark:
    """A benchmark from a message."""
    limits = document["limits"]
    return Benchmark(**{**document, "limits": Limits(Thresholds(**limits["thresholds"]), limits["clock"])})
