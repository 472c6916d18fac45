"""The command `giflab validate`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import giflab_core
from giflab_core import lazy, report
from giflab_core.cli.command import FAILED, PASSED, VERDICT_CODES, Answer, Parser, say
from giflab_core.cli.inputs import Input, add_limits, inputs, limits_of
from giflab_core.cli.outputs import check_outputs, complain, errors_of
from giflab_core.config import DEFAULT_LIMITS, DEFAULT_METRICS, GOALS, Config, DecodeLimits, resolve
from giflab_core.errors import GiflabError, UsageError
from giflab_core.events import Event, Observer, PairsScored
from giflab_core.frozen import replace
from giflab_core.report import ValidationReport

if TYPE_CHECKING:
    from giflab_core.cache import Cache

EXAMPLES = """\
examples:
  giflab validate original.gif compressed.gif
  giflab validate original.gif compressed.gif --limit ssim=0.95 --limit ssim.p01=0.9
  giflab validate original.gif compressed.gif --metrics ssim,alpha --format json
  giflab validate original.gif compressed.gif --metrics all --content pixel-art

"""


def define(command: Parser) -> None:
    """Give the command its options."""
    command.description = (
        "Compare a compressed GIF with its original, frame by frame as shown in time, and give a verdict."
    )
    command.epilog = EXAMPLES + VERDICT_CODES
    command.add_argument("original", metavar="ORIGINAL", type=Path, help="a file, or - for standard input")
    command.add_argument("compressed", metavar="COMPRESSED", type=Path, help="the same")
    add_settings(command)
    command.add_argument("--format", choices=("text", "json"), default="text", help="how to print it (default: text)")
    command.add_argument("--series", action="store_true", help="add what each pair of frames scored to the JSON")
    for option, metavar, text in (
        ("--html", "FILE", "write a page with the verdict, the numbers over time, and a player of both clips"),
        ("--diff", "FILE.gif", "write both clips and their amplified difference, side by side on one clock"),
        ("--contact-sheet", "FILE.png", "write the worst moments as pictures, with their times and numbers"),
    ):
        command.add_argument(option, metavar=metavar, type=Path, help=text)
    command.set_defaults(run=_validate)


def add_settings(command: argparse.ArgumentParser) -> None:
    """Add the options for `settings_of()` and `user_cache()`."""
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
        "--goal",
        choices=GOALS,
        default="small",
        help="how much may be lost: small files, good pictures, nothing that one sees side by side, nothing at all "
        "(default: small)",
    )
    command.add_argument(
        "--threads", type=int, choices=(1, 2), default=2, help="how many may work at once (default: 2)"
    )
    command.add_argument(
        "--allow-resize", action="store_true", help="scale a compressed clip of another size instead of failing it"
    )
    add_limits(command)
    command.add_argument("--no-cache", action="store_true", help="neither use nor keep results; see giflab cache")
    command.add_argument(
        "--verify-content",
        action="store_true",
        help="with the cache, read both files also where the system says that they have not changed",
    )


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


def settings_of(arguments: argparse.Namespace) -> Config:
    """What the user set."""
    return resolve(
        metrics=arguments.metrics,
        limits=dict(arguments.limits),
        content=arguments.content,
        goal=arguments.goal,
        allow_resize=arguments.allow_resize,
        threads=arguments.threads,
        verify_content=arguments.verify_content,
        decode_limits=limits_of(arguments),
    )


def _validate(arguments: argparse.Namespace) -> Answer:
    if arguments.series and arguments.format != "json":
        raise UsageError("--series adds numbers to the JSON, so it needs --format json")
    config = settings_of(arguments)
    check_outputs(
        [each for each in (arguments.html, arguments.diff, arguments.contact_sheet) if each],
        [arguments.original, arguments.compressed],
    )
    with ExitStack() as stack:
        kept = stack.enter_context(user_cache(arguments.no_cache))
        files = stack.enter_context(inputs([arguments.original, arguments.compressed], config.decode_limits))
        if any(each.is_copy for each in files):
            config = replace(config, verify_content=True)  # nothing is to be remembered of where a copy lay
        if arguments.diff:
            paths = [each.path for each in files]
            lazy.load("giflab_core.pages", "check_diff")(arguments.diff, paths, is_scaled=config.allow_resize)
        with _progress() as observer:
            result = giflab_core.validate(*(each.path for each in files), config=config, cache=kept, observer=observer)
        result = renamed(result, *files)
        errors = errors_of(_drawings(arguments, result, (files[0].path, files[1].path), config.decode_limits))
        keeping = stack.pop_all()

    def show() -> None:
        with keeping:  # nobody waits for what is kept
            if arguments.format == "json":
                report.print_json(result, series=arguments.series)
            else:
                report.print_report(result)
            sys.stdout.flush()
            complain(errors)

    return Answer(FAILED if result.status == "fail" else PASSED, show)


def _drawings(
    arguments: argparse.Namespace, result: ValidationReport, files: tuple[Path, Path], limits: DecodeLimits
) -> Iterator[Callable[[], None]]:
    """What writes each file that is to be looked at."""
    for path, write in (
        (arguments.html, "write_page"),
        (arguments.diff, "write_diff"),
        (arguments.contact_sheet, "write_contact_sheet"),
    ):
        if path:
            yield partial(lazy.load("giflab_core.pages", write), result, path, files=files, limits=limits)


def renamed(result: ValidationReport, original: Input, compressed: Input) -> ValidationReport:
    """The report with both files named as the user does."""

    def as_given(text: str) -> str:
        return compressed.renamed(original.renamed(text))

    return replace(
        result,
        original=replace(result.original, path=original.given),
        compressed=replace(result.compressed, path=compressed.given),
        checks=tuple(replace(check, message=as_given(check.message)) for check in result.checks),
        warnings=tuple(map(as_given, result.warnings)),
    )


@contextmanager
def _progress() -> Iterator[Observer]:
    """A progress bar that is loaded with the first pair: what is in the cache needs none."""
    with ExitStack() as stack:
        bar = cache(lambda: stack.enter_context(report.progress_bar("comparing", "pairs")))

        def observe(event: Event) -> None:
            if isinstance(event, PairsScored) and (show := bar()):
                show(event.done, event.total)

        yield observe


@contextmanager
def user_cache(is_unwanted: bool) -> Iterator[Cache | None]:
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
