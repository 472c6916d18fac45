"""Measure two sides, which take turns.

1. `sides`: what they are called, snapshots of both, and how pytest is called in them; `terms`: what base's
   configuration makes a run go by.
2. `pair`: one process of each side, driven through the benchmarks turn by turn.
3. `trial`: one benchmark: its pairs, its looks, its line in the report; `qualities`: a line for each GIF it makes.
4. `collected`: which benchmarks both sides have; `shuffling`: in which order they are played.
5. `played`: what came of it.
6. `duet`: pair after pair until every benchmark is decided.
7. `playing`: all of it, from the snapshots to the result; the door of the package.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.duet.played import Played as Played
    from pytest_giflab.duet.playing import play as play
    from pytest_giflab.duet.sides import HEAD as HEAD
    from pytest_giflab.duet.sides import Call as Call

lazy.exports(
    __name__,
    {
        "played": ("Played",),
        "playing": ("play",),
        "sides": ("HEAD", "Call"),
    },
)
