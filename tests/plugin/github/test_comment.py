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
from pytest_giflab.github.annotations import remarks
from pytest_giflab.github.comment import check, compose, marker
from pytest_giflab.github.event import RunEvent
from pytest_giflab.github.notice import CONCLUSIONS, Notice, conclude, gathered, headline, is_slower, summary_line
from pytest_giflab.model import Benchmark, Comparison, GateReport, Limits, Quantity, Revision
from pytest_giflab.report import Safe
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
HEADING = re.compile(r"<details><summary>([^(\n]*) \((\d+)\)")
ROW = re.compile(r"^\| (?:[^ |&]+(?:&nbsp;| ))?(?:<a |<code>)", re.MULTILINE)
OWN_TAGS = r"</?(?:code|details|summary|sub|a|wbr)>|<a href=\"[^\"<>]*\">"
WORST = "the worst"
WORDS = {
    "ok": "✅ 1 benchmark is not slower: test_a +100 % (50 to 150 %)",
    "improved": "🟢 1 benchmark is faster: test_a +100 % (50 to 150 %)",
    "inconclusive": "⚪ 1 benchmark is inconclusive: test_a +100 % (50 to 150 %)",
    "warning": "🟠 1 benchmark is slower: test_a +100 % (50 to 150 %)",
    "critical": "🔴 1 benchmark is slower: test_a +100 % (50 to 150 %)",
}

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
    """The text as a browser shows it, but for tags and line breaks."""
    return html.unescape(text).replace("\u200b", "").replace("\xa0", " ").replace("<wbr>", "")


def seen(text: str) -> str:
    """The text as a browser shows it, without tags."""
    return re.sub(r"</?[a-z][^>]*>|<!--.*?-->", "", read(text))


def first_line(found: Notice) -> str:
    """The headline as it is seen."""
    return seen(compose(found)).splitlines()[1].removeprefix("## ")


def shown(*rows: Comparison, verdict: str = "critical", **changes: Any) -> str:
    return read(compose(notice(report(*rows, verdict=verdict), **changes)))


def sections(body: str) -> dict[str, tuple[int, int, int]]:
    """By title: how many benchmarks it has as it says, how many are shown, how many are said to be left out."""
    found = list(HEADING.finditer(body))
    ends = [each.start() for each in found[1:]] + [len(body)]
    parts = {each[1]: (int(each[2]), body[each.end() : end]) for each, end in zip(found, ends, strict=True)}
    always = len(ROW.findall(body[: found[0].start()] if found else body))
    return {WORST: (always, always, 0)} | {
        title: (
            count,
            len(ROW.findall(part)),
            sum(map(int, re.findall(r"^… and (\d+) more, in the", part, re.MULTILINE))),
        )
        for title, (count, part) in parts.items()
    }


def count_of(body: str) -> int:
    """How many benchmarks the comment has, each once: what is shown at once, and what the folds say they have."""
    found = sections(body)
    return sum(found[title][0] for title in found if title not in ("Clocks and reasons", "Changed limits"))


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_verdict_comes_first_right_after_the_hidden_marker(verdict: str) -> None:
    body = compose(notice(a_report(verdict)))
    assert body.splitlines()[0] == marker("performance")
    assert seen(body.splitlines()[1]) == f"## {WORDS[verdict]}"


def test_below_the_headline_are_head_base_run_and_the_counts_of_everything() -> None:
    rows = [*(comparison(each) for each in VERDICTS), comparison(None), comparison("ok", status="changed")]
    rows += [comparison(None, status=status) for status in ("missing", "error", "skipped")]
    found = notice(a_report("critical", *rows, mode="duet", ref="HEAD^1"))
    lines = seen(compose(replace(found, event=replace(found.event, base="main")))).splitlines()
    assert lines[3:6] == [
        f"**performance** · head 0123456789ab · base main at 0123456789ab · [the run, with its report]({RUN})",
        "",
        "10 benchmarks: 2 slower (1 critical, 1 warning), 1 failed, 1 missing, 1 inconclusive, 1 new, 1 faster, "
        "2 not slower, 1 skipped; 1 test changed.",
    ]


@pytest.mark.parametrize(
    ("mode", "ref", "branch", "said"),
    [
        ("duet", "HEAD^1", "main", "base main at 0123456789ab"),
        ("duet", "HEAD^1", "", "base 0123456789ab"),
        ("duet", "0123456789abcdef", "", "base 0123456789ab"),
        ("duet", "v1", "", "base v1 at 0123456789ab"),
        ("stored", "nightly", "main", "baseline nightly at 0123456789ab"),
    ],
)
def test_the_base_is_named_as_the_pull_request_knows_it(mode: str, ref: str, branch: str, said: str) -> None:
    found = notice(a_report("ok", mode=mode, ref=ref))
    assert f" · {said} · " in seen(compose(replace(found, event=replace(found.event, base=branch))))


def test_head_is_the_commit_of_the_pull_request_and_not_the_merge_that_was_measured() -> None:
    body = compose(notice(a_report("ok", head=Revision("f" * 40, dirty=False))))
    assert f'head <a href="https://github.com/owner/name/commit/{SHA}"><code>{SHA[:12]}</code></a>' in body
    assert "ffff" not in body


@pytest.mark.parametrize("verdict", ["improved", "inconclusive", "warning", "critical"])
def test_the_first_200_characters_hold_verdict_number_and_name(verdict: str) -> None:
    row = named(verdict, "tests/benchmarks/test_speed.py::TestDecoder::test_count_speed[large-clip]", ratio=1.59)
    row = replace(row, low=1.58, high=1.6)
    others = [comparison("ok")] * 4
    begin = read(compose(notice(a_report(verdict, row, *others)))[:200])
    said = WORDS[verdict].partition(":")[0].replace("1 benchmark", "1 of 5 benchmarks")
    assert f"{said}: <code>test_count_speed[large-clip]</code> +59 % (58 to 60 %)" in begin


@pytest.mark.parametrize("fill", ["x", "@", "_", "😀", "<"])
def test_what_a_reader_sees_of_a_long_name_leaves_the_number_in_the_first_200_characters(fill: str) -> None:
    rows = [named("critical", f"t.py::test_{fill * 400}"), *[comparison("critical", ratio=1.1)] * 999]
    begin = first_line(notice(a_report("critical", *rows)))[:200]
    assert begin.startswith(f"🔴 1000 of 1000 benchmarks are slower: test_{fill}")
    assert begin.endswith("… +100 % (50 to 150 %) and 999 more")


def rows_of(body: str) -> list[list[str]]:
    """The cells of what is always seen."""
    table = read(body).partition("<details>")[0]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines() if ROW.match(line)]


def test_a_row_has_the_benchmark_before_after_and_the_change_with_its_interval() -> None:
    ((name, amounts, changed),) = rows_of(compose(notice(a_report("critical"))))
    assert (seen(name), amounts, changed) == ("🔴 t.py::test_a", "1 ms → 2 ms", "**+100 % (50 to 150 %)**")


def test_clock_and_reason_are_in_a_fold() -> None:
    body = shown(comparison("critical"))
    assert "| <code>test_a</code> | wall | critical: because |" in body.partition("Clocks and reasons (1)")[2]


def test_what_is_not_time_has_its_own_unit_and_no_clock_and_is_not_called_slow() -> None:
    memory = comparison("critical", quantity=Quantity("memory", "MiB"), clock=None, before=1.0, after=2.0)
    body = compose(notice(a_report("critical", memory)))
    assert rows_of(body)[0][1] == "1 MiB → 2 MiB"
    assert "| <code>test_a</code> | - | critical: because |" in read(body)
    assert "slower" not in body.partition("<sub>")[0]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (comparison(None, status="error", ratio=None, before=None, after=None), "failed"),
        (comparison(None, status="missing", ratio=None, before=None, after=None), "missing"),
        (comparison("inconclusive", ratio=None, before=None, after=None), "inconclusive"),
    ],
)
def test_a_row_without_numbers_says_why_in_a_word(row: Comparison, told: str) -> None:
    assert rows_of(compose(notice(a_report("inconclusive", row))))[0][1:] == ["-", told]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"status": "changed"}, "**+100 % (50 to 150 %)**, test changed"),
        ({"advisory": True}, "+100 % (50 to 150 %), advisory"),
        ({"status": "changed", "advisory": True}, "+100 % (50 to 150 %), advisory, test changed"),
    ],
)
def test_a_row_says_that_its_test_changed_and_that_it_decides_nothing(changes: dict[str, Any], told: str) -> None:
    assert rows_of(compose(notice(a_report("ok", comparison("critical", **changes)))))[0][2] == told


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


@pytest.mark.parametrize("file", ["../t.py", "/etc/passwd", "C:\\t.py", "\u202et.py", ""], ids=ascii)
def test_a_file_that_cannot_be_of_the_repository_has_no_link(file: str) -> None:
    assert "/blob/" not in compose(notice(a_report("critical", named("critical", "a", file)), root="packages/one"))


@pytest.mark.parametrize("line", [0, 1_000_001, 10**400])
def test_a_line_that_no_file_has_gets_no_link(line: int) -> None:
    assert "/blob/" not in compose(notice(a_report("critical", named("critical", "a", line=line))))


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


def test_the_worst_regression_comes_first() -> None:
    rows = [named("critical", f"name{ratio}", ratio=ratio) for ratio in (1.2, 3.0, 2.0)]
    found = rows_of(compose(notice(report(*rows, verdict="critical"))))
    assert [seen(row[0]) for row in found] == ["🔴 name3.0", "🔴 name2.0", "🔴 name1.2"]


def test_the_quality_of_a_gif_is_told_beside_the_time_of_what_makes_it() -> None:
    time = comparison("improved", before=0.2, after=0.1, ratio=0.5, low=0.45, high=0.55)
    worse = {"before": 0.9, "after": 0.6, "ratio": 2 / 3, "low": None, "high": None, "clock": None}
    quality = comparison("critical", quantity=Quantity("quality", "", "higher"), reason="small.gif: worse", **worse)
    body = compose(notice(a_report("critical", time, quality)))
    assert seen(rows_of(body)[0][0]) == "🔴 t.py::test_a (quality)"
    assert rows_of(body)[0][1] == "0.9 → 0.6"
    assert "1 of 2 benchmarks is worse: <code>test_a (quality)</code> −33 %" in read(body)
    assert "| critical: small.gif: worse |" in read(body)
    assert "200 ms → 100 ms" in body.replace("&nbsp;", " ")


def test_of_what_should_be_high_the_lowest_comes_first() -> None:
    quality = Quantity("ssim", "", "higher")
    rows = [named("critical", f"name{ratio}", ratio=ratio, quantity=quality) for ratio in (0.9, 0.2, 0.5)]
    found = rows_of(compose(notice(report(*rows, verdict="critical"))))
    assert [seen(row[0]) for row in found] == ["🔴 name0.2", "🔴 name0.5", "🔴 name0.9"]


def test_what_matters_is_always_seen_the_decided_before_the_advisory_and_what_is_well_is_folded() -> None:
    rows = [
        comparison("ok"),
        comparison("ok", advisory=True),
        comparison(None, status="skipped"),
        comparison(None, status="new"),
        comparison("improved"),
        comparison("inconclusive"),
        comparison("critical", advisory=True, status="changed"),
        comparison(None, status="missing"),
        comparison(None, status="error"),
        comparison("warning"),
        comparison("critical"),
    ]
    body = compose(notice(a_report("critical", *rows)))
    assert [seen(row[0]).partition(" ")[0] for row in rows_of(body)] == ["🔴", "🟠", "❌", "❓", "⚠️", "⚠️", "⚪", "🟢"]
    assert list(sections(body).items())[1:] == [
        ("Not slower", (1, 1, 0)),
        ("New or skipped", (2, 2, 0)),
        ("Clocks and reasons", (10, 10, 0)),
    ]


@pytest.mark.parametrize(("count", "always", "folded"), [(10, 10, 0), (11, 10, 1), (300, 10, 290)])
def test_the_ten_worst_are_always_seen_and_the_rest_is_folded(count: int, always: int, folded: int) -> None:
    rows = [named("critical", f"slow{number}", ratio=2.0 + number) for number in range(count)]
    body = compose(notice(report(*rows, verdict="critical")))
    assert [seen(row[0]) for row in rows_of(body)] == [f"🔴 slow{number}" for number in range(count)[::-1][:always]]
    assert sections(body).get("The rest of these", (0, 0, 0))[0] == folded
    assert body.count("<details>") == body.count("</details>")


def test_inconclusive_benchmarks_say_what_would_decide_them() -> None:
    assert "more time (--giflab-budget)" in shown(comparison("inconclusive"), verdict="inconclusive")


def test_changed_limits_are_shown_and_announced_right_below_the_verdict() -> None:
    row = comparison("critical", base_limits=Limits(Thresholds(0.05, 0.1), None))  # head: 2 %, 30 %, wall
    body = shown(row)
    assert body.index("This change touches its own limits") < body.index("| benchmark |")
    (limits,) = [line for line in body.splitlines() if line.endswith("| 5 %, 10 %, chosen | 2 %, 30 %, wall |")]
    assert "t.py::test_a" in limits
    assert sections(body)["Changed limits"] == (1, 1, 0)


def test_limits_that_are_the_same_are_not_shown() -> None:
    row = comparison("critical")
    assert "imits" not in shown(replace(row, base_limits=row.benchmark.limits))


@pytest.mark.parametrize(("row", "title"), [(comparison("ok"), "Not slower"), (comparison(None), "New or skipped")])
def test_what_is_well_is_always_folded(row: Comparison, title: str) -> None:
    assert f"<details><summary>{title} (1)</summary>" in shown(comparison("inconclusive"), row, verdict="ok")


@pytest.mark.parametrize("status", ["new", "skipped"])
def test_what_is_new_or_skipped_is_seen_if_nothing_else_is(status: str) -> None:
    body = compose(notice(a_report("ok", comparison("ok"), comparison(None, status=status, ratio=None))))
    assert [row[2] for row in rows_of(body.partition("<details>")[0])] == [status]


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
ESCAPED = "@" * 300


# Any of these counts is more than fits: a row has a name, a file and a reason, each of 300 characters.
@pytest.mark.parametrize(
    ("count", "fill", "verdicts"),
    [
        pytest.param(1000, LONG, VERDICTS, id="mixed-long"),
        pytest.param(120, WIDE, VERDICTS, id="mixed-wide"),
        pytest.param(120, ESCAPED, VERDICTS, id="mixed-escaped"),
        pytest.param(120, ESCAPED, ["critical"], id="critical-escaped"),
        pytest.param(120, ESCAPED, ["ok"], id="ok-escaped"),
    ],
)
def test_many_benchmarks_with_long_names_and_reasons_fit(count: int, fill: str, verdicts: Sequence[str]) -> None:
    rows = [
        named(verdicts[number % len(verdicts)], f"{number} {fill}", file=f"{fill}.py", reason=fill)
        for number in range(count)
    ]
    body = compose(notice(report(*rows, verdict="critical", warnings=(fill,) * 250)))
    assert len(body) <= GITHUBS_LIMIT
    assert count_of(body) == count


@settings(max_examples=15)
@given(st.integers(1, 120), st.text(max_size=300), st.lists(st.sampled_from(VERDICTS), min_size=1, max_size=5))
def test_any_benchmarks_fit_and_are_counted(count: int, fill: str, verdicts: Sequence[str]) -> None:
    rows = [named(verdicts[number % len(verdicts)], f"{number} {fill}", reason=fill) for number in range(count)]
    body = compose(notice(report(*rows, verdict="critical")))
    assert len(body) <= GITHUBS_LIMIT
    assert count_of(body) == count


@pytest.mark.parametrize("count", [10, 30, 100])
def test_what_is_not_shown_is_counted(count: int) -> None:
    rows = [named(verdict, f"{number} {LONG}") for number in range(count) for verdict in VERDICTS]
    rows = [replace(row, base_limits=Limits()) if row.verdict == "warning" else row for row in rows]
    rows = [replace(row, benchmark=replace(row.benchmark, limits=Limits(Thresholds(0.01)))) for row in rows]
    found = sections(compose(notice(report(*rows, verdict="critical"))))
    assert {title: said for title, (said, _, _) in found.items()} == {
        WORST: 10,
        "The rest of these": 4 * count - 10,
        "Clocks and reasons": 4 * count,
        "Changed limits": count,
        "Not slower": count,
    }
    assert all(visible + hidden == said for said, visible, hidden in found.values())


def test_ten_rows_are_seen_however_long_they_are_as_names_go() -> None:
    rows = [named("critical", f"{LONG}::{number}", file=f"{LONG}.py", reason=LONG) for number in range(1000)]
    assert sections(compose(notice(report(*rows, verdict="critical", warnings=(LONG,) * 99))))[WORST] == (10, 10, 0)


def test_notes_that_are_not_shown_are_counted() -> None:
    body = shown(comparison("ok"), verdict="ok")
    assert "more note" not in body
    long = read(compose(notice(a_report("ok", warnings=tuple(f"note {number} {LONG}" for number in range(1000))))))
    visible = len(re.findall(r"^Note: note ", long, re.MULTILINE))
    assert f"… and {1000 - visible} more notes." in long


def test_all_regressions_are_shown_before_a_thousand_that_are_well() -> None:
    well = [named("ok", f"{number} {LONG}") for number in range(1000)]
    slow = [named("critical", f"slow{number}", ratio=3.0 + number) for number in range(20)]
    found = sections(compose(notice(report(*well, *slow, verdict="critical"))))
    assert found["The rest of these"] == (10, 10, 0)
    assert found["Not slower"][1] < 1000


def test_of_many_regressions_the_worst_are_shown_and_more_of_them_than_of_what_is_well() -> None:
    rows = [named("critical", f"slow{number}.{LONG}", ratio=2.0 + number) for number in range(500)]
    body = compose(notice(report(*rows, *[named("ok", f"{number} {LONG}") for number in range(500)])))
    found = sections(body)
    _, visible, hidden = found["The rest of these"]
    assert hidden > 0
    assert visible > found["Not slower"][1]
    shown_rows = read(body).partition("Clocks and reasons")[0]
    assert re.findall(r"<code>slow(\d+)\.x{290}", shown_rows) == [str(each) for each in range(499, 489 - visible, -1)]


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
    assert {line.count("|") for line in rest.splitlines() if line.startswith("| ")} <= {4}


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
    assert first_line(found) == "🔴 1 of 2 benchmarks is slower: test_a +100 % (50 to 150 %)"
    assert is_slower(found)
    assert conclude(found) == "failure"


def test_a_report_without_benchmarks_is_not_ok() -> None:
    assert notice(report(verdict="ok")).verdict == "inconclusive"


def test_a_report_may_be_worse_than_its_benchmarks() -> None:
    assert notice(a_report("critical", comparison("ok"))).verdict == "critical"


@pytest.mark.parametrize("ending", ["failure", "timed_out", "startup_failure"])
def test_an_ok_after_a_run_that_did_not_pass_is_contradicted(ending: str) -> None:
    body = read(compose(notice(a_report("ok"), conclusion=ending)))
    assert body.splitlines()[1].startswith(f"## 🔴 The run ended with {ending}, though 1 benchmark is not slower")
    assert f"**The run itself ended with {ending}**, which is not for what its report says" in body


@pytest.mark.parametrize(("verdict", "ending"), [("ok", "success"), ("ok", ""), ("critical", "failure")])
def test_a_report_that_agrees_with_its_run_is_not_contradicted(verdict: str, ending: str) -> None:
    assert "The run itself ended" not in compose(notice(a_report(verdict), conclusion=ending))


@pytest.mark.parametrize("row", [comparison(None, status="error"), comparison("inconclusive")])
def test_a_run_that_failed_for_a_test_or_for_what_is_undecided_is_not_called_a_lie(row: Comparison) -> None:
    body = compose(notice(a_report("inconclusive", row), conclusion="failure"))
    assert "The run itself ended" not in body


# What must not be left unsaid: a run with one of these is not green, in no place.

UNSAID: list[tuple[str, Comparison, str]] = [
    (
        "advisory",
        comparison("critical", advisory=True),
        "⚠️ 1 of 3 benchmarks may be slower: test_a +100 % (50 to 150 %)",
    ),
    (
        "advised",
        comparison("ok", advisory=True, status="changed", ratio=1.0, low=0.9, high=1.1),
        "⚠️ 1 of 3 benchmarks has only an advisory verdict: test_a +0 % (−10 to 10 %)",
    ),
    ("missing", comparison(None, status="missing", ratio=None), "⚠️ 1 of 3 benchmarks is missing: test_a"),
    ("skipped", comparison(None, status="skipped", ratio=None), "⚠️ None of 2 benchmarks is slower; 1 skipped (test_a)"),
    ("failed", comparison(None, status="error", ratio=None), "🔴 1 of 3 benchmarks failed: test_a"),
    ("inconclusive", comparison("inconclusive", ratio=None), "⚪ 1 of 3 benchmarks is inconclusive: test_a"),
]
SAID = {"advisory": "1 may be slower", "advised": "1 by an advisory verdict alone"}


@pytest.mark.parametrize(("kind", "row", "line"), UNSAID, ids=[each[0] for each in UNSAID])
@pytest.mark.parametrize("ending", ["", "success"])
def test_what_is_left_out_is_in_the_headline_and_the_check_is_not_green(
    kind: str, row: Comparison, line: str, ending: str
) -> None:
    found = notice(a_report("ok", comparison("ok"), comparison("ok"), row), conclusion=ending)
    assert first_line(found) == line
    assert conclude(found) == ("failure" if kind == "failed" and not ending else "neutral")


@pytest.mark.parametrize(("kind", "row", "line"), UNSAID, ids=[each[0] for each in UNSAID])
def test_what_is_left_out_is_said_beside_what_is_slower(kind: str, row: Comparison, line: str) -> None:
    found = notice(a_report("critical", comparison("critical"), row), conclusion="failure")
    leading = "🔴 1 of 2 benchmarks is slower: test_a +100 % (50 to 150 %)"
    assert first_line(found) == f"{leading}; {SAID.get(kind, f'1 {kind}')}"


@pytest.mark.parametrize(("kind", "row", "line"), UNSAID, ids=[each[0] for each in UNSAID])
def test_what_is_faster_does_not_hide_what_is_left_out(kind: str, row: Comparison, line: str) -> None:
    found = notice(a_report("improved", comparison("improved"), row), conclusion="success")
    assert not first_line(found).startswith(("✅", "🟢"))
    assert conclude(found) == "neutral"


def test_a_failure_of_base_alone_does_not_fail_the_check_of_a_run_that_passed() -> None:
    row = comparison(None, status="error", reason="base: failed in call")
    assert conclude(notice(a_report("ok", comparison("ok"), row), conclusion="success")) == "neutral"


def test_a_new_benchmark_leaves_a_run_green() -> None:
    found = notice(a_report("ok", comparison("ok"), comparison("ok"), comparison(None)))
    assert (first_line(found), conclude(found)) == ("✅ None of 2 benchmarks is slower", "success")


def test_on_a_first_run_there_is_nothing_to_compare_with_yet() -> None:
    found = notice(a_report("inconclusive", *[comparison(None, ratio=None)] * 2))
    assert first_line(found) == "⚪ 2 new benchmarks, nothing to compare with yet: test_a and 1 more"
    assert conclude(found) == "neutral"


def test_a_report_that_says_critical_of_no_benchmark_is_not_green() -> None:
    assert first_line(notice(a_report("critical", comparison("ok")))) == (
        "🔴 The report says critical, and names no benchmark that is"
    )


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
    assert body.splitlines()[1:6] == [
        "## ❔ No verdict",
        "",
        "**performance** · head "
        f'<a href="https://github.com/owner/name/commit/{SHA}"><code>{SHA[:12]}</code></a> · '
        f"[the run]({RUN})",
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
    assert (said.name, said.title, said.conclusion) == (
        "performance",
        "1 benchmark is slower: test_a +100 % (50 to 150 %)",
        "failure",
    )
    assert f"{marker('performance')}\n{said.summary}" == compose(found)
    assert said.annotations == remarks(a_report("critical"))


def test_a_check_without_a_report_has_no_remarks() -> None:
    said = check(notice(None, why="none"), "marker\nbody")
    assert (said.title, said.annotations) == ("no verdict", ())


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (a_report("critical"), "performance: 1 benchmark is slower: test_a +100 % (50 to 150 %)"),
        (a_report("ok", comparison("ok"), comparison("ok")), "performance: none of 2 benchmarks is slower"),
        (None, "performance: no verdict: none was written"),
    ],
)
def test_the_log_gets_the_verdict_in_one_line(found: GateReport | None, line: str) -> None:
    assert summary_line(notice(found, why="none was written")) == line


@pytest.mark.parametrize("trick", [*TRICKS, "t.py::test_a[##[add-mask]x\n::error::y]"])
def test_no_name_is_a_command_in_the_log_or_a_second_line_of_a_title(trick: str) -> None:
    found = notice(a_report("critical", named("critical", trick)))
    assert headline(found).plain in summary_line(found)
    assert len(summary_line(found).splitlines()) == 1
    assert "##[" not in summary_line(found)
    assert len(check(found, compose(found)).title) < 255  # GitHub's own limit


@pytest.mark.parametrize(
    ("verdict", "slower"),
    [("ok", False), ("improved", False), ("inconclusive", False), ("warning", True), ("critical", True)],
)
def test_slower_is_what_is_beyond_a_threshold(verdict: str, slower: bool) -> None:
    assert is_slower(notice(a_report(verdict))) == slower


def test_without_a_report_nothing_is_called_slower() -> None:
    assert not is_slower(notice(None))


# Where GitHub reads it.


class Tags(HTMLParser):
    """The tags of a page, each with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "wbr":
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


def test_of_a_large_matrix_no_more_rows_are_written_than_may_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    written = list[Comparison]()

    def tell(row: Comparison) -> Safe:
        written.append(row)
        return Safe("x")

    monkeypatch.setattr("pytest_giflab.github.comment._told", tell)
    rows = [named("critical", f"slow{number}") for number in range(800)]
    job = notice(report(*rows, verdict="critical"))
    jobs = tuple(replace(job, name=f"job {number}") for number in range(40))
    assert "<details" in compose(gathered(replace(job, report=None), jobs))
    assert len(written) < 40 * 800, "not even each row once"
