"""What a reading finds beside positions: heat, tools, layers, its end, commands that deserve a look."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from octoprint_cli.gcode.analysis.contents import HeaterTargets
from octoprint_cli.gcode.analysis.reader import GcodeParser

from .readings import read

CUBE = Path(__file__).parents[2] / "demo" / "cube.gcode"
PRINT = "G28\nM104 S200\nM109 S200\nG1 X10 Y10 Z0.2\nG1 X20 E1\n"


@pytest.mark.parametrize(
    "text, heat",
    [
        ("M104 S200\nM104 S210\nM104 S0\n", {"tool0": HeaterTargets(210.0)}),
        (
            "M109 R205\nM190 R60\nM141 S40\n",
            {"bed": HeaterTargets(60.0), "chamber": HeaterTargets(40.0), "tool0": HeaterTargets(205.0)},
        ),
        ("M104 T1 S200\nT2\nM104 S190\n", {"tool1": HeaterTargets(200.0), "tool2": HeaterTargets(190.0)}),
        ("G10 P1 S200 R150\nG10\nM568 P0 S210\n", {"tool0": HeaterTargets(210.0), "tool1": HeaterTargets(200.0)}),
        ("M104\nM140 Sxx\n", {}),
        ("START_PRINT BED_TEMP=60 EXTRUDER_TEMP=215\n", {"bed": HeaterTargets(60.0), "tool0": HeaterTargets(215.0)}),
        ("SET_HEATER_TEMPERATURE HEATER=extruder1 TARGET=200\n", {"tool1": HeaterTargets(200.0)}),
        ("m104s200\n", {"tool0": HeaterTargets(200.0)}),
        ("N5 M104 S200*33\n", {"tool0": HeaterTargets(200.0)}),
    ],
)
def test_highest_target_of_each_heater_is_kept(text: str, heat: Any) -> None:
    assert dict(read(text).heat) == heat


def test_first_layer_temperature_is_the_target_at_first_print_move() -> None:
    contents = read("M104 S200\nM140 S60\nG1 E5\nM104 S205\nG1 X1 Z0.2 E6\nM104 S190\nM140 S50\nG1 X5 Z1 E9\n")
    assert contents.heat["tool0"] == HeaterTargets(205.0, 205.0)
    assert contents.heat["bed"] == HeaterTargets(60.0, 60.0)


@pytest.mark.parametrize(
    "text, line",
    [
        ("G1 E1\nM104 S200\n", 1),
        ("G28\nG1 X1 E1\n", 2),
        ("M104 S200\nM104 S0\nG1 X1 E1\n", 3),
        ("M104 S200\nT1\nG1 X1 E1\n", 3),
        ("M104 S200\nG1 X1 E1\n", None),
        ("G1 E-1\nM104 S200\nG1 E1\n", None),
        ("G1 X1\n" * 50 + "G1 X2 E1\n" + "G1 X3 E2\n" * 50, 51),
    ],
)
def test_cold_extrusion_is_first_extruding_line_without_target(text: str, line: Any) -> None:
    assert read(text).cold == line


@pytest.mark.parametrize(
    "end, complete, reason",
    [
        ("M104 S0\n", True, "M104 (hotend off) ends the print on line 6"),
        ("G1 E-1\nM84\n", True, "M84 ends the print on line 7"),
        ("END_PRINT\n", True, "END_PRINT ends the print on line 6"),
        ("M18 S60\n", False, "nothing after the last extrusion, on line 5, ends the print"),
        ("EXCLUDE_OBJECT_END NAME=a\n", False, "nothing after the last extrusion, on line 5, ends the print"),
        ("M84\nG1 X30 E2\n", False, "nothing after the last extrusion, on line 7, ends the print"),
        ("G1 X5", False, "nothing after the last extrusion, on line 5, ends the print, and its last line is cut off"),
        ("; prusaslicer_config = begin\n; prusaslicer_config = end\n", True, "the slicer's last lines are there"),
    ],
)
def test_file_is_complete_if_ended_after_last_extrusion(end: str, complete: bool, reason: str) -> None:
    assert tuple(read(PRINT + end).ending) == (complete, reason)


def test_switching_off_unused_hotend_does_not_end_the_print() -> None:
    text = "M104 T0 S200\nM104 T1 S200\nG1 X1 E1\nM104 T0 S0\n"
    assert read(text).ending.complete is False
    assert read(text + "M104 T1 S0\n").ending.complete is True


def test_completeness_is_unknown_without_extrusion() -> None:
    assert read("G28\nG1 X5\n").ending.complete is None


@pytest.mark.parametrize("cut", range(600, 459_000, 30_571))
def test_real_file_truncated_during_print_is_incomplete(cut: int) -> None:
    start = CUBE.read_bytes()[:cut]
    for text in (start, start[: start.rfind(b"\n") + 1]):  # within a line, and at its end
        reading = GcodeParser()
        reading.feed(text)
        contents = reading.contents()
        assert contents.ending.complete is (False if contents.extrudes else None) or cut > 450_000, cut


def test_used_tools_are_those_selected_or_extruding() -> None:
    assert read("T0\nT1\nT255\nG1 X1 E1\n").tools == ("tool0", "tool1")
    assert read("G1 X1 E1\n").tools == ("tool0",)
    assert read("T3\nG1 X1 E1\n").extrusion == {"tool3": 1.0}


def test_risky_commands_are_counted_with_first_line() -> None:
    notable = read("M500\nG1 X1\nM81\nM500\nm112\nM30\nM30 x.gco\n").notable
    assert [(one.code, one.line, one.count) for one in notable] == [("M500", 1, 2), ("M81", 3, 1), ("M112", 5, 1), ("M30", 7, 1)]


def test_a_macro_before_the_first_extrusion_may_heat() -> None:
    assert read("G28\nSET_VELOCITY_LIMIT ACCEL=1\nPRINT_START\nG1 X1 E1\n").macro == "PRINT_START"
    assert read("G28\nG1 X1 E1\nEND_PRINT\n").macro is None


def test_layers_are_counted_by_height_without_slicer_marks() -> None:
    text = "".join(f"G1 Z{height}\nG1 X{height} E1\nG92 E0\nG1 Z{height + 0.5}\nG1 X0\n" for height in (0.3, 0.5, 0.7))
    assert tuple(read(text).layers) == (3, 0.2, 0.3, "z")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_endings_are_read(end: str) -> None:
    contents = read((PRINT + "M104 S{x}\nM84\n").replace("\n", end))
    assert contents.lines == 7
    assert (contents.bad_lines[0].line, contents.bad_lines[0].offset) == (6, len((PRINT).replace("\n", end)))
    assert contents.ending.complete


def test_chunks_of_any_size_read_the_same() -> None:
    data = (PRINT * 40 + ";é\nG1 X{y}\nM84").encode()
    whole = read(data.decode())
    for size in (1, 7, 100):
        reading = GcodeParser()
        for at in range(0, len(data), size):
            reading.feed(data[at : at + size])
        assert reading.contents() == whole


def test_g92_shifts_coordinates_without_moving() -> None:
    contents = read("G28\nG1 X100\nG92 X0\nG1 X5 E1\nG28\nG1 X7\n")
    assert contents.moves.x == (7.0, 105.0)
    assert contents.extruding.x == (100.0, 105.0)


def test_reading_works_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    with_numpy = read(PRINT * 300)
    monkeypatch.setitem(sys.modules, "numpy", None)
    monkeypatch.delitem(sys.modules, "octoprint_cli.gcode.analysis.fast_moves_numpy", raising=False)
    reading = GcodeParser(numpy=True)
    reading.feed((PRINT * 300).encode())
    assert reading.contents() == with_numpy
    assert "octoprint_cli.gcode.analysis.fast_moves_numpy" not in sys.modules


def test_numpy_reads_long_runs_of_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    from octoprint_cli.gcode.analysis import fast_moves_numpy

    seen = []
    measure_run = fast_moves_numpy.measure_run
    monkeypatch.setattr(fast_moves_numpy, "measure_run", lambda text, start: seen.append(len(text)) or measure_run(text, start))
    reading = GcodeParser(numpy=True)
    reading.feed(CUBE.read_bytes())
    assert reading.contents().extrusion["tool0"] == pytest.approx(1648.3954, abs=0.001)
    assert sum(seen) > 300_000
