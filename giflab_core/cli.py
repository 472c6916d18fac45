"""The command `giflab`: arguments in, exit code out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager, nullcontext
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import giflab_core
from giflab_core import demo, errors, lazy, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from giflab_core.scoring import Progress

PASSED, FAILED, WRONG_USAGE, UNREADABLE, INTERRUPTED = 0, 1, 2, 3, 130

EXIT_CODES = """\
exit code: 0 pass (warnings are printed), 1 the verdict is fail, 2 wrong usage, 3 an input cannot be read
"""
