"""Numbers and names as people read them, and the Jinja templates that hold the words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from giflab_core.text import counted, printable
from pytest_giflab.errors import StoreError
from pytest_giflab.model import Comparison, GateReport, Quantity

# What a reader should see first.
ORDER = ("changed", "critical", "warning", "error", "missing", "inconclusive", "new", "improved", "ok", "skipped")
# What a template can do wrong, besides what Jinja finds: divide by zero, include itself, ask for what is not there.
TEMPLATE_ERRORS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"))
# Names and reasons are shown up to here: nobody reads further, and a comment has its limit.
LONGEST = 300
MARKUP = "\\`*_[]{}|~@#<>&:/$^!\"'"
# GitHub looks for mentions, references and addresses after it has read the entities: a space of no width ends them.
REFERENCES = {"&#64;": "&#64;&#8203;", "&#35;": "&#35;&#8203;"}


class Safe(str):
    """Markdown of our own, which templates take as it is; all other text is escaped."""

    __slots__ = ()


def render(template: str, folder: Path | None = None, **values: object) -> str:
    """Fill in a template of the package, or that of the same name in `folder`.

    Whatever a template prints is escaped, but for `Safe` text. Raises StoreError if a template is wrong.
    """
    loaders: list[jinja2.BaseLoader] = [jinja2.PackageLoader("pytest_giflab.report")]
    if folder:
        loaders.insert(0, jinja2.FileSystemLoader(folder))
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=False,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= FILTERS
    try:
        return environment.get_template(template).render(values)
    except TEMPLATE_ERRORS as error:
        where = f"{folder}: " if folder else ""
        raise StoreError(f"{where}template {template}: {printable(str(error))}; correct it") from error


def _finalize(value: object) -> str:
    return value if isinstance(value, Safe) else cell(str(value))


def cell(text: str) -> Safe:
    """Text inside Markdown, also in a table: nothing in it is markup, HTML, a mention, a link, or the end of a cell."""
    return Safe(_escape(text))


def code(text: str) -> Safe:
    """A name inside Markdown, as code. Not between backticks: nothing can be escaped there."""
    return Safe(f"<code>{_escape(text)}</code>")


def _escape(text: str) -> str:
    text = printable(text[:LONGEST]) + ("…" if len(text) > LONGEST else "")
    escaped = "".join(f"&#{ord(char)};" if char in MARKUP else char for char in text)
    for entity, broken in REFERENCES.items():
        escaped = escaped.replace(entity, broken)
    return re.sub(r"(?i)(gh-)(?=\d)", r"\1&#8203;", re.sub(r"(?i)(www)\.", r"\1&#46;", escaped))


def in_order(report: GateReport) -> list[Comparison]:
    """What a reader should see first comes first; else the order of the run."""
    return sorted(report.comparisons, key=lambda each: ORDER.index(label(each)))


def label(comparison: Comparison) -> str:
    """One word for the state of a benchmark: its verdict, or why it has none."""
    return comparison.verdict if comparison.status == "measured" and comparison.verdict else comparison.status


def interval(comparison: Comparison) -> str:
    """`1.05 (1.02 - 1.08)`, as after / before; a dash without one."""
    if comparison.ratio is None or comparison.low is None or comparison.high is None:
        return "-"
    return f"{comparison.ratio:.2f} ({comparison.low:.2f} - {comparison.high:.2f})"


def percent(fraction: float) -> str:
    return f"{100 * fraction:g} %"


def duration(seconds: float | None) -> str:
    """Three digits in the unit that fits; a dash for None."""
    if seconds is None:
        return "-"
    size, unit = next((each for each in UNITS if seconds >= each[0]), UNITS[-1])
    return f"{seconds / size:.3g} {unit}"


def amount(value: float | None, quantity: Quantity) -> str:
    """A number of this quantity with its unit, to three digits; a dash for None."""
    if value is None or quantity.unit == "s":
        return duration(value)
    return f"{value:.3g} {quantity.unit}".rstrip()


FILTERS: dict[str, Callable[..., Any]] = {
    "amount": amount,
    "code": code,
    "counted": counted,
    "duration": duration,
    "interval": interval,
    "label": label,
    "percent": percent,
    "safe": Safe,
}
