"""The files that a command reads: limits for them, and pipes, which can be read only once."""

from __future__ import annotations

import argparse
import errno
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from giflab_core import lazy
from giflab_core.cli.command import unbroken, why
from giflab_core.config import DecodeLimits
from giflab_core.errors import DecodeError, LimitExceeded, UsageError
from giflab_core.frozen import dataclass
from giflab_core.text import printable

STANDARD_INPUT = Path("-")
ANOTHER = "name another folder for temporary files by TMPDIR"
SIGNATURE, CHUNK = b"GIF8", 1 << 20
UNITS = {"": 1, "k": 1000, "ki": 1 << 10, "m": 10**6, "mi": 1 << 20, "g": 10**9, "gi": 1 << 30}


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read: `given` is how the user named it, `path` where its bytes are."""

    given: Path
    path: Path

    @property
    def is_copy(self) -> bool:
        """Whether its bytes came through a pipe."""
        return self.given != self.path

    def renamed(self, text: str) -> str:
        """A text that names it, as the user does."""
        return text.replace(printable(self.path), printable(self.given)) if self.is_copy else text


def size(text: str) -> int:
    """A number such as `40000000`, `40M` or `64MiB`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?i?)b?", text.strip().lower())
    if not found or found[2] not in UNITS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number such as 40000000, 40M or 64MiB")
    return int(float(found[1]) * UNITS[found[2]]) if "." in found[1] else int(found[1]) * UNITS[found[2]]


def add_limits(command: argparse.ArgumentParser) -> None:
    """Add the option for `limits_of()`."""
    command.add_argument(
        "--decode-limit",
        metavar="NAME=N",
        dest="decode_limits",
        action="append",
        type=_limit,
        default=[],
        help="how much one file may ask for: "
        + ", ".join(f"{name} ({getattr(DecodeLimits(), name)})" for name in DecodeLimits.__slots__)
        + "; N may be 40M or 64MiB; repeatable",
    )


def limits_of(arguments: argparse.Namespace) -> DecodeLimits:
    """The limits of decoding that the user gave over the default ones."""
    return DecodeLimits(**dict(arguments.decode_limits))


def _limit(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if name.strip() not in DecodeLimits.__slots__:
        known = ", ".join(DecodeLimits.__slots__)
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=N; the names are {known}")
    return name.strip(), size(number)


@contextmanager
def inputs(given: Sequence[Path], limits: DecodeLimits) -> Iterator[tuple[Input, ...]]:
    """The files, each where it can be read more than once; errors name them as the user does.

    `-` is standard input. What comes through a pipe is copied, up to `limits.max_bytes`, into a folder of this user's
    alone that is gone afterwards. Raises UsageError where standard input cannot be read.
    """
    if given.count(STANDARD_INPUT) > 1:
        raise UsageError("only one file can be read from standard input (-)")
    found: list[Input] = []
    with ExitStack() as stack:
        try:
            for path in given:
                found.append(Input(path, _copied(path, limits, stack) if _is_pipe(path) else path))
            yield tuple(found)
        except DecodeError as error:
            text = str(error)
            for each in found:
                text = each.renamed(text)
            raise type(error)(text) from error


def _is_pipe(path: Path) -> bool:
    """Whether it can be read only once: standard input, `<(command)`, a named pipe."""
    try:
        return path == STANDARD_INPUT or stat.S_ISFIFO(path.stat().st_mode)
    except (OSError, ValueError):
        return False  # reading it will say why


def _copied(path: Path, limits: DecodeLimits, stack: ExitStack) -> Path:
    try:
        with unbroken():
            folder = Path(stack.enter_context(lazy.load("tempfile", "TemporaryDirectory")(prefix="giflab-")))
    except OSError as error:
        raise DecodeError(f"cannot copy {printable(path)}: {error.strerror or error}; {ANOTHER}") from error
    copy = folder / "input.gif"
    try:
        with copy.open("xb") as target:
            if path == STANDARD_INPUT:
                _copy(_standard_input(), target, limits)
            else:
                with path.open("rb") as source:
                    _copy(source, target, limits)
    except LimitExceeded as error:
        raise LimitExceeded(f"cannot read {printable(path)}: {error}") from error
    except OSError as error:
        is_full = error.errno == errno.ENOSPC  # which only the copy can be
        what = f"copy {printable(path)} to {printable(folder.parent)}" if is_full else f"read {printable(path)}"
        raise DecodeError(f"cannot {what}: {why(error, ANOTHER)}") from error
    return copy


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise UsageError("there is no standard input to read from")
    if sys.stdin.isatty():
        raise UsageError("standard input is a terminal; send a GIF into it, as by `< animation.gif`")
    return sys.stdin.buffer


def _copy(source: BinaryIO, target: BinaryIO, limits: DecodeLimits) -> None:
    """As far as it may be a GIF: what is none is not read to its end, which may never come."""
    total = 0
    chunk = source.read(len(SIGNATURE))
    while chunk:
        total += len(chunk)
        if total > limits.max_bytes:
            raise LimitExceeded(f"more than {limits.max_bytes} bytes; {limits.named('max_bytes')}")
        target.write(chunk)
        chunk = source.read(CHUNK) if total > len(SIGNATURE) or chunk == SIGNATURE else b""
