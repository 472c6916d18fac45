"""The command `giflab-gate`: look at reports and baselines, and tell GitHub."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from giflab_core.cli import Answer, Parser, run_command
from giflab_core.text import printable
from pytest_giflab.baselines import BaselineStore, JsonStore, fastest_ns
from pytest_giflab.formats import DEFAULT_NAME, DEFAULT_STORE, store_folder
from pytest_giflab.github import ERROR_CODES, EXIT_CODES, PASSED, VERDICT_CODES, add_commands
from pytest_giflab.model import Baseline, Revision
from pytest_giflab.report import duration, read_report, to_text


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; `argv` without the program's name. Returns the exit code."""
    return run_command("giflab-gate", _parser, argv, ERROR_CODES)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="giflab-gate",
        description="Look at what the performance gate wrote, and tell GitHub.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"giflab-gate {metadata.version('pytest-giflab')}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    show = commands.add_parser(
        "show",
        help="print a report, and exit by its verdict",
        epilog=EXIT_CODES,
    )
    show.add_argument("file", metavar="FILE", type=Path, help="a report in JSON, from pytest --giflab-report")
    show.set_defaults(run=_show)
    add_commands(commands)
    _add_baseline(commands.add_parser("baseline", help="list, show or prune baselines"))
    return parser


def _add_baseline(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    helps = {
        "list": "all baselines of a store",
        "show": "the recordings and benchmarks of a baseline",
        "prune": "drop all recordings of a baseline but the newest",
    }
    for name, run in (("list", _list), ("show", _show_baseline), ("prune", _prune)):
        command = commands.add_parser(name, help=helps[name], description=helps[name].capitalize() + ".")
        command.add_argument("--store", metavar="URL", default=DEFAULT_STORE, help=f"default: {DEFAULT_STORE}")
        if name != "list":
            command.add_argument(
                "name", metavar="NAME", nargs="?", default=DEFAULT_NAME, help=f"default: {DEFAULT_NAME}"
            )
        if name == "prune":
            command.add_argument(
                "--keep", metavar="N", type=_count, default=5, help="how many; 0 removes it; default: 5"
            )
        command.set_defaults(run=run)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of recordings")
    return int(text)


def _show(arguments: argparse.Namespace) -> Answer:
    report = read_report(arguments.file)

    def show() -> None:
        console = Console()
        sys.stdout.write(to_text(report, console.width, colour=console.is_terminal and not console.no_color))

    return Answer(VERDICT_CODES[report.verdict], show)


def _open_store(arguments: argparse.Namespace) -> BaselineStore:
    return JsonStore(store_folder(arguments.store))


def _list(arguments: argparse.Namespace) -> Answer:
    store = _open_store(arguments)
    baselines = [store.load(name) for name in store.names()]
    if not baselines:
        where = printable(arguments.store)
        return Answer(PASSED, lambda: print(f"no baseline in {where}; pytest --giflab-update-baseline records one"))
    table = Table("baseline", "benchmarks", "recordings", "last recorded", "commit", header_style="bold")
    for each in baselines:
        last = each.recordings[-1]
        counts = (str(len(each.benchmarks)), str(len(each.recordings)))
        table.add_row(Text(printable(each.name)), *counts, last.recorded, _commit(last.revision))
    return Answer(PASSED, lambda: Console().print(table))


def _show_baseline(arguments: argparse.Namespace) -> Answer:
    baseline = _open_store(arguments).load(arguments.name)
    recordings = Table("recorded", "commit", "python", "cpu", "cores", "benchmarks", header_style="bold")
    for each in baseline.recordings:
        where = each.environment
        named = (Text(printable(where.python)), Text(printable(where.cpu)), str(where.cores))
        recordings.add_row(each.recorded, _commit(each.revision), *named, str(len(each.measurements)))
    return Answer(PASSED, lambda: Console().print(recordings, _benchmarks(baseline)))


def _benchmarks(baseline: Baseline) -> Table:
    table = Table("benchmark", "recordings", "processes", "fastest call", header_style="bold")
    for name in sorted(baseline.benchmarks):
        found = [each.measurements[name] for each in baseline.recordings if name in each.measurements]
        processes = [process for each in found for process in each.processes]
        table.add_row(
            Text(printable(name)), str(len(found)), str(len(processes)), duration(fastest_ns(processes) / 1e9)
        )
    return table


def _commit(revision: Revision) -> str:
    if not revision.commit:
        return "not in git"
    return f"{revision.commit[:12]}{' and changes' if revision.dirty else ''}"


def _prune(arguments: argparse.Namespace) -> Answer:
    store = _open_store(arguments)
    baseline = store.load(arguments.name)
    kept = baseline.recordings[-arguments.keep :] if arguments.keep else ()
    if not kept:
        store.remove(arguments.name)
    elif len(kept) < len(baseline.recordings):
        store.save(replace(baseline, recordings=kept))
    done = f"baseline {printable(arguments.name)!r}: {len(kept)} of {len(baseline.recordings)} recordings kept"
    return Answer(PASSED, lambda: print(done))


if __name__ == "__main__":
    sys.exit(main())
