"""The checks of what is in a file, on printers of every kind: each passes and fails in some case."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, NamedTuple

import pytest

from .printers import DEFAULT, GOOD, change, checks, one_line

#: A bed's border plus what a print of a line may stick out, in mm.
BOX = {"x_min": -10.0, "x_max": 210.0, "y_min": -5.0, "y_max": 200.0, "z_min": 0.0, "z_max": 250.0}


OFF = {"print_volume": "fail", "travel_volume": "fail"}


ON = {"print_volume": "pass", "travel_volume": "pass"}


class Case(NamedTuple):
    """A file, and what some of the checks say of it."""

    gcode: str
    said: Dict[str, str]


class Printer(NamedTuple):
    """What of the profile differs from the default, and files for such a printer."""

    changes: Dict[str, Any]
    cases: Dict[str, Case]


PRINTERS = {
    "default": Printer(
        {},
        {
            "good": Case(GOOD, {**ON, "tools": "pass", "extrusion": "pass", "cold_extrusion": "pass", "printer_model": "skip"}),
            "to_the_borders": Case(one_line(0, 0, 200, 200, 200), ON),
            "off_the_bed": Case(one_line(20, 20, 220, 60), OFF),
            "below_nought": Case(one_line(-1, 20, 20, 60), OFF),
            "too_high": Case(one_line(20, 20, 80, 60, 201), OFF),
            "travel_alone": Case(one_line(20, 20, 80, 60, travel="G1 Y230\n"), {"print_volume": "pass", "travel_volume": "fail"}),
            "too_hot": Case(GOOD.replace("S200", "S320"), {"file_temperatures": "fail"}),
            "warm_bed": Case(one_line(20, 20, 80, 60, before="M140 S60\n"), {"file_temperatures": "pass", "heated_bed": "pass"}),
            "hot_bed": Case(one_line(20, 20, 80, 60, before="M190 S130\n"), {"file_temperatures": "fail"}),
            "warm_chamber": Case(one_line(20, 20, 80, 60, before="M141 S50\n"), {"heated_chamber": "fail"}),
            "two_tools": Case(one_line(20, 20, 80, 60, before="M104 T1 S200\nT1\n"), {"tools": "fail"}),
            "cut_off": Case(GOOD[: GOOD.index("M104 S0")] + "G1 X70 E2\nG1 X", {"file_complete": "fail", "file_damage": "fail"}),
            "cut_at_a_line": Case(GOOD[: GOOD.index("M104 S0")], {"file_complete": "fail"}),
            "unfilled": Case(GOOD.replace("F6000", "F{travel_speed}"), {"file_placeholders": "fail"}),
            "damaged": Case(GOOD.replace("G28", "G28\x00\x01"), {"file_damage": "fail"}),
            "a_page": Case("<!DOCTYPE html>\n<html><body>Log in</body></html>\n", {"file_damage": "fail", "extrusion": "skip"}),
            "odd_comment": Case(GOOD + "; \x01\n", {"file_damage": "pass"}),
            "no_print": Case("M104 S200\nG28\nG1 X20\nM84\n", {"extrusion": "fail", "file_complete": "skip"}),
            "cold": Case(GOOD.replace("M109 S200\n", ""), {"cold_extrusion": "fail"}),
            "macro": Case(GOOD.replace("M109 S200\n", "START_PRINT\n"), {"cold_extrusion": "skip"}),
            "risky": Case(GOOD + "M500\nM81\n", {"risky_commands": "fail"}),
            "wide_nozzle": Case(GOOD + "; nozzle_diameter = 0.6\n", {"nozzle": "fail"}),
            "right_nozzle": Case(GOOD + "; nozzle_diameter = 0.4\n", {"nozzle": "pass"}),
        },
    ),
    "small": Printer(
        {"volume": {"width": 100, "depth": 50, "height": 10}},
        {
            "inside": Case(one_line(0, 0, 100, 50, 10), ON),
            "too_wide": Case(one_line(0, 0, 101, 50), OFF),
            "too_deep": Case(one_line(0, 0, 100, 51), OFF),
            "too_high": Case(one_line(0, 0, 100, 50, 10.1), OFF),
        },
    ),
    "centred": Printer(
        {"volume": {"origin": "center"}},
        {"inside": Case(one_line(-100, -100, 100, 100), ON), "outside": Case(one_line(0, 0, 101, 100), OFF)},
    ),
    "round": Printer(
        {"volume": {"formFactor": "circular", "origin": "center"}},
        {
            "inside": Case(one_line(-70, -70, 70, 70), ON),
            "up_to_the_rim": Case(one_line(-100, 0, 100, 0), ON),
            "beyond_the_rim": Case(one_line(-101, 0, 100, 0), OFF),
            "off_the_circle": Case(one_line(80, 80, 90, 90), OFF),
        },
    ),
    "boxed": Printer(
        {"volume": {"custom_box": BOX}},
        {
            "inside": Case(one_line(-10, -5, 210, 200, 250), ON),
            "outside": Case(one_line(-11, 0, 200, 200), OFF),
            "before_it": Case(one_line(0, -6, 200, 200), OFF),
            "above_it": Case(one_line(0, 0, 200, 200, 251), OFF),
        },
    ),
    "bare": Printer(
        {"heatedBed": False, "extruder": {"count": 1, "nozzleDiameter": 0.6}, "model": "Ender-3", "name": "Ender 3"},
        {
            "no_bed": Case(one_line(20, 20, 80, 60, before="M140 S60\n"), {"heated_bed": "fail"}),
            "cold_bed": Case(one_line(20, 20, 80, 60, before="M140 S0\n"), {"heated_bed": "pass"}),
            "nozzle": Case(GOOD + "; nozzle_diameter = 0.6\n", {"nozzle": "pass"}),
            "same_model": Case(GOOD + "; printer_model = ENDER3\n", {"printer_model": "pass"}),
            "other_model": Case(GOOD + "; printer_model = MK3S\n", {"printer_model": "fail"}),
        },
    ),
    "large": Printer(
        {"heatedChamber": True, "extruder": {"count": 2}},
        {
            "warm_chamber": Case(one_line(20, 20, 80, 60, before="M141 S50\n"), {"heated_chamber": "pass"}),
            "two_tools": Case(one_line(20, 20, 80, 60, before="M104 T1 S200\nT1\n"), {"tools": "pass"}),
            "three_tools": Case(one_line(20, 20, 80, 60, before="M104 T2 S200\nT2\n"), {"tools": "fail"}),
        },
    ),
}


#: The checks of what is in the file: each must have been seen to pass and to fail.
OF_CONTENT = {
    *("cold_extrusion", "extrusion", "file_complete", "file_damage", "file_placeholders", "file_temperatures", "heated_bed"),
    *("heated_chamber", "nozzle", "print_volume", "printer_model", "risky_commands", "tools", "travel_volume"),
}


@pytest.fixture
def profiled(printer: Any, request: pytest.FixtureRequest) -> Any:
    """The server with the profile of that name."""
    change(printer, {**DEFAULT, **_merged(PRINTERS[request.param].changes)})
    return printer


def _merged(changes: Dict[str, Any]) -> Dict[str, Any]:
    return {name: {**DEFAULT[name], **value} if isinstance(value, dict) else value for name, value in changes.items()}  # type: ignore[dict-item]


def test_every_content_check_passes_and_fails_in_some_case() -> None:
    cases = [case for printer in PRINTERS.values() for case in printer.cases.values()]
    failing = {name for case in cases for name, status in case.said.items() if status == "fail"}
    assert failing == OF_CONTENT  # that each passes is what `good` and its like show


@pytest.mark.one_release("what the server has in this is its profile, whose fields test_preflight looks at on each")
@pytest.mark.parametrize(("profiled", "name"), [(name, name) for name in PRINTERS], indirect=["profiled"], ids=PRINTERS)
def test_content_checks_give_expected_results_for_each_printer(profiled: Any, name: str, tmp_path: Path) -> None:
    wrong = {}
    for case, (gcode, said) in PRINTERS[name].cases.items():
        file = tmp_path / f"{case}.gcode"
        file.write_text(gcode)
        answer = profiled.cli("preflight", file, expect=None)
        found = checks(answer)
        statuses = {check: found[check]["status"] for check in said}
        failed = {row for row in OF_CONTENT if found[row]["status"] == "fail"}
        meant = {check for check, status in said.items() if status == "fail"}
        blocks = [check for check in failed if found[check]["severity"] == "block"]
        if (statuses, failed, answer.exit_code == 0) != (said, meant, not blocks):
            wrong[case] = {check: found[check] for check in {*said, *failed}}
    assert wrong == {}


def test_demo_cube_passes_preflight(server: Any) -> None:
    cube = Path(__file__).parents[2] / "demo" / "cube.gcode"
    found = checks(server.cli("preflight", cube))
    assert {name for name in OF_CONTENT if found[name]["status"] == "fail"} == set()
    assert found["print_volume"]["evidence"]["file"]["x"] == [83.375, 116.625]
