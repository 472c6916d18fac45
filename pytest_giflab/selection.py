"""Which benchmarks a run was asked to have: what is not among them is not missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pytest_giflab.model import Benchmark

# By these the session leaves out what another process of the same call has: what they go by is on this machine alone.
BY_STATE = re.compile(r"--(lf|last-failed|sw|stepwise|(sw|stepwise)-(skip|reset)|testmon|picked|splits)(=|\Z)")
# By these it leaves out the same tests in every process.
BY_NAME = ("-k", "-m", "--deselect", "--ignore")


def is_narrowed(words: Sequence[str]) -> bool:
    """Whether words of a command line let the session leave out tests that another process of the same call has."""
    return any(BY_STATE.match(each) for each in words)


def picks_some(words: Sequence[str]) -> bool:
    """Whether words of a command line, and not the configuration, pick tests in whichever way, or name one."""
    return is_narrowed(words) or any(each.startswith(BY_NAME) or "::" in each for each in words)


@dataclass(frozen=True, slots=True)
class Selection:
    """What pytest was told to run: its positional `arguments`, from `folder`, less what was `deselected` by node id.

    `named` are those of the arguments that somebody typed; none if the configuration says what to run. `collected` are
    the files that pytest looked into: others were ignored, or left out by a plugin. `is_narrowed`: the call itself lets
    the session leave out what other processes of the same call have.
    """

    root: Path
    folder: Path
    arguments: tuple[str, ...]
    deselected: frozenset[str]
    collected: frozenset[str]
    named: tuple[str, ...] = ()
    is_narrowed: bool = False

    def __call__(self, benchmark: Benchmark) -> bool:
        """Whether a benchmark of this id and file would be in the run if it existed."""
        looked_into = benchmark.file in self.collected or not (self.root / benchmark.file).exists()
        covered = any(self._covers(each, benchmark) for each in self.arguments)
        return looked_into and covered and benchmark.id not in self.deselected

    def is_named(self, benchmark: Benchmark) -> bool:
        """Whether the call asks for it, whatever the configuration leaves out."""
        return not self.named or any(self._covers(each, benchmark) for each in self.named)

    def _covers(self, argument: str, benchmark: Benchmark) -> bool:
        path, _, names = argument.partition("::")
        named, file = (self.folder / path).resolve(), (self.root / benchmark.file).resolve()
        if named != file and named not in file.parents:
            return False
        inside = benchmark.id.partition("::")[2]
        return not names or inside == names or inside.startswith((f"{names}::", f"{names}["))
