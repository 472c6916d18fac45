"""Measure in fewer processes than a verdict rests on: `--pairs` of a duet, `--processes` for a baseline."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pairs", type=int)
    parser.addoption("--processes", type=int)


def pytest_sessionstart(session: pytest.Session) -> None:
    if session.config.pluginmanager.hasplugin("giflab-worker"):
        return  # it only measures
    pairs, processes = session.config.getoption("--pairs"), session.config.getoption("--processes")
    if pairs:
        trial: Any = import_module("pytest_giflab.duet.trial")
        decide = trial.decide
        trial.FIRST_LOOK = pairs
        trial.decide = lambda *sides, **given: replace(decide(*sides, **given), next_pairs=0)
    if processes:
        stored: Any = import_module("pytest_giflab.gates.stored")
        stored.record = partial(stored.record, processes=processes)
