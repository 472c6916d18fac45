"""What is in a GIF for people: tables, then what the file says and what is odd."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from giflab_core.inspection import LAST_DEFINED_DISPOSAL, InspectedFrame, Inspection, Oddity, Part, StoredText
from giflab_core.text import counted, printable, times

# Many frames or lines are cut to the first and the last of them.
FIRST_ROWS, LAST_ROWS = 16, 4
MOST_RANGES = 6
STYLE = {True: "bold red", False: "bold yellow"}  # by whether it is damage

PART_NAMES: dict[Part, str] = {
    "header": "header",
    "global_palette": "global palette",
    "local_palettes": "local palettes",
    "graphic_control": "graphic control",
    "image_data": "image data",
    "application": "loop and application",
    "comments": "comments",
    "other_extensions": "other extensions",
    "stray": "stray zeros",
    "trailer": "trailer",
    "after_trailer": "after the trailer",
    "unread": "cannot be read",
}

FRAME_COLUMNS: tuple[tuple[str, JustifyMethod], ...] = (
    ("frame", "right"),
    ("stored", "right"),
    ("shown", "right"),
    ("image", "left"),
    ("dirty", "right"),
    ("disposal", "left"),
    ("clear", "right"),
    ("colours", "right"),
    ("bytes", "right"),
)


def print_inspection(inspection: Inspection, *, every: bool = False) -> None:
    """Print the file as a whole, its bytes by part, its frames, its texts and its oddities, all rows with `every`."""
    console = Console()
    console.print(Text(printable(inspection.path), "bold"), soft_wrap=True)
    console.print(_head(inspection))
    console.print(_parts(inspection))
    if inspection.frames:
        console.print(_frames(inspection, every))
    _print_lines(console, [_text(text) for text in inspection.texts], inspection.n_texts, every)
    _print_lines(console, [_oddity(oddity) for oddity in inspection.oddities], len(inspection.oddities), every)
    if not inspection.oddities:
        console.print(Text("nothing odd", "green"))


def _hidden(count: int, every: bool) -> range:
    """The rows that are not shown; none where it would be a single one."""
    hidden = range(FIRST_ROWS, count - LAST_ROWS)
    return range(0) if every or len(hidden) < 2 else hidden


def _print_lines(console: Console, lines: Sequence[Text], count: int, every: bool) -> None:
    """`count`: how many there are in the file, of which `lines` are known."""
    hidden = _hidden(len(lines), every)
    for index, line in enumerate(lines):
        if index == hidden.start and hidden:
            console.print(Text(f"... {len(hidden)} more: --all", "dim"))
        if index not in hidden:
            console.print(line, soft_wrap=True)
    if count > len(lines):
        console.print(Text(f"... and {count - len(lines)} more", "dim"))


def _head(inspection: Inspection) -> Table:
    damaged = sum(not frame.is_whole for frame in inspection.frames)
    facts = {
        "version": inspection.version,
        "canvas": f"{inspection.width}x{inspection.height}",
        "frames": f"{len(inspection.frames)}" + (f" ({damaged} damaged)" if damaged else ""),
        "duration": f"{inspection.duration_ms} ms",
        "loop": "still" if len(inspection.frames) < 2 else times(inspection.plays),
        "palette": _colours(inspection.global_colours) or "local",
        "bytes": str(inspection.size_bytes),
    }
    table = Table(box=None, show_header=False)
    for name, value in facts.items():
        table.add_row(Text(name, "dim"), value)
    return table


def _parts(inspection: Inspection) -> Table:
    table = Table("part", header_style="bold")
    for heading in ("bytes", "share"):
        table.add_column(heading, justify="right")
    for part, size_bytes in inspection.parts.items():
        if size_bytes:
            table.add_row(PART_NAMES[part], str(size_bytes), _share(size_bytes, inspection.size_bytes))
    return table


def _frames(inspection: Inspection, every: bool) -> Table:
    frames, canvas_pixels = inspection.frames, inspection.width * inspection.height
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.padding = 0, 1, 0, 0  # narrow: 80 columns hold most files without breaking a cell
    for heading, justify in FRAME_COLUMNS:
        table.add_column(heading, justify=justify, overflow="fold")
    hidden = _hidden(len(frames), every)
    for index, frame in enumerate(frames):
        if index == hidden.start and hidden:
            table.add_row("...", "", "", f"{len(hidden)} more: --all", style="dim")
        if index not in hidden:
            table.add_row(*_row(frame, canvas_pixels), style="" if frame.is_whole else "red")
    return table


def _row(frame: InspectedFrame, canvas_pixels: int) -> tuple[str, ...]:
    geometry = f"{frame.width}x{frame.height}+{frame.left}+{frame.top}"
    return (
        str(frame.number),
        "" if frame.delay_cs is None else f"{frame.delay_cs} cs",
        f"{frame.shown_ms} ms",
        f"{geometry} interlaced" if frame.interlaced else geometry,
        _share(frame.dirty_pixels, canvas_pixels),
        _disposal(frame),
        "" if frame.transparent is None else str(frame.transparent),
        _colours(frame.local_colours),
        str(frame.size_bytes),
    )


def _disposal(frame: InspectedFrame) -> str:
    """In words, with the number where it is none of the defined ones; nothing where none is stored."""
    if not frame.stored_disposal:
        return ""
    is_defined = frame.stored_disposal <= LAST_DEFINED_DISPOSAL
    return frame.disposal if is_defined else f"{frame.disposal} ({frame.stored_disposal})"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"


def _colours(count: int | None) -> str:
    return "" if count is None else str(count)


def _text(text: StoredText) -> Text:
    kind = text.kind.replace("_", " ")
    return Text.assemble((f"{kind}: ", "bold"), f"{printable(text.text)} ({counted(text.size_bytes, 'byte')})")


def _oddity(oddity: Oddity) -> Text:
    where = f"{ranges(oddity.frames)}: " if oddity.frames else ""
    return Text.assemble((f"{oddity.kind}: ".replace("_", " "), STYLE[oddity.kind == "damage"]), where, oddity.message)


def ranges(numbers: Sequence[int]) -> str:
    """Numbers of frames in words: `frame 3`, `frames 1-3, 7`."""
    found = [
        [number for _, number in run] for _, run in groupby(enumerate(numbers), key=lambda place: place[1] - place[0])
    ]
    words = [f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in found]
    more = sum(map(len, found[MOST_RANGES:]))
    return f"frame{'s' * (len(numbers) != 1)} {', '.join(words[:MOST_RANGES])}" + (f" and {more} more" if more else "")
