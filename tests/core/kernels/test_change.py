"""What changes from picture to picture: by hand, pixel by pixel from the definition, in C as in NumPy, in any boxes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.kernels import change
from giflab_core.kernels.boxes import NOTHING
from giflab_core.kernels.change import GHOST_STEP, Change, History, integrate
from giflab_core.kernels.extension import NATIVE
from tests.helpers.kernels import needs_native

Plane: TypeAlias = npt.NDArray[np.uint8]
Box: TypeAlias = tuple[int, int, int, int]
Update: TypeAlias = tuple[Plane, Plane, Box]

seeds, sides = st.integers(0, 2**32 - 1), st.integers(1, 40)


def clip(seed: int, height: int, width: int, steps: int = 8) -> list[Update]:
    """Planes that change within boxes: one of them, or both, or none; by little, by much, or back to what was."""
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, 256, (2, height, width), np.uint8)
    updates: list[Update] = [(x, y, NOTHING)]
    for _ in range(steps - 1):
        top, bottom = sorted(rng.integers(0, height + 1, 2).tolist())
        left, right = sorted(rng.integers(0, width + 1, 2).tolist())
        x, y, before = x.copy(), y.copy(), x
        within = np.s_[top:bottom, left:right]
        spread = int(rng.choice([0, 3, 40, 256]))
        x[within] = np.clip(x[within] + rng.integers(-spread, spread + 1, x[within].shape), 0, 255)
        source = rng.choice(np.array([x, y, before]), axis=0)
        noise = rng.integers(-8, 9, y[within].shape) * rng.integers(0, 2)
        y[within] = np.clip(np.int16(source[within]) + noise, 0, 255)
        updates.append((x, y, (top, bottom, left, right)))
    return updates


def changes(updates: list[Update], *, boxes: bool = True) -> list[Change]:
    history = History(*updates[0][0].shape)
    return [history.update(x, y, box if boxes else None) for x, y, box in updates]


def by_definition(updates: list[Update]) -> Iterator[Change]:
    """One pixel after the other."""
    clips = [np.array([update[side] for update in updates], np.int64) for side in (0, 1)]
    shape = clips[0].shape[1:]
    ghosts: set[tuple[int, ...]] = set()
    for t in range(len(updates)):
        sums = dict.fromkeys(("xx", "yy", "xy", "still", "wobble"), 0)
        for place in np.ndindex(shape) if t else ():
            xs, ys = (each[max(0, t - 2) : t + 1, *place].tolist() for each in clips)
            (x1, x), (y1, y) = xs[-2:], ys[-2:]
            sums["xx"] += (x - xs[0]) ** 2
            sums["yy"] += (y - ys[0]) ** 2
            sums["xy"] += (x - xs[0]) * (y - ys[0])
            if t > 1 and len(set(xs)) == 1:
                sums["still"] += 1
                sums["wobble"] += min(abs(y - y1), abs(y1 - ys[0])) if (y - y1) * (y1 - ys[0]) < 0 else 0
            if x != x1:
                ghosts.discard(place)
                if abs(x - x1) >= GHOST_STEP and 3 * abs(y - x1) <= abs(y - x):
                    ghosts.add(place)
            elif 3 * abs(y - y1) > abs(y - x):
                ghosts.discard(place)
        yield Change(shape[0] * shape[1], **sums, ghosts=len(ghosts))


@given(seeds, st.integers(1, 9), st.integers(1, 9))
def test_sums_are_those_of_the_definition(seed: int, height: int, width: int) -> None:
    updates = clip(seed, height, width)
    assert changes(updates) == list(by_definition(updates))


@given(seeds, sides, sides)
def test_boxes_change_nothing(seed: int, height: int, width: int) -> None:
    updates = clip(seed, height, width)
    assert changes(updates) == changes(updates, boxes=False)


@needs_native
@given(seeds, sides, sides)
def test_numpy_computes_the_same(seed: int, height: int, width: int) -> None:
    updates = clip(seed, height, width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(change, "NATIVE", None)
        twin = changes(updates)
    assert changes(updates) == twin


def test_the_clips_of_these_tests_have_something_of_everything() -> None:
    sums = np.array([[astuple(each) for each in changes(clip(seed, 20, 20))[2:]] for seed in range(20)])
    assert (sums.sum(axis=(0, 1)) != 0).all()
    assert (np.diff(sums[..., -1]) < 0).any()


def row(*values: int) -> Plane:
    return np.array([values], np.uint8)


def test_sums_of_one_step_by_hand() -> None:
    history = History(1, 3)
    assert history.update(row(10, 20, 30), row(0, 0, 0), None) == Change(3)
    assert history.update(row(13, 20, 0), row(5, 2, 40), None) == Change(3, 9 + 900, 25 + 4 + 1600, 15 - 1200, ghosts=1)


def test_wobble_is_what_turns_back_where_the_original_is_still() -> None:
    history = History(1, 3)
    for x, y in ((row(5, 5, 5), row(0, 10, 0)), (row(5, 5, 9), row(3, 20, 0))):
        history.update(x, y, None)
    found = history.update(row(5, 5, 9), row(6, 13, 200), None)  # a drift, a flash, a change of the original
    assert (found.still, found.wobble) == (2, 7)
    assert history.update(row(5, 5, 9), row(6, 13, 200), NOTHING).wobble == 0


def test_a_change_that_comes_late_is_the_same_from_then_on() -> None:
    history = History(1, 2)
    for x, y in ((row(5, 5), row(6, 6)), (row(90, 5), row(6, 6))):
        found = history.update(x, y, None)
    assert (found.xx, found.yy, found.xy) == (85**2, 0, 0)
    found = history.update(row(90, 5), row(91, 6), None)
    assert (found.xx, found.yy, found.xy) == (85**2, 85**2, 85**2)
    assert history.update(row(90, 70), row(91, 6), None).wobble == 0


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        ([0, 100], [0, 0], [0, 1]),
        ([0, 100], [0, 25], [0, 1]),
        ([0, 100], [0, 26], [0, 0]),
        ([0, 100], [0, 100], [0, 0]),
        ([100, 100 - GHOST_STEP], [100, 100], [0, 1]),
        ([100, 101 - GHOST_STEP], [100, 100], [0, 0]),
        ([0, 100, 100, 100], [0, 0, 0, 0], [0, 1, 1, 1]),
        ([0, 100, 100, 100], [0, 0, 100, 0], [0, 1, 0, 0]),
        ([0, 100, 100, 100], [0, 0, 9, 9], [0, 1, 1, 1]),
        ([0, 100, 0], [0, 0, 0], [0, 1, 0]),
        ([0, 100, 101], [0, 0, 0], [0, 1, 0]),
        ([0, 100, 200], [0, 0, 100], [0, 1, 1]),
    ],
)
def test_a_left_over_is_a_ghost(x: list[int], y: list[int], expected: list[int]) -> None:
    history = History(1, 1)
    assert [history.update(row(a), row(b), None).ghosts for a, b in zip(x, y, strict=True)] == expected


def test_the_caller_may_write_on_what_it_gave() -> None:
    updates = clip(3, 20, 30)
    x, y, history = updates[0][0].copy(), updates[0][1].copy(), History(20, 30)
    found = []
    for new_x, new_y, box in updates:
        x[:], y[:] = new_x, new_y
        found.append(history.update(x, y, box))
    assert found == changes(updates)


def test_a_copy_goes_its_own_way() -> None:
    updates, history = clip(4, 20, 30), History(20, 30)
    for update in updates[:4]:
        history.update(*update)
    other = history.copy()
    for _, y, _ in updates[4:]:
        other.update(y, y, None)
    assert [history.update(*update) for update in updates[4:]] == changes(updates)[4:]


def test_long_rows_of_the_largest_changes_do_not_overflow() -> None:
    black, white = np.zeros((2, 70000), np.uint8), np.full((2, 70000), 255, np.uint8)
    most = 255**2 * black.size
    found = changes([(black, black, NOTHING), (white, black, (0, 2, 0, 70000)), (white, white, (0, 2, 0, 70000))])
    assert found[1] == Change(black.size, most, 0, 0, 0, 0, black.size)
    assert found[2] == Change(black.size, most, most, most, 0, 0, 0)
    down = changes([(black, white, NOTHING), (white, black, (0, 2, 0, 70000))])
    assert down[1] == Change(black.size, most, most, -most, ghosts=black.size)


@pytest.mark.parametrize("shape", [(5, 6), (6, 5), (30,), (5, 5, 1)])
def test_planes_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    good, bad = np.zeros((5, 5), np.uint8), np.zeros(shape, np.uint8)
    for x, y in ((good, bad), (bad, good)):
        with pytest.raises(ValueError, match="is needed"):
            History(5, 5).update(x, y, None)


@pytest.fixture
def native() -> Any:
    return NATIVE or pytest.skip("the extension is not built")


def planes(*shape: int, dtype: type = np.uint8) -> npt.NDArray[Any]:
    return np.zeros(shape, dtype)


@pytest.mark.parametrize(
    ("x", "y", "kept", "error"),
    [
        (planes(5, 6), planes(5, 5), planes(5, 5, 5), ValueError),
        (planes(5, 5), planes(6, 5), planes(5, 5, 5), ValueError),
        (planes(5, 5), planes(5, 5), planes(4, 5, 5), ValueError),
        (planes(5, 5), planes(5, 5), planes(5, 5, 6), ValueError),
        (planes(5, 5), planes(5, 5), planes(5, 25), TypeError),
        (planes(25), planes(5, 5), planes(5, 5, 5), TypeError),
        (planes(5, 5, dtype=np.int16), planes(5, 5), planes(5, 5, 5), TypeError),
        (planes(5, 5), planes(5, 5, dtype=np.int32), planes(5, 5, 5), TypeError),
        (planes(5, 5), planes(5, 5), planes(5, 5, 5, dtype=np.int64), TypeError),
        (planes(5, 5), planes(5, 10)[:, ::2], planes(5, 5, 5), ValueError),
    ],
)
def test_the_extension_refuses_planes_that_do_not_fit(
    native: Any, x: Plane, y: Plane, kept: Plane, error: type[Exception]
) -> None:
    with pytest.raises(error):
        native.change_step(x, y, kept, NOTHING, NOTHING, GHOST_STEP)


@pytest.mark.parametrize(
    ("box", "error"),
    [
        ((0, 6, 0, 5), ValueError),
        ((0, 5, 0, 6), ValueError),
        ((-1, 5, 0, 5), ValueError),
        ((0, 5, -1, 5), ValueError),
        ((3, 2, 0, 5), ValueError),
        ((0, 5, 3, 2), ValueError),
        ((0, 2**80, 0, 5), OverflowError),
        ((0, 5, 0), TypeError),
        ([0, 5, 0, 5], TypeError),
        (None, TypeError),
    ],
)
def test_the_extension_refuses_boxes_that_do_not_fit(native: Any, box: Any, error: type[Exception]) -> None:
    x, y, kept = planes(5, 5), planes(5, 5), planes(5, 5, 5)
    with pytest.raises(error):
        native.change_step(x, y, kept, box, NOTHING, GHOST_STEP)
    with pytest.raises(error):
        native.change_step(x, y, kept, NOTHING, box, GHOST_STEP)
    with pytest.raises(error):
        native.change_integrate(x, y, box, 0, 1, kept[:2], planes(5, 5, 5, dtype=np.int32))


@needs_native
@given(seeds, sides, sides, st.integers(1, 20) | st.just(128))
def test_numpy_integrates_the_same(seed: int, height: int, width: int, shrink: int) -> None:
    shape = -(-height // shrink), -(-width // shrink)
    kept = [(planes(2, *shape), planes(5, *shape, dtype=np.int32)) for _ in range(2)]
    for ms, (x, y, box) in enumerate(clip(seed, height, width)):
        integrate(x, y, box, ms * 9000, shrink, *kept[0])
        change.integrate_numpy(x, y, box, ms * 9000, shrink, *kept[1])
    assert all(np.array_equal(one, other) for one, other in zip(*kept, strict=True))


def test_cells_are_rounded_means_and_integrals_get_what_changed() -> None:
    x = np.array([[128, 129, 130], [128, 129, 131], [0, 1, 255]], np.uint8)
    cells, sums = np.full((2, 2, 2), 128, np.uint8), planes(5, 2, 2, dtype=np.int32)
    integrate(x, np.full_like(x, 130), (0, 3, 0, 3), 10, 2, cells, sums)
    assert cells.tolist() == [[[129, 131], [1, 255]], [[130, 130], [130, 130]]]
    assert sums.tolist() == [
        [[-10, -30], [1270, -1270]],
        [[-20, -20], [-20, -20]],
        [[-10, -90], [-161290, -161290]],
        [[-40, -40], [-40, -40]],
        [[-20, -60], [2540, -2540]],
    ]


@pytest.mark.parametrize(
    ("ms", "shrink", "cells", "sums", "error"),
    [
        (0, 2, (2, 2, 3), (5, 3, 3), ValueError),
        (0, 2, (1, 3, 3), (5, 3, 3), ValueError),
        (0, 2, (2, 3, 3), (5, 3, 2), ValueError),
        (0, 2, (2, 3, 3), (4, 3, 3), ValueError),
        (0, 2, (2, 3, 3), (5, 9), TypeError),
        (0, 2, (2, 9), (5, 3, 3), TypeError),
        (0, 1, (2, 3, 3), (5, 3, 3), ValueError),
        (0, 0, (2, 3, 3), (5, 3, 3), ValueError),
        (0, 129, (2, 1, 1), (5, 1, 1), ValueError),
        (-1, 2, (2, 3, 3), (5, 3, 3), ValueError),
        (65536, 2, (2, 3, 3), (5, 3, 3), ValueError),
    ],
)
def test_the_extension_refuses_integrals_that_do_not_fit(
    native: Any, ms: int, shrink: int, cells: tuple[int, ...], sums: tuple[int, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        native.change_integrate(
            planes(5, 6), planes(5, 6), (0, 5, 0, 6), ms, shrink, planes(*cells), planes(*sums, dtype=np.int32)
        )
