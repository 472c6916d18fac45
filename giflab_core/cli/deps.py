"""The command `giflab deps`."""

from __future__ import annotations

import argparse

from giflab_core import report
from giflab_core.cli.command import PASSED, Answer, Parser


def define(command: Parser) -> None:
    """Give the command its options."""
    command.description = "Show the libraries in use."
    command.set_defaults(run=_deps)


def _deps(_arguments: argparse.Namespace) -> Answer:
    return Answer(PASSED, report.print_libraries)
