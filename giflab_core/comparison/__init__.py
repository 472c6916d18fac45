"""Compare several compressed files with one original.

1. `candidates`: what became of each, and of all together.
2. `front`: which of them are worth their bytes.
3. `comparing`: the door, `compare()`.
4. `comparison_document`: a comparison as JSON and CSV; `comparison_terminal`: as a table.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.comparison.candidates import Candidate as Candidate
    from giflab_core.comparison.candidates import Ranking as Ranking
    from giflab_core.comparison.comparing import compare as compare
    from giflab_core.comparison.comparison_document import print_comparison_csv as print_comparison_csv
    from giflab_core.comparison.comparison_document import print_comparison_json as print_comparison_json
    from giflab_core.comparison.comparison_terminal import print_comparison as print_comparison

lazy.exports(
    __name__,
    {
        "candidates": ("Candidate", "Ranking"),
        "comparing": ("compare",),
        "comparison_document": ("print_comparison_csv", "print_comparison_json"),
        "comparison_terminal": ("print_comparison",),
    },
)
