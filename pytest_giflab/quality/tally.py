"""Which approved names a session used, and what became of each; told at its end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING, Any

import pytest

from giflab_core import lazy
from giflab_core.errors import GiflabError, UsageError
from giflab_core.text import counted, printable
from pytest_giflab.quality.approved import ApprovedStore
from pytest_giflab.quality.asking import APPROVED, USED, is_updating

if TYPE_CHECKING:
    from giflab_core import Cache

NAME, OUTPUT = "giflab-quality", "giflab_quality"
DIGESTS = f"{OUTPUT}_digests"
# In this order; what is the same as before is only counted.
CHANGES = ("new", "changed", "same")
# What becomes of a name in several tests: the most of it counts. "asked": a test is about to hold a GIF against it.
WEIGHTS = {"asked": 0, "same": 1, "new": 2, "changed": 2}


class Tally:
    """The hooks of a session in which GIFs are validated, registered with the first; the user's cache is open in it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._stack = ExitStack()
        self._cache: Cache | None = None
        self._is_open = False
        # By name, of the original and of the compressed GIF.
        self._digests: dict[str, list[str]] = {}
        # What a process of pytest-xdist is to have approved: its session knows what the others found.
        self._pending: dict[str, dict[str, Any]] = {}
        self._errors: dict[str, str] = {}
        # By name what became of it, with words for that.
        self.found: dict[str, tuple[str, str]] = {}
        self.notes: list[str] = []

    @classmethod
    def of(cls, config: pytest.Config) -> Tally:
        """That of the session."""
        known: Tally | None = config.pluginmanager.get_plugin(NAME)
        if known is None:
            known = cls(config)
            config.pluginmanager.register(known, NAME)
        return known

    def cache(self) -> Cache | None:
        """The user's cache of results, if it can be used: what was validated before is not validated again."""
        if not self._is_open:
            self._is_open = True
            with suppress(GiflabError):
                self._cache = self._stack.enter_context(closing(lazy.load("giflab_core", "open_cache")()))
        return self._cache

    def use(self, name: str, digests: list[str]) -> None:
        """Note that a name is used for an original and a GIF; raises UsageError if it is used for others too."""
        if self._digests.setdefault(name, digests) != digests:
            raise UsageError(f"baseline={name!r} is used for two GIFs of this run; give each a name of its own")

    def note(self, name: str, change: str, words: str = "") -> None:
        """What became of a name, one of `WEIGHTS`."""
        self._config.stash[USED] = True
        if name not in self.found or WEIGHTS[change] > WEIGHTS[self.found[name][0]]:
            self.found[name] = change, words

    def approve(self, document: dict[str, Any]) -> None:
        """Save what is approved, or have the session save it; raises StoreError if it cannot be written."""
        if hasattr(self._config, "workeroutput"):
            self._pending[document["name"]] = document
        else:
            ApprovedStore(self._config.rootpath / APPROVED).save(document)

    def take(self, found: Mapping[str, Any]) -> None:
        """Take in what another process has found: the changes, the digests and what it is to have approved, by name."""
        for name, (change, words) in found.get("found", {}).items():
            self.note(name, change, words)
        for name, digests in found.get("digests", {}).items():
            try:
                self.use(name, digests)
            except UsageError as error:
                self._errors[name] = str(error)
        self._pending |= found.get("pending", {})

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
        self._stack.close()
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None:  # of pytest-xdist: its session tells it
            found = {"found": self.found, "digests": self._digests, "pending": self._pending}
            output[OUTPUT] = json.dumps(found)
            return
        self._approve_pending()
        if self._errors:
            session.exitstatus = exitstatus or pytest.ExitCode.TESTS_FAILED

    def _approve_pending(self) -> None:
        for name, document in self._pending.items():
            if name not in self._errors:
                try:
                    self.approve(document)
                except GiflabError as error:
                    self._errors[name] = str(error)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        lines = list(self._lines())
        if lines:
            terminalreporter.write_sep("=", "giflab: quality")
        for line in lines:
            terminalreporter.write_line(f"giflab: {line}")

    def _lines(self) -> list[str]:
        by_change: dict[str, list[str]] = {each: [] for each in WEIGHTS}
        for name, (change, words) in sorted(self.found.items()):
            if name in self._errors:
                continue
            by_change[change].append(f"{printable(name)}: {words}" if words else printable(name))
        lines = [f"{change}: {each}" for change in ("new", "changed") for each in by_change[change]]
        if is_updating(self._config):
            unused = [
                each for each in ApprovedStore(self._config.rootpath / APPROVED).names() if each not in self.found
            ]
            lines += [f"not approved: {name}: its test failed before that" for name in by_change["asked"]]
            lines += [f"unused: {printable(name)}: no test of this run asked for it" for name in unused]
            count = sum(len(by_change[each]) for each in CHANGES)
            counts = ", ".join(f"{len(by_change[each])} {each}" for each in CHANGES)
            lines.append(f"{counted(count, 'approved GIF')}: {counts}; {len(unused)} unused")
        elif by_change["new"]:
            lines.append(f"recorded {counted(len(by_change['new']), 'GIF')} in {APPROVED}/; commit what you approve of")
        return [*lines, *(f"error: {printable(self._errors[name])}" for name in sorted(self._errors))]


def take_from_reports(config: pytest.Config, reports: Iterable[pytest.TestReport]) -> None:
    """Take in what a process that measures has found."""
    for report in reports:
        for key, value in report.user_properties:
            if key == OUTPUT and isinstance(value, list) and len(value) == 3:
                name, *found = map(str, value)
                Tally.of(config).take({"found": {name: found}})
            if key == DIGESTS and isinstance(value, list) and len(value) == 2:
                Tally.of(config).take({"digests": dict([value])})


def take_from_worker(config: pytest.Config, output: Mapping[str, Any]) -> None:
    """Take in what a process of pytest-xdist has found."""
    Tally.of(config).take(json.loads(output[OUTPUT]))
