"""Compare several compressed files with one original, one after the other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from math import inf
from pathlib import Path

from giflab_core import lazy
from giflab_core.cache import Cache
from giflab_core.comparison.candidates import Candidate, Ranking
from giflab_core.comparison.front import Offer, on_front
from giflab_core.config import Config
from giflab_core.errors import DecodeError, FileChanged, UsageError
from giflab_core.events import Observer, Progress, ignore
from giflab_core.evidence import Task
from giflab_core.frozen import replace
from giflab_core.originals import Shelf
from giflab_core.text import printable
from giflab_core.validation import asked, judged

QUALITY = "quality"


def compare(
    original: str | os.PathLike[str],
    candidates: Iterable[str | os.PathLike[str]],
    *,
    config: Config | None = None,
    metrics: Sequence[str] | None = None,
    sampling: str | None = None,
    seed: int = 0,
    cache: Cache | None = None,
    on_progress: Progress | None = None,
    observer: Observer | None = None,
) -> Ranking:
    """Validate each candidate against the original: the reports are those of `validate()`, in less time.

    A candidate that cannot be read has an error for a report. `on_progress` is called with (candidates done, candidates
    in all); all else is as for `validate()`. Quality is the metric `quality`, or the first one of those asked for if it
    is not among them.

    Raises UsageError for unknown names and limits, and without candidates; DecodeError if the original cannot be read;
    FileChanged if it is not the same for all of them.
    """
    if isinstance(candidates, str | os.PathLike):
        raise UsageError(f"candidates must be a list of files such as [{os.fspath(candidates)!r}], not one file")
    paths = list(candidates)
    if not paths:
        raise UsageError("no candidate given; name at least one compressed file")
    found: list[Candidate] = []
    first = asked((original, paths[0]), config, metrics, sampling, seed, cache, observer or ignore)
    with Shelf() as shelf:
        for path in paths:
            found.append(_validated(replace(first, compressed=path, shelf=shelf), cache))
            if on_progress:
                on_progress(len(found), len(paths))
    return _compared(found, original, [each.name for each in first.metrics])


def _validated(task: Task, cache: Cache | None) -> Candidate:
    path = Path(task.compressed)
    try:
        report = judged(task, cache)
    except DecodeError as error:
        # Where it is the original that cannot be read, this says so once.
        lazy.load("giflab_core.decoding", "open_clip")(task.original, limits=task.config.decode_limits)
        return Candidate(path, None, error=str(error))
    return Candidate(path, report.compressed.size_bytes, report)


def _compared(found: Sequence[Candidate], original: str | os.PathLike[str], names: Sequence[str]) -> Ranking:
    clips = [each.report.original for each in found if each.report is not None]
    if len({clip.digest for clip in clips}) > 1:
        raise FileChanged(f"{printable(original)} changed while it was compared; compare again")
    ranked_by = QUALITY if QUALITY in names else names[0]
    fronts = on_front([_offer(each, ranked_by) for each in found])
    marked = [replace(each, pareto=pareto) for each, pareto in zip(found, fronts, strict=True)]
    marked.sort(key=lambda each: (each.size_bytes is None, each.size_bytes or 0, -_quality(each, ranked_by)))
    return Ranking(clips[0] if clips else None, tuple(marked), ranked_by)


def _offer(candidate: Candidate, name: str) -> Offer | None:
    if candidate.size_bytes is None or not candidate.result(name):
        return None
    return Offer(candidate.size_bytes, _quality(candidate, name), candidate.status != "fail")


def _quality(candidate: Candidate, name: str) -> float:
    """A number of which more is better, whatever the metric's own direction."""
    result = candidate.result(name)
    if not result:
        return -inf
    return result.mean if result.better == "higher" else -result.mean
