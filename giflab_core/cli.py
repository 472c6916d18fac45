"""The command `giflab`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import NoReturn

import giflab_core
from giflab_core import report
from giflab_core.config import DEFAULT_LIMITS, DEFAULT_METRICS, resolve
from giflab_core.errors import DecodeError, UsageError

PASSED, FAILED, WRONG_USAGE, UNREADABLE, INTERRUPTED = 0, 1, 2, 3, 130

EXIT_CODES = """\
exit code:
  0  pass (warnings are printed)
  1  the verdict is fail
  2  wrong usage
  3  an input cannot be read
"""

EXAMPLES = """\
examples:
  giflab validate original.gif compressed.gif
  giflab validate original.gif compressed.gif --limit ssim=0.95 --limit ssim.p01=0.9
  giflab validate original.gif compressed.gif --metrics ssim,alpha --format json

"""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USAGE, f"{self.prog}: {message} (see {self.prog} --help)\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; `argv` without the program's name. Returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file name may not fit the terminal's encoding
    try:
        arguments = _parser().parse_args(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has gone; say nothing more, to the interpreter's own flush at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except UsageError as error:
        return _complain(str(error), WRONG_USAGE)
    except DecodeError as error:
        return _complain(str(error), UNREADABLE)
    return code


def _complain(message: str, code: int) -> int:
    print(f"giflab: {message}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="giflab",
        description="Validate compressed GIFs against their originals.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"giflab {metadata.version('pytest-giflab')}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_validate(commands)
    _add_deps(commands)
    _add_demo(commands)
    return parser


def _add_validate(commands: argparse._SubParsersAction[_Parser]) -> None:
    limits = ", ".join(f"{name}={value:g}" for name, value in DEFAULT_LIMITS.items())
    command = commands.add_parser(
        "validate",
        help="compare a compressed GIF with its original and give a verdict",
        description="Compare a compressed GIF with its original, frame by frame as shown in time, and give a verdict.",
        epilog=EXAMPLES + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_argument("original", metavar="ORIGINAL", type=Path)
    command.add_argument("compressed", metavar="COMPRESSED", type=Path)
    command.add_argument(
        "--metrics",
        metavar="A,B",
        type=_names,
        default=DEFAULT_METRICS,
        help=f"what to measure, comma separated (default: {','.join(DEFAULT_METRICS)})",
    )
    command.add_argument(
        "--limit",
        metavar="NAME=VALUE",
        dest="limits",
        action="append",
        type=_limit,
        default=[],
        help="fail beyond this mean; NAME.p01 limits the worst 1 %% of the time; whether it is a lower or an upper "
        f"limit follows from the metric; repeatable (default: {limits})",
    )
    command.add_argument(
        "--allow-resize", action="store_true", help="scale a compressed clip of another size instead of failing it"
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    command.set_defaults(run=_validate)


def _add_deps(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser("deps", help="show the libraries in use", description="Show the libraries in use.")
    command.set_defaults(run=_deps)


def _add_demo(commands: argparse._SubParsersAction[_Parser]) -> None:
    command = commands.add_parser(
        "demo",
        help="draw an animation with a good and a bad recompression, and validate both",
        description="Draw an animation, write it with a good and a bad recompression, and validate both.",
    )
    command.add_argument("--out", metavar="DIR", type=Path, default=Path("demo"), help="where to (default: demo)")
    command.set_defaults(run=_demo)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _limit(text: str) -> tuple[str, float]:
    name, equals, value = text.partition("=")
    try:
        if not equals:
            raise ValueError
        return name.strip(), float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER, such as ssim=0.95") from None


def _validate(arguments: argparse.Namespace) -> int:
    config = resolve(metrics=arguments.metrics, limits=dict(arguments.limits), allow_resize=arguments.allow_resize)
    with report.progress_bar("comparing", "pairs") as on_progress:
        result = giflab_core.validate(arguments.original, arguments.compressed, config=config, on_progress=on_progress)
    if arguments.format == "json":
        print(report.to_json(result))
    else:
        report.print_report(result)
    return FAILED if result.status == "fail" else PASSED


def _deps(_arguments: argparse.Namespace) -> int:
    report.print_libraries()
    return PASSED


def _demo(arguments: argparse.Namespace) -> int:
    try:
        demo = giflab_core.write_demo(arguments.out)
    except OSError as error:
        raise UsageError(f"cannot write the demo to {arguments.out}: {error.strerror}") from error
    print(f"Drew an animation and recompressed it twice; the three files are in {arguments.out.resolve()}/")
    for title, compressed in (("The good one", demo.good), ("The bad one", demo.bad)):
        print(f"\n{title}: giflab validate {demo.original} {compressed}\n")
        report.print_report(giflab_core.validate(demo.original, compressed))
    return PASSED


if __name__ == "__main__":
    sys.exit(main())
