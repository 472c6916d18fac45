"""The comment job, in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_giflab.cli import main
from pytest_giflab.github.access import Access
from tests.integration.comments.runs import Job
from tests.integration.conftest import Hub


@pytest.fixture
def job(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Job:
    monkeypatch.setattr(Access, "from_environment", lambda _: hub.access)
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))

    def start(name: str, event: Any, options: list[str]) -> int:
        (tmp_path / "event.json").write_text(json.dumps(event))
        monkeypatch.setenv("GITHUB_EVENT_NAME", name)
        code = main(["comment", *options])
        said = capfd.readouterr()
        found.said.append(said.out + said.err)
        return code

    found = Job(hub, start)
    return found
