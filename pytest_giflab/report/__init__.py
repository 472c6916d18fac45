"""`GateReport`s in the forms people and programs read.

1. `rendering`: numbers and names as people read them; the Jinja templates, in which all text is escaped.
2. `document`: JSON, read too; `markdown`; `terminal`: a table. `writing`: the form that a file's suffix asks for, by
   the table of `pytest_giflab.formats`.
3. `badge`: a picture of the verdict.
4. `progress`: how far a gate is; `bars` shows it.
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
    from pytest_giflab.report.rendering import code as code
    from pytest_giflab.report.rendering import duration as duration
    from pytest_giflab.report.rendering import interval as interval
    from pytest_giflab.report.rendering import label as label
    from pytest_giflab.report.rendering import render as render
    from pytest_giflab.report.terminal import to_text as to_text
    from pytest_giflab.report.writing import write_report as write_report

lazy.exports(
    __name__,
    {
        "badge": ("to_badge",),
        "bars": ("showing_progress",),
        "document": ("parse_report", "read_report"),
        "markdown": ("to_markdown",),
        "progress": ("DuetProgress", "ProgressView"),
        "rendering": ("LONGEST", "Safe", "amount", "code", "duration", "interval", "label", "render"),
        "terminal": ("to_text",),
        "writing": ("write_report",),
    },
)
