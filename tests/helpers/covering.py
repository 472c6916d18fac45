"""Which of the processes that tests start are measured by coverage."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def processes_without_coverage(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Coverage takes a process half as long again, so only tests marked `covered` have theirs measured."""
    if not request.node.get_closest_marker("covered"):
        for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_FILE"):  # what they measure of their own stays theirs
            monkeypatch.delenv(name, raising=False)
