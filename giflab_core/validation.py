"""Validate a compressed GIF against its original: what is asked, what is found, what that means."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from giflab_core import lazy
from giflab_core.checks import (
    check_compared,
    check_given_limits,
    check_limits,
    check_lossless,
    check_tone,
    fold,
    limits_in_force,
    unfit,
    verdict,
)
from giflab_core.config import Config, metric_names, resolve
from giflab_core.errors import UsageError
from giflab_core.events import Observer, Progress, ProgressObserver, together
from giflab_core.evidence import Evidence, Measure, Task
from giflab_core.metrics import select
from giflab_core.model import Check, Sampling, Tone
from giflab_core.report import ValidationReport
from giflab_core.series import Series

if TYPE_CHECKING:
    from giflab_core.cache import Cache


def validate(
    original: str | os.PathLike[str],
    compressed: str | os.PathLike[str],
    *,
    config: Config | None = None,
    metrics: Sequence[str] | None = None,
    sampling: str | None = None,
    seed: int = 0,
    cache: Cache | None = None,
    on_progress: Progress | None = None,
    observer: Observer | None = None,
) -> ValidationReport:
    """Compare two GIF files as a viewer sees them, and give a verdict.

    `metrics` replaces those of `config`; `sampling` is "full", the only strategy so far; `cache` keeps what is found,
    so that only what is new is computed, and the report is the same. `on_progress` is called with (pairs scored, pairs
    in all), `observer` with each `Event`, both in the caller's thread; what they raise ends the validation.

    Raises UsageError for unknown names and limits, DecodeError if a file has no whole frame. A file that is damaged
    further on is a failed check, `readable`, and what was read is compared.
    """
    told = together(observer, ProgressObserver(on_progress) if on_progress else None)
    return judged(asked((original, compressed), config, metrics, sampling, seed, cache, told), cache)


def asked(
    files: tuple[str | os.PathLike[str], str | os.PathLike[str]],
    config: Config | None,
    metrics: Sequence[str] | None,
    sampling: str | None,
    seed: int,
    cache: Cache | None,
    observer: Observer,
) -> Task:
    """What `validate()` was asked for; raises UsageError where that makes no sense."""
    if config is not None and not isinstance(config, Config):
        raise UsageError(f"config must be what resolve() gives, such as resolve(metrics=['ssim']), not {config!r:.80}")
    config = config or resolve()
    if sampling not in (None, "full"):
        raise UsageError(f"unknown sampling strategy {sampling!r}; known: full")
    if not isinstance(seed, int):
        raise UsageError(f"seed must be an integer, not {seed!r}")
    if cache is not None and not all(hasattr(cache, each) for each in ("get", "get_many", "put")):
        raise UsageError(f"cache must be one that open_cache() gives, not {cache!r}")
    wanted = select(config.metrics if metrics is None else metric_names(metrics))
    check_given_limits(config.limits, [each.name for each in wanted])
    return Task(*files, wanted, config, Sampling("full", seed), observer)


def judged(task: Task, cache: Cache | None) -> ValidationReport:
    """Do what was asked for: the report that `validate()` gives."""
    find: Measure = _measure if cache is None else lazy.load("giflab_core.results", "Remembering")(_measure, cache)
    return _judged(task, find(task))


def _measure(task: Task) -> Evidence:
    """Decoding and arithmetic are loaded when they are needed: what is remembered needs neither."""
    measure: Measure = lazy.load("giflab_core.measurement", "measure")
    return measure(task)


def _judged(task: Task, found: Evidence) -> ValidationReport:
    config, names = task.config, [each.name for each in task.metrics]
    content = found.content if config.content == "auto" else config.content
    canvas = found.check("canvas")
    scaled = canvas.status == "warning"
    in_force = limits_in_force(config.limits, names, content, goal=config.goal, scaled=scaled)
    absent = unfit(task.metrics, found.original, canvas)
    absent |= found.absent
    absent |= {name: "no pair of frames could be scored" for name in names if name not in {*found.results, *absent}}
    tone = _tone(found) if found.scored else None
    checks: tuple[Check, ...] = (
        *found.checks,
        *([check_tone(tone, config.goal, scaled=scaled)] if found.scored else []),
        *([check_lossless(found.first_difference_ms, found.original)] if config.goal == "lossless" else []),
        check_compared(found.scored, absent, names),
        *check_limits(in_force, config.limits, found.results, absent, found.original),
    )
    area = found.original.width * found.original.height
    checks = fold(checks, found.results, tone, config.goal, trouble=found.trouble, area=area)
    return ValidationReport(
        status=verdict(checks),
        original=found.original,
        compressed=found.compressed,
        decoder=found.decoder,
        kernels=found.kernels,
        content=content,
        content_detected=config.content == "auto",
        metrics=found.results,
        absent=absent,
        limits={f"{metric}.{statistic}": value for (metric, statistic), value in in_force.items()},
        checks=checks,
        warnings=tuple(f"{check.name}: {check.message}" for check in checks if check.status == "warning"),
        coverage=found.coverage,
        goal=config.goal,
        series={name: Series(found.pairs, found.values[name]) for name in found.results},
    )


def _tone(found: Evidence) -> Tone | None:
    """Pictures of other moments differ, but not by a change of tone."""
    is_aligned = all(found.check(name).status != "fail" for name in ("duration", "order"))
    return found.tone if is_aligned else None
