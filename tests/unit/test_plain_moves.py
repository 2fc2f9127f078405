"""Moves that are spelled oddly, and how they are spelled before runs of them are measured."""

from __future__ import annotations

import pytest

from octoprint_cli.gcode.analysis.plain_moves import close_up, may_be_odd, respell

PLAIN = b"\nG1 X1 Y-2.5 E3\nG0 X4\nG2 X1 Y2 I3 J4 E5\n"


@pytest.mark.parametrize(
    "odd",
    [
        PLAIN,
        PLAIN.replace(b"G", b"G0"),
        PLAIN.replace(b" ", b"  "),
        PLAIN.replace(b" ", b"   ").replace(b"\n", b"  \n")[2:],
        PLAIN.replace(b" ", b""),
        b"\nN1 G1 X1 Y-2.5 E3*99\nN2 G0 X4*7\nN30G2 X1 Y2 I3 J4 E5*100\n",
        b"\nN1 G1 X1 Y-2.5 E3\nN2 G0 X4\nN30 G2 X1 Y2 I3 J4 E5\n",
        PLAIN.lower(),
        PLAIN.replace(b" ", b"\t"),
        PLAIN.replace(b"\nG", b"\n  G"),
        PLAIN.replace(b"G1 X1 Y", b"G1 X1Y"),
        PLAIN.replace(b"X", b"X+").replace(b"E", b"E+"),
        b"\nG1 X 1 Y -2.5 E 3\nG0 X 4\nG2 X 1 Y 2 I 3 J 4 E 5\n",
        b"\nG1 X  +1 Y\t-2.5 E +3\ng0 x +4\nG2X+1Y+2I+3J+4E+5\n",
        b"\nG1 X1 Y-2.5 E3 (a move)\nG0 X4(another)\nG2 X1 Y2 I3 J4 E5 ()\n",
    ],
    ids=(
        "plain zero spaces many none numbered without_checksums lower tabs indented few_spaces signs numbers_apart "
        "apart_and_signed remarks"
    ).split(),
)
def test_moves_are_spelled_plainly(odd: bytes) -> None:
    assert respell(odd) == PLAIN
    assert all(may_be_odd(b"\n" + line) for line in odd.splitlines() if line)


def test_moves_that_are_spelled_plainly_are_spelled_so_for_good() -> None:
    odd = b"\nN5 g01\tx1  y2 (a move)*55\n"
    assert respell(respell(odd)) == respell(odd)


@pytest.mark.parametrize("line", [b"G28 X", b"G92 E0", b"M104 S200", b"G10 X1", b"START_PRINT", b"T0"])
def test_other_commands_are_no_reason_to_look_for_odd_moves(line: bytes) -> None:
    assert not may_be_odd(b"\n" + line)


@pytest.mark.parametrize(
    "line",
    [
        *(b"M117 two  spaces (here)", b"START_PRINT  EXTRUDER_TEMP=210", b"M104  S200 (S400)", b"G28  X", b"G92  E0", b"G10 X1"),
        *(b"G1 X1 (S5", b"G1.5 X1", b"G1 X1E-5", b"M23 a*b", b"NAME=3*4", b"G1 X1 Y{y}  Z3"),
        *(b"G1 X+-1", b"G1 X++1", b"G1 X1+2 Y+3", b"G1 X + 1", b"M117 X+10 Y 5", b"SET_PLACE X=+5", b"G1 X Y+1+"),
    ],
)
def test_anything_else_stays_as_it_is(line: bytes) -> None:
    assert respell(b"\n" + line + b"\n") == b"\n" + line + b"\n"


@pytest.mark.parametrize("run", [b"G1 X 1 Y +2 E +3\n", b"G1 X+1 Y2\n", b"G1 X 1 Y 2\nG0 X4\n", b"G1 X1 Y2\n"])
def test_run_of_moves_is_closed_up_as_it_is_spelled_plainly(run: bytes) -> None:
    assert close_up(run) == respell(b"\n" + run)[1:]


@pytest.mark.parametrize("run", [b"G1 X Y 2\n", b"G1 X+-1 Y+2\n", b"G1 X1+2\n", b"G1 X + 1\n", b"G1 X  1\n"])
def test_run_with_a_number_that_is_none_is_not_closed_up(run: bytes) -> None:
    assert close_up(run) == run
