"""Programs that tests start: skipped where one is absent, failed where all are required."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from tests.conftest import REQUIRE_ALL


def require_tool(name: str) -> str:
    """The path of a program: that of this environment, else that on PATH."""
    places = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    found = shutil.which(name, path=os.pathsep.join(places))
    return found or miss(f"{name} is not installed")


def require_any(names: Sequence[str]) -> str:
    """The path of the first of these programs that is on PATH."""
    return next(filter(None, map(shutil.which, names)), None) or miss(f"none of {', '.join(names)} is installed")


def miss(reason: str) -> NoReturn:
    """Skip the test, or fail it where everything is required."""
    if REQUIRE_ALL:
        pytest.fail(f"GIFLAB_REQUIRE_ALL is set and {reason}")
    pytest.skip(reason)


def require_node_module(name: str) -> Path:
    """The folder of a package that `make test` installs with npm, beside this environment or the one it is in."""
    places = [Path(sys.prefix), *Path(sys.prefix).parents]
    found = next((path for each in places if (path := each / "node" / "node_modules" / name).is_dir()), None)
    return found or miss(f"the npm package {name} is not installed (make test installs it where npm is)")
