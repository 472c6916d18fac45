"""What type checkers make of the public interface of `giflab_core`: read by mypy, never run.

A line with an ignored error must be one: mypy warns of ignores that ignore nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import assert_type

import numpy as np
import numpy.typing as npt

import giflab_core
from giflab_core import (
    Cache,
    Candidate,
    Check,
    Clip,
    Config,
    ContentType,
    DecodeLimits,
    Demo,
    Disposal,
    Event,
    Frame,
    FrameCache,
    FramePair,
    Frames,
    InspectedFrame,
    Inspection,
    MetricResult,
    Moment,
    Observer,
    Oddity,
    OddityKind,
    PairScore,
    PairsScored,
    Part,
    PathLike,
    Progress,
    Series,
    Settings,
    Statistic,
    Stats,
    Status,
    StoredText,
    TextKind,
    TieredCache,
    ValidationReport,
    View,
    compare,
    decode,
    inspect,
    open_cache,
    open_clip,
    open_frames,
    pair,
    resolve,
    validate,
    write_demo,
)


def calls_give_their_values(path: Path) -> None:
    assert_type(giflab_core.__version__, str)
    assert_type(validate(path, "b.gif"), ValidationReport)
    assert_type(inspect(path, limits=DecodeLimits(max_frames=10)), Inspection)
    assert_type(open_clip(path, zero_delay="merge"), Clip)
    assert_type(decode(path), Iterator[Frame])
    assert_type(pair(open_clip(path), open_clip(path)), tuple[FramePair, ...])
    assert_type(resolve(), Config)
    assert_type(open_cache(), TieredCache)
    assert_type(open_frames(), FrameCache)
    assert_type(write_demo(path), Demo)


def a_report_is_typed_to_its_leaves(report: ValidationReport) -> None:
    assert_type(report.status, Status)
    assert_type(report.content, ContentType | None)
    assert_type(report.metrics, Mapping[str, MetricResult])
    assert_type(report.metrics["ssim"].worst, Moment)
    assert_type(report.checks, tuple[Check, ...])
    assert_type(report.series, Mapping[str, Series])
    assert_type(report.series["ssim"][0], PairScore)
    assert_type(report.original.durations_ms, tuple[int, ...])


def other_values_are_typed_to_their_leaves(inspection: Inspection, frame: Frame, frames: FrameCache) -> None:
    assert_type(inspection.frames, tuple[InspectedFrame, ...])
    assert_type(frame.pixels, npt.NDArray[np.uint8])
    assert_type(frames.frames("a.gif", view=View(background=255)), Frames)
    assert_type(frames.frames("a.gif")[0], npt.NDArray[np.uint8])
    assert_type(frames.memory_stats(), Stats)


def words_have_names(frame: InspectedFrame, oddity: Oddity, text: StoredText, found: Inspection) -> None:
    assert_type(frame.disposal, Disposal)
    assert_type(oddity.kind, OddityKind)
    assert_type(text.kind, TextKind)
    assert_type(found.parts, Mapping[Part, int])


def arguments_have_names(path: PathLike, on_progress: Progress, which: Statistic, result: MetricResult) -> None:
    assert_type(open_clip(path), Clip)
    assert_type(validate(path, path, on_progress=on_progress), ValidationReport)
    assert_type(compare(path, [path], on_progress=on_progress).candidates, tuple[Candidate, ...])
    assert_type(result.statistic(which), float)


def values_do_not_change(report: ValidationReport, config: Config, frame: Frame) -> None:
    report.status = "pass"  # type: ignore[misc]
    report.metrics["ssim"] = report.metrics["mse"]  # type: ignore[index]
    config.limits["ssim"] = 1.0  # type: ignore[index]
    frame.duration_ms = 10  # type: ignore[misc]


def settings_are_typed() -> None:
    resolve(metrics=["ssim"], limits={"ssim": 1}, content="ui", mattes=["white"], threads=1, allow_resize=True)
    given: Settings = {"metrics": ("ssim",), "decode_limits": DecodeLimits()}
    resolve(**given)
    resolve(metrixs=3)  # type: ignore[call-arg]
    resolve(metrics=3)  # type: ignore[arg-type]
    resolve(content="painting")  # type: ignore[arg-type]
    resolve(mattes=["pink"])  # type: ignore[list-item]


def arguments_are_typed(path: Path, cache: TieredCache) -> None:
    validate(path, path, config=resolve(), metrics=["ssim"], sampling="full", seed=7, cache=cache)
    validate(path)  # type: ignore[call-arg]
    validate(path, path, ["ssim"])  # type: ignore[call-arg, arg-type]
    validate(path, path, cache={})  # type: ignore[arg-type]
    validate(path, path, limits={"ssim": 1.0})  # type: ignore[call-arg]
    open_clip(path, zero_delay="never")  # type: ignore[arg-type]


def observers_are_functions_of_an_event(path: Path) -> None:
    def tell(event: Event) -> None:
        if isinstance(event, PairsScored):
            assert_type(event.done, int)

    def narrow(event: PairsScored) -> None:
        """Would not take what comes later."""

    events: list[Event] = []
    observer: Observer = events.append
    validate(path, path, observer=tell)
    validate(path, path, observer=observer)
    validate(path, path, observer=lambda event: print(event))
    validate(path, path, on_progress=lambda done, total: print(done / total))
    validate(path, path, observer=narrow)  # type: ignore[arg-type]
    validate(path, path, observer=lambda done, total: None)  # type: ignore[arg-type]


def what_open_cache_gives_is_a_cache(cache: TieredCache) -> None:
    kept: Cache = cache
    assert_type(kept.get("a"), bytes | None)
    assert_type(kept.get_many(["a"]), dict[str, bytes])
    assert_type(kept.stats(), Stats)


def a_pool_gives_what_the_call_gives(pool: ProcessPoolExecutor) -> None:
    assert_type(pool.submit(validate, "a.gif", "b.gif").result(), ValidationReport)


def unknown_names_are_errors() -> None:
    print(giflab_core.validte)  # type: ignore[attr-defined]
