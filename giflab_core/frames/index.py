"""The index of the files of frames: what was asked for, what reading and making took, and which are worth it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

from giflab_core.cache import Schema
from giflab_core.frames.indexed_clip import IndexedClip
from giflab_core.frozen import dataclass, replace

# `stored` says that there is a file of so many `bytes`; `used` grows with every use and needs no clock. Reading that
# takes nearly as long as making, `read_s` and `made_s` in seconds, is the decision that there is to be none.
SCHEMA = Schema(
    application_id=0x47464C46,  # "GFLF"
    migrations=(
        (
            "CREATE TABLE entries (name TEXT PRIMARY KEY, requests INTEGER NOT NULL, made_s REAL, read_s REAL,"
            " bytes INTEGER NOT NULL, partial INTEGER NOT NULL, stored INTEGER NOT NULL, used INTEGER NOT NULL)"
            " STRICT, WITHOUT ROWID",
            "CREATE INDEX entries_by_use ON entries (used, name)",
        ),
    ),
)
WORTH_REQUESTS = 2
# Reading must take less than this share of the time that making takes: a hit draws what has left the processor's cache
# since it was read. A file that is there may turn out to take longer, as when it is not in the system's memory.
WORTH_SHARE, BEARABLE_SHARE = 0.25, 0.5
LEAST_SAVED_S = 0.001
"""A file that saves less is not worth its place."""
# Of a file's reading times the fastest counts; but with each that is slower it is believed to be so much slower.
SLOWER = 1.25
REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Sighting:
    """A request for what is at hand, and took so long to make; `again` makes it once more."""

    name: str
    clip: IndexedClip
    made_s: float
    again: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Reading:
    """A file of so many bytes, and how long it took to read; to make, if that was measured beside it."""

    name: str
    bytes: int
    is_partial: bool
    read_s: float
    made_s: float | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Names of what is worth a file and has none, and of what turns out not to be worth its own."""

    wanted: frozenset[str]
    expensive: frozenset[str]


NOTHING = Judgement(frozenset(), frozenset())
LOCKED = replace(NOTHING)


def note_all(batch: Sequence[Sighting | Reading], connection: sqlite3.Connection) -> Judgement:
    """Note what happened, in order; which of it is to be stored, and which file is to go."""
    wanted: set[str] = set()
    expensive: dict[str, bool] = {}  # and whether that is new
    (last,) = connection.execute("SELECT ifnull(max(used), 0) FROM entries").fetchone()
    for used, each in enumerate(batch, last + 1):
        if isinstance(each, Sighting):
            connection.execute(
                "INSERT INTO entries VALUES (?1, 1, ?2, NULL, 0, ?3, 0, ?4) ON CONFLICT DO UPDATE SET"
                " requests = requests + 1, made_s = min(ifnull(made_s, ?2), ?2), stored = 0, used = ?4",
                (each.name, each.made_s, not (each.clip.whole), used),
            )
        else:
            row = connection.execute("SELECT 1 FROM entries WHERE name = ? AND stored", (each.name,)).fetchone()
            is_known = row is not None
            connection.execute(
                "INSERT INTO entries VALUES (?1, 1, NULL, ?2, ?3, ?4, 1, ?5) ON CONFLICT DO UPDATE SET"
                " read_s = min(?2, ifnull(read_s * ?6, ?2)), bytes = ?3, partial = ?4, stored = 1, used = ?5",
                (each.name, each.read_s, each.bytes, each.is_partial, used, SLOWER),
            )
            connection.execute(
                "UPDATE entries SET made_s = ?1 WHERE name = ?2 AND made_s > ?1", (each.made_s, each.name)
            )
        requests, made_s, read_s = connection.execute(
            "SELECT requests, made_s, read_s FROM entries WHERE name = ?", (each.name,)
        ).fetchone()
        if isinstance(each, Sighting):
            if requests >= WORTH_REQUESTS and _is_worth(read_s or 0, made_s):  # where it is not known, it is tried once
                wanted.add(each.name)
        elif made_s is not None:
            expensive.pop(each.name, None)
            if not (read_s < BEARABLE_SHARE * made_s if is_known else _is_worth(read_s, made_s)):
                expensive[each.name] = is_known
    # What was worth it once may be so again: it is measured anew when it is asked for again.
    connection.executemany(
        "UPDATE entries SET stored = 0, requests = iif(?2, 0, requests), read_s = iif(?2, NULL, read_s)"
        " WHERE name = ?1",
        expensive.items(),
    )
    return Judgement(frozenset(wanted), frozenset(expensive))


def _is_worth(read_s: float, made_s: float) -> bool:
    return read_s < WORTH_SHARE * made_s and made_s - read_s > LEAST_SAVED_S


def settle(budget_bytes: int, connection: sqlite3.Connection) -> list[str]:
    """Which files are too many, that used longest ago first; they count as gone."""
    rows = connection.execute(
        "SELECT name FROM (SELECT name, sum(bytes) OVER (ORDER BY used DESC, name) AS total FROM entries WHERE stored)"
        " WHERE total > ?",
        (budget_bytes,),
    )
    names = [name.decode() for (name,) in rows]
    connection.executemany("UPDATE entries SET stored = 0 WHERE name = ?", ((name,) for name in names))
    return names


def reconcile(sizes: dict[str, int], connection: sqlite3.Connection) -> None:
    """Make the index that of the files that are there, and forget what was asked for once and long ago."""
    connection.execute("UPDATE entries SET stored = 0")
    connection.executemany(
        "INSERT INTO entries VALUES (?1, 1, NULL, NULL, ?2, 0, 1, 0) ON CONFLICT DO UPDATE SET bytes = ?2, stored = 1",
        sizes.items(),
    )
    connection.execute(
        "DELETE FROM entries WHERE NOT stored AND used < (SELECT max(used) FROM entries) - ?", (REMEMBERED,)
    )


def forget_all(connection: sqlite3.Connection) -> None:
    """Empty the index."""
    connection.execute("DELETE FROM entries")


def fill(connection: sqlite3.Connection) -> tuple[int, int]:
    """How many files there are, and their bytes."""
    entries, used = connection.execute("SELECT count(*), ifnull(sum(bytes), 0) FROM entries WHERE stored").fetchone()
    return entries, used
