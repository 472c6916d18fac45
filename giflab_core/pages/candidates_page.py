"""Several compressed clips of one original as one HTML file: bytes against quality, and the worst moment of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path

from giflab_core.config import DecodeLimits
from giflab_core.decoding import PathLike
from giflab_core.errors import UsageError
from giflab_core.frozen import dataclass
from giflab_core.model import Check
from giflab_core.pages import content
from giflab_core.pages.footage import Footage
from giflab_core.pages.output import check_outputs, replacing
from giflab_core.pages.rendering import WorstFigure, figure, rendered
from giflab_core.pages.scatter import Dot, scatter_svg
from giflab_core.pages.sheet import worst_strips
from giflab_core.report import ValidationReport
from giflab_core.text import printable


@dataclass(frozen=True, slots=True)
class CandidateText:
    """One compressed clip as the page shows it; `values` are texts, by metric."""

    number: int
    name: str
    path: str
    size: str
    status: str
    is_best: bool
    values: Mapping[str, str]
    reasons: tuple[Check, ...]
    figure: WorstFigure


def write_candidates_page(
    reports: Sequence[ValidationReport],
    path: PathLike,
    *,
    ranked_by: str = "quality",
    best: Collection[int] = (),
    unreadable: Mapping[str, str] | None = None,
    files: Sequence[tuple[PathLike, PathLike]] | None = None,
    limits: DecodeLimits | None = None,
) -> None:
    """Write a page of several reports with one original, in their order. It has no script.

    `ranked_by`: the metric that bytes are drawn against; `best`: the places of the reports worth their bytes;
    `unreadable`: the candidates without a report, by name, and why; `files`: for each report where its two clips are.
    Errors as for `write_diff()`; UsageError without a report.
    """
    if not reports:
        raise UsageError("there is no report to show")
    places = files or [(each.original.path, each.compressed.path) for each in reports]
    all_footage = [Footage(each, pair, limits) for each, pair in zip(reports, places, strict=True)]
    check_outputs([Path(path)], [*(clip.path for each in all_footage for clip in each.clips), *(unreadable or {})])
    texts = [
        _candidate(number, report, footage, is_best=number - 1 in best)
        for number, (report, footage) in enumerate(zip(reports, all_footage, strict=True), 1)
    ]
    text = rendered(
        "candidates.html.jinja",
        original=reports[0].original,
        name=printable(Path(reports[0].original.path).name),
        candidates=texts,
        columns=list(dict.fromkeys((ranked_by, "ssim")) if ranked_by != "ssim" else ("ssim",)),
        unreadable=dict(unreadable or {}),
        svg=_scatter(reports, ranked_by, best),
        settings=list(content.settings(reports[0], content.own_version())),
    )
    with replacing(Path(path)) as stream:
        stream.write(text.encode("utf-8"))


def _candidate(number: int, report: ValidationReport, footage: Footage, *, is_best: bool) -> CandidateText:
    (strip,) = worst_strips(report, footage, 1)
    return CandidateText(
        number=number,
        name=printable(Path(report.compressed.path).name),
        path=printable(report.compressed.path),
        size=content.size_text(report.original, report.compressed),
        status=report.status,
        is_best=is_best,
        values={name: content.number_text(result.mean, result.unit) for name, result in report.metrics.items()},
        reasons=report.headlines,
        figure=figure(strip),
    )


def _scatter(reports: Sequence[ValidationReport], name: str, best: Collection[int]) -> str:
    known = next((report.metrics[name] for report in reports if name in report.metrics), None)
    return scatter_svg(list(_dots(reports, name, best)), name, known.better) if known else ""


def _dots(reports: Sequence[ValidationReport], name: str, best: Collection[int]) -> Iterator[Dot]:
    for place, report in enumerate(reports):
        result, clip = report.metrics.get(name), report.compressed
        if result and isfinite(result.mean):
            shown = printable(Path(clip.path).name)
            yield Dot(place + 1, shown, clip.size_bytes, result.mean, report.status, place in best)
