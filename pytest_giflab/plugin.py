"""What pytest loads: the options and the marker; everything else is loaded when a gate is asked for."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from giflab_core import lazy
from pytest_giflab.options import REACHED, add_options, insists, read_options, words_of_call
from pytest_giflab.quality import add_quality_options
from pytest_giflab.workspace import elapsed_s  # noqa: F401  before a conftest.py can freeze a clock

if TYPE_CHECKING:
    from pytest_giflab.quality import Validating

MARKER = (
    "giflab(warning=0.05, critical=0.10, clock=None, exclusive=False): limits of this benchmark as fractions, the "
    'clock that decides ("thread_cpu", "process_cpu" or "wall"; chosen by the measurements unless given), and whether '
    "it holds what one process alone can hold at a time, such as a fixed port"
)
# With these pytest answers a question, and runs nothing.
QUESTIONS = ("-h", "--help", "-V", "--version", "--markers", "--fixtures", "--funcargs", "--cache-show")
# Of the entry point.
NAME = "giflab"
# The name of the plugin that measures in a process of its own.
WORKER = "giflab-worker"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    first = pluginmanager.get_plugin(NAME)
    if first is None or getattr(first, "pytest_addoption", None) is pytest_addoption:
        add_quality_options(parser)
        add_options(parser)  # in a process that measures, -p may name this plugin, too


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)
    if _is_worker(config):
        return
    options = read_options(config)
    if options:
        session = lazy.load("pytest_giflab.session", "GatedSession")
        config.pluginmanager.register(session(config, options), "giflab-session")


@pytest.hookimpl(wrapper=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, object, object]:
    status = yield
    if status == pytest.ExitCode.OK and not _is_worker(config):
        _require_reached(config)
    return status


@pytest.fixture
def giflab_validate(request: pytest.FixtureRequest) -> Validating:
    """Validate a GIF: `giflab_validate(original, compressed, baseline="name", ssim=0.95)` fails where the verdict does.

    Gives the `ValidationReport`. With `baseline`, the numbers are also held against those approved before, which are in
    .giflab/quality/; --giflab-update-baseline approves those of now.
    """
    kind: type[Validating] = lazy.load("pytest_giflab.quality", "Validating")
    return kind(request, is_measuring=request.config.pluginmanager.hasplugin(WORKER))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of pytest-xdist has ended."""
    output = getattr(node, "workeroutput", {})
    if "giflab_quality" in output:
        lazy.load("pytest_giflab.quality", "take_from_worker")(node.config, output)


def _is_worker(config: pytest.Config) -> bool:
    """Whether this process measures for another session, or is one of pytest-xdist's."""
    return config.pluginmanager.hasplugin(WORKER) or hasattr(config, "workerinput")


def _require_reached(config: pytest.Config) -> None:
    """Raises pytest.UsageError if the call asks for a gate, and pytest has come to its end without one.

    The configuration of a change, such as `--fixtures` in its `addopts`, must not switch its gate off.
    """
    is_meant = any(word.startswith(QUESTIONS) for word in words_of_call(config))
    if insists(config) and not is_meant and not config.stash.get(REACHED, False):
        raise pytest.UsageError(
            "giflab: measured nothing: pytest ended before its tests, as with --fixtures or --help in the ini file's "
            "addopts; give those on the command line"
        )
