"""Where the shared files are, and what to do when they are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Time is measured in benchmarks; on a busy machine a deadline fails tests that are right.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")

ROOT = Path(__file__).parent.parent
SHARED = Path(os.environ.get("GIFLAB_SHARED", ROOT.parent / "shared"))
REQUIRE_ALL = os.environ.get("GIFLAB_REQUIRE_ALL") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if SHARED.is_dir() or REQUIRE_ALL:
        return
    skip = pytest.mark.skip(reason=f"no shared files in {SHARED}; set GIFLAB_SHARED")
    for item in items:
        if item.get_closest_marker("corpus"):
            item.add_marker(skip)
