"""The files that a command writes beside its answer; one that cannot be written costs neither that nor the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from giflab_core import lazy
from giflab_core.cli.command import say
from giflab_core.cli.inputs import STANDARD_INPUT
from giflab_core.errors import GiflabError


def check_outputs(outputs: Sequence[Path], inputs: Sequence[Path]) -> None:
    """Say what is wrong with the files to write before anybody has waited.

    Raises UsageError if one is an input, or two are one file; NotWritten if one cannot be written.
    """
    if outputs:
        named = [each for each in inputs if each != STANDARD_INPUT]
        lazy.load("giflab_core.pages", "check_outputs")(outputs, named)


def errors_of(writers: Iterable[Callable[[], None]]) -> tuple[GiflabError, ...]:
    """Call each, whatever became of the others: what went wrong."""
    found = []
    for write in writers:
        try:
            write()
        except GiflabError as error:
            found.append(error)
    return tuple(found)


def complain(errors: Sequence[GiflabError]) -> None:
    """Raise the last one, after a line on standard error for each one before it."""
    for error in errors[:-1]:
        say("giflab", str(error))
    for error in errors[-1:]:
        raise error
