"""Why a run measures nothing, and whether somebody meant it to."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pytest_giflab.neighbours import why_not_measurable
from pytest_giflab.options import words_of_call

# With these a run does not have a test to measure.
SWITCHES_WITHOUT_TESTS = (
    ("collectonly", ("--collect-only", "--co")),
    ("setuponly", ("--setup-only",)),
    ("setupplan", ("--setup-plan",)),
)
# With these a call asks for some of the tests alone, besides naming them.
SELECTING = ("-k", "-m", "--deselect", "--ignore", "--lf", "--last-failed", "--sw", "--stepwise")


@dataclass(frozen=True, slots=True)
class Idle:
    """Why nothing is measured; `is_meant`: the run was never to measure anything; `is_judged`: it has a verdict yet."""

    why: str
    is_meant: bool = False
    is_judged: bool = False


# A benchmark may be missing all the same.
NO_BENCHMARK = Idle("no test that was selected uses the benchmark fixture", is_meant=True, is_judged=True)


def why_idle(config: pytest.Config) -> Idle | None:
    """Why nothing can be measured by this configuration, whatever was collected; None if it can."""
    given = [names for option, names in SWITCHES_WITHOUT_TESTS if config.getoption(option, False)]
    # The ini file of a change must not switch its gate off.
    is_meant = any(not set(names).isdisjoint(words_of_call(config)) for names in given)
    if why := why_not_measurable(config):
        return Idle(why, is_meant=is_meant)
    if given:
        where = "was given" if is_meant else "is in the ini file's addopts; give it on the command line"
        return Idle(f"{given[0][0]} {where}", is_meant=is_meant)
    return None


def asks_for_some(config: pytest.Config) -> bool:
    """Whether the call itself, and not the configuration, picks tests by name, marker or outcome."""
    words = words_of_call(config)
    return any(word.startswith(SELECTING) or "::" in word for word in words)
