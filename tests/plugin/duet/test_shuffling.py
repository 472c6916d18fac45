"""The order in which benchmarks of a pair are played."""

from __future__ import annotations

import random

from pytest_giflab.duet.shuffling import in_new_order


def test_the_order_is_random_but_keeps_neighbours() -> None:
    ids = [f"{file}.py::test_{number}" for file in "ab" for number in range(4)]
    order = random.Random(1)  # noqa: S311
    orders = {tuple(in_new_order(ids, order)) for _ in range(5000)}
    assert len(orders) == 2 * 8 * 8
    for each in orders:
        assert sorted(each) == sorted(ids)
        files = [name[0] for name in each]
        assert files in (list("aaaabbbb"), list("bbbbaaaa"))
