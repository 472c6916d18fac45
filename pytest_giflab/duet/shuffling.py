"""In which order the benchmarks of a pair are played."""

from __future__ import annotations

import random
from collections.abc import Sequence


def in_new_order(ids: Sequence[str], order: random.Random) -> list[str]:
    """Files in random order; within each pytest's own order, from a random place on, perhaps backwards.

    Tests that share fixtures stay beside each other.
    """
    files: dict[str, list[str]] = {}
    for name in ids:
        files.setdefault(name.partition("::")[0], []).append(name)
    result = []
    for file in order.sample(sorted(files), len(files)):
        start = order.randrange(len(files[file]))
        turned = files[file][start:] + files[file][:start]
        result += turned[:: order.choice((1, -1))]
    return result
