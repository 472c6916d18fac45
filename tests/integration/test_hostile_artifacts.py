"""The comment job, on workflow_run: it fetches an artifact that the pull request's own code has written."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_giflab.cli import main
from pytest_giflab.github.access import Access
from pytest_giflab.github.comment import marker
from pytest_giflab.github.notice import CONCLUSIONS
from pytest_giflab.report.document import to_document
from tests.helpers.measurements import comparison, report
from tests.helpers.standin import BOT, FORKER, OWNER, REPOSITORY, TOKENS
from tests.integration.conftest import Hub

Comment = Callable[..., tuple[int, str]]
RUN = 7
CODES = {"passed": 0, "regression": 1, "unreadable": 3}


def document(verdict: str = "ok", **changes: Any) -> dict[str, Any]:
    return {**to_document(report(comparison(verdict))), "verdict": verdict, **changes}


def packed(content: Any, name: str = "report.json") -> bytes:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture
def comment(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Comment:
    """Run `giflab-gate comment` as a workflow on workflow_run does; its exit code, and what it says of errors."""
    monkeypatch.setattr(Access, "from_environment", lambda _: hub.access)
    folder = tmp_path / "job"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def run(conclusion: str = "success", *options: str, **changes: Any) -> tuple[int, str]:
        pull = {"number": hub.number, "base": {"repo": {"id": 1}}}
        fields: dict[str, Any] = {
            "id": RUN,
            "event": "pull_request",
            "conclusion": conclusion,
            "head_sha": hub.sha,
            "head_branch": "change",
            "head_repository": {"owner": {"login": OWNER}},
            "html_url": f"https://github.com/{REPOSITORY}/actions/runs/{RUN}",
            "pull_requests": [pull],
            **changes,
        }
        event = {"repository": {"full_name": REPOSITORY, "id": 1}, "workflow_run": fields}
        (tmp_path / "event.json").write_text(json.dumps(event))
        monkeypatch.setenv("GITHUB_EVENT_NAME", "workflow_run")
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
        code = main(["comment", *options])
        assert list(folder.iterdir()) == [], "nothing is unpacked"
        return code, capfd.readouterr().err

    return run


def only_comment(hub: Hub) -> str:
    (own,) = hub.comments(BOT)
    return own


def conclusion_of(hub: Hub) -> str:
    (check,) = hub.checks(hub.sha)
    return str(check.conclusion)


@pytest.mark.parametrize(("verdict", "code", "check"), [("ok", 0, "success"), ("critical", 1, "failure")])
def test_an_honest_report_is_told(hub: Hub, comment: Comment, verdict: str, code: int, check: str) -> None:
    hub.server.upload(RUN, packed(document(verdict)))
    assert comment() == (code, "")
    assert {"ok": "✅", "critical": "🔴"}[verdict] in only_comment(hub).splitlines()[1]
    assert conclusion_of(hub) == check


def test_a_job_that_only_tells_exits_with_zero(hub: Hub, comment: Comment) -> None:
    hub.server.upload(RUN, packed(document("critical")))
    assert comment("failure", "--exit-zero") == (0, "")


def test_the_storage_of_artifacts_never_sees_the_token(hub: Hub, comment: Comment) -> None:
    hub.server.upload(RUN, packed(document()))
    comment()
    (asked,) = hub.server.sent("GET", r"/storage/\d+")
    assert asked.token == ""


BOMB = packed(b"0" * 100_000_000)
DAMAGED = {
    "wrong schema": (packed({"schema": "other/1"}), "is not a giflab.gate"),
    "schema with more": (packed(document(pull_request=99)), "must not contain {'pull_request'} properties"),
    "50 MB": (packed(json.dumps(document(warnings=["x" * 50_000_000])).encode()), "is larger than 16 MiB"),
    "zip bomb": (BOMB, "is larger than 16 MiB"),
    "path traversal": (packed(document(), "../../report.json"), "holds 0 files named report.json"),
    "no zip": (b"<html>", "it is not JSON"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_artifact_is_refused_and_the_pull_request_is_told_so(hub: Hub, comment: Comment, kind: str) -> None:
    data, said = DAMAGED[kind]
    hub.server.upload(RUN, data)
    code, error = comment()
    assert code == CODES["unreadable"]
    assert said in error
    assert error.count("\n") == 1
    assert "No verdict" in only_comment(hub)
    assert conclusion_of(hub) == "failure"


def test_a_large_artifact_is_not_even_fetched(hub: Hub, comment: Comment) -> None:
    hub.server.upload(RUN, packed(document()), size=50_000_000)
    code, error = comment()
    assert (code, "is larger than 4 MiB" in error) == (3, True)
    assert hub.server.sent("GET", r"/storage/\d+") == []


def test_an_artifact_that_is_larger_than_github_says_is_not_read_to_its_end(hub: Hub, comment: Comment) -> None:
    hub.server.upload(RUN, b"PK" + b"\0" * 200_000_000, size=1000)
    code, error = comment()
    assert (code, "is larger than 4 MiB" in error) == (3, True)
    assert hub.server.sent_bytes < 50_000_000


def test_of_several_artifacts_of_one_name_the_newest_that_is_there_is_read(hub: Hub, comment: Comment) -> None:
    hub.server.upload(RUN, packed(document("ok")))
    hub.server.upload(RUN, packed(document("warning")))
    hub.server.upload(RUN, packed(document("improved")), expired=True)
    assert comment()[0] == CODES["regression"]
    assert only_comment(hub).splitlines()[1].startswith("## 🟠 ")


def test_nothing_of_the_report_is_a_command_in_the_log(hub: Hub, comment: Comment) -> None:
    hub.server.upload(RUN, packed({"schema": "##[add-mask]e\n::error::x"}))
    _, error = comment()
    assert "##[" not in error
    assert not [line for line in error.splitlines() if line.startswith("::")]


def test_a_run_without_a_report_is_told_as_one(hub: Hub, comment: Comment) -> None:
    hub.server.upload(RUN, packed(document()), name="other")
    assert comment("failure") == (CODES["regression"], "")
    assert "No verdict" in only_comment(hub)
    assert conclusion_of(hub) == "failure"


def test_a_forged_ok_after_a_failed_run_is_not_believed(hub: Hub, comment: Comment) -> None:
    hub.server.upload(RUN, packed(document("ok")))
    assert comment("failure")[0] == CODES["regression"]
    assert "The run itself ended with failure" in only_comment(hub)
    assert conclusion_of(hub) == "failure"


@pytest.mark.parametrize(
    "conclusion", ["failure", "cancelled", "timed_out", "action_required", "startup_failure", "odd"]
)
def test_no_check_is_greener_than_its_run(hub: Hub, comment: Comment, conclusion: str) -> None:
    hub.server.upload(RUN, packed(document("ok")))
    comment(conclusion)
    assert CONCLUSIONS.index(conclusion_of(hub)) > CONCLUSIONS.index("neutral")


def test_an_ok_with_critical_benchmarks_is_critical(hub: Hub, comment: Comment) -> None:
    hub.server.upload(RUN, packed(document("critical") | {"verdict": "ok"}))
    assert comment()[0] == CODES["regression"]
    assert conclusion_of(hub) == "failure"


def test_names_and_reasons_are_text_whatever_they_are(hub: Hub, comment: Comment) -> None:
    nasty = (
        f"t.py::test_a[<script>alert(1)</script> @{OWNER} #1 {{{{ 7 * 'z' }}}} {{% raw %}} | `x` www.example.com "
        f"](https://example.com) {marker('performance')}"
    )
    rows = document("critical")
    rows["benchmarks"][0].update(id=nasty, reason=nasty, file="../../../etc/passwd")
    hub.server.upload(RUN, packed({**rows, "warnings": [nasty], "base": {"ref": nasty, "sha": nasty}}))
    assert comment()[0] == CODES["regression"]
    body = only_comment(hub)
    text, _, told = body.removeprefix(marker("performance")).rpartition("\n")
    assert re.fullmatch(r"<!-- giflab-gate-told: [\w&=]* -->", told)
    own = re.sub(r"</?(code|sub|details|summary|a|wbr)\b[^<>]*>", "", text)
    assert not re.search(r"[<@`]|www\.|\{\{|\{%|\]\(https://ex|#1\b|zz", own)
    assert html.unescape(nasty) in html.unescape(body).replace("\u200b", "").replace("<wbr>", "")
    assert [
        remark for each in hub.server.sent("POST", ".*/check-runs") for remark in each.body["output"]["annotations"]
    ] == []


def test_another_pull_request_named_by_the_report_is_not_told(hub: Hub, comment: Comment) -> None:
    repository = hub.server.client(OWNER).get_repo(REPOSITORY)
    repository.create_git_ref("refs/heads/other", repository.get_branch("main").commit.sha)
    other = repository.create_pull(base="main", head="other", title="Other", body="")
    hub.server.upload(RUN, packed(document("ok", base={"ref": f"refs/pull/{other.number}", "sha": other.head.sha})))
    comment()
    assert list(other.get_issue_comments()) == []
    assert len(hub.comments(BOT)) == 1


def test_a_fork_gets_its_comment_though_github_names_no_pull_request(hub: Hub, comment: Comment) -> None:
    fork = hub.server.client(FORKER).get_repo(REPOSITORY).create_fork()
    fork.create_git_ref("refs/heads/theirs", fork.get_branch("main").commit.sha)
    fork.create_file("b.txt", "change", "text", branch="theirs")
    theirs = (
        hub.server.client(FORKER)
        .get_repo(REPOSITORY)
        .create_pull(base="main", head=f"{FORKER}:theirs", title="From a fork", body="")
    )
    hub.server.upload(RUN, packed(document("warning")))
    head = {"owner": {"login": FORKER}}
    code, error = comment(
        "failure", pull_requests=[], head_repository=head, head_branch="theirs", head_sha=theirs.head.sha
    )
    assert (code, error) == (1, "")
    (told,) = list(theirs.get_issue_comments())
    assert told.user.login == BOT
    assert told.body.splitlines()[1].startswith("## 🟠 ")
    assert hub.comments() == [], "nobody else is told"


@pytest.mark.parametrize("token", TOKENS.values())
def test_no_token_is_ever_in_what_is_said(hub: Hub, comment: Comment, token: str) -> None:
    hub.server.upload(RUN, packed(document()))
    comment()
    assert token not in json.dumps([each.body for each in hub.server.requests])
