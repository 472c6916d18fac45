"""Work whose CPU time is known."""

from __future__ import annotations

import time


def spin(seconds: float) -> str:
    """Use so many seconds of this thread's CPU time."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
    return "done"
