"""The command `giflab inspect`."""

from __future__ import annotations

import argparse
from pathlib import Path

import giflab_core
from giflab_core import report
from giflab_core.cli.command import PASSED, Answer, Parser

EXIT_CODES = """\
exit code:
  0  done; damage after the first whole frame is listed
  2  wrong usage
  3  the file cannot be read
"""

EXAMPLES = """\
examples:
  giflab inspect animation.gif
  giflab inspect animation.gif --all
  giflab inspect animation.gif --format json

"""


def add_to(commands: argparse._SubParsersAction[Parser]) -> None:
    """Add the command to those there are."""
    command = commands.add_parser(
        "inspect",
        help="show what is in a GIF and what is odd about it",
        description="Show what is in a GIF: canvas, bytes by part, every frame as stored and as shown, and oddities.",
        epilog=EXAMPLES + EXIT_CODES,
    )
    command.add_argument("file", metavar="FILE", type=Path)
    command.add_argument("--all", action="store_true", help="print every row where text is cut; JSON always has all")
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    command.set_defaults(run=_inspect)


def _inspect(arguments: argparse.Namespace) -> Answer:
    found = giflab_core.inspect(arguments.file)
    if arguments.format == "json":
        return Answer(PASSED, lambda: report.print_inspection_json(found))
    return Answer(PASSED, lambda: report.print_inspection(found, every=arguments.all))
