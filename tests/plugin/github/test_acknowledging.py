"""Which replies acknowledge a regression: by their words, their author, and what there was to read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_giflab.github.acknowledging import Words, read_words, why_not_about, why_refused
from pytest_giflab.github.client import Said, Standing
from pytest_giflab.github.event import Reply
from pytest_giflab.github.standing import Told

HEAD = "0123456789abcdef0123456789abcdef01234567"
COMMAND = "/giflab acknowledge"
REPLY = Reply("owner/name", 12, 99, "maintainer", 5, COMMAND, "2026-11-29T10:00:00Z")
FOUND = Standing(COMMAND, "maintainer", 5, is_edited=False, is_bot=False, permission="write")
TOLD = Told(".github/workflows/gate.yml", 12, HEAD, 77, 1, "2026-11-29T09:00:00Z")
SAID = Said("body", "2026-11-29T09:30:00Z")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (COMMAND, Words("", "")),
        (f"{COMMAND} ", Words("", "")),
        (f"{COMMAND} two passes", Words("", "passes")),
        (f"{COMMAND} `0123456`, two passes", Words("0123456", "two passes")),
        (f"{COMMAND} 0123456: two passes", Words("0123456", "two passes")),
        (f"{COMMAND} 0123ABCDEF two passes", Words("0123abcdef", "two passes")),
        (f"{COMMAND} @0123456 two passes", Words("", "two passes")),
        (f"{COMMAND} 0123456x two passes", Words("", "two passes")),
        (f"{COMMAND} 0123456 two passes", Words("0123456", "two passes")),
        (f"{COMMAND} {HEAD}", Words(HEAD, "")),
        (f"{COMMAND} 012345 is too short for a commit", Words("", "is too short for a commit")),
        (f"{COMMAND} 0123456 why\r\nmore lines\n", Words("0123456", "why")),
        (f"{COMMAND}\nmore lines", Words("", "")),
        (f"{COMMAND} 0123456 {'x' * 200}", Words("0123456", "x" * 100)),
        (f"{COMMAND} 0123456 a\x1b[31m\u202e", Words("0123456", "a\\x1b[31m\\u202e")),
    ],
)
def test_a_reply_begins_with_the_command_then_a_commit_then_why(body: str, words: Words) -> None:
    assert read_words(body) == words


@pytest.mark.parametrize(
    "body",
    [
        "",
        f"{COMMAND}ments",
        f"> {COMMAND}",
        f" {COMMAND}",
        f"`{COMMAND}`",
        f"never {COMMAND}",
        "/giflab",
        "/GIFLAB acknowledge",
    ],
)
def test_other_replies_are_no_command(body: str) -> None:
    assert read_words(body) is None


@pytest.mark.parametrize("permission", ["write", "maintain", "admin"])
def test_the_reply_of_whoever_may_write_counts(permission: str) -> None:
    assert why_refused(REPLY, replace(FOUND, permission=permission)) == ""


@pytest.mark.parametrize("permission", ["none", "read", "triage", "push", "WRITE", ""])
def test_the_reply_of_anybody_else_does_not(permission: str) -> None:
    assert "no write access" in why_refused(REPLY, replace(FOUND, permission=permission))


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (None, "gone"),
        (replace(FOUND, user_id=6), "gone"),
        (replace(FOUND, is_edited=True), "edited"),
        (replace(FOUND, body=f"{COMMAND} more"), "edited"),
        (replace(FOUND, is_bot=True), "program"),
    ],
)
def test_a_reply_that_is_not_its_authors_word_does_not(found: Standing | None, why: str) -> None:
    assert why in why_refused(REPLY, found)


def test_a_verdict_on_the_head_that_was_there_to_be_read_is_acknowledged() -> None:
    assert why_not_about(TOLD, SAID, REPLY, Words(HEAD, ""), HEAD) == ""
    assert why_not_about(TOLD, replace(SAID, updated=REPLY.created), REPLY, Words("0123456", ""), HEAD) == ""


@pytest.mark.parametrize(
    ("told", "updated", "created", "commit", "why"),
    [
        (replace(TOLD, sha="f" * 40), SAID.updated, REPLY.created, "", "no verdict"),
        (replace(TOLD, verdict=0), SAID.updated, REPLY.created, "", "no verdict"),
        (replace(TOLD, run=0), SAID.updated, REPLY.created, "", "no verdict"),
        (TOLD, SAID.updated, REPLY.created, "1234567", "1234567 is not the head"),
        (TOLD, SAID.updated, REPLY.created, "", "write: /giflab acknowledge 0123456789ab why"),
        (TOLD, "2026-11-29T10:00:01Z", REPLY.created, HEAD, "after the reply"),
        (TOLD, SAID.updated, "", HEAD, "after the reply"),
    ],
)
def test_another_verdict_is_not(told: Told, updated: str, created: str, commit: str, why: str) -> None:
    reply = replace(REPLY, created=created)
    assert why in why_not_about(told, Said("body", updated), reply, Words(commit, ""), HEAD)
