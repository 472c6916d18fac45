"""What was told is read back as it was written, and decides which of two runs a comment tells of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_giflab.github.notice import Acknowledgement
from pytest_giflab.github.standing import (
    Told,
    acknowledgement,
    external_id,
    is_of_gate,
    read_check,
    read_comment,
    revised,
    signed,
    standing,
)

SHA = "0123456789abcdef0123456789abcdef01234567"
FIRST = Told(".github/workflows/gate.yml", 12, SHA, 77, 1, "2026-11-29T09:00:00Z")
SECOND = replace(FIRST, run=78, started="2026-11-29T09:10:00Z")
NONE = replace(SECOND, verdict=0)
NOTHING = Told(verdict=0)


@given(by=st.text(max_size=40), reason=st.text(max_size=100))
def test_a_comment_is_read_as_it_was_signed_whatever_the_reason(by: str, reason: str) -> None:
    told = replace(FIRST, by=by, reason=reason)
    body = signed("text", told)
    assert read_comment(body) == told
    assert body.count("-->") == 1
    assert len(body) < 2000, "GitHub's limit leaves room for that"


def test_a_check_is_read_as_it_was_written_without_who_acknowledged_it() -> None:
    assert read_check(external_id(replace(FIRST, by="octo", reason="x"))) == FIRST


@pytest.mark.parametrize(
    "body",
    [
        "",
        "text",
        signed("text", FIRST) + "\nmore",
        signed("text", FIRST).replace("sha=0", "sha=<"),
        signed("text", FIRST).replace("run=77", "run=x"),
        signed("text", FIRST).replace("run=77", f"run={'9' * 30}"),
        signed("text", FIRST).replace("verdict=1", "verdict=2"),
        f"{signed('text', FIRST)} and more",
    ],
)
def test_a_comment_that_does_not_end_in_such_a_line_tells_nothing(body: str) -> None:
    assert read_comment(body) == NOTHING


def test_line_breaks_that_an_editor_has_made_do_not_matter() -> None:
    assert read_comment(signed("a\nb", FIRST).replace("\n", "\r\n") + "\r\n") == FIRST


@pytest.mark.parametrize("external", ["", "e7a8b0c2-6d2b-5f2b-0c2b-000000000000", "run=77&verdict=1"])
def test_the_check_of_somebody_else_tells_nothing(external: str) -> None:
    assert read_check(external) == NOTHING


@pytest.mark.parametrize(
    ("known", "mine", "kept"),
    [
        ([], FIRST, None),
        ([FIRST], SECOND, None),
        ([SECOND], FIRST, SECOND),
        ([FIRST], NONE, FIRST),
        ([NONE], FIRST, None),
        ([FIRST], FIRST, None),
        ([FIRST, SECOND], NONE, SECOND),
        ([FIRST], replace(NONE, sha="f" * 40), None),
        ([FIRST], replace(NONE, workflow="other.yml"), None),
        ([FIRST], replace(NONE, pull=13), None),
        ([SECOND], replace(FIRST, attempt=2, started="2026-11-29T10:00:00Z"), None),
        ([SECOND], replace(FIRST, started=""), None),
        ([NOTHING], NONE, None),
    ],
)
def test_a_verdict_stays_before_an_older_run_and_one_without_a_verdict(
    known: list[Told], mine: Told, kept: Told | None
) -> None:
    assert standing(known, mine) == kept


@pytest.mark.parametrize(
    ("told", "same"),
    [
        (FIRST, True),
        (replace(FIRST, workflow=""), False),
        (replace(FIRST, pull=0), True),
        (NOTHING, True),
        (replace(FIRST, workflow="other.yml"), False),
        (replace(FIRST, pull=13), False),
    ],
)
def test_a_gate_is_a_workflow_and_a_pull_request_and_what_nothing_is_known_of_is_taken_over(
    told: Told, same: bool
) -> None:
    assert is_of_gate(told, SECOND) == same


def test_of_several_comments_the_newest_verdict_stays_with_one_note() -> None:
    bodies = [signed("first", FIRST), signed("second", SECOND)]
    once = revised(bodies, signed("none", NONE), NONE, "a note")
    assert (once.count("second"), once.count("a note"), "first" in once) == (1, 1, False)
    assert read_comment(once) == SECOND
    twice = revised([once], signed("none", NONE), NONE, "another note")
    assert ("a note" in twice, twice.count("another note")) == (False, 1)


def test_an_acknowledgement_is_of_one_commit() -> None:
    known = [replace(FIRST, by="octo", reason="why")]
    assert acknowledgement(known, SECOND) == Acknowledgement("octo", "why")
    assert acknowledgement(known, replace(SECOND, sha="f" * 40)) is None
