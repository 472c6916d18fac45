"""Every error the gate raises on purpose; `str(error)` is one line that says what to do.

GiflabError (giflab_core)
└── GateError
    ├── DecisionError       measurements or thresholds that cannot be decided upon
    ├── EventError          it is not known which pull request a report is for
    ├── GitError            the code to compare with cannot be had from git
    │   ├── GitMissing
    │   └── NotARepository
    ├── GitHubError         GitHub refused, or could not be reached
    ├── MeasurementError    the processes that measure could not do it
    │   └── NotBuilt
    ├── StoreError          a baseline or report that cannot be read or written
    │   └── BaselineMissing
    └── UnknownFormat       a report is to be written in a form that is not known
"""

import errno

from giflab_core.errors import GiflabError

OF_FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
ELSEWHERE = "name another folder for temporary files by TMPDIR"


class GateError(GiflabError):
    """Base of all errors of the gate.

    `said`: what a process said, which may hold secrets: the terminal shows it, and no report. `reason` is one line
    without it.
    """

    def __init__(self, message: str = "", said: str = "") -> None:
        super().__init__(f"{message}, and said last: {said}" if said else message)
        self.reason, _, more = message.partition("\n")
        self.said = said or more.rpartition("\n")[2]


class DecisionError(GateError, ValueError):
    """The measurements or thresholds cannot be decided upon; the message says what to change."""


class EventError(GateError):
    """Which run of which pull request a report belongs to cannot be told."""


class GitError(GateError):
    """Git failed, or the repository does not have what was asked for."""


class GitMissing(GitError):
    """Git is not installed."""


class NotARepository(GitError):
    """The folder is not in a git repository."""


class GitHubError(GateError):
    """GitHub refused a request, or did not answer in time; the message says what the token or the job lacks."""


class MeasurementError(GateError):
    """The processes that measure could not be started, or died before they measured anything."""


class NotBuilt(MeasurementError):
    """A side lacks what a build would make of it."""


class StoreError(GateError):
    """A baseline or report that cannot be read or written: missing, damaged, foreign, or of a newer schema."""


class BaselineMissing(StoreError):
    """The store does not have a baseline of that name."""


class UnknownFormat(GateError):
    """The suffix of a file does not say in which form a report is to be written; the message names those that do."""


def is_of_full_disk(error: OSError) -> bool:
    """Whether there was no room, also for one of the files that shutil copies, of which it keeps only the words."""
    return error.errno in OF_FULL_DISK or any(f"[Errno {number}]" in str(error) for number in OF_FULL_DISK)


def in_words(error: OSError, instead: str = ELSEWHERE) -> str:
    """What the system refused, in one line, with what to do about a full disk: free some space, or `instead`."""
    if is_of_full_disk(error):
        name = error.filename2 or error.filename
        return f"{f'cannot write {name}: ' if name else ''}the disk is full; free some space, or {instead}"
    # A copy that failed is told as (from, to, why) for each file.
    copied = error.args[0] if error.args and isinstance(error.args[0], list) else []
    reason = str(copied[0][2] if copied and isinstance(copied[0], tuple) else error)
    return " ".join(reason.split())
