"""The fixture `giflab_validate`: validate a GIF, and hold it against what was approved before."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from giflab_core import lazy
from giflab_core.errors import DecodeError, GiflabError, UsageError
from giflab_core.text import printable, rounded
from pytest_giflab.errors import StoreError
from pytest_giflab.quality.appraisal import TOLERANCE, Appraisal, improved, unlike, worsened
from pytest_giflab.quality.approved import ApprovedStore, to_document
from pytest_giflab.quality.artifacts import folder_of, save_artifacts
from pytest_giflab.quality.asking import APPROVED, TELLER, artifacts_folder, is_in_ci, is_updating
from pytest_giflab.quality.tally import DIGESTS, OUTPUT, Tally
from pytest_giflab.quality.thumbnail import thumbnail

if TYPE_CHECKING:
    from giflab_core import Config, ValidationReport
    from giflab_core.config import Goal

PathLike = str | os.PathLike[str]
P01 = "_p01"
UPDATE = "--giflab-update-baseline"


class Validating:
    """What the fixture is: a function, one for each test. `is_measuring`: this process measures for another session.

    In a copy of the project, as the sides of a duet are, nothing is written; in a duet the session decides, too.
    """

    def __init__(self, request: pytest.FixtureRequest, *, is_measuring: bool) -> None:
        self._config = request.config
        self._test = request.node.nodeid
        self._told: list[tuple[str, object]] | None = request.node.user_properties if is_measuring else None
        self._teller: Any = request.config.pluginmanager.get_plugin(TELLER)
        self._store = ApprovedStore(request.config.rootpath / APPROVED)

    def __call__(
        self,
        original: PathLike,
        compressed: PathLike,
        *,
        baseline: str | None = None,
        tolerance: float = TOLERANCE,
        metrics: Sequence[str] | None = None,
        goal: Goal = "small",
        config: Config | None = None,
        **limits: float,
    ) -> ValidationReport:
        """Validate `compressed` against `original`, and fail the test if the verdict does.

        `limits` by name: `ssim=0.95`, `ssim_p01=0.9`; the metrics that they speak of are measured. `config`: in the
        place of `metrics`, `goal` and `limits`. `baseline`: also hold the numbers against those approved under this
        name: worse by more than `tolerance` (a part of the number, or of 1 if that is larger) fails.
        """
        __tracebackhide__ = True
        if not 0 <= tolerance < 1:
            raise UsageError(f"tolerance must be a part, from 0 to below 1, not {tolerance!r}")
        if baseline is not None:
            self._store.path(baseline)
        if config and (metrics is not None or goal != "small" or limits):
            raise UsageError("give config, or metrics, goal and limits, not both")
        settings = config or _config(metrics, goal, limits)
        tally = Tally.of(self._config)
        is_deciding = not self._teller or self._teller.decides
        if baseline is not None and is_deciding:
            self._note(tally, baseline, "asked")
        report = _validated(original, compressed, settings, tally)
        label = baseline or Path(compressed).name
        appraisal = Appraisal.of(report, label, _settings(settings), tolerance, is_named=baseline is not None)
        if baseline is not None and is_deciding:
            self._use(tally, baseline, [report.original.digest, report.compressed.digest])
        if not is_deciding:
            self._teller.tell(self._test, asdict(appraisal))
            return report
        if not report:
            self._fail(report, label, [f"{check.name}: {check.message}" for check in report.headlines])
        if baseline is not None:
            self._hold(report, appraisal, tally)
        return report

    def _hold(self, report: ValidationReport, appraisal: Appraisal, tally: Tally) -> None:
        """Hold an appraisal against what was approved; approve it if it is the first, or that is asked for."""
        __tracebackhide__ = True
        name = appraisal.label
        try:
            approved = self._store.load(name)
        except StoreError as error:
            if not self._is_updating:
                pytest.fail(f"giflab: {error}")
            raise
        if approved is None:
            if is_in_ci() and not self._is_updating:
                self._fail(report, name, [f"nothing is approved under the name {name!r}; run it elsewhere, and commit"])
            self._approve(report, appraisal, tally)
            self._note(tally, name, "new", _said(appraisal))
            return
        changes = unlike(approved, appraisal) or worsened(approved, appraisal, appraisal.tolerance)
        if self._is_updating:
            better = "" if changes else improved(approved, appraisal, appraisal.tolerance)
            if not changes and approved.compressed == appraisal.compressed:
                self._note(tally, name, "same")
            else:
                self._approve(report, appraisal, tally)
                self._note(tally, name, "changed", changes or better or "other bytes")
        elif changes:
            is_other = bool(unlike(approved, appraisal))
            why = f"cannot be held against the approved {name!r}" if is_other else f"worse than the approved {name!r}"
            self._fail(report, name, [f"{why}: {changes}"], advice=f"if that is meant, approve it with {UPDATE}")
        else:
            self._note(tally, name, "same")

    @property
    def _is_updating(self) -> bool:
        return is_updating(self._config) and not self._teller

    def _use(self, tally: Tally, name: str, digests: list[str]) -> None:
        tally.use(name, digests)
        if self._told is not None:
            self._told.append((DIGESTS, [name, digests]))  # as in `_note`

    def _note(self, tally: Tally, name: str, change: str, words: str = "") -> None:
        tally.note(name, change, words)
        if self._told is not None:  # by the report of the test, to the session that this process measures for
            self._told.append((OUTPUT, [name, change, words]))

    def _approve(self, report: ValidationReport, appraisal: Appraisal, tally: Tally) -> None:
        if self._teller:
            return
        moment = appraisal.metrics[appraisal.ranked_by].worst_ms if appraisal.ranked_by else 0
        tally.approve(to_document(appraisal, thumbnail(report.compressed.path, moment)))

    def _fail(self, report: ValidationReport, label: str, reasons: Sequence[str], advice: str = "") -> NoReturn:
        __tracebackhide__ = True
        names = [printable(clip.path) for clip in (report.compressed, report.original)]
        lines = [f"giflab: {names[0]} fails against {names[1]}", *(f"  {reason}" for reason in reasons)]
        if worst := _worst(report):
            lines.append(f"  worst moment: {worst}")
        if advice:
            lines.append(f"  {advice}")
        if not self._teller:
            folder = artifacts_folder(self._config) / folder_of(self._test, label)
            try:
                lines += [f"  saved {printable(path)}" for path in save_artifacts(report, folder)[:1]]
            except GiflabError as error:
                lines.append(f"  nothing is saved: {error}")
        pytest.fail("\n".join(lines))


def _validated(original: PathLike, compressed: PathLike, config: Config, tally: Tally) -> ValidationReport:
    """What a validation says; the test fails if a file cannot be decoded."""
    __tracebackhide__ = True
    validate: Callable[..., ValidationReport] = lazy.load("giflab_core", "validate")
    try:
        return validate(original, compressed, config=config, cache=tally.cache())
    except DecodeError as error:
        pytest.fail(f"giflab: {error}")


def _config(metrics: Sequence[str] | None, goal: Goal, limits: dict[str, float]) -> Config:
    """The settings; what limits speak of is measured too."""
    named = {f"{name.removesuffix(P01)}.p01" if name.endswith(P01) else name: each for name, each in limits.items()}
    default: Sequence[str] = lazy.load("giflab_core.config", "DEFAULT_METRICS")
    wanted = [*(default if metrics is None else metrics), *(name.partition(".")[0] for name in named)]
    config: Config = lazy.load("giflab_core", "resolve")(metrics=wanted, goal=goal, limits=named)
    return config


def _settings(config: Config) -> str:
    """What numbers depend on, in words."""
    said = [f"on {' and '.join(sorted(config.mattes))}", *(["scaled"] if config.allow_resize else [])]
    return ", ".join(said)


def _worst(report: ValidationReport) -> str:
    """The worst moment, by the metric that stands for quality."""
    result = report.metrics.get("quality") or next(iter(report.metrics.values()), None)
    if not result:
        return ""
    ms = result.worst.time_ms
    return f"{result.name} {result.worst.value:.3g} at {ms} ms, in frame {report.original.frame_at(ms)} of the original"


def _said(appraisal: Appraisal) -> str:
    value = appraisal.value
    return f"{appraisal.ranked_by} {rounded(value)}" if value is not None else ""
