"""Start fresh processes that measure, one after the other, and collect what they say."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_giflab.errors import MeasurementError
from pytest_giflab.model import Benchmark, Measurement, Process
from pytest_giflab.storage import to_process

PROCESSES = 5
POLL_S = 0.05
TAIL_LINES = 15
NOT_COLLECTED = "not collected in a fresh process"
RESULTS, LOG, SPEC = "results.jsonl", "log.txt", "spec.json"
# Libraries with thread pools of their own: on a shared machine their threads measure the neighbours.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")

Progress = Callable[[int, int], None]
Report = dict[str, Any]
"""A pytest test report as `pytest_report_to_serializable` writes it."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """How the session was called: pytest's arguments, the folder it was called in, the root of the node ids, and
    arguments that only the fresh processes get."""

    arguments: tuple[str, ...]
    folder: Path
    root: Path
    extra: tuple[str, ...] = ()


class Outcome:
    """What became of one benchmark so far."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        self.runs: list[list[Report]] = []
        self.refusal = ""
        self.error = ""

    @property
    def is_measurable(self) -> bool:
        """Whether another process is worth its time: nothing failed, and what ran so far gave numbers."""
        return not (self.error or self.refusal) and len(self.processes) == len(self.runs)

    @property
    def reports(self) -> list[Report]:
        """What a user should see of it: the run that failed, else the first."""
        failed = [run for run in self.runs if any(report.get("outcome") == "failed" for report in run)]
        return next(iter([*failed, *self.runs]), [])

    def add(self, event: dict[str, Any]) -> None:
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


def _with_tuples(report: Report) -> Report:
    """JSON has no tuples, and pytest knows a skip's reason by one."""
    longrepr = report["longrepr"]
    return {**report, "longrepr": tuple(longrepr)} if isinstance(longrepr, list) else report


def record(
    ids: Sequence[str], invocation: Invocation, on_progress: Progress | None = None, processes: int = PROCESSES
) -> dict[str, Outcome]:
    """Measure each benchmark in `processes` fresh pytest processes, one process at a time.

    A benchmark that fails, is skipped or kills its process is not tried again. Raises MeasurementError where a process
    ends before it collected anything. Whatever ends this function ends the running process too.
    """
    outcomes = {name: Outcome() for name in ids}

    def tell() -> None:
        if on_progress:
            done = sum(len(each.processes) if each.is_measurable else processes for each in outcomes.values())
            on_progress(done, processes * len(ids))

    for _ in range(processes):
        pending = [name for name in ids if outcomes[name].is_measurable]
        while pending:
            finished = _run_process(pending, invocation, outcomes, tell)
            pending = [name for name in pending if name not in finished]
    return outcomes


def _run_process(
    ids: Sequence[str], invocation: Invocation, outcomes: Mapping[str, Outcome], tell: Callable[[], None]
) -> set[str]:
    """Run one process; the benchmarks that it is done with, for good or ill: at least one."""
    finished: set[str] = set()
    collected: set[str] | None = None
    running = None
    with tempfile.TemporaryDirectory(prefix="giflab-") as name:
        folder = Path(name)
        with _started(ids, invocation, folder) as process:
            for event in _events(folder / RESULTS, process):
                if event["event"] == "collected":
                    collected = set(event["ids"])
                    continue
                running = event["id"]
                outcomes[running].add(event)
                if event["event"] == "end":
                    finished.add(running)
                    running = None
                    tell()
        log = (folder / LOG).read_text(encoding="utf-8", errors="replace")
    if collected is None:
        raise MeasurementError(f"a fresh pytest process ended with {_ending(process)} before any test:\n{_tail(log)}")
    lost = [running] if running else [name for name in ids if name not in finished]
    for name in lost:
        why = f"its process ended with {_ending(process)}{_last(log)}" if name in collected else NOT_COLLECTED
        outcomes[name].error = why
    return finished.union(lost)


@contextmanager
def _started(ids: Sequence[str], invocation: Invocation, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that measures; it and its children are ended when the block is left."""
    (folder / RESULTS).touch()
    spec = {"ids": list(ids), "results": str(folder / RESULTS)}
    (folder / SPEC).write_text(json.dumps(spec), encoding="utf-8")
    command = [
        *_interpreter(),
        *invocation.arguments,
        # One word: pytest looks for the root folder above all words that are paths.
        *("-p", "pytest_giflab.worker", f"--giflab-worker={folder / SPEC}", f"--rootdir={invocation.root}"),
        *invocation.extra,
    ]
    with (folder / LOG).open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=invocation.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the session alone, which then ends this process itself
        )
        try:
            yield process
        finally:
            _end(process)


def _interpreter() -> list[str]:
    """The command that runs pytest as this session runs: `python -m pytest` puts the current folder on the path."""
    place = sys.orig_argv.index("-m") if "-m" in sys.orig_argv else None
    as_module = place is not None and sys.orig_argv[place + 1 : place + 2] == ["pytest"]
    return [sys.executable, *([] if as_module else ["-P"]), "-m", "pytest"]


def _environment() -> dict[str, str]:
    environment = {**dict.fromkeys(ONE_THREAD, "1"), **os.environ}
    for name in [name for name in environment if name.startswith("PYTEST_XDIST_")]:
        del environment[name]  # a process of our own is none of pytest-xdist's, wherever the session runs
    # Each process has its own layout of dictionaries and sets: part of what a benchmark's time depends on.
    environment["PYTHONHASHSEED"] = str(random.SystemRandom().randrange(2**32))
    return environment


def _events(path: Path, process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """The lines of a growing file until the process has ended; a last line that is not whole is left out."""
    with path.open(encoding="utf-8") as stream:
        line = ""
        while True:
            ended = process.poll() is not None
            while part := stream.readline():
                line += part
                if line.endswith("\n"):
                    yield json.loads(line)
                    line = ""
            if ended:
                return
            time.sleep(POLL_S)


def _end(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):  # the process and what it may have left running
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ending(process: subprocess.Popen[bytes]) -> str:
    code = process.returncode
    return f"signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"exit status {code}"


def _last(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return f", and said last: {lines[-1][:200]}" if lines else ""


def _tail(log: str) -> str:
    return "\n".join(log.rstrip().splitlines()[-TAIL_LINES:])
