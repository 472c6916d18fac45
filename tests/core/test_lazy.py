"""Importing the package costs next to nothing."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from types import ModuleType

import pytest

import giflab_core
import giflab_core.decoding
import giflab_core.report


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_the_package_loads_no_third_party_module() -> None:
    code = """
import sys
before = set(sys.modules)
import giflab_core
roots = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(roots - set(sys.stdlib_module_names)))
"""
    assert python(code) == "['giflab_core']"


@pytest.mark.parametrize("package", [giflab_core, giflab_core.decoding, giflab_core.report])
def test_no_lazy_name_is_that_of_a_module(package: ModuleType) -> None:
    # Importing `package.name` would put the module in the place of what the name stood for.
    assert not set(dir(package)) & {module.name for module in pkgutil.iter_modules(package.__path__)}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'giflab_core' has no attribute 'nope'"):
        giflab_core.nope  # type: ignore[attr-defined]  # noqa: B018
