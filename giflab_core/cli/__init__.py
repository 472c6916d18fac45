"""The command `giflab`.

1. `program`: the commands there are, and `main`.
2. `command`: what all have in common, arguments in, an answer shown, exit code out.
3. `inputs`: files and pipes to read, and limits for them; `patterns`: files by pattern; `outputs`: files to write.
4. One file a command: `validate`, `compare`, `inspect`, `check`, `cache`, `deps`, `demo`.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from giflab_core.cli.command import Answer as Answer
    from giflab_core.cli.command import Parser as Parser
    from giflab_core.cli.command import run_command as run_command
    from giflab_core.cli.program import main as main

lazy.exports(
    __name__,
    {
        "command": ("Answer", "Parser", "run_command"),
        "program": ("main",),
    },
)
