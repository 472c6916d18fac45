"""The command `giflab`: arguments in, exit code out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

import giflab_core
from giflab_core.cli import cache, check, demo, deps, inspect, validate
from giflab_core.cli.command import UNREADABLE, VERDICT_CODES, WRONG_USAGE, Parser, run_command
from giflab_core.errors import CacheRefused, DecodeError, UsageError

CODES = {UsageError: WRONG_USAGE, CacheRefused: WRONG_USAGE, DecodeError: UNREADABLE}


class Version(argparse.Action):
    """Looks the version up when it is asked for: that takes longer than much of what else a command does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        print(f"giflab {giflab_core.__version__}")
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; `argv` without the program's name. Returns the exit code."""
    return run_command("giflab", _parser, argv, CODES)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="giflab",
        description="Validate compressed GIFs against their originals.",
        epilog=VERDICT_CODES,
    )
    parser.add_argument("--version", action=Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in (validate, inspect, check, cache, deps, demo):
        command.add_to(commands)
    return parser
