"""The worst moments of a validated pair as one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from giflab_core.config import DecodeLimits
from giflab_core.decoding import PathLike
from giflab_core.frozen import dataclass
from giflab_core.pages.footage import Footage, Shot
from giflab_core.pages.output import replacing
from giflab_core.pages.timeline import timeline
from giflab_core.pages.worst import MOST, WorstMoment, worst_moments
from giflab_core.report import ValidationReport
from giflab_core.text import printable

if TYPE_CHECKING:
    from giflab_core.pages.difference import Rgb

# In pixels. A panel is so wide at least that its row can be labelled: small pictures are enlarged, pixel by pixel.
LEAST_WIDTH, GAP, LABEL, TEXT = 160, 8, 26, 15
# More pixels than this are a picture that few programs show.
MOST_PIXELS = 40_000_000
GROUND, INK, FAINT = (24, 26, 32), (238, 240, 244), (150, 156, 168)
TITLES = ("original", "compressed", "difference x 8")


@dataclass(frozen=True, slots=True)
class Strip:
    """A moment and its three panels, each RGB, uint8, shape (height, width, 3)."""

    moment: WorstMoment
    panels: tuple[Rgb, Rgb, Rgb]


def write_contact_sheet(
    report: ValidationReport,
    path: PathLike,
    *,
    files: tuple[PathLike, PathLike] | None = None,
    limits: DecodeLimits | None = None,
) -> None:
    """Write a PNG: a row for each of the worst moments, the worst first, with its time, its frames and its numbers.

    In a row original, compressed and amplified difference; pictures have their own size, a whole multiple if they are
    small. Arguments and errors as for `write_diff()`.
    """
    footage = Footage(report, files, limits)
    footage.check_target(Path(path))
    rows = worst_strips(report, footage)
    with replacing(Path(path)) as stream:
        drawn(rows).save(stream, "PNG")


def worst_strips(report: ValidationReport, footage: Footage, most: int = MOST) -> tuple[Strip, ...]:
    """The worst moments with their pictures, the worst first; fewer if the pictures are very large."""
    width, height = footage.size
    fitting = max(1, min(most, MOST_PIXELS // (len(TITLES) * width * height)))
    moments = worst_moments(report, timeline(report), fitting)
    in_order = sorted({each.pair for each in moments}, key=lambda pair: pair.start_ms)
    shown = {shot.pair: _copied(shot) for shot in footage.shots(in_order)}
    return tuple(Strip(each, shown[each.pair]) for each in moments)


def _copied(shot: Shot) -> tuple[Rgb, Rgb, Rgb]:
    original, compressed, difference = shot.panels()
    return original.copy(), compressed.copy(), difference


def drawn(rows: Sequence[Strip]) -> Image.Image:
    """The rows as one picture, each under its label."""
    height, width, _ = rows[0].panels[0].shape
    times = -(-LEAST_WIDTH // width)
    size = width * times, height * times
    columns = [GAP + place * (size[0] + GAP) for place in range(len(TITLES))]
    tops = [2 * LABEL + place * (LABEL + size[1] + GAP) for place in range(len(rows))]
    sheet = Image.new("RGB", (columns[-1] + size[0] + GAP, tops[-1] + size[1] + GAP), GROUND)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(TEXT)
    for left, title in zip(columns, TITLES, strict=True):
        draw.text((left, LABEL / 2), title, FAINT, font, anchor="lm")
    for number, (row, top) in enumerate(zip(rows, tops, strict=True), 1):
        text = f"{number}.  {_cut(label(row.moment), sheet.width - 5 * GAP, font)}"
        draw.text((GAP, top - LABEL / 2), text, INK, font, anchor="lm")
        for left, panel in zip(columns, row.panels, strict=True):
            sheet.paste(Image.fromarray(panel).resize(size, Image.Resampling.NEAREST), (left, top))
    return sheet


def _cut(text: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """As many of a text's parts as fit, which commas separate."""
    parts = text.split(", ")
    for count in range(len(parts), 0, -1):
        found = ", ".join(parts[:count]) + (f", {len(parts) - count} more" if count < len(parts) else "")
        if font.getlength(found) <= width:
            break
    return found


def label(moment: WorstMoment) -> str:
    """When it is, which frames are on screen, and what is wrong there."""
    reasons = ", ".join(printable(each) for each in moment.reasons)
    return f"{moment.time_ms} ms   frame {moment.pair.original} | {moment.pair.compressed}   {reasons}"
