"""`python -m pytest_giflab.github`: the commands of `giflab-gate` that tell, for a job with few packages."""

import sys

from giflab_core.cli import Parser, run_command
from pytest_giflab.github import ERROR_CODES, EXIT_CODES, add_commands


def _parser() -> Parser:
    parser = Parser(prog="python -m pytest_giflab.github", description="Tell GitHub.", epilog=EXIT_CODES)
    add_commands(parser.add_subparsers(metavar="COMMAND", required=True))
    return parser


if __name__ == "__main__":
    sys.exit(run_command("giflab-gate", _parser, None, ERROR_CODES))
