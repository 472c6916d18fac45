"""`GateReport`s in the forms people and programs read.

1. `rendering`: numbers and names as people read them; the Jinja templates, in which all text is escaped.
2. `document`: JSON, Markdown, a table in the terminal.
3. `badge`: a picture of the verdict.
4. `progress`: how far a gate is.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.report.badge import to_badge as to_badge
    from pytest_giflab.report.document import parse_report as parse_report
    from pytest_giflab.report.document import read_report as read_report
    from pytest_giflab.report.document import to_markdown as to_markdown
    from pytest_giflab.report.document import to_text as to_text
    from pytest_giflab.report.document import write_report as write_report
    from pytest_giflab.report.progress import shown as shown
    from pytest_giflab.report.rendering import LONGEST as LONGEST
    from pytest_giflab.report.rendering import Safe as Safe
    from pytest_giflab.report.rendering import code as code
    from pytest_giflab.report.rendering import duration as duration
    from pytest_giflab.report.rendering import interval as interval
    from pytest_giflab.report.rendering import label as label
    from pytest_giflab.report.rendering import render as render

lazy.exports(
    __name__,
    {
        "badge": ("to_badge",),
        "document": ("parse_report", "read_report", "to_markdown", "to_text", "write_report"),
        "progress": ("shown",),
        "rendering": ("LONGEST", "Safe", "code", "duration", "interval", "label", "render"),
    },
)
