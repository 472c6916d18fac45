"""What files are called on a page."""

from __future__ import annotations

import pytest

from giflab_core.pages.names import short_names
from tests.helpers.marks import needs_posix


@needs_posix
@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["out/a.gif", "out/b.gif"], ["a.gif", "b.gif"]),
        (["q80/x/clip.gif", "q90/x/clip.gif", "q90/x/other.gif"], ["q80/x/clip.gif", "q90/x/clip.gif", "other.gif"]),
        (["clip.gif", "q90/clip.gif", "/home/q80/clip.gif"], ["clip.gif", "q90/clip.gif", "q80/clip.gif"]),
        (["out/clip.gif", "out/clip.gif", "out/b.gif"], ["clip.gif", "clip.gif", "b.gif"]),
        (["-", "/dev/fd/63", "/proc/self/fd/3"], ["standard input", "/dev/fd/63", "/proc/self/fd/3"]),
        (["out/a\n.gif"], ["a\\n.gif"]),
    ],
)
def test_a_name_has_as_many_folders_as_tell_it_from_the_others(paths: list[str], names: list[str]) -> None:
    assert list(short_names(paths)) == names
