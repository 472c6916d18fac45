"""What a reader sees of other people's text: escaped and short, also in templates of a project's own."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giflab_core.text import printable
from pytest_giflab.errors import StoreError
from pytest_giflab.model import TIME, Benchmark, Comparison, Quantity
from pytest_giflab.report.rendering import (
    LONGEST,
    Safe,
    amount,
    breakable,
    cell,
    change,
    code,
    duration,
    interval,
    label,
    percent,
    render,
    short_name,
    unbroken,
)
from tests.helpers.measurements import comparison, report

TEMPLATE = "comment.md.jinja"
ZERO_WIDTH = "\u200b"
# Everything that begins markup, HTML, mentions and references, a link, a new cell or a new line.
ACTIVE = set("<>@#|`*_[]\\~!$\n\r\"'/^{}")

VALUES = {"report": report(), "rows": [], "headline": {"markup": "none"}, "tally": "0 benchmarks"}

texts = st.text(max_size=LONGEST // 10)  # a character may be escaped to ten, as \U0010ffff
pieces = st.sampled_from(["<script>", "@team", "#1", "|", "`", "\n", "www.", "WwW.", "http://", "&lt;", "{{", "]("])
hostile = st.lists(st.one_of(pieces, st.text(max_size=5)), max_size=6).map("".join)


@given(st.one_of(texts, hostile))
def test_no_text_breaks_out_of_a_cell_of_a_table(text: str) -> None:
    assert not ACTIVE & set(re.sub(r"&#\d+;", "", cell(text)))


@given(st.one_of(texts, hostile))
def test_no_text_breaks_out_of_code(text: str) -> None:
    inner = re.fullmatch("<code>(.*)</code>", code(text))
    assert inner
    assert not ACTIVE & set(re.sub(r"&#\d+;", "", inner[1]))


@given(st.one_of(texts, hostile), st.one_of(texts, hostile))
def test_a_row_of_any_texts_has_as_many_cells_as_were_meant(name: str, reason: str) -> None:
    row = f"| {code(name)} | {cell(reason)} |"
    assert row.count("|") == 3
    assert len(row.splitlines()) == 1


@given(st.one_of(texts, hostile))
def test_no_text_has_an_address_that_github_makes_a_link_of(text: str) -> None:
    assert not re.search(r"www\.|://", cell(text), re.IGNORECASE)


@given(st.one_of(texts, hostile))
def test_what_is_escaped_is_read_as_it_was_written(text: str) -> None:
    assert html.unescape(cell(text)).replace(ZERO_WIDTH, "") == printable(text)


@pytest.mark.parametrize(("text", "begun"), [("@org/team", "@"), ("see #12", "#")])
def test_a_mention_is_none_after_the_entities_are_read(text: str, begun: str) -> None:
    # GitHub looks for @name and #1 in the text that the entities stand for.
    assert f"{begun}{ZERO_WIDTH}" in html.unescape(cell(text))


@pytest.mark.parametrize("make", [cell, code])
def test_a_long_name_is_cut(make: type[Safe]) -> None:
    shown = html.unescape(make("x" * (LONGEST + 1)))
    assert shown.removeprefix("<code>").removesuffix("</code>") == "x" * LONGEST + "…"


def test_a_name_of_just_the_longest_is_not_cut() -> None:
    assert cell("x" * LONGEST) == "x" * LONGEST


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (comparison(ratio=1.054, low=1.02, high=1.0849), "1.05 (1.02 - 1.08)"),
        (comparison(ratio=None), "-"),
        (comparison(low=None), "-"),
        (comparison(high=None), "-"),
    ],
)
def test_an_interval_has_two_decimals_or_is_a_dash(row: object, text: str) -> None:
    assert interval(row) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((1.59, 1.58, 1.6), "+59 % (58 to 60 %)"),
        ((0.7, 0.69, 0.71), "−30 % (−31 to −29 %)"),
        ((1.003, 0.998, 1.008), "+0.3 % (−0.2 to 0.8 %)"),
        ((0.99999, 0.98, 1.02), "0.0 % (−2.0 to 2.0 %)"),
        ((1.3, None, None), "+30 %"),
        ((12.0, 11.8, 12.2), "12x (11.8 to 12.2x)"),
        ((1e15, 1.0, 1e15), "1e+15x (1 to 1e+15x)"),
        ((None, None, None), "-"),
    ],
)
def test_a_change_is_in_percent_with_its_interval_and_from_ten_times_on_a_factor(
    numbers: tuple[float | None, ...], text: str
) -> None:
    ratio, low, high = numbers
    assert change(comparison(ratio=ratio, low=low, high=high)) == text


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (comparison("critical"), "critical"),
        (comparison("critical", status="changed"), "changed"),
        (comparison(None, status="error"), "failed"),
        (comparison(None, status="skipped"), "skipped"),
    ],
)
def test_the_state_of_a_benchmark_is_one_word_and_an_error_is_a_failure(row: Comparison, word: str) -> None:
    assert label(row) == word


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("tests/t.py::TestA::test_b[x::y]", "test_b[x::y]"),
        ("t.py::test_a", "test_a"),
        ("no file", "no file"),
        (f"t.py::{'x' * 61}", "x" * 59 + "…"),
        (f"t.py::{'x' * 60}", "x" * 60),
    ],
)
def test_a_short_name_is_the_function_with_its_parameters(name: str, short: str) -> None:
    assert short_name(comparison(benchmark=Benchmark(name, "t.py", 1))) == short


@given(st.one_of(texts, hostile))
def test_a_name_that_may_break_has_no_long_piece_and_is_read_as_it_was_written(text: str) -> None:
    inner = breakable(text).removeprefix("<code>").removesuffix("</code>")
    pieces = html.unescape(inner).replace(ZERO_WIDTH, "").split("<wbr>")
    assert "".join(html.unescape(each).replace(ZERO_WIDTH, "") for each in inner.split("<wbr>")) == printable(text)
    assert not ACTIVE & set(re.sub(r"&#\d+;|<wbr>", "", inner))
    assert max(map(len, pieces)) <= 40 * len(r"\U0010ffff")


def test_a_name_breaks_after_what_parts_its_words() -> None:
    assert html.unescape(breakable("a/b_c.py::d[e-f]")) == (
        "<code>a/<wbr>b_<wbr>c.<wbr>py::<wbr>d[<wbr>e-<wbr>f]</code>"
    )


def test_a_number_stays_on_one_line_with_its_unit() -> None:
    assert unbroken("1 ms | 2") == "1&nbsp;ms&nbsp;&#124;&nbsp;2"


@pytest.mark.parametrize(("fraction", "text"), [(0.05, "5 %"), (0.125, "12.5 %"), (1.0, "100 %")])
def test_a_fraction_is_shown_in_percent(fraction: float, text: str) -> None:
    assert percent(fraction) == text


@pytest.mark.parametrize(("seconds", "text"), [(1.0, "1 s"), (1e-3, "1 ms"), (1e-6, "1 us"), (1e-9, "1 ns")])
def test_a_whole_unit_is_shown_as_one(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def write(folder: Path, text: str) -> Path:
    (folder / TEMPLATE).write_text(text, encoding="utf-8")
    return folder


def test_a_template_of_the_project_takes_the_place_of_the_packages(tmp_path: Path) -> None:
    assert render(TEMPLATE, write(tmp_path, "own: {{ name }}"), name="linux") == "own: linux"


def test_a_template_that_the_project_has_not_is_the_packages(tmp_path: Path) -> None:
    assert render("report.md.jinja", tmp_path, **VALUES).startswith("## none")


def test_a_template_of_the_project_is_escaped_too(tmp_path: Path) -> None:
    shown = render(TEMPLATE, write(tmp_path, "<b>{{ name }}</b>{{ '<i>' }}"), name="<script>")
    assert shown == "<b>&#60;script&#62;</b>&#60;i&#62;"


@pytest.mark.parametrize("value", ["{{ secret }}", "{% for x in y %}", "{# gone #}", "{{ ''.__class__ }}"])
def test_a_value_is_never_taken_for_a_template(tmp_path: Path, value: str) -> None:
    shown = render(TEMPLATE, write(tmp_path, "{{ name }}|{{ name | code }}"), name=value, secret="s3cret")  # noqa: S106
    assert html.unescape(shown).replace(ZERO_WIDTH, "") == f"{value}|<code>{value}</code>"


@pytest.mark.parametrize(
    "text",
    [
        "{{ name",
        "{% if %}",
        "{{ nothing }}",
        "{{ name.nothing }}",
        "{{ name | nofilter }}",
        "{{ 1 / 0 }}",
        "{{ 10 ** 400 * 1.0 }}",
        "{{ range(10 ** 9) }}",
        "{{ '%(x)s' | format(y=1) }}",
        "{{ name() }}",
        "{% include 'none.jinja' %}",
        f"{{% include '{TEMPLATE}' %}}",
        "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    ],
)
def test_a_wrong_template_is_one_line_that_names_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(StoreError, match=rf"{re.escape(TEMPLATE)}: .*; correct it$") as raised:
        render(TEMPLATE, write(tmp_path, text), name="linux")
    assert str(raised.value).startswith(f"{tmp_path}: ")
    assert len(str(raised.value).splitlines()) == 1


def test_a_template_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / TEMPLATE).write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match=re.escape(TEMPLATE)):
        render(TEMPLATE, tmp_path)


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ().__class__.__mro__ }}",
        "{{ name.__class__.__base__.__subclasses__() }}",
        "{{ ().__class__ | safe }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ name | attr('__class__') }}",
        "{{ '{0.__class__}'.format(name) }}",
        "{{ rows.append(1) }}",
    ],
)
def test_a_template_cannot_reach_into_python(tmp_path: Path, attack: str) -> None:
    with pytest.raises(StoreError, match=re.escape(TEMPLATE)):
        render(TEMPLATE, write(tmp_path, attack), name="linux", rows=[])


@pytest.mark.parametrize("outside", ["../secret.txt", "../../secret.txt", "/etc/passwd"])
def test_a_template_includes_nothing_from_outside_of_its_folder(tmp_path: Path, outside: str) -> None:
    (tmp_path / "secret.txt").write_text("s3cret")
    (tmp_path / "templates").mkdir()
    with pytest.raises(StoreError, match=re.escape(TEMPLATE)):
        render(TEMPLATE, write(tmp_path / "templates", f"{{% include '{outside}' %}}"))


def test_what_github_reads_as_a_reference_is_broken() -> None:
    assert cell("see GH-12, #12 and @octo") == "see GH-&#8203;12, &#35;&#8203;12 and &#64;&#8203;octo"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "-"), (0.0, "0 ns"), (2.5e-8, "25 ns"), (1.234e-5, "12.3 us"), (0.0456, "45.6 ms"), (3.21, "3.21 s")],
)
def test_durations_have_three_digits_in_the_unit_that_fits(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "quantity", "text"),
    [
        (0.0456, TIME, "45.6 ms"),
        (None, TIME, "-"),
        (None, Quantity("memory", "MiB"), "-"),
        (12.345, Quantity("memory", "MiB"), "12.3 MiB"),
        (0.98765, Quantity("ssim", "", "higher"), "0.988"),
    ],
)
def test_an_amount_has_the_unit_of_its_quantity(value: float | None, quantity: Quantity, text: str) -> None:
    assert amount(value, quantity) == text
