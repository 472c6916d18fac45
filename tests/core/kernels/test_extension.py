"""What `_kernels.pyi` says of the functions in C, held against the compiled module."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import pytest

from giflab_core.kernels.extension import NATIVE
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
