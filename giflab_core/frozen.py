"""A mapping that cannot change, for values that hold one."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

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
