"""The plugin's options: from the command line and the ini file into one frozen value."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from pytest_giflab.errors import GateError, StoreError, UnknownFormat
from pytest_giflab.formats import DEFAULT_NAME, DEFAULT_STORE, WRITERS, store_folder, writer_of
from pytest_giflab.thresholds import (
    DEFAULT_FAIL_ON,
    DEFAULTS,
    NEVER,
    SEVERITY,
    Terms,
    TestsFrom,
    Thresholds,
    parse_fail_on,
)

PATIENCE_S = f"{Terms().patience_s:g}"
# What a gate can be asked to do, by option; the first two measure side by side.
WAYS = ("giflab_against", "giflab_selfcheck", "giflab_update_baseline", "giflab_baseline")
SWITCHES = tuple("--" + name.replace("_", "-") for name in WAYS)
TESTS_FROM = ("head", "own")
# Set by a gated session that has come to its tests.
REACHED = pytest.StashKey[bool]()
SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}
WITH_PATHS = ("--giflab-report", "--giflab-store")


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for.

    `against`: the commit to measure side by side with; `selfcheck`: the working tree with itself. Else a baseline is
    used; `update`: recorded instead of compared with. `terms`: what the run goes by, where base does not say otherwise.
    `setup`: commands that build a side. `include`: what both sides get though git ignores it. `store`: the folder of
    the baselines. `ci`: the environment says CI=true. `insists`: the gate was asked for in this call of pytest, and not
    by its configuration alone.
    """

    against: str | None
    selfcheck: bool
    terms: Terms
    setup: tuple[str, ...]
    include: tuple[str, ...]
    verbose: bool
    update: bool
    name: str
    store: Path
    reports: tuple[Path, ...]
    ci: bool
    insists: bool

    @property
    def is_duet(self) -> bool:
        """Whether two sides are to be measured side by side."""
        return self.selfcheck or self.against is not None


def add_options(parser: pytest.Parser) -> None:
    """Register the options; each is an ini key too, without the dashes in front and with underscores."""
    group = parser.getgroup("giflab", "performance gate (needs pytest-benchmark)")
    group.addoption(
        "--giflab-baseline",
        action="store_true",
        default=None,
        help="Measure the benchmarks and compare them with the stored baseline; if there is none, record it "
        "(an error with CI=true). A baseline is never overwritten.",
    )
    group.addoption(
        "--giflab-update-baseline",
        action="store_true",
        default=None,
        help="Measure the benchmarks and record them in place of the baseline. At the same clean commit, in an equal "
        "environment, the recording joins those before: the more moments, the smaller the changes that can be seen.",
    )
    group.addoption(
        "--giflab-against",
        metavar="REF",
        help="Measure a commit (branch, tag) and the working tree side by side, and decide; no baseline is needed. "
        "REF... with three dots is the commit where HEAD left REF.",
    )
    group.addoption(
        "--giflab-selfcheck",
        action="store_true",
        default=None,
        help="Measure the working tree side by side with itself: prints what this machine can tell in how much time.",
    )
    group.addoption(
        "--giflab-tests-from",
        choices=TESTS_FROM,
        metavar="SIDE",
        help="Whose tests run on the code of REF: head's, or its own. By default its own, and head's if the test "
        "function of a benchmark has changed.",
    )
    group.addoption(
        "--giflab-budget",
        metavar="TIME",
        help="After this time measuring ends (90s, 5m, 1h); what is undecided is inconclusive.",
    )
    group.addoption(
        "--giflab-verbose",
        action="store_true",
        default=None,
        help="Print where the time of measuring side by side goes.",
    )
    group.addoption("--giflab-baseline-name", metavar="NAME", help=f"Which baseline. Default: {DEFAULT_NAME}")
    group.addoption(
        "--giflab-store", metavar="URL", help=f"Folder of the baselines. Default: {DEFAULT_STORE}/ in the root"
    )
    group.addoption(
        "--giflab-fail-on",
        metavar="LEVELS",
        help=f"Verdicts that fail the run: comma list of {', '.join(SEVERITY)}, or {NEVER}. Default: {DEFAULT_FAIL_ON}",
    )
    group.addoption(
        "--giflab-report",
        metavar="FILE",
        action="append",
        help=f"Write the gate report; the suffix says how ({', '.join(WRITERS)}). Repeatable.",
    )
    parser.addini("giflab_baseline", "as --giflab-baseline", type="bool", default=False)
    parser.addini("giflab_update_baseline", "as --giflab-update-baseline", type="bool", default=False)
    parser.addini("giflab_baseline_name", "as --giflab-baseline-name", default=DEFAULT_NAME)
    parser.addini("giflab_store", "as --giflab-store", default=DEFAULT_STORE)
    parser.addini("giflab_fail_on", "as --giflab-fail-on", default=DEFAULT_FAIL_ON)
    parser.addini("giflab_report", "as --giflab-report, one a line", type="linelist", default=[])
    parser.addini("giflab_against", "as --giflab-against", default="")
    parser.addini("giflab_selfcheck", "as --giflab-selfcheck", type="bool", default=False)
    parser.addini("giflab_tests_from", "as --giflab-tests-from", default="")
    parser.addini("giflab_budget", "as --giflab-budget", default="")
    parser.addini("giflab_verbose", "as --giflab-verbose", type="bool", default=False)
    parser.addini(
        "giflab_setup",
        "shell commands, one a line, that build the project in the current folder, or install it into the environment "
        "of `python`; each side then has an environment of its own",
        type="linelist",
        default=[],
    )
    parser.addini(
        "giflab_include",
        "files and folders below the root folder, one a line, that git ignores and both sides need; patterns with "
        "* and ** are expanded",
        type="linelist",
        default=[],
    )
    parser.addini(
        "giflab_timeout", f"seconds that a measuring process may be silent (default {PATIENCE_S})", default=PATIENCE_S
    )
    parser.addini("giflab_warning", "slower by this fraction is a warning (default 0.05)", default="")
    parser.addini("giflab_critical", "slower by this fraction is critical (default 0.10)", default="")


def read_options(config: pytest.Config) -> Options | None:
    """The options, or None if no gate is asked for. Raises pytest.UsageError for a value that makes no sense."""
    if config.getoption("giflab_against") == "":
        raise pytest.UsageError("--giflab-against: give a commit, a branch or a tag")
    ways = _ways(config)
    if not ways:
        return None
    duets = [name for name in ways if name in WAYS[:2]]
    if duets and len(ways) > 1:
        names = " and ".join(SWITCHES[WAYS.index(name)] for name in ways)
        raise pytest.UsageError(f"{names} exclude each other; give one")
    _require_one_word(config)
    return Options(
        against=str(_choose(config, "giflab_against")) if "giflab_against" in ways else None,
        selfcheck="giflab_selfcheck" in ways,
        terms=read_terms(config),
        setup=tuple(config.getini("giflab_setup")),
        include=tuple(config.getini("giflab_include")),
        verbose=bool(_choose(config, "giflab_verbose")),
        update="giflab_update_baseline" in ways,
        name=str(_choose(config, "giflab_baseline_name")),
        store=_store(config, str(_choose(config, "giflab_store"))),
        reports=tuple(_report(config, name) for name in _choose(config, "giflab_report") or ()),  # type: ignore[attr-defined]
        ci=os.environ.get("CI", "").lower() in ("1", "true"),
        insists=insists(config),
    )


def _ways(config: pytest.Config) -> list[str]:
    """What a gate is asked to do: what the call says goes before `addopts`, and those before keys of the ini file.

    Else the ini file of a change could have a baseline written that the call asks to compare with.
    """
    words = [word.partition("=")[0] for word in words_of_call(config)]
    given = [name for name in WAYS if config.getoption(name)]
    called = [name for name in given if SWITCHES[WAYS.index(name)] in words]
    return called or given or [name for name in WAYS if config.getini(name)]


def read_terms(config: pytest.Config) -> Terms:
    """What a run of this configuration goes by. Raises pytest.UsageError for a value that makes no sense."""
    budget = str(_choose(config, "giflab_budget"))
    return Terms(
        budget_s=_seconds("--giflab-budget", budget) if budget else None,
        patience_s=_seconds("ini key giflab_timeout", config.getini("giflab_timeout") or PATIENCE_S),
        fail_on=_fail_on(str(_choose(config, "giflab_fail_on"))),
        tests_from=_tests_from(str(_choose(config, "giflab_tests_from"))),
        thresholds=read_thresholds(config),
    )


def insists(config: pytest.Config) -> bool:
    """Whether this call of pytest asks for a gate, and not its configuration alone."""
    return any(str(word).startswith(SWITCHES) for word in config.invocation_params.args)


def words_of_call(config: pytest.Config) -> list[str]:
    """The words that pytest was called with: those of the command line and of PYTEST_ADDOPTS, not of the ini file."""
    return [*map(str, config.invocation_params.args), *shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))]


def _require_one_word(config: pytest.Config) -> None:
    """Raises pytest.UsageError for an option and a path outside of the current folder in two words.

    pytest knows no option of a plugin yet when it looks for its root folder: above all words that are paths.
    """
    folder = Path(config.invocation_params.dir)
    for option, value in pairwise([*words_of_call(config), *config.getini("addopts")]):
        if option in WITH_PATHS and not (folder / value).resolve().is_relative_to(folder.resolve()):
            raise pytest.UsageError(
                f"write {option}={value} in one word: in two, pytest takes {value} for a test when it looks for its "
                "root folder"
            )


def read_thresholds(config: pytest.Config) -> Thresholds:
    """The limits of all benchmarks, by the ini file. Raises pytest.UsageError for values that make no sense."""
    given = {name: _fraction(config, f"giflab_{name}") for name in ("warning", "critical")}
    try:
        return replace(DEFAULTS, **{name: value for name, value in given.items() if value is not None})
    except GateError as error:
        raise pytest.UsageError(str(error)) from error


def _choose(config: pytest.Config, name: str) -> object:
    """The command line goes before the ini file."""
    given = config.getoption(name)
    return config.getini(name) if given is None else given


def _store(config: pytest.Config, url: str) -> Path:
    try:
        return config.rootpath / store_folder(url)
    except StoreError as error:
        raise pytest.UsageError(f"--giflab-store: {error}") from error


def _fail_on(text: str) -> tuple[str, ...]:
    try:
        return tuple(sorted(parse_fail_on(text)))
    except GateError as error:
        raise pytest.UsageError(str(error)) from error


def _tests_from(text: str) -> TestsFrom:
    if text not in (*TESTS_FROM, ""):
        raise pytest.UsageError(f"ini key giflab_tests_from: {text!r} is not among {', '.join(TESTS_FROM)}")
    return cast("TestsFrom", text)


def _seconds(name: str, text: str) -> float:
    """`90`, `90s`, `5m`, `1.5h` as seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([smh]?)", text.strip())
    if not match or not float(match[1]):
        raise pytest.UsageError(f"{name}: {text!r} is not a time such as 90s or 5m")
    return float(match[1]) * SECONDS[match[2]]


def _report(config: pytest.Config, name: str) -> Path:
    try:
        writer_of(Path(name))
    except UnknownFormat as error:
        raise pytest.UsageError(f"--giflab-report: {error}") from error
    return Path(config.invocation_params.dir, name)


def _fraction(config: pytest.Config, name: str) -> float | None:
    text = config.getini(name)
    try:
        return float(text) if text else None
    except ValueError:
        raise pytest.UsageError(f"ini key {name}: {text!r} is not a fraction such as 0.05") from None
