"""A validated pair as one HTML file, which needs no network and no other file."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from PIL import Image

from giflab_core import lazy
from giflab_core.config import DecodeLimits
from giflab_core.decoding import PathLike
from giflab_core.errors import FileChanged
from giflab_core.model import Clip
from giflab_core.pages import content
from giflab_core.pages.footage import Footage
from giflab_core.pages.output import replacing
from giflab_core.pages.sheet import Strip, worst_strips
from giflab_core.pages.timeline import timeline
from giflab_core.pages.worst import WorstMoment
from giflab_core.report import ValidationReport
from giflab_core.text import printable

if TYPE_CHECKING:
    from giflab_core.pages.difference import Rgb

FOLDER = Path(__file__).parent
# A page beyond this is no fun to send or to open: it has no clips then, and says so.
MOST_BYTES = 15_000_000
# Pictures of the worst moments are reduced to this width; the player has them in full.
THUMBNAIL = 320


@dataclass(frozen=True, slots=True)
class WorstFigure:
    """One of the worst moments as the page shows it: its three pictures are `data:` URLs."""

    moment: WorstMoment
    pictures: tuple[str, ...]


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
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["seconds"] = lambda time_ms: f"{time_ms / 1000:.2f} s"
    environment.filters["printable"] = printable
    template = environment.get_template("page.html.jinja")
    values = {
        "report": report,
        "names": [printable(Path(clip.path).name) for clip in (report.original, report.compressed)],
        "facts": list(content.facts(report)),
        "reasons": list(content.reasons(report)),
        "metrics": list(content.metrics(report)),
        "settings": list(content.settings(report, lazy.installed_version(lazy.Library("pytest-giflab", "")) or "")),
        "figures": [_figure(strip) for strip in strips],
        "most": f"{most_bytes / 1e6:g} MB",
        "is_moving": len(pairs) > 1,
        "end_ms": data["end"],
        "size": footage.shown_size,
        "region": data["region"],
        "data": content.as_script(data),
        "style": _text("vendor/uPlot.min.css") + _text("static/page.css"),
        "script": _text("vendor/uPlot.iife.min.js") + "\n" + _text("static/page.js"),
    }
    if sum(clip.size_bytes for clip in footage.clips) < most_bytes:
        found = template.render(values, clips=list(map(_in_base64, footage.clips)))
        if len(found.encode()) <= most_bytes:
            return found
    return template.render(values, clips=[])


def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _in_base64(clip: Clip) -> str:
    """The bytes of a file. Raises FileChanged where it is another one by now."""
    data = clip.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != clip.digest:
        raise FileChanged(f"{printable(clip.path)} changed while it was read; validate it again")
    return b64encode(data).decode()


def _figure(strip: Strip) -> WorstFigure:
    return WorstFigure(strip.moment, tuple(map(_url, strip.panels)))


def _url(picture: Rgb) -> str:
    image = Image.fromarray(picture)
    if image.width > THUMBNAIL:
        height = max(1, round(image.height * THUMBNAIL / image.width))
        image = image.resize((THUMBNAIL, height), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"
