"""What the colours of a picture became, by hand, and in C as in NumPy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.kernels.joint import Joint, packed
from giflab_core.kernels.matches import matches, matches_numpy
from tests.helpers.kernels import needs_native

Keys = npt.NDArray[np.uint32]


def joint(*rows: tuple[int, int, int]) -> Joint:
    mine, theirs, counts = (np.array(each) for each in zip(*rows, strict=True))
    x, y = (each.astype(np.uint32).view(np.uint8).reshape(-1, 4) for each in (mine, theirs))
    return Joint(x, y, counts.astype(np.int64))


@pytest.mark.usefixtures("either")
def test_most_of_the_pixels_count_of_all_entries_of_a_pair() -> None:
    found = matches(joint((7, 30, 4), (9, 20, 1), (7, 20, 3), (9, 50, 9), (7, 20, 3)))
    assert found.known.tolist() == [7, 9]
    assert found.others.tolist() == [20, 30, 50]
    assert found.usual.tolist() == [0, 2]


@pytest.mark.usefixtures("either")
def test_of_as_many_the_first_counts() -> None:
    assert matches(joint((7, 60, 5), (7, 40, 5), (7, 50, 5))).usual.tolist() == [0]


@pytest.mark.usefixtures("either")
def test_what_became_transparent_is_no_colour() -> None:
    found = matches(joint((0, 40, 2), (5, 0, 9), (5, 40, 1), (6, 0, 1)))
    assert found.known.tolist() == [0, 5, 6]
    assert found.others.tolist() == [40]
    assert found.usual.tolist() == [0, 0, -1]


@pytest.mark.usefixtures("either")
def test_a_picture_without_a_pixel_has_no_colours() -> None:
    found = matches(joint((5, 0, 9)))
    assert (found.known.tolist(), found.others.tolist(), found.usual.tolist()) == ([5], [], [-1])


@needs_native
@given(st.integers(0, 2**32 - 1), st.integers(1, 3000), st.sampled_from([3, 70, 2**32]))
def test_native_and_numpy_agree(seed: int, n: int, colours: int) -> None:
    chance = np.random.default_rng(seed)
    mine, theirs = (chance.integers(0, colours, n).tolist() for _ in range(2))
    given_pairs = joint(*zip(mine, theirs, chance.integers(1, 5, n).tolist(), strict=True))
    native = matches(given_pairs)
    numpy = matches_numpy(packed(given_pairs.original), packed(given_pairs.compressed), given_pairs.counts)
    for name in ("known", "others", "usual"):
        np.testing.assert_array_equal(getattr(native, name), getattr(numpy, name))
