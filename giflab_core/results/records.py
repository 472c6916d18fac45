"""Keep what was found in pairs of files: each metric's numbers by themselves, and what the checks rest on.

Nothing is kept under the name of a file, but under its content and all else that the outcome depends on: so nothing
goes stale, and what no longer counts is not asked for again. Limits matter to none of it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_args

from giflab_core import decoding, lazy
from giflab_core.cache import Cache, key_of
from giflab_core.config import DecodeLimits
from giflab_core.evidence import Evidence, Task
from giflab_core.frozen import astuple, dataclass, replace
from giflab_core.metrics import Description, lineage
from giflab_core.model import (
    Check,
    Clip,
    ContentType,
    Extra,
    MetricResult,
    Moment,
    Region,
    Rest,
    Sampling,
    Status,
    Tone,
    Trouble,
)
from giflab_core.series import Series

# A number is raised whenever what it stands for may come out differently. Metrics have versions of their own.
VERSIONS = {"format": 4, "decoding": decoding.VERSION, "pairing": 3, "scoring": 1, "checks": 11}
ZERO_DELAY = "browser"
# The checks that a verdict looks up by name.
NEEDED = {"canvas", "readable"}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Subject:
    """Two files, by their digests, and what decoded them and computed."""

    original: str
    compressed: str
    decoder: str
    kernels: str

    @classmethod
    def of(cls, found: Evidence) -> Subject:
        return cls(found.original.digest, found.compressed.digest, found.decoder, found.kernels)


class Results:
    """What was found, in a cache. `task` says which settings it was found under."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def recall(self, task: Task, subject: Subject) -> Evidence | None:
        """What is known, with those results that are; None where what the checks rest on is not.

        A file that was decoded within some limits decodes alike within wider ones; within others it may not.
        """
        keys = _Keys(task, subject)
        try:
            places = {each.name: keys.of_metric(each) for each in task.metrics}
            kept = self._cache.get_many((keys.of_checks(), *places.values()))
            document = json.loads(kept.get(keys.of_checks(), b"null"))
            if not document or not _is_within(document["limits"], task.config.decode_limits):
                return None
            found = _to_evidence(document, task, subject)
            documents = {
                each: json.loads(kept[places[each.name]]) for each in task.metrics if kept.get(places[each.name])
            }
            absent = {each.name: _text(*reason) for each, reason in documents.items() if _is_reason(reason)}
            measured = {each: document for each, document in documents.items() if each.name not in absent}
            results = {each.name: _to_result(document[:-1], each, task.sampling) for each, document in measured.items()}
            values = {each.name: _to_values(document[-1], found) for each, document in measured.items()}
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError):  # no document that we wrote
            return None
        return replace(found, results=results, absent=absent, values=values)

    def keep(self, task: Task, found: Evidence) -> None:
        """Keep what was found under the settings of a task."""
        keys = _Keys(task, Subject.of(found))
        self._cache.put(keys.of_checks(), _encode(_from_evidence(found, task)))
        for metric in task.metrics:
            if metric.name in found.results:
                document = [*_from_result(found.results[metric.name]), found.values[metric.name].hex()]
                self._cache.put(keys.of_metric(metric), _encode(document))
            elif metric.name in found.absent:
                self._cache.put(keys.of_metric(metric), _encode([found.absent[metric.name]]))


class _Keys:
    """Where the findings under the settings of one task are kept."""

    def __init__(self, task: Task, subject: Subject) -> None:
        config, sampling = task.config, task.sampling
        settings = sorted(set(config.mattes)), config.allow_resize, ZERO_DELAY, _libraries(task, subject)
        plan = () if sampling.strategy == "full" else astuple(sampling)  # in full, nothing is left to chance
        self._goal = config.goal  # the worst place is that beyond its limits
        self._common = json.dumps((VERSIONS, astuple(subject), settings, plan))

    def of_checks(self) -> str:
        return self._key("checks", self._goal)

    def of_metric(self, metric: Description) -> str:
        return self._key("metric", metric.name, *lineage(metric))

    def _key(self, kind: str, *details: str) -> str:
        return key_of(kind, "|".join((self._common, *details)).encode())


def _libraries(task: Task, subject: Subject) -> list[str | None]:
    """The versions of those libraries whose arithmetic has a part in the numbers."""
    uses_numpy = subject.kernels == "numpy"
    uses_pillow = uses_numpy or subject.decoder == "pillow" or task.config.allow_resize
    return [_version(each) for each, used in zip(("numpy", "pillow"), (uses_numpy, uses_pillow), strict=True) if used]


@cache
def _version(distribution: str) -> str | None:
    return lazy.installed_version(lazy.Library(distribution, ""))


def _encode(document: object) -> bytes:
    """JSON with Infinity; a float is written so that reading it gives the same one."""
    return json.dumps(document, separators=(",", ":")).encode()


def _is_reason(document: object) -> bool:
    """Whether it says why there is no number."""
    return type(document) is list and len(document) == 1


def _from_result(result: MetricResult) -> list[Any]:
    numbers = result.mean, result.low, result.high, result.p01
    rest = result.rest and astuple(result.rest)
    return [*numbers, *astuple(result.worst), result.scored, result.population, result.note, rest]


def _to_result(document: list[Any], metric: Description, sampling: Sampling) -> MetricResult:
    mean, low, high, p01, worst, worst_ms, scored, population, note, rest = document
    return MetricResult(
        name=metric.name,
        mean=_number(mean),
        low=_number(low),
        high=_number(high),
        p01=_number(p01),
        worst=Moment(_number(worst), _count(worst_ms)),
        unit=metric.unit,
        better=metric.better,
        scored=_count(scored),
        population=_count(population),
        version=metric.version,
        sampling=sampling,
        note=note and _text(note),
        rest=rest and _to_rest(rest),
    )


def _to_rest(document: list[Any]) -> Rest:
    because_of, *numbers = document
    mean, p01 = (each if each is None else _number(each) for each in numbers)
    return Rest(_text(because_of), mean, p01)


def _from_evidence(found: Evidence, task: Task) -> dict[str, Any]:
    return {
        "clips": [_from_clip(found.original), _from_clip(found.compressed)],
        "content": found.content,
        "checks": [astuple(check) for check in found.checks],
        "scored": found.scored,
        "coverage": found.coverage,
        "tone": found.tone and astuple(found.tone),
        "first_difference_ms": found.first_difference_ms,
        "trouble": found.trouble,
        "pairs": found.pairs.hex(),
        "limits": astuple(task.config.decode_limits),
    }


def _to_evidence(document: dict[str, Any], task: Task, subject: Subject) -> Evidence:
    original, compressed = document["clips"]
    tone, first_ms = document["tone"], document["first_difference_ms"]
    return Evidence(
        original=_to_clip(original, Path(task.original), subject.original),
        compressed=_to_clip(compressed, Path(task.compressed), subject.compressed),
        decoder=subject.decoder,
        kernels=subject.kernels,
        content=_one_of((*get_args(ContentType), None), document["content"]),
        checks=_to_checks(document["checks"]),
        scored=_count(document["scored"]),
        coverage=_number(document["coverage"]),
        results={},
        tone=tone and Tone(*map(_number, tone)),
        first_difference_ms=first_ms if first_ms is None else _count(first_ms),
        trouble=_one_of((*get_args(Trouble), None), document["trouble"]),
        pairs=bytes.fromhex(_text(document["pairs"])),
    )


def _to_values(text: object, found: Evidence) -> bytes:
    return Series(found.pairs, bytes.fromhex(_text(text))).values


def _to_checks(rows: list[Any]) -> tuple[Check, ...]:
    checks = tuple(map(_to_check, rows))
    if not NEEDED.issubset(check.name for check in checks):
        raise ValueError("a check is missing")
    return checks


def _to_check(row: list[Any]) -> Check:
    name, status, message, *numbers, time_ms, region, because_of = row
    value, limit, margin = (each if each is None else _number(each) for each in numbers)
    moment_ms = time_ms if time_ms is None else _count(time_ms)
    place = region and Region(*map(_count, region))
    cause = because_of if because_of is None else _text(because_of)
    known = _one_of(get_args(Status), status)
    return Check(_text(name), known, _text(message), value, limit, margin, moment_ms, place, cause)


def _from_clip(clip: Clip) -> list[Any]:
    extras = [astuple(each) for each in clip.extras]
    return [clip.width, clip.height, clip.durations_ms, clip.loop_count, clip.warnings, clip.size_bytes, extras]


def _to_clip(document: list[Any], path: Path, digest: str) -> Clip:
    width, height, durations_ms, loop_count, warnings, size_bytes, extras = document
    return Clip(
        path,
        digest,
        _count(width),
        _count(height),
        tuple(map(_count, durations_ms)),
        loop_count if loop_count is None else _count(loop_count),
        warnings=tuple(map(_text, warnings)),
        size_bytes=_count(size_bytes),
        extras=tuple(Extra(_text(kind), _count(size), _text(message)) for kind, size, message in extras),
    )


def _is_within(needed: list[Any], limits: DecodeLimits) -> bool:
    """Whether what was decoded within some limits can be decoded within these."""
    return all(_count(each) <= limit for each, limit in zip(needed, astuple(limits), strict=True))


def _number(value: object) -> float:
    """A float that was written, or ValueError: a cache may hold anything, and a NaN would fail no limit."""
    if type(value) not in (int, float) or value != value:
        raise ValueError(f"{value!r:.80} is not a number")
    return float(value)  # type: ignore[arg-type]


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"{value!r:.80} is not a count")
    return value


def _text(value: object) -> str:
    if type(value) is not str:
        raise ValueError(f"{value!r:.80} is not a text")
    return value


def _one_of(choices: tuple[T, ...], value: object) -> T:
    """The choice that a value is; raises ValueError where it is none."""
    return choices[choices.index(value)]
