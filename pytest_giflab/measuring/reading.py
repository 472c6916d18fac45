"""Read values out of parsed JSON, by the annotations of their dataclasses."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from pytest_giflab.errors import DecisionError, MeasurementError

Reader: TypeAlias = Callable[[Any, str], Any]
"""From a part of a document and its name to a value; raises MeasurementError if it is not one."""


def reader_of(kind: Any) -> Reader:
    """What reads a value of this type.

    `kind`: a dataclass, a tuple or a mapping of any length, a literal, one of JSON's own types, or one of all these
    or None. Raises TypeError for another.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return _of_dataclass(kind)
    if origin is tuple and inner[1:] == (...,):
        return _of_tuple(reader_of(inner[0]))
    if origin in (Mapping, dict):
        return _of_mapping(reader_of(inner[1]))
    if origin is Literal:
        return _of_choice(inner)
    if origin in (Union, types.UnionType) and type(None) in inner and len(inner) == 2:
        return _or_none(reader_of(next(each for each in inner if each is not type(None))))
    if kind is Any:
        return lambda value, _: value
    if kind in (bool, float, int, str):
        return _of_scalar(kind)
    raise TypeError(f"{kind} cannot be read from JSON")


def _of_dataclass(kind: type[Any]) -> Reader:
    hints = get_type_hints(kind)
    readers = {each.name: reader_of(hints[each.name]) for each in fields(kind)}
    needed = {each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING}

    def read(value: Any, name: str) -> Any:
        if not isinstance(value, dict):
            raise MeasurementError(f"a message is wrong: {name} is not an object")
        missing, unknown = needed - set(value), set(value) - set(readers)
        if missing or unknown:
            what = f"lacks {min(missing)}" if missing else "has an unknown field"
            raise MeasurementError(f"a message is wrong: {name} {what}", repr(min(unknown)[:40]) if unknown else "")
        given = {field: readers[field](each, f"{name}.{field}") for field, each in value.items()}
        try:
            return kind(**given)
        except DecisionError as error:  # thresholds that make no sense
            raise MeasurementError(f"a message is wrong: {name}: {error}") from error

    return read


def _of_tuple(inner: Reader) -> Reader:
    def read(value: Any, name: str) -> Any:
        if not isinstance(value, list):
            raise MeasurementError(f"a message is wrong: {name} is not a list")
        return tuple([inner(each, name) for each in value])

    return read


def _of_mapping(inner: Reader) -> Reader:
    def read(value: Any, name: str) -> Any:
        if not isinstance(value, dict):
            raise MeasurementError(f"a message is wrong: {name} is not an object")
        return {key: inner(each, name) for key, each in value.items()}

    return read


def _of_choice(choices: tuple[Any, ...]) -> Reader:
    def read(value: Any, name: str) -> Any:
        if not isinstance(value, str) or value not in choices:
            raise MeasurementError(f"a message is wrong: {name} is not one of {', '.join(choices)}")
        return value

    return read


def _or_none(inner: Reader) -> Reader:
    return lambda value, name: None if value is None else inner(value, name)


def _of_scalar(kind: type) -> Reader:
    # JSON writes whole floats without a point; and to Python a bool is an int.
    kinds = {kind, int} if kind is float else {kind}

    def read(value: Any, name: str) -> Any:
        if type(value) not in kinds:
            raise MeasurementError(f"a message is wrong: {name} is not of type {kind.__name__}")
        return value

    return read
