"""The command `giflab demo`."""

from __future__ import annotations

import argparse
from pathlib import Path

import giflab_core
from giflab_core import report
from giflab_core.cli.command import PASSED, Answer, Parser, why
from giflab_core.errors import UsageError
from giflab_core.text import printable


def define(command: Parser) -> None:
    """Give the command its options."""
    command.description = "Draw an animation, write it with a good and a bad recompression, and validate both."
    command.add_argument("--out", metavar="DIR", type=Path, default=Path("demo"), help="where to (default: demo)")
    command.set_defaults(run=_demo)


def _demo(arguments: argparse.Namespace) -> Answer:
    try:
        demo = giflab_core.write_demo(arguments.out)
    except OSError as error:
        reason = why(error, "name another folder by --out")
        raise UsageError(f"cannot write the demo to {printable(arguments.out)}: {reason}") from error

    def show() -> None:
        print(f"Drew an animation and recompressed it twice; the files are in {printable(arguments.out.resolve())}/")
        for title, compressed in (("The good one", demo.good), ("The bad one", demo.bad)):
            print(f"\n{title}: giflab validate {printable(demo.original)} {printable(compressed)}\n", flush=True)
            report.print_report(giflab_core.validate(demo.original, compressed))

    return Answer(PASSED, show)
