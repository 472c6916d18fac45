"""One benchmark in a duet: how much is played of it, when it is decided, what the report says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_giflab.duet.pair import MORE_WORK, WORK, Score
from pytest_giflab.duet.sides import BASE, HEAD, NULL
from pytest_giflab.duet.trial import Trial
from pytest_giflab.measuring.messages import BenchmarkStarted, Refusal
from pytest_giflab.model import Benchmark, Limits, Process
from pytest_giflab.thresholds import Thresholds
from tests.helpers.measurements import process

STOPPED = Refusal("no-turns", "no turn was played")
BENCHMARK = Benchmark("t.py::test_a", "t.py", 3, "digest")


@pytest.mark.parametrize(
    ("turn_ns", "turns"),
    [
        (2_500_000, 20),  # 32 turns would fit into 80 ms; 20 are the most
        (4_000_000, 20),
        (8_000_000, 10),
        (20_000_000, 8),  # 4 would fit; 8 are the fewest
        (60_000_000, 8),
        (100_000_000, 4),  # long ones by the time they take: 480 ms
        (600_000_000, 1),
    ],
)
def test_turns_fill_80_ms_of_work(turn_ns: int, turns: int) -> None:
    assert Score(turn_ns=turn_ns).turns(WORK) == turns


@pytest.mark.parametrize(("turn_ns", "turns"), [(2_500_000, 40), (8_000_000, 20), (60_000_000, 8), (100_000_000, 8)])
def test_the_undecided_get_twice_as_much(turn_ns: int, turns: int) -> None:
    assert Score(turn_ns=turn_ns).turns(MORE_WORK) == turns


def trial(base: Benchmark = BENCHMARK, head: Benchmark = BENCHMARK) -> Trial:
    made = Trial(base, head)
    for outcome in made.outcomes.values():
        outcome.add(BenchmarkStarted(BENCHMARK.id))
        outcome.processes.append(process())
    return made


def pairs(made: Trial, count: int, **call_ns: int) -> None:
    """Add pairs with a little noise, the same on all sides."""
    for number in range(count):
        noise = 1000 * (number % 3)
        made.add({name: process(call_ns.get(name, 1_000_000) + noise) for name in (BASE, HEAD, NULL)})


@pytest.mark.parametrize("times", [[0] * 3, [-5] * 3])
def test_numbers_that_make_no_sense_are_an_error_of_this_benchmark(times: list[int]) -> None:
    """Whatever made them: a clock that a test has patched, or stopped."""
    made = trial()
    odd = replace(process(), wall_ns=(tuple(times),) * 8, thread_cpu_ns=(tuple(times),) * 8, switches=99)
    for _ in range(5):
        made.add(dict.fromkeys((BASE, HEAD), odd))
    made.look(1)
    found = made.result("")
    assert not made.is_pending
    assert (found.status, found.verdict) in (("error", None), ("measured", "inconclusive"))
    assert "cannot be judged" in found.reason or "clock did not move" in found.reason


def test_three_pairs_of_equal_times_are_ok() -> None:
    made = trial()
    pairs(made, 2)
    made.look(1)
    assert (made.is_pending, made.is_decided) == (True, False)
    pairs(made, 1)
    made.look(1)
    found = made.result("")
    assert (made.is_pending, found.verdict, found.processes) == (False, "ok", 3)
    assert found.samples[BASE] == pytest.approx(found.samples[HEAD])


def test_an_alarm_needs_fresh_pairs_and_ten_in_all() -> None:
    made = trial()
    pairs(made, 3, head=1_200_000)
    made.look(1)
    assert made.is_pending
    assert made.pairs_to_next_look == 7
    pairs(made, 7, head=1_200_000)
    made.look(1)
    found = made.result("")
    assert (found.verdict, made.is_pending) == ("critical", False)
    assert found.ratio == pytest.approx(1.2, rel=0.01)
    assert found.before == pytest.approx(0.001, rel=0.01)


def test_the_limits_of_base_hold() -> None:
    lax = replace(BENCHMARK, limits=Limits(Thresholds(0.5, 0.9)))
    made = trial(head=lax)
    pairs(made, 10, head=1_200_000)
    made.look(1)
    assert made.result("").verdict == "critical"
    made = trial(base=lax)
    pairs(made, 10, head=1_200_000)
    made.look(1)
    assert made.result("").verdict == "ok"


def test_what_ended_early_says_why() -> None:
    made = trial()
    pairs(made, 2)
    found = made.result("the time was up")
    assert found.verdict == "inconclusive"
    assert found.reason.startswith("the time was up: too few pairs to decide: measure 1 more")
    assert trial().result("the time was up").reason == "not measured: the time was up"


def test_one_pair_has_no_interval() -> None:
    made = trial()
    pairs(made, 1)
    found = made.result("interrupted")
    assert (found.ratio, found.low, found.high) == (1.0, 0.0, None)


def test_a_suspicious_null_control_is_played_on_until_it_is_decided() -> None:
    made = trial()
    pairs(made, 3, null=1_200_000)
    made.look(1)
    assert (made.is_decided, made.is_pending) == (True, True)
    pairs(made, 7, null=1_200_000)
    made.look(1)
    assert (made.is_decided, made.is_pending) == (True, False)
    null = made.null_result()
    assert null
    assert null.verdict == "critical"
    assert made.result("").verdict == "ok"


def test_a_changed_test_is_marked_and_its_note_comes_first() -> None:
    made = trial(base=replace(BENCHMARK, source="other"))
    made.note, made.is_advisory = "advisory, because", True
    pairs(made, 5)
    made.look(1)
    found = made.result("")
    assert (found.status, found.advisory) == ("changed", True)
    assert found.reason.startswith("advisory, because: ")


@pytest.mark.parametrize(("base", "head"), [(None, "digest"), ("digest", None), (None, None)])
def test_a_test_without_source_is_taken_for_unchanged(base: str | None, head: str | None) -> None:
    assert not trial(replace(BENCHMARK, source=base), replace(BENCHMARK, source=head)).is_changed


def test_a_pair_that_only_one_side_measured_does_not_count() -> None:
    made = trial()
    lone: dict[str, Process] = {HEAD: process()}
    for _ in range(5):
        made.add(lone)
    made.look(1)
    assert made.result("never").reason == "not measured: never"


def test_an_error_of_head_is_told_before_what_base_did() -> None:
    made = trial()
    made.outcomes[BASE].refusal = STOPPED
    made.outcomes[HEAD].error = "failed in call"
    found = made.result("")
    assert (found.status, found.reason) == ("error", "head: failed in call")
    assert not made.is_pending


def test_a_pair_that_somebody_left_early_does_not_count() -> None:
    """The others were stopped after a turn more or less than each other, and that cannot be compared."""
    for left in (BASE, NULL):
        made = trial()
        pairs(made, 5)
        made.outcomes[left].add(BenchmarkStarted(BENCHMARK.id))
        short, whole = process(), process()
        short = replace(short, wall_ns=short.wall_ns[1:], thread_cpu_ns=short.thread_cpu_ns[1:])
        made.add({name: short if name == HEAD else whole for name in (BASE, HEAD, NULL) if name != left})
        made.look(1)
        null = made.null_result()
        assert null
        assert (made.is_pending, null.processes) == (False, 3)
        assert made.result("").reason == ("base: " if left == BASE else "") + "the test did not call benchmark"


def test_what_goes_wrong_in_the_second_process_of_head_goes_wrong_in_head() -> None:
    made = trial()
    pairs(made, 4)
    made.outcomes[HEAD].refusal = made.outcomes[BASE].refusal = STOPPED
    made.outcomes[NULL].error = "failed in call"
    made.outcomes[BASE].error = "failed in teardown"
    found = made.result("")
    assert (found.status, found.reason) == ("error", "head: failed in call")
    assert (made.is_pending, made.only_base_failed, made.of_head) == (False, False, made.outcomes[NULL])


@pytest.mark.parametrize("side", [BASE, HEAD, NULL])
def test_a_test_that_leaves_on_one_side_is_told_before_those_stopped_for_it(side: str) -> None:
    made = trial()
    for name, outcome in made.outcomes.items():
        outcome.refusal = Refusal("coroutine", "a coroutine") if name == side else STOPPED
    assert made.result("").reason == ("base: " if side == BASE else "") + "a coroutine"
