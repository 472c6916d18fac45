"""What the tests of duets share."""

from __future__ import annotations

import pytest


@pytest.fixture
def without_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processes that a test starts are not measured by coverage, which takes them half as long again.

    For tests that run the same code as others do.
    """
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
