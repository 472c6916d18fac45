"""Fixtures of the tests of the core."""

from __future__ import annotations

import pytest

from giflab_core.frames import index
from tests.helpers.kernels import needs_native, use_twins


@pytest.fixture(params=[pytest.param("C", marks=needs_native), "NumPy"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels in C, then in NumPy."""
    if request.param == "NumPy":
        use_twins(monkeypatch)


@pytest.fixture
def store_always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small clips are decoded faster than files are read, but tests are to see files."""
    monkeypatch.setattr(index, "WORTH_SHARE", 1e9)
    monkeypatch.setattr(index, "BEARABLE_SHARE", 1e9)
    monkeypatch.setattr(index, "LEAST_SAVED_S", -1e9)
