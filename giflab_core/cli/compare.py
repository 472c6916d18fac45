"""The command `giflab compare`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from pathlib import Path

import giflab_core
from giflab_core import comparison, lazy, report
from giflab_core.cli.command import FAILED, PASSED, UNREADABLE, Answer, Parser, say
from giflab_core.cli.inputs import Input, inputs
from giflab_core.cli.outputs import check_outputs, complain, errors_of
from giflab_core.cli.patterns import gifs_of
from giflab_core.cli.validate import add_settings, renamed, settings_of, user_cache
from giflab_core.comparison import Candidate, Ranking
from giflab_core.config import DecodeLimits
from giflab_core.errors import UsageError
from giflab_core.events import Event, Observer, PairsScored, Progress
from giflab_core.frozen import replace
from giflab_core.text import printable

PRINTERS: dict[str, Callable[[], Callable[[Ranking], None]]] = {
    "text": lambda: comparison.print_comparison,
    "json": lambda: comparison.print_comparison_json,
    "csv": lambda: comparison.print_comparison_csv,
}

EXAMPLES = """\
examples:
  giflab compare original.gif small.gif smaller.gif
  giflab compare original.gif 'out/*.gif' --metrics default,fsim --goal good
  giflab compare original.gif out --format csv > out.csv

"""

EXIT_CODES = """\
exit code:
  0  a candidate passes (the verdicts of the others are printed)
  1  every candidate fails
  2  wrong usage
  3  the original or a candidate cannot be read; the other candidates are compared all the same
"""


def define(command: Parser) -> None:
    """Give the command its options."""
    command.description = (
        "Validate several compressed GIFs against one original, and say which are worth their bytes. The numbers are "
        "those of giflab validate."
    )
    command.epilog = EXAMPLES + EXIT_CODES
    command.add_argument("original", metavar="ORIGINAL", type=Path, help="a file, or - for standard input")
    command.add_argument(
        "candidates", metavar="CANDIDATE", nargs="+", help="a file, a folder with all GIFs below it, or a pattern"
    )
    add_settings(command)
    command.add_argument("--format", choices=PRINTERS, default="text", help="how to print it (default: text)")
    command.add_argument(
        "--html",
        metavar="FILE",
        type=Path,
        help="write a page with bytes against quality, and the worst moment of each",
    )
    command.set_defaults(run=_compare)


def _compare(arguments: argparse.Namespace) -> Answer:
    config = settings_of(arguments)
    paths = candidates_of(arguments.candidates, arguments.original)
    check_outputs([arguments.html] if arguments.html else [], [arguments.original, *paths])
    with ExitStack() as stack:
        kept = stack.enter_context(user_cache(arguments.no_cache))
        files = stack.enter_context(inputs([arguments.original, *paths], config.decode_limits))
        if any(each.is_copy for each in files):
            config = replace(config, verify_content=True)  # nothing is to be remembered of where a copy lay
        original, *others = (each.path for each in files)
        with _progress(len(others)) as (on_progress, observer):
            result = giflab_core.compare(
                original, others, config=config, cache=kept, on_progress=on_progress, observer=observer
            )
        result = _named(result, files)
        drawing = [partial(_draw, result, arguments.html, files, config.decode_limits)] if arguments.html else []
        errors = errors_of(drawing)
        keeping = stack.pop_all()

    def show() -> None:
        with keeping:  # nobody waits for what is kept
            PRINTERS[arguments.format]()(result)
            sys.stdout.flush()
            complain(errors)

    for each in result.unreadable:
        if arguments.format != "text":
            say("giflab", each.error or "")
    return Answer(UNREADABLE if result.unreadable else PASSED if result else FAILED, show)


def _draw(result: Ranking, path: Path, files: Sequence[Input], limits: DecodeLimits) -> None:
    """Write the page; without a candidate that could be compared there is none, and standard error says so."""
    places = {each.given: each.path for each in files}
    compared = [each for each in result.candidates if each.report is not None]
    if not compared:
        say("giflab", f"{printable(path)} is not written: no candidate could be compared")
        return
    lazy.load("giflab_core.pages", "write_candidates_page")(
        [each.report for each in compared],
        path,
        ranked_by=result.ranked_by,
        best=[place for place, each in enumerate(compared) if each.pareto],
        unreadable={printable(each.path): each.error for each in result.unreadable},
        files=[(files[0].path, places[each.path]) for each in compared],
        limits=limits,
    )


def candidates_of(names: Sequence[str], original: Path) -> list[Path]:
    """The files that are meant, of which the original is none unless it is named: it may be in the same folder."""
    given = gifs_of(names, also_missing=True)
    itself, named = os.path.realpath(original), set(map(os.path.realpath, names))
    found = [path for path in given if os.path.realpath(path) != itself or itself in named]
    if not found:
        raise UsageError("there is no candidate but the original itself")
    return found


def _named(result: Ranking, files: Sequence[Input]) -> Ranking:
    """The comparison with all files named as the user does."""
    original, *others = files
    by_path = {each.path: each for each in others}

    def as_given(each: Candidate) -> Candidate:
        file = by_path[each.path]
        error = each.error and original.renamed(file.renamed(each.error))
        found = None if each.report is None else renamed(each.report, original, file)
        return replace(each, path=file.given, error=error, report=found)

    clip = result.original and replace(result.original, path=original.given)
    return replace(result, original=clip, candidates=tuple(map(as_given, result.candidates)))


@contextmanager
def _progress(count: int) -> Iterator[tuple[Progress, Observer]]:
    """A progress bar of the pairs of so many candidates, loaded with the first pair that is scored."""
    finished = 0
    with ExitStack() as stack:
        bar = cache(lambda: stack.enter_context(report.progress_bar("comparing", "pairs")))

        def on_candidate(done: int, _total: int) -> None:
            nonlocal finished
            finished = done

        def observe(event: Event) -> None:
            if isinstance(event, PairsScored) and (show := bar()):
                show(finished * event.total + event.done, count * event.total)

        yield on_candidate, observe
