"""What a session takes before a project can change it."""

from __future__ import annotations

import sys
import sysconfig
import time
from pathlib import Path

import pytest

from pytest_giflab.workspace import elapsed_s, unix_s
from pytest_giflab.workspace.beginning import has_folder

CLOCKS = ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "time", "time_ns")
LIBRARY = sysconfig.get_path("stdlib")


def test_time_goes_on_where_a_project_has_frozen_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CLOCKS:
        for module in [each for each in list(sys.modules.values()) if hasattr(each, "__dict__")]:
            if vars(module).get(name) is getattr(time, name) and module is not time:
                monkeypatch.setattr(module, name, lambda: 0)
        monkeypatch.setattr(time, name, lambda: 0)
    start, since = elapsed_s(), unix_s()
    while elapsed_s() < start + 0.001:
        pass
    assert unix_s() > since


def test_the_time_of_a_report_is_that_of_the_system() -> None:
    assert abs(unix_s() - time.time()) < 60


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (["", LIBRARY], True),
        ([".", LIBRARY], True),
        (["/project", LIBRARY, "/site-packages"], True),
        (["/venv/bin", LIBRARY, "/site-packages"], False),
        (["/venv/bin", LIBRARY, "/site-packages", "/project"], False),
        (["/project/src", LIBRARY], False),
    ],
)
def test_the_folder_of_a_session_is_on_its_path_if_it_comes_before_pythons_own(path: list[str], expected: bool) -> None:
    assert has_folder(path, Path("/project")) is expected
