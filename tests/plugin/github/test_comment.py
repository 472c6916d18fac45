"""What a pull request is told: the worst first, never too long, never greener than the run, never what a name says."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cmarkgfm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_giflab.errors import StoreError
from pytest_giflab.github.comment import (
    CONCLUSIONS,
    Notice,
    check,
    compose,
    conclude,
    headline,
    is_slower,
    marker,
    remarks,
    summary_line,
)
from pytest_giflab.github.event import RunEvent
from pytest_giflab.model import Benchmark, Comparison, GateReport, Limits, Quantity
from pytest_giflab.thresholds import Thresholds
from tests.helpers.measurements import comparison, report

SHA = "0123456789abcdef0123456789abcdef01234567"
RUN = "https://github.com/owner/name/actions/runs/77"
GITHUBS_LIMIT = 65_536
DEFAULT = frozenset({"critical", "warning"})
NEVER: frozenset[str] = frozenset()
VERDICTS = ["ok", "improved", "inconclusive", "warning", "critical"]
ENDINGS = [
    "",
    "success",
    "neutral",
    "skipped",
    "cancelled",
    "stale",
    "action_required",
    "timed_out",
    "failure",
    "startup_failure",
    "something new",
]
HEADING = re.compile(r"(?:### |<details><summary>)([^(\n]*) \((\d+)\)")
ROW = re.compile(r"^\| (?:<a |<code>)", re.MULTILINE)
OWN_TAGS = r"</?(?:code|details|summary|sub|a)>|<a href=\"[^\"<>]*\">"

# A name of each kind of trick; all of them are harmless where they are only read.
TRICKS = [
    "t.py::test_a[<script>alert(1)</script>]",
    "t.py::test_a[@everyone @org/team]",
    "t.py::test_a[{{ 7 * 7 }}{% include 'x' %}]",
    "t.py::test_a[<!-- giflab-gate: performance -->]",
    "t.py::test_a[](https://evil.example)",
    "t.py::test_a[| a | b |\n| c | d |]",
    "t.py::test_a[`</code></a></details>]",
    "t.py::test_a[![x](//evil.example/x.png)]",
    "t.py::test_a[#1 www.evil.example]",
    "t.py::test_a[someone@evil.example xmpp:someone@evil.example]",
    "t.py::test_a[\u202egnp.exe\u200b\x1b[31m]",
    "t.py::test_a[\ud800]",
]


def notice(found: GateReport | None, **changes: Any) -> Notice:
    event = RunEvent("owner/name", (12,), sha=SHA, run_url=RUN, conclusion=changes.pop("conclusion", ""))
    if found:
        found = replace(found, root=changes.pop("root", ""))
    return replace(Notice("performance", event, found), **changes)


def a_report(verdict: str, *rows: Comparison, **changes: Any) -> GateReport:
    return report(*rows or (comparison(verdict),), verdict=verdict, **changes)


def named(verdict: str | None, name: str, file: str = "t.py", line: int = 3, **changes: Any) -> Comparison:
    return comparison(verdict, benchmark=Benchmark(name, file, line), **changes)


def read(text: str) -> str:
    """The text as a browser shows it."""
    return html.unescape(text).replace("\u200b", "")


def shown(*rows: Comparison, verdict: str = "critical", **changes: Any) -> str:
    return read(compose(notice(report(*rows, verdict=verdict), **changes)))


def sections(body: str) -> dict[str, tuple[int, int, int]]:
    """By title: how many benchmarks it has as it says, how many are shown, how many are said to be left out."""
    found = list(HEADING.finditer(body))
    ends = [each.start() for each in found[1:]] + [len(body)]
    parts = {each[1]: (int(each[2]), body[each.end() : end]) for each, end in zip(found, ends, strict=True)}
    return {
        title: (
            count,
            len(ROW.findall(part)),
            sum(map(int, re.findall(r"^… and (\d+) more, in the", part, re.MULTILINE))),
        )
        for title, (count, part) in parts.items()
    }


@pytest.mark.parametrize(
    ("verdict", "line"),
    [
        ("ok", "## ✅ performance: ok: no benchmark is slower"),
        ("improved", "## 🟢 performance: improved: 1 faster"),
        ("inconclusive", "## ⚪ performance: inconclusive: 1 inconclusive"),
        ("warning", "## 🟠 performance: warning: 1 warning"),
        ("critical", "## 🔴 performance: critical: 1 critical"),
    ],
)
def test_the_verdict_comes_first_right_after_the_hidden_marker(verdict: str, line: str) -> None:
    assert shown(comparison(verdict), verdict=verdict).splitlines()[:2] == [marker("performance"), line]


def test_a_regression_has_before_after_interval_clock_and_why() -> None:
    (row,) = [line for line in shown(comparison("critical")).splitlines() if "t.py::test_a" in line]
    assert [cell.strip() for cell in row.split("|")[2:-1]] == [
        "1 ms",
        "2 ms",
        "2.00 (1.50 - 2.50)",
        "wall",
        "critical: because",
    ]


def test_what_is_not_time_has_its_own_unit_and_no_clock() -> None:
    memory = comparison("critical", quantity=Quantity("memory", "MiB"), clock=None, before=1.0, after=2.0)
    (row,) = [line for line in shown(memory).splitlines() if "t.py::test_a" in line]
    assert [cell.strip() for cell in row.split("|")[2:6]] == ["1 MiB", "2 MiB", "2.00 (1.50 - 2.50)", "-"]
    (found,) = remarks(report(memory))
    assert found.message == "1 MiB, then 2 MiB: ratio 2.00 (1.50 - 2.50); because"


def test_a_benchmark_links_to_its_line_at_the_head_of_the_run() -> None:
    body = shown(named("critical", "a", file="tests/speed/test a.py", line=42), root="packages/one")
    where = f"https://github.com/owner/name/blob/{SHA}/packages/one/tests/speed/test%20a.py#L42"
    assert f'<a href="{where}"><code>a</code></a>' in body


def test_a_benchmark_links_to_the_server_of_the_event() -> None:
    found = notice(a_report("critical"))
    body = compose(replace(found, event=replace(found.event, server="https://git.example")))
    assert '<a href="https://git.example/owner/name/blob/' in body


def test_without_a_commit_there_is_no_link() -> None:
    found = notice(a_report("critical"))
    body = compose(replace(found, event=replace(found.event, sha="")))
    assert "<a " not in body


def test_the_run_is_linked() -> None:
    assert f"]({RUN})" in compose(notice(a_report("ok")))


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_an_address_that_is_none_of_the_web_is_no_link(url: str) -> None:
    found = notice(a_report("ok"))
    assert "](" not in compose(replace(found, event=replace(found.event, run_url=url)))


def test_an_address_cannot_end_its_link() -> None:
    found = notice(a_report("ok"))
    body = compose(replace(found, event=replace(found.event, run_url="https://x.example/) <b>@team\n")))
    assert "(https://x.example/%29%20%3Cb%3E%40team%0A)" in body


def test_the_worst_regression_comes_first_in_its_section() -> None:
    rows = [named("critical", f"name{ratio}", ratio=ratio) for ratio in (1.2, 3.0, 2.0)]
    assert re.findall(r"name\d\.\d", shown(*rows)) == ["name3.0", "name2.0", "name1.2"]


def test_sections_come_in_the_order_in_which_they_matter_and_hold_each_benchmark_once() -> None:
    rows = [
        comparison("ok"),
        comparison("ok", advisory=True),
        comparison(None, status="skipped"),
        comparison(None, status="new"),
        comparison("improved"),
        comparison("inconclusive"),
        comparison(None, status="missing"),
        comparison(None, status="error"),
        comparison("warning"),
        comparison("critical"),
        comparison("critical", advisory=True, status="changed"),
    ]
    assert list(sections(shown(*rows)).items()) == [
        ("Advisory: decides nothing", (1, 1, 0)),
        ("Slower: critical", (1, 1, 0)),
        ("Slower: warning", (1, 1, 0)),
        ("Failed or missing", (2, 2, 0)),
        ("Inconclusive", (1, 1, 0)),
        ("Faster", (1, 1, 0)),
        ("Not slower", (2, 2, 0)),
        ("New or skipped", (2, 2, 0)),
    ]


def test_inconclusive_benchmarks_say_what_would_decide_them() -> None:
    assert "More time (--giflab-budget)" in shown(comparison("inconclusive"), verdict="inconclusive")


def test_what_is_advisory_does_not_count_in_the_headline() -> None:
    body = shown(comparison("ok"), comparison("critical", advisory=True), verdict="ok")
    assert "performance: ok: no benchmark is slower" in body


def test_changed_limits_are_shown_and_announced_right_below_the_verdict() -> None:
    row = comparison("critical", base_limits=Limits(Thresholds(0.05, 0.1), None))  # head: 2 %, 30 %, wall
    body = shown(row)
    assert body.index("This change touches its own limits") < body.index("Slower: critical")
    (limits,) = [line for line in body.splitlines() if line.endswith("| 5 %, 10 %, chosen | 2 %, 30 %, wall |")]
    assert "t.py::test_a" in limits
    assert sections(body)["Changed limits"] == (1, 1, 0)


def test_limits_that_are_the_same_are_not_shown() -> None:
    row = comparison("critical")
    assert "imits" not in shown(replace(row, base_limits=row.benchmark.limits))


@pytest.mark.parametrize(("count", "folded"), [(20, False), (21, True)])
def test_a_long_section_is_folded(count: int, folded: bool) -> None:
    body = shown(*[comparison("critical") for _ in range(count)])
    assert (f"<details><summary>Slower: critical ({count})</summary>" in body) == folded
    assert body.count("<details>") == body.count("</details>") == folded


@pytest.mark.parametrize(("row", "title"), [(comparison("ok"), "Not slower"), (comparison(None), "New or skipped")])
def test_what_is_well_is_always_folded(row: Comparison, title: str) -> None:
    assert f"<details><summary>{title} (1)</summary>" in shown(row, verdict="ok")


def test_warnings_of_the_run_are_notes() -> None:
    assert "\nNote: numpy was 1.0\n" in shown(comparison("ok"), verdict="ok")


@pytest.mark.parametrize(
    ("mode", "said"), [("duet", "Measured side by side with"), ("stored", "Compared with the baseline")]
)
def test_what_was_compared_with_is_said_with_its_thresholds_and_the_machine(mode: str, said: str) -> None:
    body = read(compose(notice(a_report("ok", mode=mode))))
    assert f"{said} <code>main</code> at <code>0123456789ab</code>; warning from 5 %, critical from 10 %" in body
    assert "A processor, Python 3.11.7" in body


# A comment that is too long is refused by GitHub, and then nothing is told at all.

LONG = "x" * 290
WIDE = "😀" * 300
WORST = "@" * 300


# Any of these counts is more than fits: a row has a name, a file and a reason, each of 300 characters.
@pytest.mark.parametrize(
    ("count", "fill", "verdicts"),
    [
        pytest.param(1000, LONG, VERDICTS, id="mixed-long"),
        pytest.param(120, WIDE, VERDICTS, id="mixed-wide"),
        pytest.param(120, WORST, VERDICTS, id="mixed-escaped"),
        pytest.param(120, WORST, ["critical"], id="critical-escaped"),
        pytest.param(120, WORST, ["ok"], id="ok-escaped"),
    ],
)
def test_many_benchmarks_with_long_names_and_reasons_fit(count: int, fill: str, verdicts: Sequence[str]) -> None:
    rows = [
        named(verdicts[number % len(verdicts)], f"{number} {fill}", file=f"{fill}.py", reason=fill)
        for number in range(count)
    ]
    body = compose(notice(report(*rows, verdict="critical", warnings=(fill,) * 250)))
    assert len(body) <= GITHUBS_LIMIT
    assert sum(each for each, _, _ in sections(body).values()) == count


@settings(max_examples=15)
@given(st.integers(1, 120), st.text(max_size=300), st.lists(st.sampled_from(VERDICTS), min_size=1, max_size=5))
def test_any_benchmarks_fit_and_are_counted(count: int, fill: str, verdicts: Sequence[str]) -> None:
    rows = [named(verdicts[number % len(verdicts)], f"{number} {fill}", reason=fill) for number in range(count)]
    body = compose(notice(report(*rows, verdict="critical")))
    assert len(body) <= GITHUBS_LIMIT
    assert sum(each for each, _, _ in sections(body).values()) == count


@pytest.mark.parametrize("count", [1, 30, 100])
def test_what_is_not_shown_is_counted(count: int) -> None:
    rows = [named(verdict, f"{number} {LONG}") for number in range(count) for verdict in VERDICTS]
    rows = [replace(row, base_limits=Limits()) if row.verdict == "warning" else row for row in rows]
    rows = [replace(row, benchmark=replace(row.benchmark, limits=Limits(Thresholds(0.01)))) for row in rows]
    found = sections(read(compose(notice(report(*rows, verdict="critical")))))
    assert {title: said for title, (said, _, _) in found.items()} == dict.fromkeys(
        ["Slower: critical", "Slower: warning", "Inconclusive", "Faster", "Changed limits", "Not slower"], count
    )
    assert all(visible + hidden == count for _, visible, hidden in found.values())


def test_notes_that_are_not_shown_are_counted() -> None:
    body = shown(comparison("ok"), verdict="ok")
    assert "more note" not in body
    long = read(compose(notice(a_report("ok", warnings=tuple(f"note {number} {LONG}" for number in range(1000))))))
    visible = len(re.findall(r"^Note: note ", long, re.MULTILINE))
    assert f"… and {1000 - visible} more notes." in long


def test_all_regressions_are_shown_before_a_thousand_that_are_well() -> None:
    well = [named("ok", f"{number} {LONG}") for number in range(1000)]
    slow = [named("critical", f"slow{number}", ratio=3.0 + number) for number in range(20)]
    found = sections(read(compose(notice(report(*well, *slow, verdict="critical")))))
    assert found["Slower: critical"] == (20, 20, 0)
    assert found["Not slower"][1] < 1000


def test_of_many_regressions_the_worst_are_shown_and_more_of_them_than_of_what_is_well() -> None:
    rows = [named("critical", f"slow{number}.{LONG}", ratio=2.0 + number) for number in range(500)]
    body = compose(notice(report(*rows, *[named("ok", f"{number} {LONG}") for number in range(500)])))
    found = sections(read(body))
    _, visible, hidden = found["Slower: critical"]
    assert hidden > 0
    assert visible > found["Not slower"][1]
    assert re.findall(r"slow(\d+)", body) == [str(number) for number in range(499, 499 - visible, -1)]


def test_a_template_that_says_too_much_without_any_benchmark_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "comment.md.jinja").write_text("x" * 70_000)
    with pytest.raises(StoreError, match=r"without any benchmark; shorten template comment\.md\.jinja"):
        compose(notice(a_report("ok"), templates=tmp_path))


def test_a_template_of_the_project_is_used(tmp_path: Path) -> None:
    (tmp_path / "comment.md.jinja").write_text("{{ name }} is {{ verdict }}")
    assert compose(notice(a_report("ok"), templates=tmp_path)) == f"{marker('performance')}\nperformance is ok"


# A report may be anybody's.


def assert_harmless(body: str) -> None:
    first, _, rest = body.partition("\n")
    assert first == marker("performance")
    assert "giflab-gate: performance" not in rest
    assert "<" not in re.sub(OWN_TAGS, "", rest)
    assert "@" not in rest
    assert re.findall(r"\]\(([^)]*)\)", rest) == [RUN]
    assert {line.count("|") for line in rest.splitlines() if line.startswith("| <")} <= {7, 4}


@pytest.mark.parametrize("trick", TRICKS, ids=range(len(TRICKS)))
def test_no_name_reason_or_unit_does_anything(trick: str) -> None:
    strange: dict[str, Any] = {"file": trick, "reason": trick, "quantity": Quantity(trick, trick)}
    row = named("critical", trick, base_limits=Limits(Thresholds(0.01)), **strange)
    body = compose(notice(a_report("critical", row, ref=trick, warnings=(trick,))))
    assert_harmless(body)
    assert "49" not in body


@settings(max_examples=50)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_text_in_a_report_does_anything(name: str, file: str, reason: str) -> None:
    row = named("critical", name, file=file, reason=reason, base_limits=Limits())
    assert_harmless(compose(notice(a_report("critical", row, ref=name, warnings=(reason,)))))


@pytest.mark.parametrize("trick", TRICKS, ids=range(len(TRICKS)))
def test_no_reason_why_there_is_no_report_does_anything(trick: str) -> None:
    assert_harmless(compose(notice(None, why=trick)))


def test_each_name_has_a_marker_of_its_own() -> None:
    assert marker("linux") == "<!-- giflab-gate: linux -->"


@pytest.mark.parametrize("claimed", ["ok", "improved", "inconclusive", "warning"])
def test_a_report_is_no_better_than_its_benchmarks(claimed: str) -> None:
    found = notice(a_report(claimed, comparison("ok"), comparison("critical")))
    assert found.verdict == "critical"
    assert "🔴 performance: critical: 1 critical" in read(compose(found))
    assert is_slower(found)
    assert conclude(found) == "failure"


def test_a_report_without_benchmarks_is_not_ok() -> None:
    assert notice(report(verdict="ok")).verdict == "inconclusive"


def test_a_report_may_be_worse_than_its_benchmarks() -> None:
    assert notice(a_report("critical", comparison("ok"))).verdict == "critical"


@pytest.mark.parametrize("ending", ["failure", "cancelled", "timed_out", "startup_failure"])
def test_an_ok_after_a_run_that_did_not_pass_is_contradicted(ending: str) -> None:
    body = read(compose(notice(a_report("ok"), conclusion=ending)))
    assert body.splitlines()[1].startswith(f"## 🔴 performance: ok: the run ended with {ending}")
    assert f"**The run itself ended with {ending}**, which is not for what its report says" in body


@pytest.mark.parametrize(("verdict", "ending"), [("ok", "success"), ("ok", ""), ("critical", "failure")])
def test_a_report_that_agrees_with_its_run_is_not_contradicted(verdict: str, ending: str) -> None:
    assert "The run itself ended" not in compose(notice(a_report(verdict), conclusion=ending))


@pytest.mark.parametrize("row", [comparison(None, status="error"), comparison("inconclusive")])
def test_a_run_that_failed_for_a_test_or_for_what_is_undecided_is_not_called_a_lie(row: Comparison) -> None:
    body = compose(notice(a_report("inconclusive", row), conclusion="failure"))
    assert "The run itself ended" not in body


@pytest.mark.parametrize(
    ("verdict", "row", "said"),
    [
        ("ok", comparison("ok"), "ok: no benchmark is slower"),
        ("inconclusive", comparison(None, status="skipped"), "inconclusive: nothing was compared"),
    ],
)
def test_a_headline_without_a_count_says_no_more_than_is_known(verdict: str, row: Comparison, said: str) -> None:
    assert headline(notice(a_report(verdict, row))) == said


def test_what_failed_and_what_is_missing_is_counted_in_the_headline() -> None:
    rows = [comparison(None, status="error"), comparison(None, status="missing"), comparison("ok")]
    assert headline(notice(a_report("ok", *rows))) == "inconclusive: 1 failed, 1 missing"


@pytest.mark.parametrize(
    ("conclusion", "passed"),
    [
        ("", True),
        ("success", True),
        ("neutral", True),
        ("skipped", True),
        ("failure", False),
        ("cancelled", False),
        ("timed_out", False),
        ("action_required", False),
        ("stale", False),
        ("startup_failure", False),
        ("something new", False),
    ],
)
def test_a_run_has_passed_only_where_github_says_so(conclusion: str, passed: bool) -> None:
    assert notice(None, conclusion=conclusion).has_passed == passed


def test_without_a_report_the_comment_says_why() -> None:
    body = read(compose(notice(None, why="the run has no artifact named giflab-gate")))
    assert body.splitlines()[1:4] == [
        "## ❔ performance: no verdict",
        "",
        "This run left no report that can be trusted: the run has no artifact named giflab-gate",
    ]


def test_without_a_report_the_comment_says_how_the_run_ended() -> None:
    assert "**The run itself ended with failure**." in read(compose(notice(None, why="none", conclusion="failure")))


# How the check ends.


@pytest.mark.parametrize(
    ("verdict", "fail_on", "ending", "conclusion"),
    [
        ("ok", DEFAULT, "", "success"),
        ("ok", DEFAULT, "success", "success"),
        ("improved", DEFAULT, "success", "success"),
        ("inconclusive", DEFAULT, "success", "neutral"),
        ("inconclusive", frozenset({"inconclusive"}), "success", "failure"),
        ("warning", DEFAULT, "success", "failure"),
        ("warning", frozenset({"critical"}), "success", "neutral"),
        ("critical", DEFAULT, "success", "failure"),
        ("critical", NEVER, "success", "neutral"),
        ("critical", DEFAULT, "cancelled", "failure"),
        ("critical", NEVER, "failure", "failure"),
        ("ok", DEFAULT, "neutral", "neutral"),
        ("ok", DEFAULT, "skipped", "neutral"),
        ("ok", DEFAULT, "cancelled", "cancelled"),
        ("ok", DEFAULT, "stale", "cancelled"),
        ("ok", DEFAULT, "action_required", "action_required"),
        ("ok", DEFAULT, "timed_out", "timed_out"),
        ("ok", DEFAULT, "failure", "failure"),
        ("ok", NEVER, "failure", "failure"),
        ("ok", DEFAULT, "startup_failure", "failure"),
        ("ok", DEFAULT, "something new", "failure"),
        (None, DEFAULT, "", "failure"),
        (None, DEFAULT, "success", "failure"),
        (None, DEFAULT, "cancelled", "cancelled"),
        (None, DEFAULT, "failure", "failure"),
        (None, NEVER, "failure", "failure"),
    ],
)
def test_the_check_ends_by_verdict_and_fail_on_but_no_better_than_the_run(
    verdict: str | None, fail_on: frozenset[str], ending: str, conclusion: str
) -> None:
    found = a_report(verdict) if verdict else None
    assert conclude(notice(found, fail_on=fail_on, conclusion=ending)) == conclusion


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("verdict", [*VERDICTS, None])
@pytest.mark.parametrize("fail_on", [DEFAULT, NEVER, frozenset({"inconclusive"})], ids=["default", "never", "strict"])
def test_a_check_is_never_greener_than_the_run(verdict: str | None, fail_on: frozenset[str], ending: str) -> None:
    found = conclude(notice(a_report(verdict) if verdict else None, fail_on=fail_on, conclusion=ending))
    greenest = {"": "success", "skipped": "neutral", "stale": "cancelled"}.get(ending, ending)
    known = [str(each) for each in CONCLUSIONS]
    assert known.index(found) >= (known.index(greenest) if greenest in known else known.index("failure"))


def test_conclusions_go_from_green_to_red() -> None:
    assert CONCLUSIONS[:2] == ("success", "neutral")
    assert CONCLUSIONS[-1] == "failure"


def test_a_check_says_what_the_comment_says_without_its_marker() -> None:
    found = notice(a_report("critical"), conclusion="failure")
    said = check(found, compose(found))
    assert (said.name, said.title, said.conclusion) == ("performance", "critical: 1 critical", "failure")
    assert f"{marker('performance')}\n{said.summary}" == compose(found)
    assert said.annotations == remarks(a_report("critical"))


def test_a_check_without_a_report_has_no_remarks() -> None:
    said = check(notice(None, why="none"), "marker\nbody")
    assert (said.title, said.annotations) == ("no verdict", ())


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (a_report("critical"), "performance: critical: 1 critical (1 benchmark)"),
        (a_report("ok", comparison("ok"), comparison("ok")), "performance: ok: no benchmark is slower (2 benchmarks)"),
        (None, "performance: no verdict: none was written"),
    ],
)
def test_the_log_gets_the_verdict_in_one_line(found: GateReport | None, line: str) -> None:
    assert summary_line(notice(found, why="none was written")) == line


@pytest.mark.parametrize(
    ("verdict", "slower"),
    [("ok", False), ("improved", False), ("inconclusive", False), ("warning", True), ("critical", True)],
)
def test_slower_is_what_is_beyond_a_threshold(verdict: str, slower: bool) -> None:
    assert is_slower(notice(a_report(verdict))) == slower


def test_without_a_report_nothing_is_called_slower() -> None:
    assert not is_slower(notice(None))


# Remarks on lines.


def remarked(file: str, line: int = 3, root: str = "") -> list[tuple[str, int]]:
    return [(each.path, each.line) for each in remarks(report(named("critical", "a", file, line), root=root))]


@pytest.mark.parametrize(
    ("row", "level"),
    [
        (comparison("critical"), "failure"),
        (comparison("warning"), "warning"),
        (comparison("critical", advisory=True), "warning"),
        (comparison("critical", advisory=True, status="changed"), "warning"),
        (comparison(None, status="error"), "warning"),
        (comparison(None, status="missing"), "warning"),
    ],
)
def test_only_a_critical_regression_that_decides_is_a_failure(row: Comparison, level: str) -> None:
    assert [each.level for each in remarks(report(row))] == [level]


@pytest.mark.parametrize("row", [comparison(each) for each in ("ok", "improved", "inconclusive", None)])
def test_what_is_neither_slower_nor_failed_has_no_remark(row: Comparison) -> None:
    assert remarks(report(row)) == ()


def test_a_remark_says_what_and_how_much() -> None:
    (found,) = remarks(report(comparison("critical", advisory=True)))
    assert found.title == "critical (advisory): test_a"
    assert found.message == "1 ms, then 2 ms: ratio 2.00 (1.50 - 2.50), by wall time; because"


def test_a_remark_on_what_has_no_numbers_says_why() -> None:
    row = comparison(None, status="error", ratio=None, reason="it died")
    assert [(each.title, each.message) for each in remarks(report(row))] == [("error: test_a", "it died")]


@pytest.mark.parametrize(
    ("file", "root", "path"),
    [
        ("tests/t.py", "", "tests/t.py"),
        ("tests/t.py", "packages/one", "packages/one/tests/t.py"),
        ("./tests//t.py", "packages/one/", "packages/one/tests/t.py"),
        ("a b/ü.py", "", "a b/ü.py"),
    ],
)
def test_a_remark_names_the_file_from_the_top_of_the_repository(file: str, root: str, path: str) -> None:
    assert remarked(file, root=root) == [(path, 3)]


@pytest.mark.parametrize(
    "file",
    [
        "../t.py",
        "tests/../../t.py",
        "..",
        "/etc/passwd",
        "//server/share",
        "..\\t.py",
        "C:\\t.py",
        "tests\\t.py",
        "t.py\n::error::x",
        "t\x00.py",
        "\u202et.py",
        "\ud800.py",
        "x" * 301,
        "",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("root", ["", "packages/one"])
def test_a_file_that_cannot_be_of_the_repository_has_no_remark_and_no_link(file: str, root: str) -> None:
    assert remarked(file, root=root) == []
    assert "<a " not in compose(notice(a_report("critical", named("critical", "a", file)), root=root))


@pytest.mark.parametrize("line", [0, -1, 1_000_001, 10**400])
def test_a_line_that_no_file_has_gets_no_remark_and_no_link(line: int) -> None:
    assert remarked("t.py", line) == []
    assert "<a " not in compose(notice(a_report("critical", named("critical", "a", line=line))))


@pytest.mark.parametrize("line", [1, 1_000_000])
def test_the_first_and_the_last_line_get_theirs(line: int) -> None:
    assert remarked("t.py", line) == [("t.py", line)]


def test_there_are_no_more_remarks_than_can_be_read_and_they_are_the_worst() -> None:
    rows = [named("warning", f"warning{number}") for number in range(300)]
    rows += [named("critical", f"critical{number}", ratio=2.0 + number) for number in range(150)]
    found = remarks(report(*rows))
    assert len(found) == 200
    assert [each.level for each in found] == ["failure"] * 150 + ["warning"] * 50
    assert found[0].title == "critical: critical149"


def test_title_and_message_of_a_remark_are_one_short_line() -> None:
    (found,) = remarks(report(named("critical", "t.py::" + "x\n" * 2000, reason="y\r\n\u2028" * 2000)))
    assert len((found.title + found.message).splitlines()) == 1
    assert len(found.title) < 255  # GitHub's own limit
    assert len(found.message) < 1000


def test_remarks_are_not_on_what_a_report_calls_by_no_name() -> None:
    assert [each.title for each in remarks(report(named("critical", "")))] == ["critical: "]


class Tags(HTMLParser):
    """The tags of a page, each with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(f"{tag} {dict(attrs)}")


def tags(name: str, reason: str) -> list[str]:
    """What GitHub's own Markdown parser makes of a comment on a benchmark of this name."""
    row = comparison("critical", benchmark=Benchmark(name, "t.py", 3), reason=reason)
    body = compose(notice(a_report("critical", row, warnings=(reason,), ref=name)))
    page = Tags()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(body, cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE))
    return page.found


@pytest.mark.parametrize("trick", TRICKS)
def test_no_name_or_reason_makes_a_tag_or_a_link_where_github_reads_it(trick: str) -> None:
    assert tags(trick, trick) == tags("t.py::test_a", "because")


@settings(max_examples=50)
@given(name=st.text(min_size=1), reason=st.text(min_size=1))
def test_no_text_makes_a_tag_or_a_link_where_github_reads_it(name: str, reason: str) -> None:
    assert tags(name, reason) == tags("t.py::test_a", "because")
