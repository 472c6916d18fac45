"""Fixtures of the tests of the core."""

from __future__ import annotations

import pytest

from tests.kernels import needs_native, use_twins


@pytest.fixture(params=[pytest.param("C", marks=needs_native), "NumPy"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels in C, then in NumPy."""
    if request.param == "NumPy":
        use_twins(monkeypatch)
