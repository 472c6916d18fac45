"""Tests against other libraries are not even imported unless they are asked for: importing torch takes seconds."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_test = collection_path.name.startswith("test_")
    return True if is_test and config.getoption("markexpr") != "peers" else None
