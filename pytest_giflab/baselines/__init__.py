"""Runs on disk, to compare with.

`store`: where baselines are kept, and what they hold.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.baselines.store import JsonStore as JsonStore
    from pytest_giflab.baselines.store import fastest_ns as fastest_ns
    from pytest_giflab.baselines.store import to_process as to_process
    from pytest_giflab.baselines.store import updated as updated

lazy.exports(
    __name__,
    {
        "store": ("JsonStore", "fastest_ns", "to_process", "updated"),
    },
)
