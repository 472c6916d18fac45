"""Kinds of faults that no limit was set by."""

from __future__ import annotations

from collections.abc import Mapping

from tests.helpers.local_faults.kinds import Kind

UNUSUAL: Mapping[str, Kind] = {}
