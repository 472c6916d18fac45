"""What a view computes once, and what it keeps for those that follow."""

from __future__ import annotations

import numpy as np

from giflab_core.decoding import Still
from giflab_core.metrics import METRICS, Memory, PairView

PIXELS = np.full((8, 8, 4), 255, np.uint8)


def view(memory: Memory | None = None) -> PairView:
    return PairView(Still(PIXELS), Still(PIXELS), ("white",), memory=memory)


def test_what_is_kept_is_there_at_the_next_pair() -> None:
    memory = Memory()
    first: list[int] = view(memory).keep("counter", list)
    first.append(1)
    second: list[int] = view(memory).keep("counter", list)
    assert second == [1]


def test_keys_do_not_share_what_is_kept() -> None:
    pair = view()
    one: list[int] = pair.keep("one", list)
    other: list[int] = pair.keep(("one", 0), list)
    assert one is not other


def test_what_is_kept_ends_with_its_validation() -> None:
    kept: list[int] = view(Memory()).keep("counter", list)
    kept.append(1)
    anew: list[int] = view(Memory()).keep("counter", list)
    assert anew == []


def test_what_a_pair_computes_once_is_computed_anew_for_the_next() -> None:
    memory, seen = Memory(), list[PairView]()

    def compute(pair: PairView) -> int:
        seen.append(pair)
        return len(seen)

    pair = view(memory)
    assert [pair.once(compute), pair.once(compute), view(memory).once(compute)] == [1, 1, 2]


def test_metrics_over_time_see_one_step_a_pair() -> None:
    memory = Memory()
    for _ in range(3):
        pair = view(memory)
        scores = [METRICS[name].score(pair) for name in ("temporal", "flicker", "ghost")]
    assert scores == [1.0, 0.0, 0.0]
