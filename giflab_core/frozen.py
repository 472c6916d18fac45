"""What frozen values are made of: dataclasses that take a fraction of the time to make, and a dictionary.

A user waits for each class that a command loads. `dataclasses` compiles six methods of each when it is defined, and
loads `inspect` to do so. Here `__init__` is compiled when it is first called, the others are the same few functions
for all classes, and what only the library reads it makes itself, when somebody asks for it: to `fields()`, `asdict()`,
`replace()`, pickle and subclasses these are what it would have made.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from giflab_core.lazy import load

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dictionary that refuses to change.

    It equals a `dict` of the same items, pickles and copies as what it is, and is hashable if its values are. A
    `types.MappingProxyType` is none of that. It is a `dict`, so that `dataclasses.asdict` and `json` look into it.
    """

    __slots__ = ()

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type[FrozenDict[K, V]], tuple[dict[K, V]]]:
        # What pickle does with a dictionary by itself sets the items one by one.
        return type(self), (dict(self),)

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} cannot change; make a dict of it first")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


def freeze(value: object, *names: str) -> None:
    """Put a FrozenDict in the place of each mapping of these names: the end of a frozen dataclass's making."""
    for name in names:
        object.__setattr__(value, name, FrozenDict(getattr(value, name)))


class _Told:
    """What `field()` was told of a field."""

    __slots__ = ("words",)

    def __init__(self, **words: Any) -> None:
        self.words = words


class _Ungiven:
    """Stands for a default that is made anew each time."""

    def __repr__(self) -> str:
        return "<factory>"


class _Late:
    """An attribute of a class that is made when it is first looked at, and then stands in this one's place."""

    __slots__ = ("_make", "_name", "_owner")

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner, self._name = owner, name

    def __get__(self, value: object, kind: type) -> Any:
        made = self._make(self._owner)
        setattr(self._owner, self._name, made)
        return made.__get__(value, kind) if hasattr(made, "__get__") else made


def _dataclass(*, frozen: bool, slots: bool, eq: bool = True) -> Callable[[type[T]], type[T]]:
    """As `dataclasses.dataclass()`, of a class that inherits no fields."""
    if not (frozen and slots):
        raise TypeError("values are frozen and slotted")
    return lambda kind: _made(kind, eq=eq)


def _made(kind: type[T], *, eq: bool) -> type[T]:
    names = tuple(kind.__annotations__)
    body = {name: each for name, each in vars(kind).items() if name not in ("__dict__", "__weakref__")}
    words = {name: body.pop(name) for name in names if name in body}
    words = {name: each.words if isinstance(each, _Told) else {"default": each} for name, each in words.items()}

    def twin(made: type) -> Any:
        return _twin(made, words, eq=eq)

    added: dict[str, Any] = {
        "__init__": _Late(lambda made: _init(made, words)),
        "__repr__": _repr,
        "__setattr__": _refuse_to_set,
        "__delattr__": _refuse_to_delete,
        "__getstate__": _state,
        "__setstate__": _set_state,
        "__replace__": _replace,
        "__match_args__": names,
        "__dataclass_fields__": _Late(lambda made: twin(made).__dataclass_fields__),
        "__dataclass_params__": _Late(lambda made: twin(made).__dataclass_params__),
    }
    if eq:
        content = _contents(tuple(name for name in names if words.get(name, {}).get("compare", True)))
        added |= {"__eq__": _equal(content), "__hash__": lambda value: hash(content(value))}
    body = {**added, **body, "__slots__": names, "__qualname__": kind.__qualname__}
    metaclass: Any = type(kind)
    return cast("type[T]", metaclass(kind.__name__, kind.__bases__, body))


def _twin(made: type, words: dict[str, dict[str, Any]], *, eq: bool) -> Any:
    """The same fields in a class as the library makes it."""
    field, dataclass = load("dataclasses", "field"), load("dataclasses", "dataclass")
    body = {name: field(**each) for name, each in words.items()}
    twin = type(made.__name__, (), {**body, "__annotations__": made.__annotations__, "__module__": made.__module__})
    return dataclass(frozen=True, slots=True, eq=eq)(twin)


def _init(made: Any, words: dict[str, dict[str, Any]]) -> Callable[..., None]:
    """The `__init__` of a class, with `words` of each field that has a default or was told something."""
    scope: dict[str, Any] = {"ungiven": _Ungiven()}
    arguments, lines = ["self"], []
    for name in made.__slots__:
        told, value = words.get(name, {}), name
        if "default" in told:
            scope[f"default_{name}"] = told["default"]
            arguments.append(f"{name}=default_{name}")
        elif "default_factory" in told:
            scope[f"make_{name}"] = told["default_factory"]
            arguments.append(f"{name}=ungiven")
            value = f"make_{name}() if {name} is ungiven else {name}"
        else:
            arguments.append(name)
        scope[f"set_{name}"] = vars(made)[name].__set__
        lines.append(f" set_{name}(self, {value})")
    if hasattr(made, "__post_init__"):
        lines.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(arguments)}):\n" + "\n".join(lines or [" pass"]), scope)  # noqa: S102 - names only
    init: Callable[..., None] = scope["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    init.__annotations__ = {**made.__annotations__, "return": None}
    return init


def _contents(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the values of some fields: of one field alone a tuple too, which `attrgetter` does not give."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _equal(content: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, object], bool]:
    def equal(value: object, other: object) -> bool:
        return content(value) == content(other) if other.__class__ is value.__class__ else NotImplemented

    return equal


def _repr(value: Any) -> str:
    fields = value.__dataclass_fields__.values()
    shown = ", ".join(f"{each.name}={getattr(value, each.name)!r}" for each in fields if each.repr)
    return f"{type(value).__qualname__}({shown})"


def _refuse_to_set(value: object, name: str, _: object) -> NoReturn:
    raise load("dataclasses", "FrozenInstanceError")(f"cannot assign to field {name!r}")


def _refuse_to_delete(value: object, name: str) -> NoReturn:
    raise load("dataclasses", "FrozenInstanceError")(f"cannot delete field {name!r}")


def _state(value: Any) -> list[Any]:
    return [getattr(value, name) for name in value.__match_args__]


def _set_state(value: Any, state: list[Any]) -> None:
    for name, each in zip(value.__match_args__, state, strict=True):
        object.__setattr__(value, name, each)


def _replace(value: Any, /, **changes: Any) -> Any:
    """Another value of the kind, in which some fields are others."""
    return type(value)(**{name: getattr(value, name) for name in value.__match_args__} | changes)


def _astuple(value: Any) -> tuple[Any, ...]:
    """The values of the fields in order, and of fields that are such values themselves the same."""
    return tuple(_astuple(each) if _is_value(each) else each for each in _state(value))


def _is_value(each: Any) -> bool:
    return getattr(type(each), "__setattr__", None) is _refuse_to_set


if TYPE_CHECKING:
    from dataclasses import astuple as astuple
    from dataclasses import dataclass as dataclass
    from dataclasses import field as field
    from dataclasses import replace as replace
else:
    astuple, dataclass, field, replace = _astuple, _dataclass, _Told, _replace
