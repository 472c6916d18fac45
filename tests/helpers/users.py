"""Do something as another user of this machine, which only root can."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

OTHER = 12345
needs_root = pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="becomes another user")


def as_another_user(act: Callable[[], object]) -> None:
    """Run `act` in a child that is not root; AssertionError if it raises."""
    child = os.fork()
    if not child:
        status = 1
        try:
            os.setgroups([])
            os.setgid(OTHER)
            os.setuid(OTHER)
            act()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
