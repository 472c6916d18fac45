"""The command `giflab`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import atexit
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NoReturn

import giflab_core
from giflab_core import lazy
from giflab_core.cli.command import UNREADABLE, VERDICT_CODES, WRONG_USAGE, Parser, run_command
from giflab_core.errors import CacheRefused, DecodeError, NotWritten, UsageError

CODES = {UsageError: WRONG_USAGE, CacheRefused: WRONG_USAGE, DecodeError: UNREADABLE, NotWritten: UNREADABLE}

# So many objects may be made before there is a look for garbage: what is kept by mistake takes a few MB.
MOST_GARBAGE = 50_000
# Each is a module of this package.
COMMANDS = {
    "validate": "compare a compressed GIF with its original and give a verdict",
    "compare": "compare several compressed GIFs with one original: which are worth their bytes",
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
    with _garbage_is_left():
        return run_command("giflab", partial(_parser, words), words, CODES)


# A tenth of what a short command takes went into looking through all that was loaded for garbage, which there is not,
# and half of that only when the process ends.
atexit.register(gc.freeze)


@contextmanager
def _garbage_is_left() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(MOST_GARBAGE, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """What can be said; of the commands only the one that is named in `words` is loaded, and none told beside it."""
    parser = Parser(
        prog="giflab",
        description="Validate compressed GIFs against their originals.",
        epilog=VERDICT_CODES,
    )
    parser.add_argument("--version", action=Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    named = next((each for each in words if each in COMMANDS), None)
    for name in [named] if named and named == words[0] else COMMANDS:
        command = commands.add_parser(name, help=COMMANDS[name])
        if name == named:
            lazy.load(f"giflab_core.cli.{name}", "define")(command)
    return parser
