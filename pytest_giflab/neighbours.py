"""Other plugins of the project: what each would do to a measurement, and what becomes of that. One table for each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A plugin that does not act where benchmarks are measured; its options and ini keys stay known.

    `names`: of its entry point and of its module. `why`: what it would do. `markers`: that tests may bear all the same.
    """

    names: tuple[str, ...]
    why: str
    markers: tuple[str, ...] = ()


# Unloaded in a measuring process, after its options are parsed and before it is configured.
UNLOADED = (
    Neighbour(
        ("timeout", "pytest_timeout"),
        "ends a test that takes turns for longer than it takes alone; giflab_timeout ends one that hangs",
        ("timeout(timeout, method=None, func_only=False, disable_debugger_detection=False): of pytest-timeout",),
    ),
    Neighbour(
        ("rerunfailures", "pytest_rerunfailures"),
        "runs a test that failed again, which only one side may do",
        ("flaky(reruns=1, reruns_delay=0): of pytest-rerunfailures",),
    ),
    Neighbour(("flaky", "flaky.flaky_pytest_plugin"), "runs a test again, which only one side may do", ("flaky",)),
    Neighbour(
        ("pytest-retry", "pytest_retry.retry_plugin"),
        "runs a test that failed again, which only one side may do",
        ("flaky(retries=1, delay=0): of pytest-retry",),
    ),
    Neighbour(
        ("pytest_forked", "pytest_forked.plugin"),
        "runs a test in a child, which a session cannot speak with",
        ("forked: of pytest-forked",),
    ),
    Neighbour(("randomly", "pytest_randomly"), "orders tests by chance, and seeds each side by its own clock"),
    Neighbour(("random_order", "random_order.plugin"), "orders tests by chance", ("random_order(disabled=True)",)),
    Neighbour(("sugar", "pytest_sugar"), "puts its own reporter in the place of pytest's"),
    Neighbour(("instafail", "pytest_instafail"), "puts its own reporter in the place of pytest's"),
    Neighbour(("emoji", "pytest_emoji.plugin"), "reports in its own words"),
    Neighbour(("html", "pytest_html.plugin"), "writes a report of tests that the session reports"),
    Neighbour(
        ("codspeed", "pytest_codspeed.plugin"),
        "measures what is measured here, by its own fixture and marker",
        ("codspeed_benchmark: of pytest-codspeed",),
    ),
)

# What is set in a measuring process, by the names of parsed options.
OPTIONS: dict[str, Any] = {
    "allure_report_dir": None,
    "benchmark_autosave": False,
    "benchmark_save": None,
    "benchmark_save_data": False,
    "benchmark_json": None,
    "benchmark_compare": None,
    "benchmark_compare_fail": None,
    "benchmark_histogram": None,
    "benchmark_cprofile": None,
    "benchmark_cprofile_dump": None,
    "continue_on_collection_errors": True,
    "dist": "no",
    "failedfirst": False,
    "htmlpath": None,
    "json_report": False,
    "lf": False,
    "log_file": os.devnull,
    "maxfail": 0,
    "memray": False,
    "newfirst": False,
    "no_summary": True,
    "numprocesses": None,
    "pastebin": None,
    "profile": False,
    "profile_svg": False,
    "report_log": None,
    "stepwise": False,
    "stepwise_reset": False,
    "stepwise_skip": False,
    "trace": False,
    "tx": [],
    "usepdb": False,
    "xmlpath": None,
}

# What a measuring process is told beyond the session's own arguments, if one of the plugins is loaded. Coverage is not
# measured there, and its thresholds do not hold; stacks that pytest itself prints after a while would be timed. What
# pytest keeps from run to run goes into the folder for temporary files: in the project, a link could lead anywhere.
ARGUMENTS = (
    (("pytest_cov", "pytest_cov.plugin"), ("--no-cov",)),
    (("faulthandler",), ("-o", "faulthandler_timeout=0")),
    (("cacheprovider",), ("-o", "cache_dir=$TMPDIR/pytest-cache")),
)

# Options of pytest-benchmark with which it measures nothing, each with the option that overrides it.
SWITCHED_OFF = (
    ("benchmark_disable", "--benchmark-disable", "benchmark_enable", "--benchmark-enable"),
    ("benchmark_skip", "--benchmark-skip", "benchmark_only", "--benchmark-only"),
)
PARALLEL = "pytest-xdist runs the tests, and benchmarks beside each other measure each other; run with -n0"
CODSPEED = "pytest-codspeed measures the benchmarks (--codspeed, or CODSPEED_ENV is set); run without that"


def has_plugin(config: pytest.Config, *names: str) -> bool:
    """Whether a plugin is loaded, by the name of its entry point or of its module."""
    return any(config.pluginmanager.hasplugin(name) for name in names)


def why_not_measurable(config: pytest.Config) -> str:
    """In words, if benchmarks cannot be measured beside what else the session does; "" if they can."""
    if not has_plugin(config, "benchmark", "pytest_benchmark.plugin"):
        return "pytest-benchmark is not loaded"
    if has_plugin(config, "dsession"):
        return PARALLEL
    # It answers to --codspeed, and to its environment.
    if getattr(config.pluginmanager.get_plugin("codspeed_plugin"), "is_codspeed_enabled", False):
        return CODSPEED
    for option, switch, override, advice in SWITCHED_OFF:
        if config.getoption(option, False) and not config.getoption(override, False):
            return f"{switch} was given; {advice} overrides it"
    return ""


def arguments_of_measuring(config: pytest.Config) -> Iterator[str]:
    """What a measuring process of this session is told beyond the session's own arguments."""
    for names, arguments in ARGUMENTS:
        if has_plugin(config, *names):
            yield from arguments


def unload(config: pytest.Config) -> None:
    """Take plugins that must not act out of a process that measures. Call it before plugins are configured."""
    for each in UNLOADED:
        for plugin in filter(None, map(config.pluginmanager.get_plugin, each.names)):
            config.pluginmanager.unregister(plugin)
            for marker in each.markers:
                config.addinivalue_line("markers", marker)


def neutralise(config: pytest.Config) -> None:
    """Set the options of a process that measures; those that no plugin knows are left alone."""
    for name, value in OPTIONS.items():
        if hasattr(config.option, name):
            setattr(config.option, name, value)


def without_coverage_threshold(config: pytest.Config) -> float | None:
    """Let go of a threshold of coverage that holds for this session, and return it; None if there is none.

    Benchmarks run in other processes, so their lines are not among what this session covers.
    """
    options = getattr(config.pluginmanager.get_plugin("_cov"), "options", None)
    threshold: float | None = getattr(options, "cov_fail_under", None)
    if options is not None and threshold:
        options.cov_fail_under = None
        return threshold
    return None


def let_go(config: pytest.Config, seconds: float) -> Iterator[str]:
    """After so many seconds of measuring: let plugins of this session not hold that against it; what to tell of it."""
    put_off_session_timeout(config, seconds)
    if threshold := without_coverage_threshold(config):
        why = "benchmarks ran in processes of their own, where coverage is not measured"
        yield f"the threshold of coverage, {threshold:g} %, does not hold for this run: {why}"


def put_off_session_timeout(config: pytest.Config, seconds: float) -> None:
    """Let the `session_timeout` of pytest-timeout not count what measuring took: that has a budget of its own."""
    plugin = next(filter(None, map(config.pluginmanager.get_plugin, ("timeout", "pytest_timeout"))), None)
    key = getattr(plugin, "SESSION_EXPIRE_KEY", None)
    if key is not None and config.stash.get(key, 0):  # 0 or absent: there is none
        config.stash[key] += seconds


def is_codspeed_benchmark(item: pytest.Item) -> bool:
    """Whether a test is a benchmark of pytest-codspeed as a whole: it bears the marker, and names no fixture of it."""
    if item.config.getoption("codspeed", None) is None or "benchmark" in getattr(item, "fixturenames", ("benchmark",)):
        return False
    return any(item.get_closest_marker(name) for name in ("benchmark", "codspeed_benchmark"))
