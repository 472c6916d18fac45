"""What comment and check already say, and whether a run may say otherwise. Pure: what was told in, a choice out.

The last line of a comment, hidden, and the external id of a check hold what they tell of. Both are written by the token
alone; nothing in them is from a report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from urllib.parse import parse_qsl, urlencode

from pytest_giflab.github.event import RunEvent
from pytest_giflab.github.notice import Acknowledgement

STATE = re.compile(r"\n<!-- giflab-gate-told: (\S*) -->\Z")
NOTE = "\n<!-- giflab-gate-later -->\n"
EXTERNAL = "giflab-gate?"
FORMS = {
    "workflow": r"[\w./ -]{0,200}",
    "pull": r"\d{1,10}",
    "sha": r"[0-9a-f]{0,64}",
    "run": r"\d{1,20}",
    "attempt": r"\d{1,6}",
    "started": r"[\dTZ:.+-]{0,40}",
    "verdict": r"[01]",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a comment or a check tells of.

    `workflow`: path of the workflow whose run it is, "" outside of GitHub Actions; `pull`: the pull request; `sha`: the
    commit; `run`, `attempt`, `started`: the run, and when this attempt began, in ISO 8601; 0 and "" outside of GitHub
    Actions. `verdict`: 1 if it is one, 0 for a run that was cancelled or waits. `by`, `reason`: who has acknowledged
    it, and why; "" if nobody has.
    """

    workflow: str = ""
    pull: int = 0
    sha: str = ""
    run: int = 0
    attempt: int = 0
    started: str = ""
    verdict: int = 1
    by: str = ""
    reason: str = ""

    @property
    def acknowledged(self) -> Acknowledgement | None:
        return Acknowledgement(self.by, self.reason) if self.by else None

    def with_acknowledgement(self, found: Acknowledgement | None) -> Told:
        return replace(self, by=found.by, reason=found.reason) if found else self


def told_of(event: RunEvent, pull: int, *, is_verdict: bool) -> Told:
    """What a comment on this run tells of."""
    return Told(event.workflow, pull, event.sha, event.run_id or 0, event.attempt, event.started, int(is_verdict))


def signed(body: str, told: Told) -> str:
    """The comment with a hidden last line that says what it tells of."""
    return f"{body}\n<!-- giflab-gate-told: {_written(told)} -->"


def external_id(told: Told) -> str:
    """What a check carries to say what it tells of."""
    return f"{EXTERNAL}{_written(replace(told, by='', reason=''))}"


def _written(told: Told) -> str:
    return urlencode({name: value for name, value in asdict(told).items() if value not in ("", 0) or name == "verdict"})


def read_comment(body: str) -> Told:
    """What a comment of ours tells of; of one without that line nothing is known."""
    found = STATE.search(body.replace("\r\n", "\n").rstrip())
    return _read(found[1] if found else "")


def read_check(external: str) -> Told:
    """What a check of ours tells of, by its external id; of another nothing is known."""
    return _read(external.removeprefix(EXTERNAL) if external.startswith(EXTERNAL) else "")


def _read(text: str) -> Told:
    """What was written; nothing of it if any of it has another form."""
    given = dict(parse_qsl(text))
    if any(not re.fullmatch(form, given[name], re.ASCII) for name, form in FORMS.items() if name in given):
        return Told(verdict=0)
    pull, run, attempt, verdict = (int(given.get(name, 0)) for name in ("pull", "run", "attempt", "verdict"))
    workflow, sha, started, by, reason = (
        given.get(name, "") for name in ("workflow", "sha", "started", "by", "reason")
    )
    return Told(workflow, pull, sha, run, attempt, started, verdict, by, reason)


def is_of_gate(told: Told, mine: Told) -> bool:
    """Whether both tell of one gate: of the same workflow and pull request, or if nothing is known of the first."""
    is_known = bool(told.sha)
    return not is_known or (told.workflow == mine.workflow and (0 in (told.pull, mine.pull) or told.pull == mine.pull))


def is_newer(told: Told, mine: Told) -> bool:
    """Whether one began after the other; of which nobody knows when it began, that is newer than all that was told."""
    is_known = bool(told.started and mine.started)
    return is_known and (told.started, told.run, told.attempt) > (mine.started, mine.run, mine.attempt)


def standing(known: Iterable[Told], mine: Told) -> Told | None:
    """The verdict that has to stay, since this run is older or has none of its own; None if there is none."""
    verdicts = [each for each in known if each.verdict and each.sha == mine.sha and is_of_gate(each, mine)]
    kept = [each for each in verdicts if not mine.verdict or is_newer(each, mine)]
    return max(kept, key=lambda each: (each.started, each.run, each.attempt), default=None)


def acknowledgement(known: Iterable[Told], mine: Told) -> Acknowledgement | None:
    """Who has acknowledged a regression of this very commit."""
    found = (each for each in known if each.sha == mine.sha and each.by and is_of_gate(each, mine))
    return next((each.acknowledged for each in found), None)


def revised(bodies: Sequence[str], body: str, mine: Told, note: str) -> str:
    """What the one comment of a gate has to say, from those that are there and what this run has to say.

    `body`: of this run, signed; `note`: what to add to a verdict that stays, "" for nothing.
    """
    found = {read_comment(each): each for each in bodies}
    kept = standing(found, mine)
    if not kept:
        return body
    return _noted(found[kept], note) if not mine.verdict and note else found[kept]


def _noted(body: str, note: str) -> str:
    """The comment with this note, in the place of one that is there already."""
    text, last = _parted(body)
    return f"{text.partition(NOTE)[0]}{NOTE}\n{note}{last}"


def _parted(body: str) -> tuple[str, str]:
    body = body.replace("\r\n", "\n").rstrip()
    found = STATE.search(body)
    return (body[: found.start()], found[0]) if found else (body, "")
