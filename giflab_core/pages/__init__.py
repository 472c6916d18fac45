"""What people look at: a validated pair as a page, as an animation, as a sheet of its worst moments.

1. `timeline`: which two frames are shown at each moment; `worst`: the moments to look at first.
2. `footage`: the pictures of these moments, by our decoder; `difference`: how far two of them are apart.
3. `encoder`: pictures as a GIF, one after the other; `animation`: both clips and their difference as one.
4. `sheet`: the worst moments as one picture.
5. `page`: all of it as one HTML file, of `content`, its template, its style and its script.
6. `candidates_page`: several compressed clips of one original as one HTML file, with `scatter`, bytes against quality.
7. `rendering`: templates, and pictures in them; `names`: what files are called in them.
8. `output`: files that are written whole or not at all.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.pages.animation import check_diff as check_diff
    from giflab_core.pages.animation import write_diff as write_diff
    from giflab_core.pages.candidates_page import write_candidates_page as write_candidates_page
    from giflab_core.pages.output import check_outputs as check_outputs
    from giflab_core.pages.page import write_page as write_page
    from giflab_core.pages.sheet import write_contact_sheet as write_contact_sheet

lazy.exports(
    __name__,
    {
        "animation": ("check_diff", "write_diff"),
        "candidates_page": ("write_candidates_page",),
        "output": ("check_outputs",),
        "page": ("write_page",),
        "sheet": ("write_contact_sheet",),
    },
)
