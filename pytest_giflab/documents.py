"""Read and write JSON documents: checked against their schema, written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import sys
import tempfile
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import fastjsonschema

from giflab_core.text import printable
from pytest_giflab.errors import StoreError

LARGEST_BYTES = 64 * 1024 * 1024


def read_document(path: Path, kind: str, version: int) -> dict[str, Any]:
    """The JSON object in `path`, of schema `kind`/`version`.

    Raises StoreError for a file that cannot be read, is larger than 64 MiB, or that `parse_document` refuses. The file
    is left alone.
    """
    data = read_start(path, LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise StoreError(f"{path} is larger than {LARGEST_BYTES >> 20} MiB; it is not a {kind}")
    return parse_document(data, str(path), kind, version, "restore it or remove it")


def read_start(path: Path, most: int) -> bytes:
    """The first bytes of a file or a pipe, `most` at most, whatever its size is said to be.

    Raises StoreError for what cannot be read, and for a device, which may have no end. What nobody writes into is not
    waited for.
    """
    try:
        # Not blocking: to open a pipe takes as long as it takes for somebody to open its other end.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as stream:
            mode = os.fstat(descriptor).st_mode
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
                raise StoreError(f"cannot read {path}: it is neither a file nor a pipe")
            if sys.platform != "win32":
                os.set_blocking(descriptor, True)
            return stream.read(most)
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error


def parse_document(data: bytes, name: str, kind: str, version: int, remedy: str) -> dict[str, Any]:
    """The JSON object in `data`, of schema `kind`/`version`.

    Raises StoreError, with what `remedy` says, for what is not strict JSON, is of another kind or of a newer version,
    or does not follow its schema.
    """
    try:
        document = json.loads(data.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{name} is damaged, it is not JSON: {error}; {remedy}") from error
    found = document.get("schema") if isinstance(document, dict) else None
    if found != f"{kind}/{version}":
        newer = re.fullmatch(rf"{re.escape(kind)}/([0-9]{{1,9}})", found) if isinstance(found, str) else None
        if newer and int(newer[1]) > version:
            raise StoreError(f"{name} was written by a newer version ({found}); update pytest-giflab to read it")
        raise StoreError(f"{name} is not a {kind}: its schema is {_quoted(json.dumps(found), 80)}; {remedy}")
    try:
        _validator(f"{kind}.{version}")(document)
    except fastjsonschema.JsonSchemaException as error:
        raise StoreError(f"{name} is damaged: {_quoted(str(error), 200)}; {remedy}") from error
    checked: dict[str, Any] = document
    return checked


def write_document(path: Path, document: dict[str, Any]) -> None:
    """Write a JSON object: lists of numbers on one line, so that a difference can be reviewed.

    Whole or not at all; makes the folder.

    Raises StoreError if that fails; what was there before is then still there.
    """
    text = _layout(document, "\n") + "\n"
    if len(text.encode("utf-8")) > LARGEST_BYTES:
        raise StoreError(f"{path} would be larger than {LARGEST_BYTES >> 20} MiB; drop old recordings from it first")
    write_text(path, text)


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all; makes the folder. Raises StoreError if that fails."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with open(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, path)
    except OSError as error:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
        raise StoreError(f"cannot write {path}: {error.strerror}") from error


def remove_file(path: Path) -> None:
    """Remove a file that is there and can be removed."""
    with suppress(OSError):
        path.unlink()


def append_text(path: Path, text: str) -> None:
    """Append to a file, which others write too. Raises StoreError if that fails."""
    try:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _quoted(text: str, longest: int) -> str:
    """Text of the document itself, in one line of a log that may be GitHub's, where `##[` begins a command."""
    return printable(text)[:longest].replace("##[", "## [")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _layout(value: Any, newline: str) -> str:
    """JSON, one entry a line, but a list of numbers on one; `newline` is a line break with the indentation."""
    inner = f"{newline} "
    if isinstance(value, dict) and value:
        entries = (f"{json.dumps(name, ensure_ascii=False)}: {_layout(each, inner)}" for name, each in value.items())
        return f"{{{inner}{f',{inner}'.join(entries)}{newline}}}"
    if isinstance(value, list | tuple) and not all(isinstance(each, int) for each in value):
        return f"[{inner}{f',{inner}'.join(_layout(each, inner) for each in value)}{newline}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


@cache
def _validator(name: str) -> Any:
    schema = resources.files("pytest_giflab").joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    return fastjsonschema.compile(json.loads(schema))
