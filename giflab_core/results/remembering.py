"""Measure a pair of files, but only what is not known yet."""

from __future__ import annotations

from giflab_core.cache import Cache, Identities, Identity
from giflab_core.checks import unfit
from giflab_core.evidence import Evidence, Measure, Task
from giflab_core.frozen import replace
from giflab_core.lazy import available
from giflab_core.metrics import Description
from giflab_core.results.records import Results, Subject


class Remembering:
    """A `Measure` that asks a cache first, and keeps what it finds out.

    It raises nothing of its own: a file that it cannot tell is measured, and what is wrong is said by what reads it.
    """

    def __init__(self, measure: Measure, cache: Cache) -> None:
        self._measure = measure
        self._cache = cache
        self._results = Results(cache)

    def __call__(self, task: Task) -> Evidence:
        known = self._recall(task)
        if not known:
            return self._find(task)
        missing = _missing(task, known)
        if not missing:
            return known
        found = self._find(replace(task, metrics=missing))
        if Subject.of(found) != Subject.of(known):  # a file has changed since
            return self._find(task)
        results = {**known.results, **found.results}
        kept = {each.name: results[each.name] for each in task.metrics if each.name in results}
        values = {**known.values, **found.values}
        return replace(found, results=kept, absent={**known.absent, **found.absent}, values=values)

    def _recall(self, task: Task) -> Evidence | None:
        original, compressed = self._identify(task)
        if not original or not compressed:
            return None
        known = self._results.recall(task, Subject(original.digest, compressed.digest, *_engines()))
        return known and replace(
            known,
            original=replace(known.original, stamp=original.stamp),
            compressed=replace(known.compressed, stamp=compressed.stamp),
        )

    def _find(self, task: Task) -> Evidence:
        """Measure, and keep it if both files are whole, and are at the end what they were at the beginning."""
        found = self._measure(task)
        if found.is_whole and self._digests(task) == [found.original.digest, found.compressed.digest]:
            self._results.keep(task, found)
        return found

    def _digests(self, task: Task) -> list[str | None]:
        return [each.digest if each else None for each in self._identify(task)]

    def _identify(self, task: Task) -> tuple[Identity | None, Identity | None]:
        identities = Identities(self._cache, verify_content=task.config.verify_content)
        most_bytes = task.config.decode_limits.max_bytes
        return identities.identify(task.original, most_bytes), identities.identify(task.compressed, most_bytes)


def _missing(task: Task, known: Evidence) -> tuple[Description, ...]:
    """The metrics that can be computed, and are not known."""
    if not known.scored:
        return ()
    unfitting = unfit(task.metrics, known.original, known.check("canvas"))
    settled = {*known.results, *known.absent, *unfitting}
    return tuple(metric for metric in task.metrics if metric.name not in settled)


def _engines() -> tuple[str, str]:
    """What would decode and compute; see `decoding.codec` and `kernels.extension`, which need NumPy to say so."""
    decoder = "native" if available("giflab_core.decoding._gif") else "pillow"
    kernels = "native" if available("giflab_core.kernels._kernels") else "numpy"
    return decoder, kernels
