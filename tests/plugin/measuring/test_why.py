"""Which line says why."""

from __future__ import annotations

import pytest

from pytest_giflab.measuring.why import last_reason, what_was_raised

CONFTEST = """\
ImportError while loading conftest '/tmp/head/conftest.py'.
conftest.py:1: in <module>
    import pkg
E   ModuleNotFoundError: No module named 'pkg'
and something that a plugin says at the end
"""
ASSERTION = """\
>       assert is_new(), 'too old'
E       AssertionError: too old
E       assert False
E        +  where False = is_new()

test_b.py:3: AssertionError
"""
SYNTAX = """\
E     File "/tmp/head/test_b.py", line 3
E       def f(:
E             ^
E   SyntaxError: invalid syntax
"""
INTERNAL = """\
INTERNALERROR> Traceback (most recent call last):
INTERNALERROR>   File "/x/main.py", line 1, in wrap_session
INTERNALERROR>     config._do_configure()
INTERNALERROR> pkg.NotReady: not yet

============ no tests ran in 0.01s ============
"""
EXIT = """\
collected 1 item
!!!!!!!!!!!! _pytest.outcomes.Exit: no data here !!!!!!!!!!!!!
============ no tests ran in 0.01s ============
"""


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (CONFTEST, "ModuleNotFoundError: No module named 'pkg'"),
        (ASSERTION, "AssertionError: too old"),
        (SYNTAX, "SyntaxError: invalid syntax"),
        (INTERNAL, "pkg.NotReady: not yet"),
        (EXIT, "Exit: no data here"),
        ("Exit: no data here\nbye\n", "Exit: no data here"),
        ("!!!!!!!! Interrupted: enough !!!!!!!!\n1 passed in 1.52s\n", "Interrupted: enough"),
        ("ERROR: usage: pytest [options]\n\n", "usage: pytest [options]"),
        ("Fatal Python error: Segmentation fault\n  File x\n", "Fatal Python error: Segmentation fault"),
        ("E   ValueError\n", "ValueError"),
        ("E   assert 1 == 2\n", "assert 1 == 2"),
        ("E   ValueError: first\nin between\nE   KeyError: 'second'\n", "KeyError: 'second'"),
        ("E   KeyError: 'a'\nwork.py:1\nE   SystemExit: 1\n", "SystemExit: 1, after KeyError: 'a'"),
        ("E   SystemExit: 1\n", "SystemExit: 1"),
        ("one\n\ntwo\n\n", "two"),
        ("Every line\n", "Every line"),
        ("", ""),
    ],
)
def test_the_last_line_that_says_why(said: str, why: str) -> None:
    assert last_reason(said) == why


def test_a_very_long_one_is_cut() -> None:
    assert len(last_reason("E   ValueError: " + 1000 * "x")) == 200


def test_an_exit_is_told_with_what_it_followed() -> None:
    missing = ModuleNotFoundError("No module named 'pkg.made'\nby hand")
    leave = SystemExit(1)
    leave.__context__ = missing
    assert what_was_raised(leave) == "SystemExit: 1, after ModuleNotFoundError: No module named 'pkg.made'"
    assert what_was_raised(KeyboardInterrupt()) == "KeyboardInterrupt"
