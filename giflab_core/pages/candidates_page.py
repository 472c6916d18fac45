"""Several compressed clips of one original as one HTML file: bytes against quality, and the worst moment of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import isnan
from pathlib import Path

from giflab_core.config import DecodeLimits
from giflab_core.decoding import PathLike
from giflab_core.errors import UsageError
from giflab_core.frozen import dataclass
from giflab_core.model import Check
from giflab_core.pages import content
from giflab_core.pages.footage import Footage
from giflab_core.pages.names import short_names
from giflab_core.pages.output import check_outputs, replacing
from giflab_core.pages.rendering import WorstFigure, figure, rendered
from giflab_core.pages.scatter import Dot, scatter_svg
from giflab_core.pages.sheet import worst_strips
from giflab_core.report import ValidationReport


@dataclass(frozen=True, slots=True)
class CandidateText:
    """One compressed clip as the page shows it; `values` are texts, by metric."""

    number: int
    name: str
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
    name, *names = short_names([reports[0].original.path, *(each.compressed.path for each in reports)])
    texts = [
        _candidate(number, shown, report, footage, is_best=number - 1 in best)
        for number, (shown, report, footage) in enumerate(zip(names, reports, all_footage, strict=True), 1)
    ]
    text = rendered(
        "candidates.html.jinja",
        original=reports[0].original,
        name=name,
        candidates=texts,
        columns=list(dict.fromkeys((ranked_by, "ssim")) if ranked_by != "ssim" else ("ssim",)),
        unreadable=dict(unreadable or {}),
        undrawn=[each for each in texts if ranked_by not in each.values],
        svg=_scatter(reports, names, ranked_by, best),
        settings=list(content.settings(reports[0], content.own_version())),
    )
    with replacing(Path(path)) as stream:
        stream.write(text.encode("utf-8"))


def _candidate(number: int, name: str, report: ValidationReport, footage: Footage, *, is_best: bool) -> CandidateText:
    (strip,) = worst_strips(report, footage, 1)
    return CandidateText(
        number=number,
        name=name,
        size=content.size_text(report.original, report.compressed),
        status=report.status,
        is_best=is_best,
        values={each: content.number_text(result.mean, result.unit) for each, result in report.metrics.items()},
        reasons=report.headlines,
        figure=figure(strip),
    )


def _scatter(reports: Sequence[ValidationReport], names: Sequence[str], metric: str, best: Collection[int]) -> str:
    known = next((report.metrics[metric] for report in reports if metric in report.metrics), None)
    return scatter_svg(list(_dots(reports, names, metric, best)), metric, known.better) if known else ""


def _dots(
    reports: Sequence[ValidationReport], names: Sequence[str], metric: str, best: Collection[int]
) -> Iterator[Dot]:
    for place, (report, name) in enumerate(zip(reports, names, strict=True)):
        result = report.metrics.get(metric)
        if result and not isnan(result.mean):
            yield Dot(place + 1, name, report.compressed.size_bytes, result.mean, report.status, place in best)
