"""The comment bot against a GitHub that keeps its state: one comment, one check, whatever happens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_giflab.errors import GitHubError, StoreError
from pytest_giflab.github.access import Access
from pytest_giflab.github.client import Site
from pytest_giflab.github.comment import marker
from pytest_giflab.github.event import Target
from pytest_giflab.github.notice import Notice
from pytest_giflab.github.publish import CommentOn, Order, Posted, fill, post
from pytest_giflab.model import GateReport
from pytest_giflab.report.markdown import to_markdown
from tests.helpers.measurements import comparison, report
from tests.helpers.standin import BOT, FORKER, OWNER, REPOSITORY, TOKENS, Fault
from tests.integration.conftest import IN_REPOSITORY, Hub

COMMENTS = IN_REPOSITORY + r"/issues/\d+/comments"
COMMENT = IN_REPOSITORY + r"/issues/comments/\d+"
PULL = IN_REPOSITORY + r"/pulls/\d+"
CHECKS = IN_REPOSITORY + "/check-runs"


def a_report(verdict: str = "critical") -> GateReport:
    return replace(report(comparison(verdict)), verdict=verdict)  # type: ignore[arg-type]


def tell(hub: Hub, verdict: str = "critical", access: Access | None = None, label: str = "", **changes: Any) -> Posted:
    notice = Notice("performance", hub.event(**changes), a_report(verdict))
    return post(notice, Order(None, "giflab-gate", label=label), Site(REPOSITORY, access or hub.access))


def test_after_three_pushes_there_is_one_comment_with_the_newest_verdict_and_nobody_elses_is_touched(hub: Hub) -> None:
    fake = f"{marker('performance')}\n## all is well"
    for number in range(101):  # more than one page
        hub.say(OWNER, f"comment {number}")
        if number == 40:
            hub.say(FORKER, fake)
    for verdict in ("ok", "critical", "improved"):
        hub.push()
        assert not tell(hub, verdict).errors
    (own,) = hub.comments(BOT)
    assert own.startswith(marker("performance"))
    assert "🟢 1 benchmark is faster" in own
    assert hub.comments(FORKER) == [fake]
    assert len(hub.comments()) == 103


def test_each_name_has_its_own_comment(hub: Hub) -> None:
    for name in ("linux", "macos", "linux"):
        post(Notice(name, hub.event(), a_report()), Order(None, "giflab-gate"), Site(REPOSITORY, hub.access))
    assert sorted(each.partition("\n")[0] for each in hub.comments(BOT)) == [marker("linux"), marker("macos")]


def test_a_second_comment_of_a_race_is_removed(hub: Hub) -> None:
    for _ in range(2):
        hub.say(BOT, f"{marker('performance')}\nold")
    tell(hub)
    assert len(hub.comments(BOT)) == 1


def test_a_comment_that_only_quotes_the_marker_is_left_alone(hub: Hub) -> None:
    quoting = f"somebody wrote {marker('performance')}"
    hub.say(BOT, quoting)
    tell(hub)
    assert quoting in hub.comments(BOT)
    assert len(hub.comments(BOT)) == 2


def test_a_comment_that_is_removed_meanwhile_is_written_again(hub: Hub) -> None:
    hub.say(BOT, f"{marker('performance')}\nold")
    hub.server.faults.append(Fault("PATCH", COMMENT, 404, body={"message": "Not Found"}))
    assert not tell(hub).errors
    assert len(hub.server.sent("POST", COMMENTS)) == 2  # the old one and the new one


def test_a_comment_whose_answer_was_lost_is_not_written_twice(hub: Hub) -> None:
    hub.server.faults.append(Fault("POST", COMMENTS, 502, after=True))
    assert not tell(hub).errors
    assert len(hub.comments(BOT)) == 1


def test_the_token_of_a_workflow_may_not_ask_who_it_is_and_is_github_actions(hub: Hub) -> None:
    hub.say(BOT, f"{marker('performance')}\nold")
    refused = {"message": "Resource not accessible by integration"}
    hub.server.faults.append(Fault("GET", "/user", 403, body=refused, times=9))
    tell(hub)
    assert len(hub.comments(BOT)) == 1


def test_the_check_has_the_verdict_and_remarks_on_the_tests(hub: Hub) -> None:
    tell(hub, "warning")
    (check,) = hub.checks(hub.sha)
    assert (check.name, check.conclusion) == ("performance", "failure")
    (sent,) = hub.server.sent("POST", CHECKS)
    (remark,) = sent.body["output"]["annotations"]
    assert (remark["path"], remark["start_line"], remark["annotation_level"]) == ("t.py", 3, "warning")


def test_remarks_are_sent_in_portions_that_github_takes(hub: Hub) -> None:
    many = replace(report(*[comparison("critical") for _ in range(120)]), verdict="critical")
    site = Site(REPOSITORY, hub.access)
    assert not post(Notice("performance", hub.event(), many), Order(None, "giflab-gate"), site).errors
    sent = [*hub.server.sent("POST", CHECKS), *hub.server.sent("PATCH", CHECKS + r"/\d+")]
    assert [len(each.body["output"]["annotations"]) for each in sent] == [50, 50, 20]


def test_a_long_report_fits_and_is_still_told(hub: Hub) -> None:
    names = [f"tests/test_{'x' * 200}.py::test_a[{number}]" for number in range(3000)]
    rows = [comparison("ok", benchmark=replace(comparison().benchmark, id=name)) for name in names]
    long = replace(report(comparison("critical"), *rows), verdict="critical")
    assert len(to_markdown(long)) > 65_536
    site = Site(REPOSITORY, hub.access)
    assert not post(Notice("performance", hub.event(), long), Order(None, "giflab-gate"), site).errors


@pytest.mark.parametrize(
    ("comment_on", "verdicts"),
    [
        ("always", ["ok", "improved", "inconclusive", "critical"]),
        ("change", ["improved", "inconclusive", "critical"]),
        ("failure", ["critical"]),
    ],
)
def test_a_first_comment_is_written_if_it_is_asked_for(hub: Hub, comment_on: CommentOn, verdicts: list[str]) -> None:
    written = []
    for verdict in ("ok", "improved", "inconclusive", "critical"):
        notice = Notice(f"name {verdict}", hub.event(), a_report(verdict))
        order = Order(None, "giflab-gate", comment_on=comment_on)
        assert not post(notice, order, Site(REPOSITORY, hub.access)).errors
        written += [verdict] if any(marker(notice.name) in each for each in hub.comments(BOT)) else []
    assert written == verdicts


def test_a_comment_that_is_there_tells_that_all_is_well_again(hub: Hub) -> None:
    tell(hub, "critical")
    notice = Notice("performance", hub.event(), a_report("ok"))
    post(notice, Order(None, "giflab-gate", comment_on="failure"), Site(REPOSITORY, hub.access))
    (own,) = hub.comments(BOT)
    assert "not slower" in own


def test_a_label_that_cannot_be_set_is_a_warning(hub: Hub) -> None:
    refused = {"message": "Resource not accessible by integration"}
    hub.server.faults.append(Fault("POST", IN_REPOSITORY + r"/issues/\d+/labels", 403, body=refused, times=9))
    told = tell(hub, "critical", label="slower")
    (warning,) = told.warnings
    assert "issues: write" in warning
    assert (told.errors, told.outcome) == ((), "regression")


def test_the_label_comes_with_a_regression_and_goes_with_it(hub: Hub) -> None:
    tell(hub, "critical", label="slower")
    assert hub.labels() == ["slower"]
    tell(hub, "ok", label="slower")
    assert hub.labels() == []


def test_a_label_that_the_repository_writes_in_another_case_is_the_same_one(hub: Hub) -> None:
    hub.server.client(OWNER).get_repo(REPOSITORY).get_pull(hub.number).add_to_labels("Slower")
    tell(hub, "critical", label="slower")
    assert hub.labels() == ["Slower"]
    tell(hub, "ok", label="slower")
    assert hub.labels() == []


def test_a_pull_request_that_has_moved_on_is_not_told_but_the_commit_gets_its_check(hub: Hub) -> None:
    old = hub.sha
    hub.push()
    posted = tell(hub, sha=old)
    assert hub.comments(BOT) == []
    assert [each.conclusion for each in hub.checks(old)] == ["failure"]
    assert "moved on" in posted.lines[1]
    assert posted.outcome == "regression"


def test_a_closed_pull_request_is_not_told(hub: Hub) -> None:
    hub.server.client(OWNER).get_repo(REPOSITORY).get_pull(hub.number).edit(state="closed")
    tell(hub)
    assert hub.comments(BOT) == []


def test_the_pull_request_of_a_fork_is_found_by_owner_and_branch(hub: Hub) -> None:
    assert not tell(hub, pulls=(), head=f"{OWNER}:change").errors
    assert len(hub.comments(BOT)) == 1


def test_a_branch_of_the_same_name_of_somebody_else_is_not_taken_for_it(hub: Hub) -> None:
    tell(hub, pulls=(), head=f"{FORKER}:change")
    assert hub.comments(BOT) == []


def test_a_listing_with_other_pull_requests_in_it_is_not_believed(hub: Hub) -> None:
    listed = [hub.server.client(OWNER).get_repo(REPOSITORY).get_pull(hub.number).raw_data]
    hub.server.faults.append(Fault("GET", IN_REPOSITORY + "/pulls", 200, body=listed))
    tell(hub, pulls=(), head=f"{FORKER}:change")
    assert hub.comments(BOT) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("GET", PULL, 401, body={"message": "Bad credentials"}), "the token is not valid"),
        (Fault("POST", COMMENTS, 403, body={"message": "Resource not accessible"}), "pull-requests: write"),
        (Fault("POST", COMMENTS, 403, body={"message": "Unable to create comment because issue is locked."}), "unlock"),
        (Fault("GET", PULL, 404, body={"message": "Not Found"}), "there is no such thing, or the token cannot see it"),
        (Fault("POST", COMMENTS, 422, body={"message": "Validation Failed"}), "422 (Validation Failed)"),
        (Fault("GET", COMMENTS, 503, times=9), "GitHub has a failure of its own"),
        (Fault("GET", COMMENTS, 429, {"Retry-After": "3600"}, times=9), "rate limit is spent, for another 3600 s"),
        (
            Fault("GET", COMMENTS, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}, times=9),
            "rate limit is spent",
        ),
    ],
    ids=lambda value: value.status if isinstance(value, Fault) else "",
)
def test_each_refusal_is_one_clear_line_and_never_hides_the_verdict(hub: Hub, fault: Fault, said: str) -> None:
    hub.server.faults.append(fault)
    posted = tell(hub, "critical")
    assert [said in each for each in posted.errors] == [True]
    assert "\n" not in posted.errors[0]
    assert posted.lines[0].startswith("performance: 1 benchmark is slower")
    assert posted.outcome == "regression"
    hub.server.faults[:] = [replace(fault, times=9)]
    assert tell(hub, "ok").outcome == "unreadable"


@pytest.mark.parametrize("answer", [b"{bad", b"[1, 2]"])
def test_an_answer_that_makes_no_sense_is_one_line_and_tried_again(hub: Hub, answer: bytes) -> None:
    hub.server.faults.append(Fault("GET", COMMENTS, 200, body=answer, times=9))
    (error,) = tell(hub).errors
    assert "no sense in what came from" in error
    assert len(hub.server.sent("GET", COMMENTS)) == 3
    hub.server.faults.clear()
    hub.server.faults.append(Fault("GET", COMMENTS, 200, body=answer))
    assert tell(hub).errors == ()


def test_a_token_that_writes_as_somebody_else_is_told_so(hub: Hub) -> None:
    refused = {"message": "Resource not accessible by integration"}
    hub.server.faults.append(Fault("GET", "/user", 403, body=refused, times=9))
    own = replace(hub.access, token=TOKENS[FORKER])
    posted = tell(hub, access=own)
    assert ["as 'mallory'" in each and "--author" in each for each in posted.errors] == [True]


@pytest.mark.parametrize("template", ["{{ nosuch }}", "{{ 'x' * 10 ** 12 }}", "{% include 'comment.md.jinja' %}"])
def test_a_wrong_template_is_one_error_and_costs_nobody_the_verdict(hub: Hub, tmp_path: Path, template: str) -> None:
    (tmp_path / "comment.md.jinja").write_text(template)
    notice = Notice("performance", hub.event(), a_report(), templates=tmp_path)
    posted = post(notice, Order(None, "giflab-gate"), Site(REPOSITORY, hub.access))
    assert ["comment.md.jinja" in each for each in posted.errors] == [True]
    assert "critical" in hub.comments(BOT)[0]
    assert [each.conclusion for each in hub.checks(hub.sha)] == ["failure"]


@pytest.mark.parametrize("url", ["notaurl", "ftp://x", "http://[::1", "https://api github.com"])
def test_an_address_that_is_none_is_one_line(url: str) -> None:
    with pytest.raises(GitHubError, match="GITHUB_API_URL"):
        Access.from_environment({"GITHUB_TOKEN": "t", "GITHUB_API_URL": url})


@pytest.mark.parametrize("token", ["", " ", "tökén€", "two\nlines"])
def test_a_token_that_is_none_is_one_line(token: str) -> None:
    with pytest.raises(GitHubError, match="token"):
        Access.from_environment({"GITHUB_TOKEN": token})


def test_a_file_that_is_not_there_is_told_to_nobody(hub: Hub, tmp_path: Path) -> None:
    notice = Notice("performance", hub.event(), None)
    with pytest.raises(StoreError, match="nobody was told"):
        fill(notice, Order(tmp_path / "none.json", "giflab-gate"), Site(REPOSITORY, hub.access))


def test_the_check_is_set_though_the_comment_is_refused(hub: Hub) -> None:
    hub.server.faults.append(Fault("POST", COMMENTS, 403, body={"message": "no"}))
    tell(hub)
    assert len(hub.checks(hub.sha)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("GET", COMMENTS, 502, times=2),
        Fault("POST", CHECKS, 500, times=2),
        Fault("GET", PULL, 429, {"Retry-After": "0"}, times=2),
        Fault("POST", COMMENTS, 403, {"Retry-After": "0"}, {"message": "You have exceeded a secondary rate limit"}),
    ],
    ids=lambda fault: f"{fault.method} {fault.status}",
)
def test_what_may_be_better_the_next_time_is_tried_again(hub: Hub, fault: Fault) -> None:
    hub.server.faults.append(fault)
    assert tell(hub).errors == ()
    assert len(hub.comments(BOT)) == 1


def test_no_answer_in_time_is_one_line(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_giflab.github.access.TIMEOUT_S", 1)
    hub.server.faults.append(Fault("GET", COMMENTS, hangs=2, times=9))
    with pytest.raises(GitHubError, match=r"no answer in time from http.*tried 3 times"):
        Site(REPOSITORY, hub.access).said(Target(hub.number, hub.sha), "m")


def test_no_connection_is_one_line(hub: Hub) -> None:
    with pytest.raises(GitHubError, match=r"no connection to http://127.0.0.1:9"):
        Site(REPOSITORY, replace(hub.access, api="http://127.0.0.1:9")).find(hub.event())
