"""Lines of a file that firmwares read differently: several codes, none at all, machine coordinates, numbers of two readings."""

from __future__ import annotations

import pytest

from octoprint_cli.gcode.command import parse_command
from octoprint_cli.preflight.checks.file_content import Damage

from .readings import read
from .subjects import judge

#: A print at 200 degrees inside of 10..61 along X and 10..50 along Y.
BEFORE = "G28\nM109 S200\nG1 X10 Y10 Z0.2\nG1 X60 Y50 E1\n"
AFTER = "G1 X61 E2\n"
RUN = "".join(f"G1 X{20 + i % 30} Y{20 + i % 20} E{2 + i / 100:g}\n" for i in range(400))
HEATS_400 = [
    *("M303 E0 S400 C8", "M303 S400", "G4 P0 M104 S400", "M400 M104 S400", "/M104 S400", "/ N5 M104 S400", "T0 M104 S400"),
    *("M106 S255 M104 S400", "G1 X10 M104 S400", "FOO M104 S400", "M104 B400 F S200", "M145 S0 H400", "G26 H400", "M105 m104 s400"),
]
HEATS_NO_MORE = [
    *("M117 M104 S400", 'M98 P"M104 S400"', "M118 M104 S400", "RESPOND MSG=M104 S400", "EXCLUDE_OBJECT_START NAME=M104_S400"),
    *("M106 S255", "M73 P10 R400", "M204 S400", "M486 AM104 S400", "M1002 gcode_claim_action : 4", "; M104 S400"),
]
REACHES_400 = [
    *("G90 G1 X400 F3000", "M82 G1 X400", "T0 G1 X400", "M220 S100 G1 X400", "g90 g1x400", "N5 G90 G0 X400", "G21 G90 G17 G1 X400"),
    *("G53 G1 X400 E340", "G53 X400", "X400", "X400 F3000", "X 400", "N7 X400", "/G1 X400", "/X400", "G1 X10 G1 X400"),
    "M400 X1 G0 X400",
    "G5 X400 Y20 I0 J3 P0 Q-3",
]
STAYS = [
    *("M117 G1 X400", 'M98 P"G1 X400"', "MACRO POS=G1 X400", "M117 X400", "(G1 X400)", "//G1 X400"),
    *("M1002 judge_flag g29_x400", "M92 X400"),
    *("X_HOME X=400", "EXCLUDE_OBJECT_DEFINE NAME=a CENTER=400,400", 'M291 P"now G1 X400" S1', "F400", 'M862.3 P "M1 X400"'),
    "G4 X400",
]
DAMAGED = [
    "M104 S40 0",
    "G1 X4 00",
    "G1 X10 X400",
    "G1 XX400",
    "G1 X0x190",
    "G1 Xnan",
    "G1 X",
    "M140 S6 0",
    "G92 E0 E5",
    "G1 X1 G1 Y2 Y3",
]
SOUND = ["G28 X Y", "G28 XYZ", "G1 X10 X10", "G1 X 10 Y 20", "M104 T0 S200", "G92 E0", "G1 F3000 X10 F1200", "G1 X4 (00) Y5", "G92"]


def contents(line: str, run: str = "", numpy: bool = False):
    return read(BEFORE + run + line + "\n" + run + AFTER, numpy=numpy)


@pytest.mark.parametrize("line", HEATS_400)
def test_target_behind_another_code_counts(line: str) -> None:
    assert contents(line).heat["tool0"].highest == 400


@pytest.mark.parametrize("line", HEATS_NO_MORE)
def test_target_in_a_text_is_none(line: str) -> None:
    assert contents(line).heat["tool0"].highest == 200


@pytest.mark.parametrize("line", ["M303 E0 S400 C8", "M104 B400 F S200", "M145 S0 H400", "G26 H400"])
def test_heat_of_a_code_is_the_same_in_a_file_and_typed(line: str) -> None:
    assert max(degrees for _, degrees in parse_command(line).targets) == contents(line).heat["tool0"].highest


def test_tuning_of_the_bed_is_none_of_the_hotend() -> None:
    heat = contents("M303 E-1 S110").heat
    assert (heat["bed"].highest, heat["tool0"].highest) == (110, 200)


@pytest.mark.parametrize("run", ["", RUN])
@pytest.mark.parametrize("line", REACHES_400)
def test_motion_behind_another_code_or_without_one_counts(line: str, run: str) -> None:
    for numpy in (False, True):
        found = contents(line, run, numpy)
        assert found.moves.x == (10, 400) and found.bad_lines == ()


@pytest.mark.parametrize("line", STAYS)
def test_motion_in_a_text_is_none(line: str) -> None:
    assert contents(line).moves.x == (10, 61)


def test_machine_coordinates_know_no_renamed_place_and_no_distances() -> None:
    assert read(BEFORE + "G92 X0\nG91\nG53 G0 X-60\nG1 X1\n" + AFTER).moves.x == (-60, 60)
    assert read(BEFORE + "G92 X0\nG53 G0 X20\nG1 X1\n").moves.x == (10, 61)


def test_coordinates_before_any_motion_are_none() -> None:
    assert read("G28\nX400\n").moves.x is None


def test_coordinates_of_an_arc_go_on_with_it() -> None:
    arcs = "G1 X50 Y50\nG2 X60 Y60 I10 J0\nX50 Y50 I-10 J0\n"
    assert read(BEFORE + arcs).moves == read(BEFORE + arcs.replace("\nX50", "\nG2 X50")).moves
    assert read(BEFORE + arcs + "X400\n").bad_lines == ()


def test_line_of_a_thousand_codes_is_read_in_one_go() -> None:
    assert read(BEFORE + "M1" * 400 + "\n" + "G90 " * 400 + "G1 X400\n").moves.x == (10, 400)


@pytest.mark.parametrize(
    ("line", "x", "y"),
    [
        ("G5 X20 Y20 I500 J0 P0 Q-300", (10, 560), (-280, 50)),
        ("G5 X20 Y20 I1 J-2 P0 Q-3", (10, 61), (10, 50)),
    ],
)
def test_spline_reaches_as_far_as_its_control_points(line: str, x, y) -> None:
    found = contents(line)
    assert (found.moves.x, found.moves.y) == (x, y)


def test_arc_of_several_turns_is_a_whole_circle() -> None:
    arc = "G1 X50 Y50\nG2 X60 Y60 I10 J0"
    assert contents(arc).moves.y == (10, 60)
    assert contents(arc + " P0").moves.y == (10, 60)
    assert contents(arc + " P1").moves == contents("G1 X50 Y50\nG2 X50 Y50 I10 J0\nG1 X60 Y60").moves


@pytest.mark.parametrize("line", DAMAGED)
def test_parameters_that_can_be_read_in_two_ways_are_damage(line: str) -> None:
    assert judge(Damage(), **contents(line)._asdict()).said == "FILE_DAMAGED"


@pytest.mark.parametrize("line", SOUND)
def test_parameters_that_can_be_read_in_one_way_are_sound(line: str) -> None:
    assert judge(Damage(), **contents(line)._asdict()).said == "pass"


@pytest.mark.parametrize("line", ["M486 A[part]{1}", "M117 [percent] of {name}", "EXCLUDE_OBJECT_DEFINE NAME={a}"])
def test_placeholder_in_a_name_or_a_message_is_no_damage(line: str) -> None:
    assert contents(line).bad_lines == ()


def test_placeholder_in_a_number_is_damage() -> None:
    assert "placeholder" in [bad.kind for bad in contents("M104 S[temperature]").bad_lines]
