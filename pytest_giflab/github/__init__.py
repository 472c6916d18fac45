"""Tell a pull request.

1. `event`: what GitHub itself says of the run that a report comes from.
2. `artifact`: the report, out of the hands of somebody else.
3. `notice`: what there is to say of a run; `standing`: what has been said already, and has to stay.
4. `comment`: the texts; `annotations`: remarks on lines; `job`: those inside of a job of GitHub Actions.
5. `client`: the only file that talks to GitHub; `access`: how it is reached; `refusal`: what its refusals mean.
6. `publish`: report in; comment, check and label out. `acknowledging`: a reply in, the same with its regression known.
7. `commands`: `giflab-gate comment`, `annotate`, `badge`.
"""

from typing import TYPE_CHECKING

from giflab_core import lazy

if TYPE_CHECKING:
    from pytest_giflab.github.commands import ERROR_CODES as ERROR_CODES
    from pytest_giflab.github.commands import EXIT_CODES as EXIT_CODES
    from pytest_giflab.github.commands import PASSED as PASSED
    from pytest_giflab.github.commands import VERDICT_CODES as VERDICT_CODES
    from pytest_giflab.github.commands import add_commands as add_commands

lazy.exports(
    __name__,
    {
        "commands": ("ERROR_CODES", "EXIT_CODES", "PASSED", "VERDICT_CODES", "add_commands"),
    },
)
