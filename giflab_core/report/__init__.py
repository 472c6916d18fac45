"""Reports in the forms people and programs read.

1. `document`, `terminal`: a `ValidationReport` as JSON and as a table.
2. `inspection_document`, `inspection_terminal`: the same for an `Inspection`.
3. `file_verdicts`: verdicts on single files.
4. `progress`: the progress bar.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.report.document import print_json as print_json
    from giflab_core.report.document import to_document as to_document
    from giflab_core.report.document import to_json as to_json
    from giflab_core.report.file_verdicts import print_file_verdicts as print_file_verdicts
    from giflab_core.report.file_verdicts import print_file_verdicts_json as print_file_verdicts_json
    from giflab_core.report.inspection_document import inspection_json as inspection_json
    from giflab_core.report.inspection_document import print_inspection_json as print_inspection_json
    from giflab_core.report.inspection_terminal import print_inspection as print_inspection
    from giflab_core.report.progress import progress_bar as progress_bar
    from giflab_core.report.terminal import print_libraries as print_libraries
    from giflab_core.report.terminal import print_report as print_report

lazy.exports(
    __name__,
    {
        "document": ("print_json", "to_document", "to_json"),
        "file_verdicts": ("print_file_verdicts", "print_file_verdicts_json"),
        "inspection_document": ("inspection_json", "print_inspection_json"),
        "inspection_terminal": ("print_inspection",),
        "progress": ("progress_bar",),
        "terminal": ("print_libraries", "print_report"),
    },
)
