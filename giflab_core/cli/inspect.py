"""The command `giflab inspect`."""

from __future__ import annotations

import argparse
from pathlib import Path

import giflab_core
from giflab_core import report
from giflab_core.cli.command import PASSED, Answer, Parser
from giflab_core.cli.inputs import add_limits, inputs, limits_of
from giflab_core.frozen import replace

EXIT_CODES = """\
exit code:
  0  done; damage after the first whole frame is listed (giflab check fails by it)
  2  wrong usage
  3  the file cannot be read
"""

EXAMPLES = """\
examples:
  giflab inspect animation.gif
  giflab inspect animation.gif --all
  giflab inspect animation.gif --format json

"""


def define(command: Parser) -> None:
    """Give the command its options."""
    command.description = (
        "Show what is in a GIF: canvas, bytes by part, every frame as stored and as shown, and oddities."
    )
    command.epilog = EXAMPLES + EXIT_CODES
    command.add_argument("file", metavar="FILE", type=Path, help="a file, or - for standard input")
    add_limits(command)
    command.add_argument("--all", action="store_true", help="print every row where text is cut; JSON always has all")
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    command.set_defaults(run=_inspect)


def _inspect(arguments: argparse.Namespace) -> Answer:
    limits = limits_of(arguments)
    with inputs([arguments.file], limits) as (file,):
        found = replace(giflab_core.inspect(file.path, limits=limits), path=file.given)
    if arguments.format == "json":
        return Answer(PASSED, lambda: report.print_inspection_json(found))
    return Answer(PASSED, lambda: report.print_inspection(found, every=arguments.all))
