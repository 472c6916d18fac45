"""The plugin's options: from the command line and the ini file into one frozen value."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_giflab.errors import StoreError

DEFAULT_NAME = "main"
DEFAULT_STORE = ".giflab/baselines"
FAIL_ON = ("critical", "warning", "inconclusive")
NEVER = "never"
REPORT_SUFFIXES = (".json", ".md")


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for.

    `update`: record instead of comparing. `store`: the folder of the baselines. `fail_on`: verdicts that fail the run.
    `warning` and `critical` are fractions, None where the default holds. `ci`: the environment says CI=true.
    """

    update: bool
    name: str
    store: Path
    fail_on: frozenset[str]
    reports: tuple[Path, ...]
    warning: float | None
    critical: float | None
    ci: bool


def add_options(parser: pytest.Parser) -> None:
    """Register the options; each is an ini key too, without the dashes in front and with underscores."""
    group = parser.getgroup("giflab", "performance gate (needs pytest-benchmark)")
    group.addoption(
        "--giflab-baseline",
        action="store_true",
        default=None,
        help="Measure the benchmarks and compare them with the stored baseline; where there is none, record it "
        "(an error with CI=true). A baseline is never overwritten.",
    )
    group.addoption(
        "--giflab-update-baseline",
        action="store_true",
        default=None,
        help="Measure the benchmarks and record them in place of the baseline. At the same clean commit, in an equal "
        "environment, the recording joins those before: the more moments, the smaller the changes that can be seen.",
    )
    group.addoption("--giflab-baseline-name", metavar="NAME", help=f"Which baseline. Default: {DEFAULT_NAME}")
    group.addoption(
        "--giflab-store", metavar="URL", help=f"Folder of the baselines. Default: {DEFAULT_STORE}/ in the root"
    )
    group.addoption(
        "--giflab-fail-on",
        metavar="LEVELS",
        help=f"Verdicts that fail the run: comma list of {', '.join(FAIL_ON)}, or {NEVER}. Default: critical,warning",
    )
    group.addoption(
        "--giflab-report",
        metavar="FILE",
        action="append",
        help=f"Write the gate report; the suffix says how ({', '.join(REPORT_SUFFIXES)}). Repeatable.",
    )
    parser.addini("giflab_baseline", "as --giflab-baseline", type="bool", default=False)
    parser.addini("giflab_update_baseline", "as --giflab-update-baseline", type="bool", default=False)
    parser.addini("giflab_baseline_name", "as --giflab-baseline-name", default=DEFAULT_NAME)
    parser.addini("giflab_store", "as --giflab-store", default=DEFAULT_STORE)
    parser.addini("giflab_fail_on", "as --giflab-fail-on", default="critical,warning")
    parser.addini("giflab_report", "as --giflab-report, one a line", type="linelist", default=[])
    parser.addini("giflab_warning", "slower by this fraction is a warning (default 0.05)", default="")
    parser.addini("giflab_critical", "slower by this fraction is critical (default 0.10)", default="")


def read_options(config: pytest.Config) -> Options | None:
    """The options, or None where no gate is asked for. Raises pytest.UsageError for a value that makes no sense."""
    update = _choose(config, "giflab_update_baseline")
    if not (update or _choose(config, "giflab_baseline")):
        return None
    return Options(
        update=bool(update),
        name=str(_choose(config, "giflab_baseline_name")),
        store=_store(config, str(_choose(config, "giflab_store"))),
        fail_on=_fail_on(str(_choose(config, "giflab_fail_on"))),
        reports=tuple(_report(config, name) for name in _choose(config, "giflab_report") or ()),  # type: ignore[attr-defined]
        warning=_fraction(config, "giflab_warning"),
        critical=_fraction(config, "giflab_critical"),
        ci=os.environ.get("CI", "").lower() in ("1", "true"),
    )


def _choose(config: pytest.Config, name: str) -> object:
    """The command line goes before the ini file."""
    given = config.getoption(name)
    return config.getini(name) if given is None else given


def store_folder(url: str) -> Path:
    """The folder that a store's URL names; raises StoreError for another kind of URL, or for a file."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "file":
        raise StoreError(f"unknown kind of store {scheme!r}; give a folder or a file:// URL")
    folder = Path(rest if separator else url)
    if folder.is_file():
        raise StoreError(f"{folder} is a file; a store is a folder")
    return folder


def _store(config: pytest.Config, url: str) -> Path:
    try:
        return config.rootpath / store_folder(url)
    except StoreError as error:
        raise pytest.UsageError(f"--giflab-store: {error}") from error


def _fail_on(text: str) -> frozenset[str]:
    levels = [level.strip() for level in text.split(",") if level.strip()]
    if levels == [NEVER]:
        return frozenset()
    unknown = [level for level in levels if level not in FAIL_ON]
    if unknown or not levels:
        raise pytest.UsageError(
            f"--giflab-fail-on: {', '.join(unknown) or 'nothing'} is not among {', '.join(FAIL_ON)}; "
            f"give a comma list of these, or {NEVER}"
        )
    return frozenset(levels)


def _report(config: pytest.Config, name: str) -> Path:
    path = Path(config.invocation_params.dir, name)
    if path.suffix not in REPORT_SUFFIXES:
        raise pytest.UsageError(f"--giflab-report: {name} must end in {' or '.join(REPORT_SUFFIXES)}")
    return path


def _fraction(config: pytest.Config, name: str) -> float | None:
    text = config.getini(name)
    try:
        return float(text) if text else None
    except ValueError:
        raise pytest.UsageError(f"ini key {name}: {text!r} is not a fraction such as 0.05") from None
