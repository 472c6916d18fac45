"""From tests to benchmarks: limits by the closest marker, and a digest of what the test does."""

from __future__ import annotations

from textwrap import indent

import pytest

from pytest_giflab.collection import check_marker, find_benchmarks, is_benchmark, to_benchmark
from pytest_giflab.thresholds import DEFAULTS

pytestmark = pytest.mark.usefixtures("nothing_of_others_is_collected")  # when a session within this one ends


def item_of(pytester: pytest.Pytester, source: str, name: str = "test_a") -> pytest.Item:
    return pytester.getitem("import pytest\n\n" + source, name)


def digests_of(pytester: pytest.Pytester, *sources: str) -> list[str | None]:
    """Of the test `test_a` in each of these sources, which are files of their own."""
    items = []
    for number, source in enumerate(sources):
        path = pytester.makepyfile(**{f"test_{number}": "import pytest\n\n" + source})
        items += [item for item in pytester.genitems([pytester.getpathnode(path)]) if item.name == "test_a"]
    return [to_benchmark(item, DEFAULTS).source for item in items]


@pytest.mark.parametrize(
    ("argument", "found"), [("benchmark", True), ("through", True), ("benchmarked", False)], ids=str
)
def test_a_benchmark_asks_for_the_fixture_itself_or_through_another(
    pytester: pytest.Pytester, argument: str, found: bool
) -> None:
    fixtures = "@pytest.fixture\ndef through(benchmark): ...\n\n@pytest.fixture\ndef benchmarked(): ...\n"
    assert is_benchmark(item_of(pytester, f"{fixtures}\ndef test_a({argument}): ...\n")) == found


def test_a_benchmark_has_the_name_the_file_and_the_line_of_its_test(pytester: pytest.Pytester) -> None:
    item = item_of(pytester, "\ndef test_a(benchmark): ...\n")
    found = to_benchmark(item, DEFAULTS)
    assert (found.id, found.file, found.line) == (f"{item.location[0]}::test_a", item.location[0], 4)


def test_other_tests_are_not_found(pytester: pytest.Pytester) -> None:
    item = item_of(pytester, "def test_a(benchmark): ...\n\ndef test_b(): ...\n")
    item.session.items = [item, item_of(pytester, "def test_b(): ...\n", "test_b")]
    assert [each.id for each in find_benchmarks(item.session, DEFAULTS)] == [item.nodeid]


def test_the_closest_marker_sets_a_limit_and_those_above_the_others(pytester: pytest.Pytester) -> None:
    item = item_of(
        pytester,
        "pytestmark = pytest.mark.giflab(warning=0.01, critical=9, clock='wall')\n\n"
        "@pytest.mark.giflab(critical=8)\ndef test_a(benchmark): ...\n",
    )
    limits = to_benchmark(item, DEFAULTS).limits
    assert (limits.thresholds.warning, limits.thresholds.critical, limits.clock) == (0.01, 8, "wall")


def test_without_a_marker_the_limits_are_those_given(pytester: pytest.Pytester) -> None:
    assert to_benchmark(item_of(pytester, "def test_a(benchmark): ...\n"), DEFAULTS).limits.thresholds == DEFAULTS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("0.1", "does not know 0.1; it takes warning=, critical=, clock= and exclusive="),
        ("limit=2", "does not know limit; "),
        ('clock="sundial"', "clock='sundial' is not among thread_cpu, process_cpu, wall"),
    ],
)
def test_an_argument_that_the_marker_does_not_have_is_one_error(
    pytester: pytest.Pytester, arguments: str, message: str
) -> None:
    item = item_of(pytester, f"@pytest.mark.giflab({arguments})\ndef test_a(benchmark): ...\n")
    with pytest.raises(pytest.UsageError) as caught:
        check_marker(item)
    assert str(caught.value).startswith(f"{item.nodeid}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [("warning=0.5", "0 < warning <= critical"), ('warning="high"', "@pytest.mark.giflab: ")],
)
def test_a_limit_that_makes_no_sense_is_one_error(pytester: pytest.Pytester, arguments: str, message: str) -> None:
    item = item_of(pytester, f"@pytest.mark.giflab({arguments})\ndef test_a(benchmark): ...\n")
    with pytest.raises(pytest.UsageError) as caught:
        to_benchmark(item, DEFAULTS)
    assert str(caught.value).startswith(f"{item.nodeid}: ")
    assert message in str(caught.value)


BODY = "def test_a(benchmark):\n    benchmark(sum, [1, 2])\n"


@pytest.mark.parametrize(
    "changed",
    [
        "\n\n\n" + BODY,
        "@pytest.mark.giflab(warning=0.01)\n" + BODY,
        BODY.replace("2])\n", "2])  # twice\n"),
    ],
    ids=["place", "marker", "comment"],
)
def test_a_test_that_does_the_same_has_the_same_digest(pytester: pytest.Pytester, changed: str) -> None:
    before, after = digests_of(pytester, BODY, changed)
    assert before == after is not None


def test_a_test_that_does_something_else_has_another_digest(pytester: pytest.Pytester) -> None:
    before, after = digests_of(pytester, BODY, BODY.replace("1, 2", "1, 3"))
    assert before != after


def test_a_method_has_the_digest_of_the_function(pytester: pytest.Pytester) -> None:
    method = BODY.replace("(benchmark)", "(self, benchmark)", 1)
    inside, alone = digests_of(pytester, "class TestA:\n" + indent(method, "    "), method)
    assert inside == alone is not None
