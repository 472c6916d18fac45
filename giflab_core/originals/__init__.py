"""What is known of an original by itself, while it is compared with several files.

1. `shelf`: numbers and bytes by name and picture, in little memory.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.originals.shelf import Known as Known
    from giflab_core.originals.shelf import Shelf as Shelf

lazy.exports(
    __name__,
    {
        "shelf": ("Known", "Shelf"),
    },
)
