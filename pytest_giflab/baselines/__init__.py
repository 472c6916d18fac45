"""Runs that are kept, to compare with.

1. `store`: `BaselineStore` is what every place for baselines does; `JsonStore` keeps them in a folder.
2. `updated` says what a new recording makes of a baseline.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.baselines.store import BaselineStore as BaselineStore
    from pytest_giflab.baselines.store import JsonStore as JsonStore
    from pytest_giflab.baselines.store import fastest_ns as fastest_ns
    from pytest_giflab.baselines.store import updated as updated

lazy.exports(
    __name__,
    {
        "store": ("BaselineStore", "JsonStore", "fastest_ns", "updated"),
    },
)
