"""What `faults` found, as tables and as a manifest."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.helpers.local_faults.scenes import Box

# Upper ends of the classes.
AREAS, TIMES, SHOWN_MS = (0.02, 0.05, 0.10, 0.25), (0.05, 0.20, 0.50, 1.0), (100, 200, 500)
COLUMNS = ("clip", "content", "kind", "file", "encoder", "area", "time", "x", "y", "width", "height")
TIMES_AND_CHECKS = ("start_ms", "end_ms", "failed", "placed")


@dataclass(frozen=True, slots=True)
class Row:
    """One file and its verdict. Of a fault also its shares of the canvas and of the time, its box and its time."""

    clip: str
    content: str
    kind: str
    file: str
    encoder: str
    area: float = 0.0
    time: float = 0.0
    box: Box | None = None
    start_ms: int = 0
    end_ms: int = 0
    failed: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()


def print_faults(console: Console, rows: list[Row], drawn: int) -> None:
    print(f"visible faults: {len(rows)}; {drawn - len(rows)} found no place where they are visible")
    console.print(table("area", rows, lambda row: above(row.area, AREAS, "to {:.0%}")))
    console.print(table("time", rows, lambda row: above(row.time, TIMES, "to {:.0%}")))
    console.print(table("shown", rows, lambda row: above(row.end_ms - row.start_ms, SHOWN_MS, "to {:.0f} ms")))
    console.print(table("content", rows, lambda row: row.content))
    print(f"failed checks: {counted(name for row in rows for name in row.failed) or 'none'}")
    print(f"failed by one check alone: {counted(row.failed[0] for row in rows if len(row.failed) == 1) or 'none'}")
    print_share("faults that fail", [bool(row.failed) for row in rows])


def above(value: float, ends: tuple[float, ...], form: str) -> str:
    """The class of a value: the first upper end that it does not exceed, else all above the last."""
    end = next((end for end in ends if value <= end), None)
    return "above" if end is None else form.format(end)


def table(title: str, rows: list[Row], of: Callable[[Row], str]) -> Table:
    """By kind and class: fail by place / fail / all."""
    classes = sorted({of(row) for row in rows}, key=in_order)
    found = Table(f"{title}: placed / failed / all", *classes, "all")
    for name in [*sorted({row.kind for row in rows}), "all"]:
        own = [row for row in rows if name in (row.kind, "all")]
        found.add_row(name, *(cell([row for row in own if of(row) == each]) for each in classes), cell(own))
    return found


def in_order(name: str) -> tuple[int, str]:
    """Shorter numbers before longer ones, and words by the alphabet."""
    is_number = name.startswith("to ")
    return (0 if is_number else 1, name.rjust(12) if is_number else name)


def cell(rows: list[Row]) -> str:
    return f"{sum(bool(r.placed) for r in rows)} / {sum(bool(r.failed) for r in rows)} / {len(rows)}" if rows else ""


def print_honest(console: Console, rows: list[Row]) -> None:
    found = Table("honest", "fail", "all", "failed checks")
    for name in dict.fromkeys(row.kind for row in rows):
        own = [row for row in rows if row.kind == name]
        failed = counted(check for row in own for check in row.failed)
        found.add_row(name, str(sum(bool(row.failed) for row in own)), str(len(own)), failed)
    console.print(found)
    for row in rows:
        if row.failed:
            print(f"  {row.kind}: {row.clip} ({row.content}): {', '.join(row.failed)}")


def print_share(title: str, found: list[bool]) -> float:
    """Print the share of those that are found, and give it; an error if there is nothing to look at."""
    print(f"{title}: {sum(found)} of {len(found)}, {sum(found) / len(found):.1%}")
    return sum(found) / len(found)


def counted(names: Iterable[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(names).most_common())


def write_manifest(path: Path, rows: list[Row]) -> None:
    """One line a file; the original is CLIP.gif."""
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS + TIMES_AND_CHECKS)
        for row in rows:
            box = (row.box.x, row.box.y, row.box.width, row.box.height) if row.box else ("",) * 4
            shares = (f"{row.area:.4f}", f"{row.time:.4f}") if row.box else ("", "")
            checks = (" ".join(row.failed), " ".join(row.placed))
            names = (row.clip, row.content, row.kind, row.file, row.encoder)
            writer.writerow((*names, *shares, *box, row.start_ms, row.end_ms, *checks))
