"""A validated pair as one HTML file, which needs no network and no other file."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import partial
from pathlib import Path

from giflab_core.config import DecodeLimits
from giflab_core.decoding import PathLike
from giflab_core.errors import FileChanged
from giflab_core.model import Clip
from giflab_core.pages import content
from giflab_core.pages.footage import Footage
from giflab_core.pages.names import short_names
from giflab_core.pages.output import replacing
from giflab_core.pages.rendering import figure, own_text, rendered
from giflab_core.pages.sheet import worst_strips
from giflab_core.pages.timeline import timeline
from giflab_core.report import ValidationReport
from giflab_core.text import printable

# A page beyond this is no fun to send or to open: it has no clips then, and says so.
MOST_BYTES = 15_000_000
SCRIPTS = "vendor/uPlot.iife.min.js", "static/scaling.js", "static/page.js"


def write_page(
    report: ValidationReport,
    path: PathLike,
    *,
    files: tuple[PathLike, PathLike] | None = None,
    limits: DecodeLimits | None = None,
    most_bytes: int = MOST_BYTES,
) -> None:
    """Write the report as one HTML file, with a player of both clips; without, if it would have more than `most_bytes`.

    Arguments and errors as for `write_diff()`.
    """
    footage = Footage(report, files, limits)
    footage.check_target(Path(path))
    text = page_html(report, footage, most_bytes)
    with replacing(Path(path)) as stream:
        stream.write(text.encode("utf-8"))


def page_html(report: ValidationReport, footage: Footage, most_bytes: int) -> str:
    """The page, of a report and its two files, which it has if it is not larger with them."""
    pairs = timeline(report)
    strips = worst_strips(report, footage)
    data = content.script_data(report, pairs, footage.shown_size, strips[0].moment.time_ms)
    page = partial(
        rendered,
        "page.html.jinja",
        report=report,
        names=short_names([report.original.path, report.compressed.path]),
        facts=list(content.facts(report)),
        reasons=list(content.reasons(report)),
        metrics=list(content.metrics(report)),
        settings=list(content.settings(report, content.own_version())),
        figures=list(map(figure, strips)),
        most=f"{most_bytes / 1e6:g} MB",
        is_moving=len(pairs) > 1,
        end_ms=data["end"],
        size=footage.shown_size,
        region=data["region"],
        data=content.as_script(data),
        chart_style=own_text("vendor/uPlot.min.css"),
        script="\n".join(map(own_text, SCRIPTS)),
    )
    if sum(clip.size_bytes for clip in footage.clips) < most_bytes:
        found = page(clips=list(map(_in_base64, footage.clips)))
        if len(found.encode()) <= most_bytes:
            return found
    return page(clips=[])


def _in_base64(clip: Clip) -> str:
    """The bytes of a file. Raises FileChanged where it is another one by now."""
    data = clip.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != clip.digest:
        raise FileChanged(f"{printable(clip.path)} changed while it was read; validate it again")
    return b64encode(data).decode()
