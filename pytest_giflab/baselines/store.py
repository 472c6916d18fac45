"""Where baselines are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote

from pytest_giflab.documents import read_document, write_document
from pytest_giflab.errors import BaselineMissing, StoreError
from pytest_giflab.model import Baseline, Benchmark, Environment, Measurement, Process, Recording, Revision

KIND, VERSION = "giflab.baseline", 1
LONGEST_NAME = 200


class BaselineStore(Protocol):
    """Baselines by name. `tests/contracts/test_baseline_store.py` says what every store must do."""

    def names(self) -> list[str]:
        """All names, sorted."""

    def load(self, name: str) -> Baseline:
        """Raises BaselineMissing, or StoreError for one that is damaged, foreign or of a newer version."""

    def save(self, baseline: Baseline) -> None:
        """Put it in the place of the one of its name; raises StoreError, and then nothing has changed."""

    def remove(self, name: str) -> None:
        """Raises BaselineMissing."""

    def where(self, name: str) -> str:
        """Where the baseline of this name is, or would be, for people; StoreError for what cannot be a name."""


class JsonStore:
    """One JSON file a baseline, in one folder, fit to be committed and reviewed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        return sorted(unquote(path.stem) for path in self._folder.glob("*.json") if not path.name.startswith("."))

    def path(self, name: str) -> Path:
        """The file of the baseline of this name; raises StoreError for what cannot be a name."""
        is_text = name.isascii() or not any("\ud800" <= char <= "\udfff" for char in name)
        if not is_text or not name.strip() or name.startswith(".") or len(quote(name, safe="")) > LONGEST_NAME:
            raise StoreError(
                f"{name!r} cannot be the name of a baseline: give at most {LONGEST_NAME} plain characters, "
                "without a dot in front"
            )
        return self._folder / f"{quote(name, safe='')}.json"

    def load(self, name: str) -> Baseline:
        path = self.path(name)
        if not path.exists():
            raise BaselineMissing(f"no baseline {name!r} in {self._folder}; record it with --giflab-update-baseline")
        document = read_document(path, KIND, VERSION)
        if document["name"] != name:
            raise StoreError(f"{path} holds the baseline {document['name']!r}; rename the file or record {name!r} anew")
        return Baseline(name, tuple(map(_to_recording, document["recordings"])))

    def save(self, baseline: Baseline) -> None:
        path = self.path(baseline.name)
        if path.exists():
            self.load(baseline.name)  # what is damaged, foreign or newer is not ours to replace
        recordings = [_from_recording(recording) for recording in baseline.recordings]
        write_document(path, {"schema": f"{KIND}/{VERSION}", "name": baseline.name, "recordings": recordings})

    def remove(self, name: str) -> None:
        try:
            self.path(name).unlink()
        except FileNotFoundError:
            raise BaselineMissing(f"no baseline {name!r} in {self._folder}") from None

    def where(self, name: str) -> str:
        return str(self.path(name))


def _from_recording(recording: Recording) -> dict[str, Any]:
    return {
        "recorded": recording.recorded,
        "commit": recording.revision.commit,
        "dirty": recording.revision.dirty,
        "environment": asdict(recording.environment),
        "benchmarks": {
            name: {
                "file": measurement.benchmark.file,
                "line": measurement.benchmark.line,
                "source": measurement.benchmark.source,
                "fastest_ns": float(f"{fastest_ns(measurement.processes):.4g}"),
                "processes": [asdict(process) for process in measurement.processes],
            }
            for name, measurement in sorted(recording.measurements.items())
            if measurement.processes
        },
    }


def fastest_ns(processes: Iterable[Process]) -> float:
    """Nanoseconds a call of CPU time in the fastest round of all processes, for people to look at."""
    return min(min(map(min, process.rounds("process_cpu"))) / process.loops for process in processes)


def _to_recording(document: dict[str, Any]) -> Recording:
    measurements = {
        name: Measurement(
            Benchmark(name, benchmark["file"], benchmark["line"], benchmark["source"]),
            tuple(map(_to_process, benchmark["processes"])),
        )
        for name, benchmark in document["benchmarks"].items()
    }
    return Recording(
        document["recorded"],
        Revision(document["commit"], document["dirty"]),
        Environment(**document["environment"]),
        measurements,
    )


def _to_process(document: dict[str, Any]) -> Process:
    """A process from its JSON, in which tuples are lists."""
    clocks = ("wall_ns", "thread_cpu_ns", "process_cpu_ns")
    return Process(**{**document, **{name: tuple(map(tuple, document[name])) for name in clocks}})


def updated(
    baseline: Baseline | None, name: str, recording: Recording, is_selected: Callable[[Benchmark], bool]
) -> Baseline:
    """The baseline with a new recording.

    Recordings of the same clean commit in an equal environment are moments of the same code: the new one joins them.
    Else it replaces what they say of the benchmarks that this run was asked for; the others keep theirs.
    """
    before = baseline.recordings if baseline else ()
    if before and all(_is_same_code(each, recording) for each in before):
        return Baseline(name, (*before, recording))
    kept = (_without(each, recording.measurements, is_selected) for each in before)
    return Baseline(name, (*(each for each in kept if each.measurements), recording))


def _is_same_code(one: Recording, other: Recording) -> bool:
    clean = not (one.revision.dirty or other.revision.dirty)
    return clean and one.revision == other.revision and not one.environment.differences(other.environment)


def _without(
    recording: Recording, measured: Mapping[str, Measurement], is_selected: Callable[[Benchmark], bool]
) -> Recording:
    kept = {
        name: each
        for name, each in recording.measurements.items()
        if name not in measured and not is_selected(each.benchmark)
    }
    return replace(recording, measurements=kept)
