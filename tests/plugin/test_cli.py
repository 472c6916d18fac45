"""The command `giflab-gate`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_giflab.cli import main
from pytest_giflab.model import Baseline
from pytest_giflab.report import write_report
from pytest_giflab.storage import JsonStore
from tests.plugin.builders import recording
from tests.plugin.test_report import comparison, report

Output = pytest.CaptureFixture[str]


@pytest.fixture
def store(tmp_path: Path) -> JsonStore:
    store = JsonStore(tmp_path)
    store.save(Baseline("main", tuple(recording(recorded=f"2026-01-0{day}T00:00:00+00:00") for day in (1, 2, 3))))
    return store


@pytest.mark.parametrize(
    ("verdict", "code"), [("ok", 0), ("improved", 0), ("warning", 1), ("critical", 1), ("inconclusive", 4)]
)
def test_show_exits_by_the_verdict(tmp_path: Path, verdict: str, code: int, capsys: Output) -> None:
    write_report(tmp_path / "r.json", replace(report(comparison(verdict)), verdict=verdict))  # type: ignore[arg-type]
    assert main(["show", str(tmp_path / "r.json")]) == code
    assert verdict in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "", "{}"])
def test_what_cannot_be_read_exits_3_with_one_line(tmp_path: Path, content: str | None, capsys: Output) -> None:
    if content is not None:
        (tmp_path / "r.json").write_text(content)
    assert main(["show", str(tmp_path / "r.json")]) == 3
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)


@pytest.mark.parametrize("arguments", [[], ["frob"], ["baseline"], ["show"], ["baseline", "prune", "--keep", "-1"]])
def test_wrong_usage_exits_2_with_one_line(arguments: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert capsys.readouterr().err.count("\n") == 1


def test_list_names_the_baselines(store: JsonStore, tmp_path: Path, capsys: Output) -> None:
    assert main(["baseline", "list", "--store", str(tmp_path)]) == 0
    assert "main" in capsys.readouterr().out


def test_list_of_nothing_says_how_to_record(tmp_path: Path, capsys: Output) -> None:
    assert main(["baseline", "list", "--store", str(tmp_path / "none")]) == 0
    assert "--giflab-update-baseline" in capsys.readouterr().out


def test_show_baseline_lists_recordings_and_benchmarks(store: JsonStore, tmp_path: Path, capsys: Output) -> None:
    assert main(["baseline", "show", "--store", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "2026-01-03" in out
    assert "t.py::test_a" in out
    assert "1 ms" in out


@pytest.mark.parametrize(("keep", "left"), [("5", 3), ("2", 2), ("1", 1)])
def test_prune_keeps_the_newest(store: JsonStore, tmp_path: Path, keep: str, left: int) -> None:
    assert main(["baseline", "prune", "--store", str(tmp_path), "--keep", keep]) == 0
    days = [each.recorded[9] for each in store.load("main").recordings]
    assert days == ["1", "2", "3"][3 - left :]


def test_prune_to_nothing_removes_the_baseline(store: JsonStore, tmp_path: Path) -> None:
    assert main(["baseline", "prune", "--store", str(tmp_path), "--keep", "0"]) == 0
    assert store.names() == []


def test_a_baseline_that_is_not_there_exits_3(tmp_path: Path, capsys: Output) -> None:
    assert main(["baseline", "show", "nope", "--store", str(tmp_path)]) == 3
    assert "no baseline 'nope'" in capsys.readouterr().err


def test_a_damaged_baseline_is_reported_and_left_alone(store: JsonStore, tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "main.json").write_text(json.dumps({"schema": "giflab.baseline/1"}))
    assert main(["baseline", "prune", "--store", str(tmp_path), "--keep", "0"]) == 3
    assert (tmp_path / "main.json").exists()
    assert "damaged" in capsys.readouterr().err
