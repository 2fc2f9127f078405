"""How E is meant after a macro that may set M82 or M83: found in the moves, and answered with the doubt."""

from __future__ import annotations

from itertools import accumulate
from typing import List

import pytest

from octoprint_cli.gcode.analysis.extrusion_mode import judge

from .readings import read

#: What each move extrudes, in no order.
AMOUNTS = [0.05 + (n * 37 % 100) / 50 for n in range(200)]
TOTAL = round(sum(AMOUNTS), 4)


def moves(values: List[float]) -> str:
    return "".join(f"G1 X{10 + n % 100} Y{20 + n % 7} E{value:.5f}\n" for n, value in enumerate(values))


RELATIVE, ABSOLUTE = moves(AMOUNTS), moves(list(accumulate(AMOUNTS)))
HEAT = "G28\nM104 S200\nG1 Z0.2\n"


@pytest.mark.parametrize("macro", ["print_start bed=70 extruder=210", "START_PRINT", 'M98 P"start.g"'])
def test_small_amounts_after_a_macro_are_read_as_relative(macro: str) -> None:
    contents = read(f"{HEAT}{macro}\n{RELATIVE}M84\n")
    assert contents.extrusion == {"tool0": pytest.approx(TOTAL, abs=0.01)}
    mode = contents.extrusion_mode
    assert mode is not None and (mode.mode, mode.certain) == ("relative", False)
    assert mode.reason == f"{macro.split()[0].upper()} on line 4 may set M82 or M83, and each E is near 0"


def test_rising_places_after_a_macro_are_read_as_absolute() -> None:
    contents = read(f"{HEAT}START_PRINT\n{ABSOLUTE}M84\n")
    assert contents.extrusion == {"tool0": pytest.approx(TOTAL, abs=0.01)}
    mode = contents.extrusion_mode
    assert mode is not None and (mode.mode, mode.certain) == ("absolute", False)
    assert mode.reason.endswith("E rises from move to move")


@pytest.mark.parametrize("before", ["M82\n", "M83\n", ""])
def test_moves_decide_after_a_macro_whatever_was_set_before(before: str) -> None:
    for text in (RELATIVE, ABSOLUTE):
        assert read(f"{HEAT}{before}START_PRINT\n{text}").extrusion == {"tool0": pytest.approx(TOTAL, abs=0.01)}


@pytest.mark.parametrize("code, mode, text", [("M83", "relative", RELATIVE), ("M82", "absolute", ABSOLUTE)])
def test_mode_that_is_set_behind_the_macro_is_certain(code: str, mode: str, text: str) -> None:
    contents = read(f"{HEAT}START_PRINT\n{code}\n{text}")
    assert contents.extrusion == {"tool0": pytest.approx(TOTAL, abs=0.01)}
    assert contents.extrusion_mode == (mode, True, f"{code} on line 5")


def test_mode_of_the_print_counts_and_not_that_of_the_purge_line() -> None:
    contents = read(f"{HEAT}M82\nG92 E0\nG1 X9 E20\nM83\n{RELATIVE}M82\nM84\n")
    assert contents.extrusion_mode == ("relative", True, "M83 on line 7")


def test_unset_mode_is_absolute_and_uncertain() -> None:
    assert read(HEAT + ABSOLUTE).extrusion_mode == ("absolute", False, "neither M82 nor M83 comes before the first extrusion")


def test_nothing_extruded_has_no_mode() -> None:
    assert read("G28\nSTART_PRINT\nG1 X5\n").extrusion_mode is None
    assert read("G28\nSTART_PRINT\nG1 X5\n").as_dict()["extrusion_mode"] is None


@pytest.mark.parametrize("macro", ["SET_VELOCITY_LIMIT ACCEL=1", "RESPOND MSG=hello", "EXCLUDE_OBJECT_DEFINE NAME=a"])
def test_word_that_changes_no_mode_raises_no_doubt(macro: str) -> None:
    mode = read(f"{HEAT}M82\n{macro}\n{ABSOLUTE}").extrusion_mode
    assert mode == ("absolute", True, "M82 on line 4")


def test_macro_in_the_middle_of_a_print_raises_no_doubt() -> None:
    mode = read(f"{HEAT}M83\n{RELATIVE}TIMELAPSE_FRAME\nPAUSE_PARK\n{RELATIVE}").extrusion_mode
    assert mode == ("relative", True, "M83 on line 4")


def test_too_few_moves_leave_the_mode_as_it_was() -> None:
    contents = read(f"{HEAT}START_PRINT\nG1 X1 E1\nG1 X2 E1\n")
    assert contents.extrusion == {"tool0": 1.0}
    assert contents.extrusion_mode == ("absolute", False, "START_PRINT on line 4 may set M82 or M83")


def test_retractions_and_resets_do_not_make_places_amounts() -> None:
    text = "".join(f"G1 X{n} E{5 + n / 10}\nG1 E{4 + n / 10}\nG1 E{5 + n / 10}\n" for n in range(9)) * 8
    parts = "G92 E0\n".join([text[:200], text[200:400], text[400:]])
    assert judge(f"\n{parts}".encode()).relative is False


def test_large_places_that_fall_are_no_amounts() -> None:
    """Damage: an amount of 300 mm for one move is none."""
    assert judge(("\n" + moves([300.0 - n for n in range(50)])).encode()).relative is False


@pytest.mark.parametrize("piece", [1, 7, 100, 4096, 128 * 1024])
@pytest.mark.parametrize("before", [0, 126_000, 130_800, 131_000])
def test_mode_is_the_same_wherever_the_file_is_cut_into_pieces(piece: int, before: int) -> None:
    """The macro and its moves may stand in two blocks."""
    text = "; x\n" * (before // 4) + HEAT + "START_PRINT\n" + RELATIVE + "M104 S{x}\nM84\n"
    contents = read(text if piece > 1000 else text[-9000:], piece)
    assert contents.extrusion == {"tool0": pytest.approx(TOTAL, abs=0.01)}
    assert contents.lines == (text if piece > 1000 else text[-9000:]).count("\n")
    assert contents.bad_lines[0].offset == len(text if piece > 1000 else text[-9000:]) - len("M104 S{x}\nM84\n")


def test_few_moves_in_a_long_file_hold_nothing_back_for_ever() -> None:
    text = HEAT + "START_PRINT\nG1 X1 E1\nG1 X2 E1\n" + "G4 P1\n" * 100_000 + "G1 X3 E2\n"
    contents = read(text)
    assert contents.lines == text.count("\n") and contents.extrusion == {"tool0": 2.0}


def test_damage_right_behind_the_macro_keeps_its_line_and_offset() -> None:
    text = "; x\n" * 32_760 + "START_PRINT\nG1 X1 Y--5 E1\n" + RELATIVE
    (bad,) = read(text).bad_lines
    assert (bad.line, bad.offset) == (32_762, text.index("G1 X1 Y--5"))
