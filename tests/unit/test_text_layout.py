"""The text format's layout: columns that fit, lines broken between words, colours for terminals alone."""

from __future__ import annotations

import io

import pytest

from octoprint_cli.output.template import Line, Piece
from octoprint_cli.output.terminal.colours import coloured, has_colours
from octoprint_cli.output.terminal.layout import broken, columns, is_too_narrow, painted, shortened, width_of

TERMINAL = {"TERM": "xterm"}


class Tty(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def line(text: str, hang: int = 0) -> Line:
    return Line((Piece(text),), hang)


def texts(lines: list) -> list:
    return [one.text for one in lines]


def test_columns_are_aligned_without_spaces_at_the_end() -> None:
    rows = [[line("NAME"), line("SIZE")], [line("cube.gcode"), line("1 B")]]
    assert texts(columns(rows, 0, "…")) == ["NAME        SIZE", "cube.gcode  1 B"]


def test_widest_column_is_shortened_and_the_others_are_not() -> None:
    rows = [[line("a" * 50), line("b" * 10), line("c" * 12)]]
    assert texts(columns(rows, 50, "…")) == [f"{'a' * 23}…  {'b' * 10}  {'c' * 12}"]


def test_other_columns_are_shortened_only_if_that_is_not_enough() -> None:
    rows = [[line("a" * 50), line("b" * 20)]]
    assert texts(columns(rows, 30, "...")) == [f"{'a' * 9}...  {'b' * 13}..."]
    assert is_too_narrow(rows, 17) and not is_too_narrow(rows, 18)
    assert is_too_narrow(rows, 18, whole=True)


def test_wide_characters_count_twice() -> None:
    assert (width_of("日本"), width_of("e\u0301"), width_of("abc")) == (4, 1, 3)
    assert shortened("日本語", 5, "…") == "日本…"
    rows = [[line("日本"), line("x")], [line("abcd"), line("y")]]
    assert texts(columns(rows, 0, "…")) == ["日本  x", "abcd  y"]


def test_line_is_broken_between_words_below_its_hang() -> None:
    found = broken(Line((Piece("Error: "), Piece("the printer", "red"), Piece(". is off")), 7), 18)
    assert texts(found) == ["Error: the", "       printer. is", "       off"]
    assert painted(found[1]) == "       \x1b[31mprinter\x1b[0m. is"


def test_word_longer_than_the_terminal_stays_whole() -> None:
    assert texts(broken(line(f"a {'b' * 30} c"), 10)) == ["a", "b" * 30, "c"]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (TERMINAL, True),
        ({**TERMINAL, "NO_COLOR": "1"}, False),
        ({**TERMINAL, "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({}, False),
        ({"WT_SESSION": "x"}, True),
    ],
)
def test_colours_are_for_terminals_that_have_them(environ: dict, expected: bool) -> None:
    assert has_colours(Tty(), environ) is expected
    assert not has_colours(io.StringIO(), environ)


def test_colours_are_of_the_sixteen() -> None:
    assert coloured("x", "red") == "\x1b[31mx\x1b[0m" and coloured("x", "") == "x"
