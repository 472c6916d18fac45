"""Comments as a pull request gets them, one for each thing there may be to say, and how they look on GitHub.

`python -m tests.helpers.comments FOLDER` draws them (needs Chromium).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cmarkgfm

from pytest_giflab.github.comment import compose
from pytest_giflab.github.event import RunEvent
from pytest_giflab.github.notice import Acknowledgement, Notice, gathered
from pytest_giflab.model import Benchmark, Comparison, GateReport, Limits, Revision
from pytest_giflab.thresholds import Thresholds
from tests.helpers.measurements import HERE, report

HEAD = "5f3c9d1e0123456789abcdef0123456789abcdef"
BASE = "89abcdef0123456789abcdef0123456789abcdef"
# What GitHub leaves for the text of a comment on a wide screen.
WIDTH_PX = 880
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# Measures of ours after GitHub's: letters of 14 px, code of 85 % in a padding, cells of 6 by 13 px, a table as wide as
# what it holds but never wider than the comment.
STYLE = """
body { margin: 0; background: #fff; color: #1f2328; }
main { width: %dpx; padding: 16px; box-sizing: border-box;
  font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif; overflow-wrap: break-word; }
h2 { font-size: 1.5em; line-height: 1.25; margin: 0 0 16px; padding-bottom: .3em; border-bottom: 1px solid #d1d9e0; }
p, table, details { margin: 0 0 16px; }
a { color: #0969da; text-decoration: none; }
code { font: 85%% "Liberation Mono", monospace; padding: .2em .4em; background: #818b981f; border-radius: 6px;
  white-space: break-spaces; }
h2 code { font-size: inherit; padding: 0 .2em; }
table { display: block; width: max-content; max-width: 100%%; overflow: auto; border-spacing: 0;
  border-collapse: collapse; }
th, td { padding: 6px 13px; border: 1px solid #d1d9e0; }
tr:nth-child(2n) { background: #f6f8fa; }
sub { font-size: 75%%; line-height: 1.5; }
"""


def a_row(verdict: str | None, name: str, ratio: float | None = None, **changes: object) -> Comparison:
    """A line of a report as the gate writes it, of a benchmark that took 838 us before."""
    before = 0.000838
    row = Comparison(
        Benchmark(f"tests/benchmarks/test_speed.py::{name}", "tests/benchmarks/test_speed.py", 12),
        "measured" if verdict else "new",
        clock="thread_cpu" if ratio else None,
        before=before if ratio else None,
        after=before * ratio if ratio else None,
        ratio=ratio,
        low=ratio - 0.01 if ratio else None,
        high=ratio + 0.01 if ratio else None,
        processes=7 if ratio else 0,
        verdict=verdict,  # type: ignore[arg-type]
        reason="slower, and 7 fresh pairs confirm it" if verdict in ("critical", "warning") else "",
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def a_notice(*rows: Comparison, verdict: str, conclusion: str = "", **changes: object) -> Notice:
    event = RunEvent(
        "owner/name",
        (12,),
        sha=HEAD,
        conclusion=conclusion,
        run_url="https://github.com/owner/name/actions/runs/77",
        base="main",
    )
    given = {"ref": "HEAD^1", "base": Revision(BASE, dirty=False), "environment": HERE, "mode": "duet", "warnings": ()}
    found: GateReport = report(*rows, verdict=verdict, **{**given, **changes})
    return Notice("performance", event, found)


def _well(count: int, first: int = 0) -> list[Comparison]:
    return [a_row("ok", f"test_decode[{number}]", 1.002) for number in range(first, first + count)]


def _mixed() -> list[Comparison]:
    levels = ("critical", "warning", "inconclusive", "improved", "ok", "ok")
    ratios = {"critical": 1.31, "warning": 1.07, "inconclusive": 1.03, "improved": 0.8, "ok": 1.001}
    return [
        a_row(level, f"test_{level}[clip-{number}-{'x' * (number % 60)}]", ratios[level] + number / 1000)
        for number in range(50)
        for level in levels
    ]


def _matrix(rows: dict[str, list[Comparison]]) -> Notice:
    """Jobs of a run that failed, each with these benchmarks."""
    whole = a_notice(verdict="ok", conclusion="failure")
    verdicts = {name: "critical" if any(each.verdict == "critical" for each in rows[name]) else "ok" for name in rows}
    jobs = (replace(a_notice(*found, verdict=verdicts[name]), name=name) for name, found in rows.items())
    return gathered(replace(whole, report=None), tuple(jobs))


def examples() -> dict[str, Notice]:
    """One comment for each thing there may be to say, by name."""
    slow = a_row("critical", "test_count_speed", 1.59)
    own = Limits(Thresholds(0.2, 0.5))
    changed = a_row("critical", "test_count_speed", 1.59, status="changed", reason="head's test on base's code: slower")
    died = "head: failed in call: ZeroDivisionError"
    skipped = [a_row(None, f"test_gpu[{number}]", status="skipped", reason="no GPU here") for number in range(2)]
    advisory = replace(changed, advisory=True, reason="each side ran its own test: slower")
    new = [a_row(None, f"test_encode[{number}]", reason="base does not have it") for number in range(5)]
    missing = a_row(None, "test_gone", status="missing", reason="head does not have it")
    return {
        "one-slow": a_notice(slow, *_well(4), verdict="critical", conclusion="failure"),
        "mixed": a_notice(*_mixed(), verdict="critical", conclusion="failure"),
        "changed-test": a_notice(changed, *_well(4), verdict="critical", conclusion="failure"),
        "advisory": a_notice(advisory, *_well(4), verdict="ok", conclusion="success"),
        "error": a_notice(a_row(None, "test_x", status="error", reason=died), *_well(4), verdict="inconclusive"),
        "skipped": a_notice(*_well(3), *skipped, verdict="ok", conclusion="success"),
        "missing": a_notice(missing, *_well(4), verdict="ok", conclusion="success"),
        "first-run": a_notice(*new, verdict="inconclusive", conclusion="success"),
        "well": a_notice(*_well(12), verdict="ok", conclusion="success"),
        "faster": a_notice(a_row("improved", "test_count_speed", 0.7), *_well(4), verdict="improved"),
        "undecided": a_notice(a_row("inconclusive", "test_count_speed", 1.04), *_well(4), verdict="inconclusive"),
        "contradicted": a_notice(*_well(5), verdict="ok", conclusion="failure"),
        "limits": a_notice(replace(slow, base_limits=own), *_well(2), verdict="critical"),
        "waits": replace(a_notice(verdict="ok", conclusion="action_required"), report=None),
        "cancelled": replace(a_notice(verdict="ok", conclusion="cancelled"), report=None),
        "acknowledged": replace(
            a_notice(slow, *_well(4), verdict="critical", conclusion="failure"),
            acknowledged=Acknowledgement("octo", "the new format needs two passes"),
        ),
        "matrix": _matrix({"linux": _well(4), "macos": [slow, *_well(3)], "windows": [*_well(2), *skipped]}),
        "no-report": replace(a_notice(verdict="ok"), report=None, why="the run has no artifact named giflab-gate"),
    }


def page(*bodies: str, unfolded: bool = False) -> str:
    """Comments as a page, each as wide as GitHub shows it; `unfolded` opens what a reader would have to."""
    options = cmarkgfm.cmark.Options.CMARK_OPT_UNSAFE
    found = [cmarkgfm.github_flavored_markdown_to_html(body, options) for body in bodies]
    text = "".join(f"<main>{each}</main>" for each in found)
    if unfolded:
        text = text.replace("<details>", "<details open>")
    return f'<!doctype html><meta charset="utf-8"><title>comment</title><style>{STYLE % WIDTH_PX}</style>{text}'


def browse(browser: str, *options: str) -> str:
    """What headless Chromium prints with these options."""
    command = [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def main() -> int:
    browser = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if len(sys.argv) != 2 or not browser:
        print("usage: python -m tests.helpers.comments FOLDER, where Chromium is installed", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name, notice in examples().items():
        for suffix, unfolded in (("", False), ("-unfolded", True)):
            file = folder / f"{name}{suffix}.html"
            file.write_text(page(compose(notice), unfolded=unfolded), encoding="utf-8")
            size = f"--window-size={WIDTH_PX},1400"
            browse(browser, size, f"--screenshot={file.with_suffix('.png')}", file.as_uri())
    print(f"pictures: {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
