"""Other plugins of a project beside the gate: stand-ins of theirs, by the same names, which tell if they act."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from pytest_giflab.neighbours import OPTIONS, UNLOADED, Neighbour, let_go, neutralise, unload, why_not_measurable
from tests.helpers.covering import processes_without_coverage
from tests.helpers.marks import needs_linux
from tests.helpers.projects import MEASURED, WORK, Project, Run

__all__ = ["processes_without_coverage"]

# Nothing that is installed here, but what a gate needs.
ALONE = ("-p", "pytest_benchmark.plugin", "-p", "pytest_giflab.plugin")

# Registers markers as the real one does, and tells whatever it does in a process that measures.
STAND_IN = """
import pytest

def tell(config, what):
    if config.pluginmanager.hasplugin("giflab-worker"):
        with open({log!r}, "a") as stream:
            stream.write(f"{name} {{what}}\\n")

def pytest_addoption(parser):
    parser.addoption("--act-{option}", action="store_true")
    parser.addini("ini_{option}", "of its own")

def pytest_configure(config):
    for marker in {markers!r}:
        config.addinivalue_line("markers", marker)
    tell(config, "is configured")

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item):
    tell(item.config, "runs tests")

def pytest_report_teststatus(report, config):
    tell(config, "reports")
"""
CODSPEED = """
def pytest_addoption(parser):
    parser.addoption("--act-pytest_codspeed-plugin", action="store_true")
    parser.addini("ini_pytest_codspeed-plugin", "of its own")
    parser.addoption("--codspeed", action="store_true")

@pytest.fixture
def codspeed_benchmark(request):
    raise ValueError("measured by pytest-codspeed")
"""
SUITE = """
import pytest
from work import work

@pytest.mark.timeout(1)
@pytest.mark.flaky(reruns=2)
@pytest.mark.forked
@pytest.mark.random_order(disabled=True)
def test_work(benchmark):
    benchmark(work, 20_000)

def test_fixture_of_codspeed(codspeed_benchmark):
    assert codspeed_benchmark(work, 10_000) > 0

@pytest.mark.benchmark
def test_marked():
    work(10_000)

@pytest.mark.codspeed_benchmark
@pytest.mark.parametrize("times", [1, 2])
def test_marked_for_codspeed(times, tmp_path):
    for _ in range(times):
        work(10_000)
"""


def module(neighbour: Neighbour) -> str:
    return neighbour.names[-1]


def option(neighbour: Neighbour) -> str:
    return module(neighbour).replace(".", "-")


def stand_in(neighbour: Neighbour, log: Path) -> str:
    text = STAND_IN.format(log=str(log), name=module(neighbour), option=option(neighbour), markers=neighbour.markers)
    if "codspeed" in neighbour.names:
        start, end = text.index("def pytest_addoption"), text.index("def pytest_configure")
        text = f"{text[:start]}{CODSPEED.strip()}\n\n{text[end:]}"
    return text


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What stand-ins did in processes that measure."""
    return tmp_path_factory.mktemp("log") / "log"


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory, log: Path) -> Run:
    """A run with all of them, whose options and ini keys are given, and whose markers tests bear."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIFLAB_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
        project = Project(tmp_path_factory.mktemp("neighbours") / "project")
        stand_ins = {f"{module(each).replace('.', '/')}.py": stand_in(each, log) for each in UNLOADED}
        keys = "".join(f"ini_{option(each)} = 1\n" for each in UNLOADED)
        ini = f"[pytest]\npythonpath = .\naddopts = --strict-markers --strict-config\n{keys}"
        project.commit({"work.py": WORK, "test_work.py": SUITE, "pytest.ini": ini, **stand_ins})
        loaded = [word for each in UNLOADED for word in ("-p", module(each), f"--act-{option(each)}")]
        return project.against("HEAD", *ALONE, *loaded, *MEASURED, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")


@needs_linux
@pytest.mark.parametrize("neighbour", UNLOADED, ids=module)
def test_it_does_nothing_where_benchmarks_are_measured(gated: Run, log: Path, neighbour: Neighbour) -> None:
    assert gated.status == 0, gated.said
    acted = log.read_text().splitlines() if log.exists() else []
    assert [line for line in acted if line.startswith(module(neighbour))] == []


@needs_linux
def test_the_fixture_and_the_markers_of_codspeed_are_measured(gated: Run) -> None:
    marked = {"test_marked", "test_marked_for_codspeed[1]", "test_marked_for_codspeed[2]"}
    assert {name for name, row in gated.rows.items() if row["pairs"]} == {
        "test_work",
        "test_fixture_of_codspeed",
        *marked,
    }


@pytest.mark.parametrize("neighbour", UNLOADED, ids=module)
def test_it_is_known_by_the_name_of_its_entry_point_too(pytester: pytest.Pytester, neighbour: Neighbour) -> None:
    config = pytester.parseconfig()
    plugin = SimpleNamespace()
    for name in neighbour.names:
        known = config.pluginmanager.get_plugin(name)
        config.pluginmanager.unregister(known) if known else None
    config.pluginmanager.register(plugin, neighbour.names[0])
    unload(config)
    assert not config.pluginmanager.hasplugin(neighbour.names[0])
    names = {line.partition("(")[0].partition(":")[0] for line in config.getini("markers")}
    assert {marker.partition("(")[0].partition(":")[0] for marker in neighbour.markers} <= names


def test_options_are_set_where_a_plugin_knows_them(pytester: pytest.Pytester) -> None:
    config = pytester.parseconfig("-x", "--pdb", "--sw", "--sw-skip", "--lf", "--junitxml=here.xml")
    neutralise(config)
    option = config.option
    assert (option.maxfail, option.usepdb, option.xmlpath) == (0, False, None)
    assert (option.stepwise, option.stepwise_skip, option.lf) == (False, False, False), "each selects by a cache"
    assert not hasattr(option, "memray")
    assert "memray" in OPTIONS


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], ""),
        (["--benchmark-disable"], "--benchmark-disable was given; --benchmark-enable overrides it"),
        (["--benchmark-disable", "--benchmark-enable"], ""),
        (["--benchmark-skip"], "--benchmark-skip was given; --benchmark-only overrides it"),
        (["--benchmark-skip", "--benchmark-only"], ""),
    ],
)
def test_what_switches_benchmarks_off_is_named_unless_it_is_overridden(
    pytester: pytest.Pytester, arguments: list[str], why: str
) -> None:
    assert why_not_measurable(pytester.parseconfig(*arguments)) == why


def test_what_measures_itself_is_refused_by_name(pytester: pytest.Pytester) -> None:
    config = pytester.parseconfig()
    config.pluginmanager.register(SimpleNamespace(is_codspeed_enabled=False), "codspeed_plugin")
    assert why_not_measurable(config) == ""
    config.pluginmanager.get_plugin("codspeed_plugin").is_codspeed_enabled = True  # type: ignore[union-attr]
    assert "--codspeed" in why_not_measurable(config)


@pytest.mark.parametrize(("expires", "later"), [(1000.0, 1060.0), (0, 0), (None, None)])
def test_a_timeout_of_the_session_does_not_count_what_is_measured(
    pytester: pytest.Pytester, expires: float | None, later: float | None
) -> None:
    config = pytester.parseconfig()
    key = pytest.StashKey[float]()
    if known := config.pluginmanager.get_plugin("timeout"):
        config.pluginmanager.unregister(known)
    config.pluginmanager.register(SimpleNamespace(SESSION_EXPIRE_KEY=key), "pytest_timeout")
    if expires is not None:
        config.stash[key] = expires
    assert list(let_go(config, 60.0)) == []
    assert config.stash.get(key, None) == later


@needs_linux
def test_a_threshold_of_coverage_does_not_hold_for_a_gated_run(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    suite = "from work import work\n\ndef test_work(benchmark):\n    benchmark(work, 20_000)\n"
    ini = "[pytest]\npythonpath = .\naddopts = --cov=work --cov-fail-under=100\nfaulthandler_timeout = 1\n"
    project.commit({"work.py": WORK, "test_work.py": suite, "pytest.ini": ini, ".gitignore": ".coverage*\n"})
    with_cov = [word for word in MEASURED if word != "no:pytest_cov"]
    found = project.against("HEAD", "-p", "pytest_cov.plugin", *with_cov)
    assert found.status == 0, found.said
    assert "giflab: the threshold of coverage, 100 %, does not hold for this run" in found.said
    assert found.rows["test_work"]["pairs"] == 1
