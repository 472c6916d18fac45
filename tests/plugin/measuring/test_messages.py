"""What a session and its processes say to each other comes back as it was, or is refused with what is wrong."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from dataclasses import asdict
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_giflab.errors import MeasurementError
from pytest_giflab.measuring import messages
from pytest_giflab.measuring.messages import (
    KINDS,
    BenchmarkEnded,
    BenchmarkMessage,
    Calibrated,
    Collected,
    Command,
    Finished,
    Judged,
    Leave,
    Measured,
    Message,
    Plan,
    PlayTurn,
    Ready,
    Refusal,
    Reported,
    TurnPlayed,
    WarmUp,
    WorkerMessage,
    expected,
    from_json,
    to_json,
)
from pytest_giflab.measuring.reading import reader_of
from pytest_giflab.model import Benchmark, Limits
from pytest_giflab.quality import Appraisal, Numbers
from pytest_giflab.thresholds import Thresholds
from tests.helpers.measurements import process

fractions = st.floats(0.001, 0.5)
json_values = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2)
from_0, from_1 = st.integers(0), st.integers(1)
plans = st.builds(Plan, from_1, from_1)
benchmarks = st.builds(
    Benchmark,
    limits=st.builds(
        Limits,
        st.builds(Thresholds, fractions, st.floats(0.5, 2), fractions),
        st.sampled_from(["thread_cpu", "process_cpu", "wall", None]),
    ),
)
values = st.none() | st.just(inf) | st.floats(allow_nan=False, allow_infinity=False)
numbers = st.builds(Numbers, mean=values, p01=values, worst=values)
appraisals = st.builds(Appraisal, metrics=st.dictionaries(st.text(), numbers, max_size=2), tolerance=st.floats(0, 0.9))
OWN_STRATEGIES: dict[type[Message], st.SearchStrategy[Any]] = {
    Collected: st.builds(
        Collected, st.lists(benchmarks, max_size=2).map(tuple), st.dictionaries(st.text(), st.text(), max_size=2)
    ),
    WarmUp: st.builds(WarmUp, plan=plans, calls=from_0),
    PlayTurn: st.builds(PlayTurn, rounds=from_1),
    Measured: st.builds(Measured, process=st.none() | st.builds(process, loops=from_1, warm_calls=from_0)),
    Ready: st.builds(Ready, rounds=st.none() | from_1),
    Calibrated: st.builds(Calibrated, plans, from_0, from_0),
    TurnPlayed: st.builds(TurnPlayed, from_0, from_0),
    Judged: st.builds(Judged, appraisal=appraisals),
    Reported: st.builds(Reported, report=st.dictionaries(st.text(), json_values, max_size=3)),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_message_comes_back_equal(kind: type[Message], data: st.DataObject) -> None:
    sent = data.draw(OWN_STRATEGIES[kind] if kind in OWN_STRATEGIES else st.builds(kind))
    line = to_json(sent)
    assert b"\n" not in line
    assert from_json(line) == sent


def test_every_message_can_be_read() -> None:
    defined = {each for each in vars(messages).values() if isinstance(each, type) and issubclass(each, Message)}
    assert defined - {Message, Command, WorkerMessage, BenchmarkMessage} == set(KINDS)


@pytest.mark.parametrize(
    "message", [Measured("t.py::test", process(), None), Collected((Benchmark("t.py::t", "t.py", 1),), {"a": "b"}, ())]
)
def test_a_message_is_a_value(message: Message) -> None:
    assert pickle.loads(pickle.dumps(message)) == copy.deepcopy(message) == message  # noqa: S301
    assert not hasattr(message, "__dict__")
    asdict(message)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b'{"kind": "Leave"', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "unknown kind"),
        (b'"Leave"', "unknown kind"),
        (b'{"id": "a"}', "unknown kind"),
        (b'{"kind": "Message"}', "unknown kind"),
        (b'{"kind": ["Leave"], "id": "a"}', "unknown kind"),
        (b'{"kind": "Leave"}', "Leave lacks id"),
        (b'{"kind": "Leave", "id": 1}', "Leave.id is not of type str"),
        (b'{"kind": "Leave", "id": "a", "b": 2}', "Leave has an unknown field"),
        (b'{"kind": "Ready", "rounds": true}', "Ready.rounds is not of type int"),
        (b'{"kind": "Ready", "rounds": 1.5}', "Ready.rounds is not of type int"),
        (b'{"kind": "Finished", "strays": "abc"}', "Finished.strays is not a list"),
        (b'{"kind": "Finished", "strays": [1]}', "Finished.strays is not of type str"),
        (b'{"kind": "Reported", "id": "a", "report": []}', "Reported.report is not an object"),
        (b'{"kind": "Measured", "id": "a", "process": 1, "refusal": null}', "Measured.process is not an object"),
        (
            b'{"kind": "Measured", "id": "a", "process": null, "refusal": {"kind": "mood", "reason": ""}}',
            "Measured.refusal.kind is not one of disabled",
        ),
    ],
)
def test_what_is_not_a_message_is_refused_with_what_is_wrong(line: bytes, why: str) -> None:
    with pytest.raises(MeasurementError, match=why):
        from_json(line)


def test_thresholds_that_make_no_sense_are_refused() -> None:
    document = json.loads(to_json(Collected((Benchmark("t.py::t", "t.py", 1),), {}, ())))
    document["benchmarks"][0]["limits"]["thresholds"]["warning"] = -1
    with pytest.raises(MeasurementError, match=r"Collected\.benchmarks\.limits\.thresholds: .*fractions"):
        from_json(json.dumps(document).encode())


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: Plan(loops=0), "Plan.loops is 0, below 1"),
        (lambda: Plan(rounds=-2), "Plan.rounds is -2, below 1"),
        (lambda: WarmUp("a", Plan(), -1, ()), "WarmUp.calls is -1, below 0"),
        (lambda: PlayTurn("a", 0, ()), "PlayTurn.rounds is 0, below 1"),
        (lambda: Measured("a", process(loops=0), None), "Process.loops is 0, below 1"),
        (lambda: Ready(0), "Ready.rounds is 0, below 1"),
        (lambda: Calibrated(Plan(), -1, 0), "Calibrated.turn_ns is -1, below 0"),
        (lambda: Calibrated(Plan(), 0, -1), "Calibrated.calls is -1, below 0"),
        (lambda: TurnPlayed(-1, 0, is_threaded=False), "TurnPlayed.turn_ns is -1, below 0"),
        (lambda: TurnPlayed(0, -1, is_threaded=False), "TurnPlayed.warm_ns is -1, below 0"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(make: Callable[[], object], why: str) -> None:
    with pytest.raises(MeasurementError, match=why):
        make()


@pytest.mark.parametrize("part", [b'"turn_ns": -1, "plan": {}', b'"turn_ns": 1, "plan": {"loops": 0}'])
def test_a_number_that_makes_no_sense_is_not_read(part: bytes) -> None:
    with pytest.raises(MeasurementError, match="below"):
        from_json(b'{"kind": "Calibrated", "calls": 1, ' + part + b"}")


def test_what_was_not_collected_cannot_change() -> None:
    why = {"t.py": "SyntaxError"}
    sent = Collected((), why, ())
    for message in (sent, from_json(to_json(sent))):
        assert isinstance(message, Collected)
        with pytest.raises(TypeError, match="cannot change"):
            message.uncollected["t.py"] = ""  # type: ignore[index]
    why.clear()
    assert sent.uncollected == {"t.py": "SyntaxError"}


def test_whole_fractions_need_no_point() -> None:
    lax = Benchmark("t.py::t", "t.py", 1, limits=Limits(Thresholds(warning=1, critical=2)))
    assert from_json(to_json(Collected((lax,), {}, ()))) == Collected((lax,), {}, ())


def test_a_field_with_a_default_may_be_left_out() -> None:
    assert from_json(b'{"kind": "Calibrated", "plan": {"loops": 2}, "turn_ns": 1, "calls": 3}') == Calibrated(
        Plan(loops=2), 1, 3
    )


def test_another_message_than_the_expected_one_is_named() -> None:
    assert expected(Ready(None), WorkerMessage) == Ready(None)
    with pytest.raises(MeasurementError, match="said Leave instead of Finished"):
        expected(Leave("a"), Finished)
    with pytest.raises(MeasurementError, match="said BenchmarkEnded instead of Ready"):
        expected(BenchmarkEnded("a"), Ready)


@pytest.mark.parametrize("kind", [bytes, set[str], tuple[int, str], int | str, list[int]])
def test_a_type_that_json_cannot_hold_is_refused_at_once(kind: Any) -> None:
    with pytest.raises(TypeError, match="cannot be read from JSON"):
        reader_of(kind)


def test_a_refusal_is_told_by_its_kind() -> None:
    sent = Measured("t.py::t", None, Refusal("no-turns", "no turn was played"))
    assert from_json(to_json(sent)) == sent
