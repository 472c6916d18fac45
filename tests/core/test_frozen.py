"""Values that are cheap to make are to others what the standard library makes of the same class."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys

import pytest

from giflab_core import frozen
from giflab_core.model import Check, Region


class Fields:
    """A class as it is written, before anything is made of it."""

    name: str
    size: float = 1.5
    seen: tuple[str, ...] = ()

    @property
    def long(self) -> bool:
        return len(self.name) > 3

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name.strip())


def made(maker: object) -> type:
    kind = type(
        "Fields",
        (),
        {
            **{name: each for name, each in vars(Fields).items() if name not in ("__dict__", "__weakref__")},
            "extra": maker.field(default_factory=dict, compare=False, repr=False),  # type: ignore[attr-defined]
            "__annotations__": {**Fields.__annotations__, "extra": "dict[str, int]"},
        },
    )
    return maker.dataclass(frozen=True, slots=True)(kind)  # type: ignore[attr-defined, no-any-return]


OURS, LIBRARYS = made(frozen), made(dataclasses)
CALLS = [("a",), (" abcd ", 2.0), ("a", 2, ("b",), {"c": 1})]


@pytest.mark.parametrize("arguments", CALLS)
def test_a_value_reads_as_that_of_the_library(arguments: tuple[object, ...]) -> None:
    ours, librarys = OURS(*arguments), LIBRARYS(*arguments)
    assert repr(ours) == repr(librarys)
    assert dataclasses.asdict(ours) == dataclasses.asdict(librarys)
    assert dataclasses.astuple(ours) == dataclasses.astuple(librarys) == frozen.astuple(ours)
    assert hash(ours) == hash(librarys)
    assert ours.long == librarys.long


@pytest.mark.parametrize("arguments", [(), ("a", 1, (), {}, 5)])
def test_a_wrong_call_says_what_that_of_the_library_says(arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError) as ours:
        OURS(*arguments)
    with pytest.raises(TypeError) as librarys:
        LIBRARYS(*arguments)
    assert str(ours.value) == str(librarys.value)


def test_a_class_reads_as_that_of_the_library() -> None:
    assert str(inspect.signature(made(frozen))) == str(inspect.signature(LIBRARYS))  # of one that was never called
    assert str(inspect.signature(OURS)) == str(inspect.signature(LIBRARYS))
    told = ("name", "type", "default", "repr", "compare", "init")
    ours, librarys = (
        [[getattr(field, name) for name in told] for field in dataclasses.fields(kind)] for kind in (OURS, LIBRARYS)
    )
    assert ours == librarys
    assert OURS.__match_args__ == LIBRARYS.__match_args__  # type: ignore[attr-defined]
    assert repr(OURS.__dataclass_params__) == repr(LIBRARYS.__dataclass_params__)  # type: ignore[attr-defined]


def test_what_is_not_to_be_compared_makes_no_value_another_one() -> None:
    assert OURS("a", extra={"b": 1}) == OURS("a")
    assert OURS("a") != OURS("b")
    assert OURS("a") != LIBRARYS("a")


def test_each_value_has_a_default_of_its_own() -> None:
    assert OURS("a").extra is not OURS("a").extra


@pytest.mark.parametrize("replace", [frozen.replace, dataclasses.replace])
def test_a_field_is_replaced_in_another_value(replace: object) -> None:
    assert replace(OURS("a", 2), name="b") == OURS("b", 2)  # type: ignore[operator]
    with pytest.raises(TypeError, match="none"):
        replace(OURS("a"), none=1)  # type: ignore[operator]


def test_values_within_values_become_tuples_too() -> None:
    check = Check("a", "pass", region=Region(1, 2, 3, 4))
    assert frozen.astuple(check) == dataclasses.astuple(check)


def test_a_value_neither_changes_nor_loses_a_field() -> None:
    value = OURS("a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="assign to field 'name'"):
        value.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError, match="delete field 'name'"):
        del value.name


def test_a_class_of_the_library_may_build_on_one() -> None:
    @dataclasses.dataclass(frozen=True)
    class Numbered(Region):
        number: int = 0

    assert Numbered(1, 2, 3, 4, number=5).area == 12
    assert [field.name for field in dataclasses.fields(Numbered)] == ["x", "y", "width", "height", "number"]
    assert copy.copy(Numbered(1, 2, 3, 4)) == Numbered(1, 2, 3, 4)


def test_what_was_never_made_here_is_unpickled() -> None:
    """Nothing of a class has been looked at in a fresh process."""
    data = pickle.dumps(Region(1, 2, 3, 4))
    code = f"import pickle; print(pickle.loads({data!r}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "Region(x=1, y=2, width=3, height=4)\n"


@pytest.mark.parametrize("words", [{"frozen": False, "slots": True}, {"frozen": True, "slots": False}])
def test_nothing_else_is_made(words: dict[str, bool]) -> None:
    with pytest.raises(TypeError, match="frozen and slotted"):
        frozen.dataclass(**words)
