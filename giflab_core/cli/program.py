"""The command `giflab`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any, NoReturn

import giflab_core
from giflab_core import lazy
from giflab_core.cli.command import UNREADABLE, VERDICT_CODES, WRONG_USAGE, Parser, run_command
from giflab_core.errors import CacheRefused, DecodeError, NotWritten, UsageError

CODES = {UsageError: WRONG_USAGE, CacheRefused: WRONG_USAGE, DecodeError: UNREADABLE, NotWritten: UNREADABLE}

# Each is a module of this package.
COMMANDS = {
    "validate": "compare a compressed GIF with its original and give a verdict",
    "inspect": "show what is in a GIF and what is odd about it",
    "check": "fail GIFs that are damaged, too large, or odd in a way that is not wanted",
    "cache": "show, empty, check or fill what is kept",
    "deps": "show the libraries in use",
    "demo": "draw an animation with a good and a bad recompression, and validate both",
}


class Version(argparse.Action):
    """Looks the version up when it is asked for: that takes longer than much of what else a command does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        print(f"giflab {giflab_core.__version__}")
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; `argv` without the program's name. Returns the exit code."""
    words = sys.argv[1:] if argv is None else argv
    return run_command("giflab", partial(_parser, words), words, CODES)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """What can be said; of the commands only the one that is named in `words` is loaded."""
    parser = Parser(
        prog="giflab",
        description="Validate compressed GIFs against their originals.",
        epilog=VERDICT_CODES,
    )
    parser.add_argument("--version", action=Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    named = next((each for each in words if each in COMMANDS), None)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        if name == named:
            lazy.load(f"giflab_core.cli.{name}", "define")(command)
    return parser
