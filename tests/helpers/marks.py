"""Marks for tests that not every system can run, each with the reason that is printed."""

from __future__ import annotations

import sys

import pytest

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="uses what only Linux has, such as /proc")
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="uses paths, links, modes or messages of POSIX")
needs_pinning = pytest.mark.skipif(
    sys.platform != "linux", reason="expects a verdict that is certain only where processes are pinned to a processor"
)
