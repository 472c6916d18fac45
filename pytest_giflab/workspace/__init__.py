"""Copies of a project to measure in.

1. `git`: ask git; nothing else runs it.
2. `snapshot`: the files of a commit, and of the working tree as it is.
3. `inifile`: how the project says what else a side needs.
4. `ignored`: files that git ignores and the code needs.
5. `temporary`: a folder and processes that are gone when the session is, however it ends.
6. `builds`: build a snapshot in an environment of its own, once for each content.
7. `installed`: which distributions are copies of the project.
8. `redirect`: import the project from another folder, and prove it.
9. `beginning`: what a session had before the project could change it.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.workspace.beginning import HAS_CURRENT_FOLDER as HAS_CURRENT_FOLDER
    from pytest_giflab.workspace.beginning import elapsed_s as elapsed_s
    from pytest_giflab.workspace.beginning import unix_s as unix_s
    from pytest_giflab.workspace.builds import build as build
    from pytest_giflab.workspace.git import Repository as Repository
    from pytest_giflab.workspace.ignored import Trouble as Trouble
    from pytest_giflab.workspace.ignored import hint as hint
    from pytest_giflab.workspace.ignored import include as include
    from pytest_giflab.workspace.inifile import IniFile as IniFile
    from pytest_giflab.workspace.inifile import build_line as build_line
    from pytest_giflab.workspace.inifile import is_configured_alike as is_configured_alike
    from pytest_giflab.workspace.inifile import read_inifile as read_inifile
    from pytest_giflab.workspace.redirect import redirect_children as redirect_children
    from pytest_giflab.workspace.redirect import redirect_imports as redirect_imports
    from pytest_giflab.workspace.redirect import strays as strays
    from pytest_giflab.workspace.snapshot import LEFT_OUT as LEFT_OUT
    from pytest_giflab.workspace.snapshot import built_modules as built_modules
    from pytest_giflab.workspace.snapshot import copy_commit as copy_commit
    from pytest_giflab.workspace.snapshot import copy_tree as copy_tree
    from pytest_giflab.workspace.snapshot import copy_working_tree as copy_working_tree
    from pytest_giflab.workspace.snapshot import find_repository as find_repository
    from pytest_giflab.workspace.snapshot import lay_over as lay_over
    from pytest_giflab.workspace.snapshot import leads_out as leads_out
    from pytest_giflab.workspace.snapshot import make_folder as make_folder
    from pytest_giflab.workspace.snapshot import resolve as resolve
    from pytest_giflab.workspace.temporary import Scratch as Scratch
    from pytest_giflab.workspace.temporary import scratch as scratch
    from pytest_giflab.workspace.temporary import uninterrupted as uninterrupted

lazy.exports(
    __name__,
    {
        "beginning": ("HAS_CURRENT_FOLDER", "elapsed_s", "unix_s"),
        "builds": ("build",),
        "git": ("Repository",),
        "ignored": ("Trouble", "hint", "include"),
        "inifile": ("IniFile", "build_line", "is_configured_alike", "read_inifile"),
        "redirect": ("redirect_children", "redirect_imports", "strays"),
        "snapshot": (
            "LEFT_OUT",
            "built_modules",
            "copy_commit",
            "copy_tree",
            "copy_working_tree",
            "find_repository",
            "lay_over",
            "leads_out",
            "make_folder",
            "resolve",
        ),
        "temporary": ("Scratch", "scratch", "uninterrupted"),
    },
)
