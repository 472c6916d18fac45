"""What all commands have in common: arguments in, an answer shown, exit code out."""

from __future__ import annotations

import argparse
import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Any, NoReturn

from giflab_core.errors import GiflabError
from giflab_core.frozen import dataclass
from giflab_core.text import printable

PASSED, FAILED, WRONG_USAGE, UNREADABLE, INTERRUPTED = 0, 1, 2, 3, 130
# Signals that ask a program to end; its exit code is this number more than that of the signal.
ENDING, SIGNALLED = ("SIGTERM", "SIGHUP"), 128


# Looks at no terminal, for which `argparse` loads `shutil`: it makes one for each option, to see whether that is right.
UNMEASURED = partial(argparse.RawDescriptionHelpFormatter, width=80)

VERDICT_CODES = """\
exit code:
  0  pass (warnings are printed)
  1  the verdict is fail
  2  wrong usage
  3  an input cannot be read
"""


class Ended(BaseException):
    """A signal asks the program to end. Like KeyboardInterrupt, no error that anybody handles on the way."""

    def __init__(self, number: signal.Signals) -> None:
        super().__init__(number)
        self.signal = number


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found out: the exit code, and how to show it."""

    code: int
    show: Callable[[], None]


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; takes whole words, and prints texts as they are written. So do its commands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": UNMEASURED, "allow_abbrev": False, **options})

    def format_help(self) -> str:
        self.formatter_class = argparse.RawDescriptionHelpFormatter
        return super().format_help()

    def format_usage(self) -> str:
        self.formatter_class = argparse.RawDescriptionHelpFormatter
        return super().format_usage()

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USAGE, f"{self.prog}: {printable(message)} (see {self.prog} --help)\n")


def run_command(
    program: str,
    parser: Callable[[], argparse.ArgumentParser],
    argv: Sequence[str] | None,
    codes: Mapping[type[GiflabError], int],
) -> int:
    """Parse `argv` by what `parser` makes, call the parsed `run` and show its answer.

    Returns the answer's exit code, or that of `codes` for an error, after one line on standard error.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file name may not fit the terminal's encoding
        elif stream is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    try:
        with _ended_by_signals():
            arguments = parser().parse_args(argv)
            answer: Answer = arguments.run(arguments)
            return _show(program, answer)
    except Ended as ended:
        return _complain(program, f"ended by {ended.signal.name}", SIGNALLED + ended.signal)
    except KeyboardInterrupt:
        return _complain(program, "interrupted", INTERRUPTED)
    except GiflabError as error:
        return _complain(program, str(error), next(code for kind, code in codes.items() if isinstance(error, kind)))


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let signals that would end the process at once raise instead, so that what it has made is removed.

    A signal that is ignored, as by `nohup`, stays so; outside the main thread nothing can be changed.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        known = (getattr(signal, name) for name in ENDING if hasattr(signal, name))
        before = {each: signal.SIG_DFL for each in known if signal.getsignal(each) is signal.SIG_DFL}
    for each in before:
        signal.signal(each, _end)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def unbroken() -> Iterator[None]:
    """Let signals that end the program wait, so that what is made here is known to whoever removes it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    numbers = {getattr(signal, name) for name in (*ENDING, "SIGINT")}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(number: int, _: FrameType | None) -> NoReturn:
    for each in (getattr(signal, name) for name in ENDING if hasattr(signal, name)):
        if signal.getsignal(each) is _end:
            signal.signal(each, signal.SIG_IGN)  # a second one would end the removal
    raise Ended(signal.Signals(number))


def _show(program: str, answer: Answer) -> int:
    """Print the answer; the verdict stands, also when whoever reads it goes away."""
    try:
        answer.show()
        sys.stdout.flush()
    except SystemExit:
        pass  # how rich ends a program whose reader has gone
    except OSError as error:
        # Nothing more may be written, not by the interpreter at its exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            return _complain(program, f"cannot write the output: {why(error, 'write it elsewhere')}", UNREADABLE)
    return answer.code


def _complain(program: str, message: str, code: int) -> int:
    say(program, message)
    return code


def why(error: OSError, instead: str) -> str:
    """Why something cannot be written, with what to do about a full disk: free some space, or `instead`."""
    if error.errno == errno.ENOSPC:
        return f"the disk is full; free some space, or {instead}"
    return error.strerror or str(error)


def say(program: str, message: str) -> None:
    """One line on standard error, if anybody can read it."""
    with suppress(OSError):
        print(f"{program}: {message}", file=sys.stderr, flush=True)
