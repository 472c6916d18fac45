"""Write a file whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from giflab_core.decoding import PathLike
from giflab_core.errors import NotWritten, UsageError
from giflab_core.text import printable


def check_outputs(outputs: Sequence[Path], inputs: Sequence[PathLike]) -> None:
    """Look at the files that are to be written before anybody waits for what is in them.

    Raises UsageError if two of them are one file, or one of them is an input, whatever its name; else NotWritten if
    one cannot be written. Makes nothing that stays.
    """
    compared, written = set(map(_identity, inputs)), set[str]()
    for path in outputs:
        if _identity(path) in compared:
            raise UsageError(f"{printable(path)} is compared, and cannot be written; name another file")
        if _identity(path) in written:
            raise UsageError(f"{printable(path)} is to be written twice; name two files")
        written.add(_identity(path))
    for path in outputs:
        check_output(path)


def check_output(path: Path) -> None:
    """Raises NotWritten for a path where no file can be written: a folder or a device, or one in a closed folder."""
    try:
        target = Path(os.path.realpath(path))
        _check(target)
        folder = next(each for each in target.parents if each.exists())
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except (OSError, ValueError) as error:
        raise _not_written(path, error) from error


def _identity(path: PathLike) -> str:
    """Equal for two names of one file."""
    return os.path.normcase(os.path.realpath(path))


def _not_written(path: Path, error: OSError | ValueError) -> NotWritten:
    return NotWritten(f"cannot write {printable(path)}: {getattr(error, 'strerror', None) or error}")


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose bytes take the place of a file once all are written; makes the folder.

    Whatever goes wrong, what was there before stays. A link is followed. Raises NotWritten where the path leads to a
    folder or a device, or cannot be written.
    """
    unfinished = None
    try:
        target = Path(os.path.realpath(path))
        _check(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
        with open(handle, "wb") as stream:
            yield stream
        os.chmod(unfinished, 0o666 & ~_umask())
        os.replace(unfinished, target)
    except (OSError, ValueError) as error:
        raise _not_written(path, error) from error
    finally:
        if unfinished:
            with suppress(OSError):
                os.unlink(unfinished)


def _check(target: Path) -> None:
    with suppress(FileNotFoundError, NotADirectoryError):
        mode = target.stat().st_mode
        if stat.S_ISDIR(mode):
            raise ValueError("it is a folder")
        if not stat.S_ISREG(mode):
            raise ValueError("it is not a regular file")


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
