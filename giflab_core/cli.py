"""The command `giflab`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import giflab_core
from giflab_core import cache_command, lazy, report
from giflab_core.command import FAILED, PASSED, UNREADABLE, WRONG_USAGE, Answer, Parser, run_command, say
from giflab_core.config import DEFAULT_LIMITS, DEFAULT_METRICS, resolve
from giflab_core.errors import CacheRefused, DecodeError, GiflabError, UsageError
from giflab_core.text import printable

if TYPE_CHECKING:
    from giflab_core.cache import Cache

CODES = {UsageError: WRONG_USAGE, CacheRefused: WRONG_USAGE, DecodeError: UNREADABLE}

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
  giflab validate original.gif compressed.gif --metrics all --content pixel-art

"""

INSPECT_EXIT_CODES = """\
exit code:
  0  done; damage behind the first whole frame is listed
  2  wrong usage
  3  the file cannot be read
"""

INSPECT_EXAMPLES = """\
examples:
  giflab inspect animation.gif
  giflab inspect animation.gif --all
  giflab inspect animation.gif --format json

"""


class Version(argparse.Action):
    """Looks the version up when it is asked for: that takes longer than much of what else a command does."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        print(f"giflab {lazy.installed_version(lazy.Library('pytest-giflab', ''))}")
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; `argv` without the program's name. Returns the exit code."""
    return run_command("giflab", _parser, argv, CODES)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="giflab",
        description="Validate compressed GIFs against their originals.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action=Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_validate(commands)
    _add_inspect(commands)
    cache_command.add_to(commands)
    _add_deps(commands)
    _add_demo(commands)
    return parser


def _add_validate(commands: argparse._SubParsersAction[Parser]) -> None:
    command = commands.add_parser(
        "validate",
        help="compare a compressed GIF with its original and give a verdict",
        description="Compare a compressed GIF with its original, frame by frame as shown in time, and give a verdict.",
        epilog=EXAMPLES + EXIT_CODES,
    )
    command.add_argument("original", metavar="ORIGINAL", type=Path)
    command.add_argument("compressed", metavar="COMPRESSED", type=Path)
    command.add_argument(
        "--metrics",
        metavar="A,B",
        type=_names,
        default=DEFAULT_METRICS,
        help="what to measure, comma separated; `all` for every metric there is, `default,fsim` for one more "
        f"(default: {','.join(DEFAULT_METRICS)})",
    )
    command.add_argument(
        "--limit",
        metavar="NAME=VALUE",
        dest="limits",
        action="append",
        type=_limit,
        default=[],
        help="fail beyond this mean; NAME.p01 limits the worst 1 %% of the time; whether it is a lower or an upper "
        "limit follows from the metric; repeatable (default: limits by content type, see docs/reference/metrics.md)",
    )
    command.add_argument(
        "--content",
        choices=("auto", *DEFAULT_LIMITS),
        default="auto",
        help="what the original shows, which the default limits depend on (default: auto, that is, detected)",
    )
    command.add_argument(
        "--threads", type=int, choices=(1, 2), default=2, help="how many may work at once (default: 2)"
    )
    command.add_argument(
        "--allow-resize", action="store_true", help="scale a compressed clip of another size instead of failing it"
    )
    command.add_argument("--no-cache", action="store_true", help="neither use nor keep results; see giflab cache")
    command.add_argument(
        "--verify-content",
        action="store_true",
        help="with the cache, read both files also where the system says that they have not changed",
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    command.set_defaults(run=_validate)


def _add_inspect(commands: argparse._SubParsersAction[Parser]) -> None:
    command = commands.add_parser(
        "inspect",
        help="show what is in a GIF and what is odd about it",
        description="Show what is in a GIF: canvas, bytes by part, every frame as stored and as shown, and oddities.",
        epilog=INSPECT_EXAMPLES + INSPECT_EXIT_CODES,
    )
    command.add_argument("file", metavar="FILE", type=Path)
    command.add_argument("--all", action="store_true", help="print every row where text is cut; JSON always has all")
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    command.set_defaults(run=_inspect)


def _add_deps(commands: argparse._SubParsersAction[Parser]) -> None:
    command = commands.add_parser("deps", help="show the libraries in use", description="Show the libraries in use.")
    command.set_defaults(run=_deps)


def _add_demo(commands: argparse._SubParsersAction[Parser]) -> None:
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


def _validate(arguments: argparse.Namespace) -> Answer:
    config = resolve(
        metrics=arguments.metrics,
        limits=dict(arguments.limits),
        content=arguments.content,
        allow_resize=arguments.allow_resize,
        threads=arguments.threads,
        verify_content=arguments.verify_content,
    )
    with ExitStack() as stack:
        kept = stack.enter_context(_cache(arguments.no_cache))
        with _progress() as on_progress:
            result = giflab_core.validate(
                arguments.original, arguments.compressed, config=config, cache=kept, on_progress=on_progress
            )
        keeping = stack.pop_all()

    def show() -> None:
        with keeping:  # nobody waits for what is kept
            (report.print_json if arguments.format == "json" else report.print_report)(result)
            sys.stdout.flush()

    return Answer(FAILED if result.status == "fail" else PASSED, show)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A progress bar that is loaded with the first pair: what is in the cache needs none."""
    with ExitStack() as stack:
        bar = cache(lambda: stack.enter_context(report.progress_bar("comparing", "pairs")))

        def on_progress(done: int, total: int) -> None:
            if show := bar():
                show(done, total)

        yield on_progress


@contextmanager
def _cache(is_unwanted: bool) -> Iterator[Cache | None]:
    """The user's cache, or None: a validation can do without, so what is wrong is a line on standard error."""
    if is_unwanted:
        yield None
        return
    try:
        kept = giflab_core.open_cache()
    except GiflabError as error:
        say("giflab", str(error))
        yield None
        return
    with closing(kept):
        yield kept
    for warning in kept.warnings():
        say("giflab", warning)


def _inspect(arguments: argparse.Namespace) -> Answer:
    found = giflab_core.inspect(arguments.file)
    if arguments.format == "json":
        return Answer(PASSED, lambda: report.print_inspection_json(found))
    return Answer(PASSED, lambda: report.print_inspection(found, every=arguments.all))


def _deps(_arguments: argparse.Namespace) -> Answer:
    return Answer(PASSED, report.print_libraries)


def _demo(arguments: argparse.Namespace) -> Answer:
    try:
        demo = giflab_core.write_demo(arguments.out)
    except OSError as error:
        raise UsageError(f"cannot write the demo to {printable(arguments.out)}: {error.strerror}") from error

    def show() -> None:
        print(f"Drew an animation and recompressed it twice; the files are in {printable(arguments.out.resolve())}/")
        for title, compressed in (("The good one", demo.good), ("The bad one", demo.bad)):
            print(f"\n{title}: giflab validate {printable(demo.original)} {printable(compressed)}\n", flush=True)
            report.print_report(giflab_core.validate(demo.original, compressed))

    return Answer(PASSED, show)


if __name__ == "__main__":
    sys.exit(main())
