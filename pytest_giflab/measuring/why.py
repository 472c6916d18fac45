"""Why something ended: what it was, for reports, and the line of a log or of a traceback that says why. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# How a line begins that says why, in the words of pytest and of Python.
TRACEBACK, INTERNAL = "E ", "INTERNALERROR>"
OTHERS = re.compile(r"(?:ERROR\b|Fatal Python error:|!!!.*!!!|(?:.*[\s.!])?Exit: )")
# `ValueError: too old`, `KeyError`: what was raised, among explained assertions, code, and the rest of a message.
RAISED = re.compile(r"[A-Za-z_][\w.]*(?:: .*|:|)$")
LONGEST = 200
# What was raised is a kind of failure; a name that does not look like one may be anything.
KIND = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt)(?=:|$)")


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong, in words that quote nobody, and what a process `said` of it, which may hold secrets."""

    reason: str
    said: str = ""


def last_reason(text: str) -> str:
    """The last line that says why, without what pytest puts before it; the last of all if there is none; "" of nothing.

    Of several lines that pytest marks in a row, the last one that names what was raised; if that is `SystemExit`, what
    it was raised after, too.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    places = [place for place, line in enumerate(lines) if _mark(line) or OTHERS.match(line)]
    if not places:
        return lines[-1][:LONGEST] if lines else ""
    last = places[-1]
    mark = _mark(lines[last])
    if not mark:
        return _plain(lines[last])[:LONGEST]
    first = last
    while first and lines[first - 1].startswith(mark):
        first -= 1
    block = [line.removeprefix(mark).strip() for line in lines[first : last + 1]]
    raised = [line for line in block if RAISED.match(line)]
    reason = (raised or block)[-1][:LONGEST]
    earlier = lines[:first]
    # pytest before 8.3 reports what exits as an error like others; what that was raised after says why.
    if reason.startswith(SystemExit.__name__) and any(_mark(line) for line in earlier):
        before = last_reason("\n".join(earlier))
        return f"{reason}, after {before}"
    return reason


def what_was_raised(error: BaseException) -> str:
    """One line; after what it was raised, too, since `sys.exit(1)` in an `except` block does not say why."""
    said = f"{type(error).__name__}: {error}".splitlines()[0].removesuffix(": ")[:LONGEST]
    before = error.__cause__ or error.__context__
    return f"{said}, after {what_was_raised(before)}" if before and isinstance(error, SystemExit) else said


def what_kept_from(name: str, uncollected: Mapping[str, str]) -> Fault | None:
    """What kept pytest from the test of this id, or from the class, the file or a folder that it is in.

    `uncollected`: what was said of what could not be collected, by node id. None if nothing was said of any of these.
    """
    return next((_uncollected(node, error) for node, error in uncollected.items() if _holds(node, name)), None)


def _uncollected(node: str, error: str) -> Fault:
    said = last_reason(error)
    kind = KIND.match(said)
    what = "nothing can be collected" if node in ("", ".") else f"{node} cannot be collected"
    return Fault(f"{what} ({kind[0]})" if kind else what, said)


def _holds(node: str, name: str) -> bool:
    return node in ("", ".", name) or name.startswith((f"{node}::", f"{node}/"))


def _mark(line: str) -> str:
    return next((mark for mark in (TRACEBACK, INTERNAL) if line.startswith(mark)), "")


def _plain(line: str) -> str:
    """Without rules round it, the name of a module, and what pytest says first."""
    line = line.strip("!=_ ").removeprefix("ERROR: ")
    return re.sub(r"^.*\bExit: ", "Exit: ", line)
