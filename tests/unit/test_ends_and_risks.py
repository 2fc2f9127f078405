"""What ends a print in the words of each firmware, what waits for a person, arcs without a centre, holes, other kinds of files."""

from __future__ import annotations

import gzip

import pytest

from octoprint_cli.preflight.checks.file_content import Damage, RiskyCommands

from .readings import read
from .subjects import judge

PRINT = "G28\nM109 S200\nG1 X10 Y10 Z0.2\nG1 X20 E1\n"


@pytest.mark.parametrize(
    "end",
    [
        *("TURN_OFF_HEATERS", "PRINT_END_x", "ENDPRINT", "STOP_PRINT", "_END_PRINT", "PRINT_FINISHED", "M0", 'M98 P"stop.g"'),
        *("G10 P0 S-273.15", "M568 P0 A0", "M104 S0", "M84", "M2", "M30"),
    ],
)
def test_each_firmwares_end_is_one(end: str) -> None:
    assert read(f"{PRINT}{end}\n").ending.complete is True
    assert read(PRINT).ending.complete is False


@pytest.mark.parametrize("line", ['M98 P"probe.g"', "SET_LED LED=case", "M568 P0 A2", "G10", "M84 S30"])
def test_other_commands_end_no_print(line: str) -> None:
    assert read(f"{PRINT}{line}\n").ending.complete is False


@pytest.mark.parametrize("axes", ["A0 B0", "A0", "C5"])
def test_g92_of_other_axes_moves_no_origin(axes: str) -> None:
    contents = read(f"G28\nG1 X150 Y150\nG92 {axes}\nG1 X50 Y50 E1\n")
    assert contents.moves.x == (50, 150)
    assert read("G28\nG1 X150\nG92\nG1 X50\n").moves.x == (150, 200)


@pytest.mark.parametrize(
    ("line", "does"),
    [
        ("M601", "waits for a person"),
        ("@pause", "waits for a person"),
        ("CANCEL_PRINT", "cancels the print"),
        ("M524", "ends a print from the SD card"),
        ("M410", "stops all moves at once"),
        ("M211 S0", "switches the limits of the axes off"),
    ],
)
def test_commands_that_wait_or_change_limits_are_notable(line: str, does: str) -> None:
    (notable,) = read(f"{PRINT}{line}\nM84\n").notable
    assert does in notable.does and notable.line == 5


@pytest.mark.parametrize("line", ["M211 S1", "M211", "M302 S155"])
def test_commands_that_set_limits_are_not_notable(line: str) -> None:
    assert read(f"{line}\n{PRINT}M84\n").notable == ()


def test_pauses_are_counted_with_their_lines() -> None:
    notable = read(PRINT + "M601\nG1 X5 E2\n" * 7 + "M84\n").notable
    assert (notable[0].count, notable[0].lines, notable[0].waits) == (7, (5, 7, 9, 11, 13), True)
    assert "7 times, on line 5, 7, 9, 11, 13 ..." in judge(RiskyCommands(), notable=notable).message


@pytest.mark.parametrize("numpy", [False, True])
@pytest.mark.parametrize("arc", ["G2 X60 Y60 E21", "G2 X50.001 Y50.001 I-0 J-0 E20", "G3 X60 Y60 I0 J0", "G2 X60 Y60 R0"])
def test_arc_without_a_centre_is_damage(arc: str, numpy: bool) -> None:
    lines = [f"G1 X{x} Y5 E{x}" for x in range(600)]
    (bad,) = read("\n".join([*lines, arc, *lines, ""]), numpy=numpy).bad_lines
    assert (bad.kind, bad.line) == ("arc", 601)


@pytest.mark.parametrize("arc", ["G2 X60 Y60 I5 J0 E21", "G3 X60 Y60 R20", "G2 X60 Y60 J-3"])
def test_arc_with_a_centre_is_sound(arc: str) -> None:
    assert read(f"G1 X50 Y50\n{arc}\n").bad_lines == ()


@pytest.mark.parametrize("hole", [b"\0", b"\0" * 4096, b"\x01\x02\x03"])
@pytest.mark.parametrize("before", [b";TYPE:WA", b"; ", b"G1 X5 ; infill", b"G1 X"])
def test_hole_is_damage_wherever_it_begins(hole: bytes, before: bytes) -> None:
    contents = read(PRINT.encode() + before + hole + b"2 Y3\nM84\n")
    assert next((bad.kind, bad.line) for bad in contents.bad_lines if not bad.comment) == ("control", 5)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"<!DOCTYPE html>\n<html>\n", "web page"),
        (b"\n  <html><body>\n", "web page"),
        (b'{"error": "You don\'t have the permission"}', "JSON"),
        (b"PK\x03\x04rest", "ZIP"),
        (gzip.compress(PRINT.encode(), mtime=0), "gzip"),
        (b"GCDE\x01\0\0\0", "binary G-code"),
        (PRINT.encode("utf-16"), "UTF-16"),
        (PRINT.encode("utf-16-le"), "UTF-16"),
        (PRINT.encode("utf-16-be"), "UTF-16"),
    ],
)
def test_file_that_is_no_gcode_is_called_what_it_is(data: bytes, what: str) -> None:
    contents = read(data)
    assert contents.foreign is not None and what in contents.foreign
    assert what in judge(Damage(), bad_lines=contents.bad_lines[:1]).message


def test_gcode_is_not_foreign() -> None:
    for text in (PRINT, "\ufeff" + PRINT, "{travel}\n" + PRINT, "; <html>\n" + PRINT, "%\nO100\n" + PRINT):
        assert read(text.encode()).foreign is None
