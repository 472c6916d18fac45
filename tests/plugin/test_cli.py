"""The command `giflab-gate`."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_giflab.baselines.store import JsonStore
from pytest_giflab.cli import main
from pytest_giflab.model import Baseline, Quantity
from pytest_giflab.report.writing import write_report
from tests.helpers.measurements import comparison, recording, report

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


def test_show_tells_what_is_not_time_in_its_own_unit(tmp_path: Path, capsys: Output) -> None:
    memory = comparison("critical", quantity=Quantity("memory", "MiB"), clock=None, before=12.345, after=20.0)
    write_report(tmp_path / "r.json", report(memory))
    assert main(["show", str(tmp_path / "r.json")]) == 1
    assert re.search(r" 12\.3 MiB │ +20 MiB ", capsys.readouterr().out)


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


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of a GitHub workflow, without a token, also where these tests run in one."""
    for name in ("GITHUB_TOKEN", "GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.delenv(name, raising=False)


def written(folder: Path, verdict: str = "critical") -> str:
    path = folder / "report.json"
    write_report(path, report(comparison(verdict), verdict=verdict))
    return str(path)


def assert_one_line(capsys: Output) -> None:
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    assert captured.err.startswith("giflab-gate")


NAMED = ["--repo", "owner/name", "--pull", "12"]
VERDICTS = [("ok", 0), ("improved", 0), ("warning", 1), ("critical", 1), ("inconclusive", 4)]


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize(("verdict", "code"), VERDICTS)
def test_annotate_exits_by_the_verdict(tmp_path: Path, verdict: str, code: int) -> None:
    assert main(["annotate", written(tmp_path, verdict)]) == code


@pytest.mark.usefixtures("outside")
def test_annotate_prints_remarks_and_tells_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    assert main(["annotate", written(tmp_path)]) == 1
    assert capsys.readouterr().out.startswith("::error file=t.py,line=3,")
    assert (tmp_path / "summary").read_text(encoding="utf-8").startswith("## 🔴 ")
    assert (tmp_path / "outputs").read_text() == "verdict=critical\n"


@pytest.mark.usefixtures("outside")
def test_annotate_that_cannot_write_the_summary_exits_3_with_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "none" / "summary"))
    assert main(["annotate", written(tmp_path)]) == 3
    assert_one_line(capsys)


@pytest.mark.parametrize("verdict", [verdict for verdict, _ in VERDICTS])
def test_badge_is_drawn_whatever_the_verdict(tmp_path: Path, verdict: str, capsys: Output) -> None:
    assert main(["badge", written(tmp_path, verdict)]) == 0
    assert capsys.readouterr().out.startswith("<svg ")


def test_badge_is_written_where_it_is_wanted(tmp_path: Path, capsys: Output) -> None:
    target = tmp_path / "new" / "badge.svg"
    assert main(["badge", written(tmp_path), "--out", str(target)]) == 0
    assert target.read_text(encoding="utf-8").startswith("<svg ")
    assert capsys.readouterr().out == f"badge: {target}\n"


def test_badge_that_cannot_be_written_exits_3_with_one_line(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "file").touch()
    assert main(["badge", written(tmp_path), "--out", str(tmp_path / "file" / "badge.svg")]) == 3
    assert_one_line(capsys)


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("content", [None, "", "{}", '{"schema": "giflab.gate/2"}', "PK\x03\x04"])
@pytest.mark.parametrize(
    "command", [["annotate"], ["badge"], ["comment", *NAMED, "--dry-run"]], ids=lambda each: each[0]
)
def test_a_report_that_cannot_be_read_exits_3_with_one_line(
    tmp_path: Path, command: list[str], content: str | None, capsys: Output
) -> None:
    if content is not None:
        (tmp_path / "r.json").write_text(content)
    assert main([command[0], str(tmp_path / "r.json"), *command[1:]]) == 3
    assert_one_line(capsys)


@pytest.mark.parametrize(
    "arguments",
    [
        ["annotate"],
        ["badge"],
        ["comment", "--pull", "0"],
        ["comment", "--pull", "-1"],
        ["comment", "--pull", "twelve"],
        ["comment", "--pull", "1" * 5000],
        ["comment", "--name", ""],
        ["comment", "--name", "a -->"],
        ["comment", "--name", "a--b"],
        ["comment", "--name", "<b>"],
        ["comment", "--name", "@team"],
        ["comment", "--name", "a\nb"],
        ["comment", "--name", "a" * 61],
        ["comment", "--fail-on", "slow"],
        ["comment", "--fail-on", ""],
        ["comment", "--fail-on", "never,critical"],
        ["comment", "--templates", "none"],
        ["comment", "one.json", "two.json"],
    ],
    ids=lambda each: " ".join(each)[:30],
)
def test_wrong_words_to_tell_others_exit_2_with_one_line(arguments: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert_one_line(capsys)


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "not a GitHub workflow"),
        (["--repo", "owner/name"], "--repo and --pull together"),
        (["--pull", "12"], "--repo and --pull together"),
        (["--repo", "name", "--pull", "12"], "give OWNER/NAME"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_comment_that_cannot_tell_its_pull_request_exits_2_with_one_line(
    tmp_path: Path, arguments: list[str], said: str, capsys: Output
) -> None:
    assert main(["comment", written(tmp_path), *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert (captured.out, captured.err.count("\n")) == ("", 1)


@pytest.mark.usefixtures("outside")
def test_comment_on_an_event_of_no_pull_request_exits_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (tmp_path / "event.json").write_text("{}")
    monkeypatch.setenv("GITHUB_EVENT_NAME", "push")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    assert main(["comment", written(tmp_path)]) == 2
    assert_one_line(capsys)


@pytest.mark.usefixtures("outside")
def test_comment_without_a_token_exits_3_with_one_line(tmp_path: Path, capsys: Output) -> None:
    assert main(["comment", written(tmp_path), *NAMED]) == 3
    assert "GITHUB_TOKEN" in capsys.readouterr().err


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("verdict", [verdict for verdict, _ in VERDICTS])
def test_a_dry_run_prints_the_comment_and_needs_no_token(tmp_path: Path, verdict: str, capsys: Output) -> None:
    assert main(["comment", written(tmp_path, verdict), *NAMED, "--name", "linux", "--dry-run"]) == 0
    first, second, _, where = capsys.readouterr().out.splitlines()[:4]
    icons = {"ok": "✅", "improved": "🟢", "inconclusive": "⚪", "warning": "🟠", "critical": "🔴"}
    assert first == "<!-- giflab-gate: linux -->"
    assert second.startswith(f"## {icons[verdict]} 1 benchmark is ")
    assert where.startswith("**linux** · ")


@pytest.mark.usefixtures("outside")
def test_a_dry_run_with_a_wrong_template_exits_3_with_one_line(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "comment.md.jinja").write_text("{{ nothing }}")
    assert main(["comment", written(tmp_path), *NAMED, "--templates", str(tmp_path), "--dry-run"]) == 3
    assert_one_line(capsys)
