"""The command `giflab check`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

import giflab_core
from giflab_core import report
from giflab_core.cli.command import FAILED, PASSED, UNREADABLE, Answer, Parser, say
from giflab_core.cli.inputs import Input, add_limits, inputs, limits_of, size
from giflab_core.config import DecodeLimits
from giflab_core.errors import DecodeError
from giflab_core.frozen import replace
from giflab_core.inspection import FileVerdict, OddityKind, judge
from giflab_core.model import worst_of

KINDS: tuple[str, ...] = get_args(OddityKind)

EXIT_CODES = """\
exit code:
  0  no file fails; what else is odd is printed
  1  a file fails
  2  wrong usage
  3  a file cannot be read
"""

EXAMPLES = """\
examples:
  giflab check assets/*.gif
  giflab check animation.gif --fail-on damage,after_trailer,metadata --max-bytes 500k
  giflab check - --format json < animation.gif

"""


def define(command: Parser) -> None:
    """Give the command its options."""
    command.description = "Look for what is odd in GIFs, as giflab inspect does, and fail by some of it."
    command.epilog = EXAMPLES + EXIT_CODES
    command.add_argument("files", metavar="FILE", nargs="+", type=Path, help="a file, or - for standard input")
    command.add_argument(
        "--fail-on",
        metavar="KINDS",
        type=_kinds,
        default=("damage",),
        help=f"what fails a file, comma separated: {', '.join(KINDS)}; `all`, or `never` (default: damage)",
    )
    command.add_argument(
        "--max-bytes", metavar="N", type=size, help="fail a larger file; 500k and 2MiB are numbers too"
    )
    add_limits(command)
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    command.set_defaults(run=_check)


def _kinds(text: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names in (["all"], ["never"]):
        return KINDS if names == ["all"] else ()
    if not names or not set(names) <= set(KINDS):
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of {', '.join(KINDS)}, nor `all` or `never`")
    return tuple(names)


def _check(arguments: argparse.Namespace) -> Answer:
    limits = limits_of(arguments)
    with inputs(arguments.files, limits) as files:
        verdicts = [_judged(file, arguments, limits) for file in files]
    for verdict in verdicts:
        if verdict.error:
            say("giflab", verdict.error)
    code = UNREADABLE if any(each.error for each in verdicts) else FAILED
    code = code if worst_of(each.status for each in verdicts) == "fail" else PASSED
    if arguments.format == "json":
        return Answer(code, lambda: report.print_file_verdicts_json(verdicts))
    is_shown = any(not each.error for each in verdicts)
    return Answer(code, lambda: report.print_file_verdicts(verdicts) if is_shown else None)


def _judged(file: Input, arguments: argparse.Namespace, limits: DecodeLimits) -> FileVerdict:
    try:
        found = giflab_core.inspect(file.path, limits=limits)
    except DecodeError as error:
        return FileVerdict.unreadable(file.given, file.renamed(str(error)))
    return replace(judge(found, arguments.fail_on, arguments.max_bytes), path=file.given)
