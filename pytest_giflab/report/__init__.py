"""`GateReport`s in the forms people and programs read.

1. `rendering`: numbers and names as people read them; the Jinja templates, in which all text is escaped.
2. `wording`: a whole run in one line, and which benchmarks a reader should see first.
3. `document`: JSON, read too; `markdown`; `terminal`: a table. `writing`: the form that a file's suffix asks for, by
   the table of `pytest_giflab.formats`.
4. `badge`: a picture of the verdict.
5. `progress`: how far a gate is; `bars` shows it.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.report.badge import to_badge as to_badge
    from pytest_giflab.report.bars import showing_progress as showing_progress
    from pytest_giflab.report.document import parse_report as parse_report
    from pytest_giflab.report.document import read_report as read_report
    from pytest_giflab.report.markdown import to_markdown as to_markdown
    from pytest_giflab.report.progress import DuetProgress as DuetProgress
    from pytest_giflab.report.progress import ProgressView as ProgressView
    from pytest_giflab.report.rendering import LONGEST as LONGEST
    from pytest_giflab.report.rendering import Safe as Safe
    from pytest_giflab.report.rendering import amount as amount
    from pytest_giflab.report.rendering import breakable as breakable
    from pytest_giflab.report.rendering import cell as cell
    from pytest_giflab.report.rendering import change as change
    from pytest_giflab.report.rendering import code as code
    from pytest_giflab.report.rendering import duration as duration
    from pytest_giflab.report.rendering import label as label
    from pytest_giflab.report.rendering import long_name as long_name
    from pytest_giflab.report.rendering import render as render
    from pytest_giflab.report.rendering import short_name as short_name
    from pytest_giflab.report.rendering import unbroken as unbroken
    from pytest_giflab.report.terminal import to_text as to_text
    from pytest_giflab.report.wording import ICONS as ICONS
    from pytest_giflab.report.wording import Headline as Headline
    from pytest_giflab.report.wording import is_green as is_green
    from pytest_giflab.report.wording import kind as kind
    from pytest_giflab.report.wording import summarise as summarise
    from pytest_giflab.report.wording import tally as tally
    from pytest_giflab.report.wording import word as word
    from pytest_giflab.report.wording import worst_first as worst_first
    from pytest_giflab.report.writing import write_report as write_report

lazy.exports(
    __name__,
    {
        "badge": ("to_badge",),
        "bars": ("showing_progress",),
        "document": ("parse_report", "read_report"),
        "markdown": ("to_markdown",),
        "progress": ("DuetProgress", "ProgressView"),
        "rendering": (
            "LONGEST",
            "Safe",
            "amount",
            "breakable",
            "cell",
            "change",
            "code",
            "duration",
            "label",
            "long_name",
            "render",
            "short_name",
            "unbroken",
        ),
        "terminal": ("to_text",),
        "wording": (
            "ICONS",
            "Headline",
            "is_green",
            "kind",
            "summarise",
            "tally",
            "word",
            "worst_first",
        ),
        "writing": ("write_report",),
    },
)
