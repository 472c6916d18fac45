"""Fill in the templates of pages, and put pictures into them."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from PIL import Image

from giflab_core.frozen import dataclass
from giflab_core.pages.sheet import Strip
from giflab_core.pages.worst import WorstMoment

if TYPE_CHECKING:
    from giflab_core.pages.difference import Rgb

FOLDER = Path(__file__).parent
# Pictures of the worst moments are reduced to this width and height.
THUMBNAIL = 320, 480


@dataclass(frozen=True, slots=True)
class WorstFigure:
    """One of the worst moments as a page shows it: its three pictures are `data:` URLs."""

    moment: WorstMoment
    pictures: tuple[str, ...]


def rendered(template: str, **values: object) -> str:
    """A template of this package, in which every text is escaped."""
    return _environment().get_template(template).render(values, style=own_text("static/page.css"))


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["seconds"] = lambda time_ms: f"{time_ms / 1000:.2f} s"
    return environment


def own_text(name: str) -> str:
    """What is in a file of this package."""
    return (FOLDER / name).read_text(encoding="utf-8")


def figure(strip: Strip) -> WorstFigure:
    """A moment with its pictures, reduced if they are large."""
    return WorstFigure(strip.moment, tuple(map(_url, strip.panels)))


def _url(picture: Rgb) -> str:
    image = Image.fromarray(picture)
    share = min(most / own for most, own in zip(THUMBNAIL, image.size, strict=True))
    if share < 1:
        width, height = (max(1, round(own * share)) for own in image.size)
        image = image.resize((width, height), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"
