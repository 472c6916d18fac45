"""Which candidates are worth their bytes, against the definition spelled out by hand."""

from __future__ import annotations

from giflab_core.comparison.front import Offer, on_front


def test_what_is_larger_and_no_better_is_not_on_the_front() -> None:
    assert on_front([Offer(100, 0.9, True), Offer(200, 0.9, True), Offer(200, 0.8, True)]) == (True, False, False)


def test_more_bytes_for_more_quality_are_on_the_front() -> None:
    assert on_front([Offer(100, 0.5, True), Offer(200, 0.8, True), Offer(300, 0.95, True)]) == (True, True, True)


def test_equal_offers_are_both_on_the_front() -> None:
    assert on_front([Offer(100, 0.9, True), Offer(100, 0.9, True)]) == (True, True)


def test_a_failure_outdoes_nothing_that_passes() -> None:
    assert on_front([Offer(50, 0.99, False), Offer(100, 0.9, True)]) == (True, True)


def test_a_failure_is_outdone_by_a_failure_and_by_a_pass() -> None:
    assert on_front([Offer(100, 0.5, False), Offer(90, 0.6, False)]) == (False, True)
    assert on_front([Offer(100, 0.5, False), Offer(90, 0.6, True)]) == (False, True)


def test_without_numbers_there_is_no_place_on_the_front() -> None:
    assert on_front([None, Offer(100, 0.5, True)]) == (False, True)
    assert on_front([]) == ()
