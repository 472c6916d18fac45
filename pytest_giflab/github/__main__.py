"""`python -m pytest_giflab.github`: the commands of `giflab-gate` that tell, for a job with few packages."""

import sys

from giflab_core.cli import Parser, run_command
from giflab_core.errors import GiflabError
from pytest_giflab.errors import EventError
from pytest_giflab.github import EXIT_CODES, UNREADABLE, WRONG_USAGE, add_commands


def _parser() -> Parser:
    parser = Parser(prog="python -m pytest_giflab.github", description="Tell GitHub.", epilog=EXIT_CODES)
    add_commands(parser.add_subparsers(metavar="COMMAND", required=True))
    return parser


if __name__ == "__main__":
    sys.exit(run_command("giflab-gate", _parser, None, {EventError: WRONG_USAGE, GiflabError: UNREADABLE}))
