"""Measure two sides, which take turns.

1. `sides`: snapshots of both, and how pytest is called in them.
2. `pair`: one process of each side, driven through the benchmarks turn by turn.
3. `trial`: one benchmark: its pairs, its looks, its line in the report.
4. `duet`: pair after pair until every benchmark is decided.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.duet.duet import FLAGS as FLAGS
    from pytest_giflab.duet.duet import Duet as Duet
    from pytest_giflab.duet.duet import Played as Played
    from pytest_giflab.duet.duet import Progress as Progress
    from pytest_giflab.duet.sides import Call as Call
    from pytest_giflab.duet.sides import prepare as prepare

lazy.exports(
    __name__,
    {
        "duet": ("Duet", "FLAGS", "Played", "Progress"),
        "sides": ("Call", "prepare"),
    },
)
