"""What `_kernels.pyi` says of the functions in C, held against the compiled module; and what no kernel passes."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from giflab_core.kernels.extension import NATIVE
from giflab_core.kernels.joint import packed
from giflab_core.kernels.lab import LINEAR
from tests.conftest import ROOT
from tests.helpers.kernels import needs_native

STUB = ast.parse((ROOT / "giflab_core" / "kernels" / "_kernels.pyi").read_text())
DECLARED = {each.name: each.args for each in STUB.body if isinstance(each, ast.FunctionDef)}


@needs_native
def test_the_stub_names_the_functions_that_there_are() -> None:
    assert sorted(DECLARED) == [name for name in dir(NATIVE) if not name.startswith("__")]


@needs_native
@pytest.mark.parametrize("name", DECLARED)
def test_a_function_takes_as_many_arguments_as_the_stub_says(name: str) -> None:
    function, declared = getattr(NATIVE, name), DECLARED[name]
    most = len(declared.posonlyargs)
    least = most - len(declared.defaults)
    assert not declared.args
    assert not declared.kwonlyargs
    assert not [count for count in range(least, most + 1) if refuses(function, count)]
    assert not [count for count in (least - 1, most + 1) if count >= 0 and not refuses(function, count)]


def refuses(function: Callable[..., Any], count: int) -> bool:
    """Whether it says that it does not take so many arguments; of what they are it complains in other words."""
    try:
        function(*[None] * count)
    except TypeError as error:
        return "takes" in str(error)
    return False


def misaligned(dtype: str, *shape: int) -> npt.NDArray[Any]:
    """Zeros that begin one byte after where items may."""
    return np.frombuffer(bytearray(1 + np.dtype(dtype).itemsize * prod(shape)), dtype, offset=1).reshape(shape)


COLOURS, LEVELS, PLANE = np.zeros((4, 4), np.uint8), np.zeros(256), np.zeros((8, 8), np.uint8)
SINGLES = np.zeros(3, np.float32)
NOT_ALIGNED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "to read, float64": ("lab", (COLOURS, misaligned("f8", 256), np.zeros((4, 3)))),
    "to write, float64": ("lab", (COLOURS, LEVELS, misaligned("f8", 4, 3))),
    "to read, float32": ("nearness", (SINGLES, misaligned("f4", 3), SINGLES, SINGLES)),
    "to write, int32": ("ssim_update", (PLANE, PLANE, misaligned("i4", 2, 2), (0, 2, 0, 2))),
}


@needs_native
@pytest.mark.parametrize(("name", "arguments"), NOT_ALIGNED.values(), ids=NOT_ALIGNED)
def test_an_array_that_is_not_aligned_is_refused_with_one_line(name: str, arguments: tuple[Any, ...]) -> None:
    aligned = [each.copy() if isinstance(each, np.ndarray) else each for each in arguments]
    getattr(NATIVE, name)(*aligned)
    with pytest.raises(ValueError, match=r"^the array is not aligned to its items of [48] bytes: pass a copy of it$"):
        getattr(NATIVE, name)(*arguments)


def test_pixels_that_are_not_aligned_are_packed_all_the_same() -> None:
    pixels = np.frombuffer(bytes(range(33)), np.uint8, 32, offset=1).reshape(2, 4, 4)
    found = packed(pixels)
    assert found.flags.aligned
    assert found[0, 0] == int.from_bytes(bytes([1, 2, 3, 4]), sys.byteorder)


@needs_native
@pytest.mark.parametrize("value", [1e30, -1e30, np.inf, -np.inf, np.nan])
def test_cells_that_are_no_grey_levels_count_as_the_most_that_there_can_be(value: float) -> None:
    zero, one, wild = (np.array([each], np.float32) for each in (0, 1, value))
    _, _, _, to_one, to_other = NATIVE.nearness(zero, zero, wild, one)
    assert (to_one, to_other) == (256**2, 256**2)


@needs_native
@pytest.mark.parametrize(("wild", "bounded"), [(300, 1), (-5, 0), (2**31 - 1, 1), (-(2**31), 0)])
def test_means_of_tiles_that_are_no_levels_are_the_nearest_that_are(wild: int, bounded: int) -> None:
    def colour_difference(total: int) -> float:
        sums, out = np.zeros((1, 1, 18), np.int32), np.zeros(1)
        sums[0, 0, :4], sums[0, 0, 7], sums[0, 0, 9] = (total, total, total, 1), 1, 1
        NATIVE.tile_colours(sums, np.zeros(1, np.int64), 0.0, 0.0, LINEAR, out)
        return float(out[0])

    assert colour_difference(wild) == colour_difference(bounded)
