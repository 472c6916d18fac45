"""What the tests of gates share."""

from __future__ import annotations

from tests.helpers.covering import processes_without_coverage

__all__ = ["processes_without_coverage"]
