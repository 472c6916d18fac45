"""Reports in the forms people and programs read.

1. `outcome`: the `ValidationReport`, and the same as plain values.
2. `document`, `terminal`: it as JSON and as a table; `chart`: its numbers over time; `notebook`: both in a notebook.
3. `inspection_document`, `inspection_terminal`: the same for an `Inspection`.
4. `file_verdicts`: verdicts on single files.
5. `progress`: whether anybody looks; `bar`: the progress bar, by rich.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.report.chart import chart_svg as chart_svg
    from giflab_core.report.chart import limits_of as limits_of
    from giflab_core.report.document import print_json as print_json
    from giflab_core.report.document import to_json as to_json
    from giflab_core.report.file_verdicts import print_file_verdicts as print_file_verdicts
    from giflab_core.report.file_verdicts import print_file_verdicts_json as print_file_verdicts_json
    from giflab_core.report.inspection_document import inspection_json as inspection_json
    from giflab_core.report.inspection_document import print_inspection_json as print_inspection_json
    from giflab_core.report.inspection_terminal import print_inspection as print_inspection
    from giflab_core.report.outcome import ValidationReport as ValidationReport
    from giflab_core.report.progress import progress_bar as progress_bar
    from giflab_core.report.terminal import STYLE as STYLE
    from giflab_core.report.terminal import print_libraries as print_libraries
    from giflab_core.report.terminal import print_report as print_report

lazy.exports(
    __name__,
    {
        "chart": ("chart_svg", "limits_of"),
        "document": ("print_json", "to_json"),
        "file_verdicts": ("print_file_verdicts", "print_file_verdicts_json"),
        "inspection_document": ("inspection_json", "print_inspection_json"),
        "inspection_terminal": ("print_inspection",),
        "outcome": ("ValidationReport",),
        "progress": ("progress_bar",),
        "terminal": ("STYLE", "print_libraries", "print_report"),
    },
)
