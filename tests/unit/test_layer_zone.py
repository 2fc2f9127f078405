"""How far the layers reach, and what lies outside of them: purge lines, parking, filament changes."""

from __future__ import annotations

import pytest

from .readings import read

START = "M104 S200\nG28\nG90\nM83\n"
LAYERS = "G1 Z0.2\nG1 X50 Y50\nG1 X100 Y60 E1\nG1 X90 Y100 E1\n"
END = "G1 Z20\nG1 X-10 Y250\nM84\n"
PURGE = "G92 E0\nG1 Y-3\nG1 X60 E9\nG1 X100 E12\nG92 E0\n"


@pytest.mark.parametrize("mark", [";LAYER:0", ";LAYER_CHANGE", "; CHANGE_LAYER", "; layer 1, Z = 0.2", ";BEFORE_LAYER_CHANGE"])
@pytest.mark.parametrize("repeat", [1, 400])
def test_what_comes_before_the_first_mark_and_after_the_last_extrusion_is_outside_the_layers(mark: str, repeat: int) -> None:
    contents = read(START + "G1 X-15 Y100\n" + PURGE + mark + "\n" + LAYERS * repeat + END)
    assert (contents.extruding.y, contents.moves.x) == ((-3, 100), (-15, 100))
    assert (contents.layer_extruding.x, contents.layer_extruding.y) == ((50, 100), (50, 100))
    assert (contents.layer_moves.x, contents.layer_moves.y) == ((90, 100) if repeat == 1 else (50, 100), contents.layer_moves.y)
    assert contents.layer_moves.y is not None and contents.layer_moves.y[0] >= 50


@pytest.mark.parametrize("numpy", [False, True])
def test_travel_between_two_extrusions_is_inside_the_layers(numpy: bool) -> None:
    contents = read(START + ";LAYER:0\n" + LAYERS * 400 + "G1 X-7\n" + LAYERS * 400 + "G1 X300\n", numpy=numpy)
    assert contents.layer_moves.x == (-7, 100)
    assert contents.moves.x == (-7, 300)


def test_purge_line_of_a_file_without_marks_is_outside_the_layers() -> None:
    contents = read(START + PURGE + LAYERS * 3 + END)
    assert contents.layer_extruding.y == (50, 100)


def test_many_moves_before_a_reset_of_e_are_no_purge_line() -> None:
    contents = read(START + "G1 X10 Y-3\n" + "G1 X20 E1\nG1 X10 E1\n" * 5 + "G92 E0\n" + LAYERS + END)
    assert contents.layer_extruding.y == (-3, 100)


@pytest.mark.parametrize("section", ["M620 S1A\n{}T1\nM621 S1A\n", "M622 J1\n{}M623\n"])
def test_filament_change_and_timelapse_picture_are_outside_the_layers(section: str) -> None:
    contents = read(START + ";LAYER:0\n" + LAYERS + section.format("G1 X-20 Y265\nG1 X-20 Y270 E5\n") + LAYERS)
    assert contents.layer_moves.y == (50, 100)
    assert contents.layer_extruding.x == (50, 100)
    assert contents.moves.y == (50, 270)
