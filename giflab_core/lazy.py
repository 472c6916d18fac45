"""The only door to heavy and optional libraries, and to this package's own modules before they are needed."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from giflab_core.errors import LibraryMissing


class Library(NamedTuple):
    """A library the package uses: what it is installed as, and what for."""

    distribution: str
    purpose: str


LIBRARIES = (
    Library("numpy", "frames, metrics"),
    Library("pillow", "decoding, resizing"),
    Library("rich", "terminal output"),
    Library("PyGithub", "giflab-gate comment (extra github)"),
)


def installed_version(library: Library) -> str | None:
    """The installed version, without importing the library; None where it is absent."""
    from importlib.metadata import PackageNotFoundError, version  # costs 15 ms, needed by one command only

    try:
        return version(library.distribution)
    except PackageNotFoundError:
        return None


def load(module: str, name: str) -> Any:
    """The object of this name in a module that is loaded now."""
    return getattr(import_module(module), name)


def available(module: str) -> ModuleType | None:
    """A module, or None where it, or what it needs, cannot be loaded."""
    try:
        return import_module(module)
    except ImportError:
        return None


def optional(module: str, extra: str) -> ModuleType:
    """A module of an optional library; raises LibraryMissing, which names the extra of this package that has it."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise LibraryMissing(
            f"this needs {error.name}; install it with: pip install 'pytest-giflab[{extra}]'"
        ) from error


def exports(package: str, modules: Mapping[str, Sequence[str]], *, distribution: str | None = None) -> None:
    """Give a package, while it is imported, the `__getattr__` and `__dir__` (PEP 562) of names that load on first use.

    `modules` maps each module below `package` to the public names that it defines. `distribution`: what `__version__`
    is the version of, if the package has one.
    """
    places = {name: f"{package}.{module}" for module, names in modules.items() for name in names}
    own = ["__version__"] if distribution else []

    def get(name: str) -> Any:
        if distribution and name == "__version__":
            return installed_version(Library(distribution, "")) or "unknown"
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = places[name]
        try:
            found = import_module(module)
        except (AttributeError, ImportError) as error:
            # An AttributeError would say that there is no such name, and hide what is wrong inside of the module.
            raise ImportError(f"cannot load {module}: {error}") from error
        return getattr(found, name)

    # Not by assignments there: type checkers would take any name for one that such a `__getattr__` may give.
    vars(sys.modules[package]).update(__getattr__=get, __dir__=lambda: sorted([*places, *own]))
