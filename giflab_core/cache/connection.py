"""One connection to an SQLite database: opened, the database made or brought up to date, errors told apart."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

from giflab_core import lazy
from giflab_core.frozen import dataclass

WAL_BYTES = 4 * 1024 * 1024
LEAST_FREE_BYTES = 32 * 1024
"""What the shared memory of a write-ahead log takes."""

# Of the format of SQLite's files: how they begin, and where the application's number is.
MAGIC, MARK, HEAD_BYTES = b"SQLite format 3\0", slice(68, 72), 100

# What goes wrong around a database; any other error of SQLite means that it is not what we wrote.
OUTSIDE = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_ABORT,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_AUTH,
}


@dataclass(frozen=True, slots=True)
class Schema:
    """What is in a database: the statements that take version 0 to 1, then 1 to 2, and so on."""

    application_id: int
    migrations: tuple[tuple[str, ...], ...]


class Unusable(Exception):
    """A database that is damaged, or that another program, or a newer version of this one, made."""


def connected(path: Path, *, is_immutable: bool = False) -> sqlite3.Connection:
    """A connection to what is there, which waits for nobody; raises OSError for a link, which could lead anywhere."""
    if any(Path(f"{path}{suffix}").is_symlink() for suffix in ("", "-wal", "-shm")):
        raise OSError("it is a link, which the cache does not follow; remove it")
    name = f"{path.as_uri()}?mode=ro&immutable=1" if is_immutable else path
    return sqlite3.connect(name, timeout=0, isolation_level=None, check_same_thread=False, uri=is_immutable)


def bears_mark(path: Path, schema: Schema) -> bool:
    """Whether a file is a database of this schema, by its own word, or has nothing where that would be."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return False
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return False
    return not any(head) or (head.startswith(MAGIC) and head[MARK] == schema.application_id.to_bytes(4, "big"))


def opened(path: Path, schema: Schema) -> sqlite3.Connection:
    """A connection to a database of this schema; raises Unusable for one that is not ours, or newer."""
    try:
        return _prepared(connected(path), schema)
    except sqlite3.OperationalError as error:
        if os.access(path.parent, os.W_OK):
            raise
        # A write-ahead log needs a folder that can be written. Should the database change meanwhile, checksums tell.
        try:
            return _prepared(connected(path, is_immutable=True), schema)
        except sqlite3.OperationalError:
            raise error from None


def _prepared(connection: sqlite3.Connection, schema: Schema) -> sqlite3.Connection:
    """The connection, its database made or brought up to date; it is closed where that fails."""
    try:
        connection.text_factory = bytes  # damaged text must not raise
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "synchronous = NORMAL"):
            connection.execute(f"PRAGMA {pragma}")
        if _version(connection, schema) < len(schema.migrations):
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            _migrate(connection, schema)
        connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
    except BaseException:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection, schema: Schema) -> int:
    """0 for an empty database; raises Unusable for one that is not ours, or newer."""
    application_id, version, tables = connection.execute(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema)"
        " FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    if (application_id, version, tables) != (0, 0, 0) and application_id != schema.application_id:
        raise Unusable("another program made it")
    if version > len(schema.migrations):
        raise Unusable("a newer version of giflab made it")
    return int(version)


def _migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statements in schema.migrations[_version(connection, schema) :]:  # another process may have been faster
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {schema.application_id}")
    connection.execute(f"PRAGMA user_version = {len(schema.migrations)}")
    connection.execute("COMMIT")


def is_damage(error: Exception, path: Path) -> bool:
    """Whether the database at `path` is at fault, not what is around it."""
    if _code(error) == sqlite3.SQLITE_READONLY:
        # A version that SQLite does not know, in this byte of the file, forbids to write; the last one known is 2.
        with suppress(OSError), path.open("rb") as file:
            return file.read(19)[18:] > b"\2"
    # Python cannot decode what SQLite says of names that are damaged.
    return isinstance(error, Unusable | UnicodeDecodeError) or _code(error) not in OUTSIDE | {None}


def is_locked(error: Exception) -> bool:
    """Whether another process keeps the database locked."""
    return _code(error) == sqlite3.SQLITE_BUSY


def is_of_full_disk(error: Exception, path: Path) -> bool:
    """Whether there is no room for the database at `path`; of the file that processes share SQLite only says "I/O"."""
    if _code(error) == sqlite3.SQLITE_IOERR:
        with suppress(OSError):
            return bool(lazy.load("shutil", "disk_usage")(path.parent).free < LEAST_FREE_BYTES)
    return _code(error) == sqlite3.SQLITE_FULL or getattr(error, "errno", None) == errno.ENOSPC


def _code(error: Exception) -> int | None:
    """The primary code of an error of SQLite; Python's own errors have none."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
