"""The pictures of the page that the documentation shows: light, dark, and on a phone, of a clip that we draw ourselves.

`python -m tests.helpers.page_pictures FOLDER` draws them (needs Chromium and npm's packages).
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image

from giflab_core import validate, write_contact_sheet, write_demo, write_page
from tests.helpers.browser import chromium

# Width and height of the window, and how the browser is set.
WINDOWS: dict[str, tuple[int, int, Any]] = {
    "page-light": (1280, 1400, "light"),
    "page-dark": (1280, 1400, "dark"),
    "page-phone": (390, 844, "dark"),
}


def draw(folder: Path) -> None:
    """Write the pictures, each with 256 colours: they are part of the repository."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        os.chdir(place)  # the page names the clips as they are named here
        demo = write_demo(Path("demo"))
        report = validate(demo.original, demo.bad)
        page = Path(place, "page.html")
        write_page(report, page)
        write_contact_sheet(report, folder / "contact-sheet.png")
        for name, (width, height, scheme) in WINDOWS.items():
            browser.open(page, width, height, scheme=scheme)
            browser.wait("document.documentElement.dataset.drawn")
            if name == "page-phone":
                browser.evaluate("document.getElementById('player').scrollIntoView()")
            browser.picture(folder / f"{name}.png")
    for path in (*(folder / f"{name}.png" for name in WINDOWS), folder / "contact-sheet.png"):
        with Image.open(path) as picture:
            few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python -m tests.helpers.page_pictures FOLDER", file=sys.stderr)
        return 2
    draw(Path(sys.argv[1]).resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
