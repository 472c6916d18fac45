"""The command `giflab cache`: look after what is kept."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from giflab_core import lazy, report
from giflab_core.cache import Stats
from giflab_core.cli.command import FAILED, PASSED, UNREADABLE, Answer, Parser, say
from giflab_core.cli.patterns import gifs_of
from giflab_core.errors import DecodeError
from giflab_core.frozen import dataclass
from giflab_core.text import counted, printable

if TYPE_CHECKING:
    from giflab_core.cache import Build, Builds, DiskCache
    from giflab_core.frames import FrameCache

DESCRIPTION = """\
Results are kept under the content of the files, so that validating a pair again is nearly free, also in another process
or under another name; and so are frames that the Python API asks for, and what pytest builds to measure a project side
by side. They are in the system's folder for caches, or where GIFLAB_CACHE_DIR says.
"""

WARM_DESCRIPTION = """\
Reads GIFs ahead of their first use. Their digests are kept, so that validations need not read them to know them again;
and, for `giflab_core.FrameCache`, their frames where reading these back is measured to be faster than decoding.
No metric is computed: validations keep their own results.
"""

WARM_EXAMPLES = """\
examples:
  giflab cache warm original.gif tests/data
  giflab cache warm 'assets/**/*-large.gif'

"""

EXIT_CODES = """\
exit code:
  0  done; what warm cannot read is named on standard error
  1  verify found damage, and removed it; or something could not be done, as standard error says
  2  wrong usage, or the folder cannot be used
  3  warm could read none of the files
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is on disk."""

    results: DiskCache
    frames: FrameCache
    builds: Builds


def define(command: Parser) -> None:
    """Give the command its options."""
    command.description = DESCRIPTION
    command.epilog = EXIT_CODES
    actions = command.add_subparsers(metavar="ACTION", required=True)
    for name, run, text in (
        ("status", _status, "show where the cache is and how full"),
        ("clear", _clear, "remove all that is kept and not in use"),
        ("verify", _verify, "check every entry, and remove what is damaged"),
        ("prune", _prune, "remove what has expired or is too much, and give the space back"),
    ):
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        action.set_defaults(run=run)
    warm = actions.add_parser(
        "warm",
        help="read GIFs ahead of their first use",
        description=WARM_DESCRIPTION,
        epilog=WARM_EXAMPLES + EXIT_CODES,
    )
    warm.add_argument("paths", metavar="PATH", nargs="+", help="a file, a folder with all GIFs below it, or a pattern")
    warm.set_defaults(run=_warm)


@contextmanager
def _kept() -> Iterator[Kept]:
    results: DiskCache = lazy.load("giflab_core.opening", "open_disk")()
    with closing(results):
        frames: FrameCache = lazy.load("giflab_core.opening", "open_frames")(known=results)
        with closing(frames):
            yield Kept(results, frames, lazy.load("giflab_core.cache", "private_builds")(make=False))
    for warning in (*results.warnings(), *frames.warnings()):
        say("giflab", warning)


def _status(_arguments: argparse.Namespace) -> Answer:
    with _kept() as kept:
        path, results, frames = kept.results.path, kept.results.stats(), _on_disk(kept)
        aside = kept.results.set_aside()
        builds, built_bytes = kept.builds.all(), kept.builds.bytes()
    lines = (
        f"folder    {printable(path.parent)}",
        f"results   {_entries(results.entries)}, {_mib(results.bytes)} of {_mib(results.budget_bytes)}",
        f"frames    {_files(frames.entries)}, {_mib(frames.bytes)} of {_mib(frames.budget_bytes)}",
        f"built     {counted(len(builds), 'environment')}, {_mib(built_bytes)}, {_in_use(builds)} in use",
        *(f"set aside {printable(each.name)}; prune removes it" for each in aside),
    )
    return Answer(PASSED, lambda: print(*lines, sep="\n"))


def _clear(_arguments: argparse.Namespace) -> Answer:
    def work(kept: Kept) -> list[str]:
        kept.results.clear()
        kept.frames.clear()
        return kept.builds.clear()

    return _reduced(work)


def _prune(_arguments: argparse.Namespace) -> Answer:
    def work(kept: Kept) -> list[str]:
        kept.results.prune()
        kept.frames.prune()
        return kept.builds.prune()

    return _reduced(work)


def _reduced(work: Callable[[Kept], list[str]]) -> Answer:
    """What is gone after some work, which returns what could not be removed; a failure if anything went wrong."""
    with _kept() as kept:
        before = _counts(kept)
        problems = work(kept)
        after = _counts(kept)
        in_use = _in_use(kept.builds.all())
        is_done = not (problems or kept.results.warnings() or kept.frames.warnings())
    for problem in problems:
        say("giflab", problem)
    results, frames, builds = (max(0, was - now) for was, now in zip(before, after, strict=True))
    left = f"{_entries(after[0])} and {_files(after[1])} left"
    lines = [f"removed {_entries(results)} and {_files(frames)} of frames; {left}"]
    if before[2]:
        removed = counted(builds, "environment")
        lines.append(f"removed {removed} that pytest had built; {after[2]} left, {in_use} in use")
    return Answer(PASSED if is_done else FAILED, lambda: print(*lines, sep="\n"))


def _counts(kept: Kept) -> tuple[int, int, int]:
    return kept.results.stats().entries, _on_disk(kept).entries, len(kept.builds.all())


def _in_use(builds: Sequence[Build]) -> int:
    return sum(each.is_in_use for each in builds)


def _verify(_arguments: argparse.Namespace) -> Answer:
    with _kept() as kept:
        results = kept.results.verify()
        frames, problems = kept.frames.verify()
    lines = (
        *results.problems,
        *problems,
        *results.failures,
        f"{_entries(results.entries)} and {_files(frames)} of frames are as they were written",
    )
    return Answer(FAILED if len(lines) > 1 else PASSED, lambda: print(*lines, sep="\n"))


def _warm(arguments: argparse.Namespace) -> Answer:
    paths = gifs_of(arguments.paths)
    read = stored = 0
    problems: list[str] = []
    with _kept() as kept, report.progress_bar("reading", "files") as on_progress:
        kept.frames.settle(paths)
        for done, path in enumerate(paths, 1):
            try:
                stored += kept.frames.warm(path)
                read += 1
            except DecodeError as error:
                problems.append(f"skipped: {error}")
            if on_progress:
                on_progress(done, len(paths))
        is_judged = stored < read and not kept.frames.warnings()
    for problem in problems:
        say("giflab", problem)
    others = "; the others decode about as fast as they would be read" if is_judged else ""
    said = f"read {_files(read)}; frames of {stored} are on disk{others}"
    return Answer(PASSED if read else UNREADABLE, lambda: print(said))


def _on_disk(kept: Kept) -> Stats:
    return kept.frames.disk_stats() or Stats(0, 0, 0, 0, 0)


def _entries(count: int) -> str:
    return f"{count} entr{'y' if count == 1 else 'ies'}"


def _files(count: int) -> str:
    return counted(count, "file")


def _mib(size_bytes: int) -> str:
    return f"{size_bytes / 2**20:.3g} MiB" if size_bytes < 1 << 30 else f"{size_bytes / 2**30:.3g} GiB"
