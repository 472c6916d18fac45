"""Numbers and names as people read them, and the Jinja templates that hold the words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from giflab_core.text import counted, printable
from pytest_giflab.errors import StoreError
from pytest_giflab.model import Comparison, Quantity

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
# A benchmark has a line of these beside that of its time, so that its name alone does not tell which.
BESIDE_TIME = ("quality",)
# Names and reasons are shown up to here: nobody reads further, and a comment has its limit.
LONGEST = 300
# A name in a headline is part of a sentence.
LONGEST_NAME = 60
# From here on a ratio is easier to read than percents.
MANY_TIMES = 10
# What of a name stays together: up to a sign that parts words, or so many letters.
PIECE = re.compile(r"[^/_:.,\[\]-]{0,20}[/_:.,\[\]-]{1,20}|[^/_:.,\[\]-]{1,20}", re.DOTALL)
MARKUP = "\\`*_[]{}|~@#<>&:/$^!\"'"
# GitHub looks for mentions, references and addresses after it has read the entities: a space of no width ends them.
ENTITIES = {ord(char): f"&#{ord(char)};{'&#8203;' if char in '@#' else ''}" for char in MARKUP}
WWW, GITHUB = re.compile(r"(?i)(www)\."), re.compile(r"(?i)(gh-)(?=\d)")


class Safe(str):
    """Markdown of our own, which templates take as it is; all other text is escaped."""

    __slots__ = ()


def render(template: str, folder: Path | None = None, **values: object) -> str:
    """Fill in a template of the package, or that of the same name in `folder`.

    Whatever a template prints is escaped, but for `Safe` text. Raises StoreError if a template is wrong.
    """
    try:
        return _environment(folder).get_template(template).render(values)
    except TEMPLATE_ERRORS as error:
        where = f"{folder}: " if folder else ""
        raise StoreError(f"{where}template {template}: {printable(str(error))}; correct it") from error


@cache
def _environment(folder: Path | None) -> jinja2.Environment:
    """Where templates are compiled, once each: a comment on a matrix fills in one for each job, several times."""
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
    return environment


def _finalize(value: object) -> str:
    return value if isinstance(value, Safe) else cell(str(value))


def cell(text: str) -> Safe:
    """Text inside Markdown, also in a table: nothing in it is markup, HTML, a mention, a link, or the end of a cell."""
    return Safe(_escape(text))


def code(text: str) -> Safe:
    """A name inside Markdown, as code. Not between backticks: nothing can be escaped there."""
    return Safe(f"<code>{_escape(text)}</code>")


def _escape(text: str) -> str:
    more = "…" if len(text) > LONGEST else ""
    escaped = f"{printable(text[:LONGEST])}{more}".translate(ENTITIES)
    return GITHUB.sub(r"\1&#8203;", WWW.sub(r"\1&#46;", escaped))


def short_name(comparison: Comparison) -> str:
    """The test's function with its parameters, without file and class, not too long for a headline."""
    path, bracket, parameters = comparison.benchmark.id.partition("[")
    name = f"{path.rpartition('::')[2]}{bracket}{parameters}"
    short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
    return f"{short}{_of_what(comparison)}"


def long_name(comparison: Comparison) -> str:
    """The whole id of a benchmark, with what was measured of it if it may have several lines."""
    return f"{comparison.benchmark.id}{_of_what(comparison)}"


def _of_what(comparison: Comparison) -> str:
    return f" ({comparison.quantity.name})" if comparison.quantity.name in BESIDE_TIME else ""


def label(comparison: Comparison) -> str:
    """One word for the state of a benchmark: its verdict, or why it has none."""
    if comparison.status == "measured" and comparison.verdict:
        return comparison.verdict
    return "failed" if comparison.status == "error" else comparison.status


def interval(comparison: Comparison) -> str:
    """`1.05 (1.02 - 1.08)`, as after / before; a dash without one."""
    if comparison.ratio is None or comparison.low is None or comparison.high is None:
        return "-"
    return f"{comparison.ratio:.2f} ({comparison.low:.2f} - {comparison.high:.2f})"


def change(comparison: Comparison) -> str:
    """`+5 % (2 to 8 %)`, what the ratio comes to; `12x (11.8 to 12.2x)` from ten times on; a dash without one."""
    ratio, low, high = comparison.ratio, comparison.low, comparison.high
    if ratio is None:
        return "-"
    known = [each for each in (ratio, low, high) if each is not None]
    if max(known) >= MANY_TIMES:
        between = f" ({low:.3g} to {high:.3g}x)" if low is not None and high is not None else ""
        return f"{ratio:.3g}x{between}"
    digits = 0 if any(abs(each - 1) >= 0.1 for each in known) else 1
    between = ""
    if low is not None and high is not None:
        between = f" ({_signed(low, digits)} to {_signed(high, digits)} %)"
    sign = "+" if ratio >= 1 else ""
    return f"{sign}{_signed(ratio, digits)} %{between}"


def _signed(ratio: float, digits: int) -> str:
    """The change in percent, with a minus that is as wide as a plus."""
    return f"{round(100 * (ratio - 1), digits) + 0.0:.{digits}f}".replace("-", "−")


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


def breakable(text: str) -> Safe:
    """A name as code that a narrow column may break after what parts its words, and in words that are long."""
    escaped = (_escape(each) for each in re.findall(PIECE, text[:LONGEST]))
    more = "…" if len(text) > LONGEST else ""
    return Safe(f"<code>{'<wbr>'.join(escaped)}{more}</code>")


def unbroken(text: str) -> Safe:
    """Text that stays on one line."""
    return Safe(_escape(text).replace(" ", "&nbsp;"))


FILTERS: dict[str, Callable[..., Any]] = {
    "amount": amount,
    "breakable": breakable,
    "change": change,
    "code": code,
    "counted": counted,
    "duration": duration,
    "interval": interval,
    "label": label,
    "long_name": long_name,
    "percent": percent,
    "safe": Safe,
    "short_name": short_name,
    "unbroken": unbroken,
}
