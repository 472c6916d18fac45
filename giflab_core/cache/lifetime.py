"""How long caches live: closed by `with` and by the end of the process, and of use in a forked one too."""

from __future__ import annotations

import atexit
import os
import sys
from abc import ABC, abstractmethod
from contextlib import ExitStack
from threading import Lock
from typing import Any, Self
from weakref import WeakSet


class Lasting(ABC):
    """What has locks, threads or files open, and is closed at the end at the latest. It may be forgotten before.

    A forked process has none of its parent's threads, and a lock that one of them held would stay held forever.
    """

    def __init__(self) -> None:
        """To be called last, when everything is there that `renew` needs."""
        with _one_fork:
            _lasting.add(self)

    def at_rest(self) -> ExitStack:
        """Nothing that must not be forked is open or going on, until the stack is closed."""
        return ExitStack()

    @abstractmethod
    def renew(self) -> None:
        """Start with new locks in a forked process, and without what could be half done."""

    @abstractmethod
    def close(self) -> None:
        """Let go of all; may be called more than once."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_lasting: WeakSet[Lasting] = WeakSet()
_one_fork = Lock()  # and nothing is opened meanwhile
_resting = ExitStack()
_at_a_childs_end: Any = None


def close_at_a_childs_end() -> None:
    """The children of multiprocessing end without `atexit`, and each forgets what its parent asked for instead."""
    global _at_a_childs_end
    util = sys.modules.get("multiprocessing.util")
    if util and not (_at_a_childs_end and _at_a_childs_end.still_active()):
        _at_a_childs_end = util.Finalize(None, _close_all, exitpriority=0)


def _close_all() -> None:
    with _one_fork:
        open_still = list(_lasting)
    for each in open_still:
        each.close()


def _before_fork() -> None:
    _one_fork.acquire()
    for each in list(_lasting):
        _resting.push(each.at_rest())


def _after_fork() -> None:
    _resting.close()
    _one_fork.release()


def _after_fork_in_child() -> None:
    for each in list(_lasting):
        each.renew()
    _after_fork()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork_in_child)
