"""The pre-flight on a real server: its printer profile changed through its own API, files that pass and files that must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterator, NamedTuple

import pytest

from .prints import DWELL, print_of
from .program import PROGRAM, Answer, run_here

PROFILE = "/api/printerprofiles/_default"
SQUARE = {"width": 200.0, "depth": 200.0, "height": 200.0, "formFactor": "rectangular", "origin": "lowerleft", "custom_box": False}
DEFAULT = {
    "name": "Default",
    "model": "Generic RepRap Printer",
    "heatedBed": True,
    "heatedChamber": False,
    "extruder": {"count": 1, "nozzleDiameter": 0.4},
    "volume": SQUARE,
}
#: A bed's border plus what a print of a line may stick out, in mm.
BOX = {"x_min": -10.0, "x_max": 210.0, "y_min": -5.0, "y_max": 200.0, "z_min": 0.0, "z_max": 250.0}


def line(x: float, y: float, to_x: float, to_y: float, z: float = 0.2, travel: str = "", before: str = "") -> str:
    """A print of one line, at a height; before it and after it whatever else."""
    move = f"G1 X{x} Y{y} Z{z} F6000\nG1 X{to_x} Y{to_y} E1\n"
    return f"M109 S200\n{before}G28\nG90\nM82\n{move}{travel}M104 S0\nM84\n"


GOOD = line(20, 20, 80, 60)
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
            "to_the_borders": Case(line(0, 0, 200, 200, 200), ON),
            "off_the_bed": Case(line(20, 20, 220, 60), OFF),
            "below_nought": Case(line(-1, 20, 20, 60), OFF),
            "too_high": Case(line(20, 20, 80, 60, 201), OFF),
            "travel_alone": Case(line(20, 20, 80, 60, travel="G1 Y230\n"), {"print_volume": "pass", "travel_volume": "fail"}),
            "too_hot": Case(GOOD.replace("S200", "S320"), {"file_temperatures": "fail"}),
            "warm_bed": Case(line(20, 20, 80, 60, before="M140 S60\n"), {"file_temperatures": "pass", "heated_bed": "pass"}),
            "hot_bed": Case(line(20, 20, 80, 60, before="M190 S130\n"), {"file_temperatures": "fail"}),
            "warm_chamber": Case(line(20, 20, 80, 60, before="M141 S50\n"), {"heated_chamber": "fail"}),
            "two_tools": Case(line(20, 20, 80, 60, before="M104 T1 S200\nT1\n"), {"tools": "fail"}),
            "cut_off": Case(GOOD[: GOOD.index("M104 S0")] * 1 + "G1 X70 E2\nG1 X", {"file_complete": "fail"}),
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
            "inside": Case(line(0, 0, 100, 50, 10), ON),
            "too_wide": Case(line(0, 0, 101, 50), OFF),
            "too_deep": Case(line(0, 0, 100, 51), OFF),
            "too_high": Case(line(0, 0, 100, 50, 10.1), OFF),
        },
    ),
    "centred": Printer(
        {"volume": {"origin": "center"}},
        {"inside": Case(line(-100, -100, 100, 100), ON), "outside": Case(line(0, 0, 101, 100), OFF)},
    ),
    "round": Printer(
        {"volume": {"formFactor": "circular", "origin": "center"}},
        {
            "inside": Case(line(-70, -70, 70, 70), ON),
            "up_to_the_rim": Case(line(-100, 0, 100, 0), ON),
            "beyond_the_rim": Case(line(-101, 0, 100, 0), OFF),
            "off_the_circle": Case(line(80, 80, 90, 90), OFF),
        },
    ),
    "boxed": Printer(
        {"volume": {"custom_box": BOX}},
        {
            "inside": Case(line(-10, -5, 210, 200, 250), ON),
            "outside": Case(line(-11, 0, 200, 200), OFF),
            "before_it": Case(line(0, -6, 200, 200), OFF),
            "above_it": Case(line(0, 0, 200, 200, 251), OFF),
        },
    ),
    "bare": Printer(
        {"heatedBed": False, "extruder": {"count": 1, "nozzleDiameter": 0.6}, "model": "Ender-3", "name": "Ender 3"},
        {
            "no_bed": Case(line(20, 20, 80, 60, before="M140 S60\n"), {"heated_bed": "fail"}),
            "cold_bed": Case(line(20, 20, 80, 60, before="M140 S0\n"), {"heated_bed": "pass"}),
            "nozzle": Case(GOOD + "; nozzle_diameter = 0.6\n", {"nozzle": "pass"}),
            "same_model": Case(GOOD + "; printer_model = ENDER3\n", {"printer_model": "pass"}),
            "other_model": Case(GOOD + "; printer_model = MK3S\n", {"printer_model": "fail"}),
        },
    ),
    "large": Printer(
        {"heatedChamber": True, "extruder": {"count": 2}},
        {
            "warm_chamber": Case(line(20, 20, 80, 60, before="M141 S50\n"), {"heated_chamber": "pass"}),
            "two_tools": Case(line(20, 20, 80, 60, before="M104 T1 S200\nT1\n"), {"tools": "pass"}),
            "three_tools": Case(line(20, 20, 80, 60, before="M104 T2 S200\nT2\n"), {"tools": "fail"}),
        },
    ),
}
#: The checks of what is in the file: each must have been seen to pass and to fail.
OF_CONTENT = {
    *("cold_extrusion", "extrusion", "file_complete", "file_damage", "file_placeholders", "file_temperatures", "heated_bed"),
    *("heated_chamber", "nozzle", "print_volume", "printer_model", "risky_commands", "tools", "travel_volume"),
}


def change(server: Any, profile: Dict[str, Any]) -> None:
    """Change the profile, and connect anew, with which it counts."""
    response = server.request("PATCH", PROFILE, json={"profile": profile})
    assert response.ok, response.text
    server.post("/api/connection", {"command": "disconnect"})
    server.until(server.state, lambda state: state.startswith("Offline"))
    server.post("/api/connection", {"command": "connect"})
    server.until(server.state, lambda state: state == "Operational")


@pytest.fixture
def printer(server: Any) -> Iterator[Any]:
    """The server, whose profile a test may `change`."""
    yield server
    change(server, DEFAULT)
    server.reset()


def checks(answer: Answer) -> Dict[str, Any]:
    """The rows of the report, ready or not, by their ids."""
    return {row["id"]: row for row in answer.envelope["data"]["checks"]}


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


def test_message_and_evidence_name_file_and_printer_extents(printer: Any, tmp_path: Path) -> None:
    change(printer, {"volume": {**SQUARE, "width": 150.0}})
    file = tmp_path / "wide.gcode"
    file.write_text(line(20, 20, 180, 60))
    answer = printer.cli("print", file, "--confirm", expect=2)
    assert (
        answer.code == "OUTSIDE_VOLUME" and "X 20..180 mm" in answer.error["message"] and "X 0..150 mm" in answer.error["message"]
    )
    evidence = checks(answer)["print_volume"]["evidence"]
    assert (evidence["file"]["x"], evidence["printer"]["x"], evidence["outside"]) == ([20, 180], [0, 150], ["x"])
    assert printer.names() == []


def test_ignored_check_allows_print_and_is_recorded(printer: Any, tmp_path: Path) -> None:
    change(printer, {"volume": {**SQUARE, "height": 10.0}})
    file = tmp_path / "high.gcode"
    file.write_text(print_of("G1 Z11 F6000\nG1 Z0.2\nM104 S25\nG1 X30 E2\nM104 S0\n"))
    assert printer.cli("print", file, "--confirm", expect=2).code == "OUTSIDE_VOLUME"
    assert printer.cli("print", file, "--confirm", "--ignore", "no_such_check", expect=4).code == "USAGE_ERROR"
    assert printer.names() == []
    data = printer.cli("print", file, "--confirm", "--ignore", "travel_volume").data
    assert (data["started"], data["preflight"]["ignored"]) == (True, ["travel_volume"])
    assert printer.finished("high.gcode") == 1


def test_warning_blocks_print_only_with_strict(printer: Any, tmp_path: Path) -> None:
    change(printer, {"extruder": {"nozzleDiameter": 0.6}})
    file = tmp_path / "fine.gcode"
    file.write_text(print_of("; nozzle_diameter = 0.4\n"))
    answer = printer.cli("print", file, "--confirm", "--strict", expect=None)
    assert answer.code == "WRONG_PRINTER" and printer.names() == []
    data = printer.cli("print", file, "--confirm").data
    assert "nozzle" in [warning["id"] for warning in data["preflight"]["warnings"]]
    printer.finished("fine.gcode")


def test_demo_cube_passes_preflight(server: Any) -> None:
    cube = Path(__file__).parents[2] / "demo" / "cube.gcode"
    found = checks(server.cli("preflight", cube))
    assert {name for name in OF_CONTENT if found[name]["status"] == "fail"} == set()
    assert found["print_volume"]["evidence"]["file"]["x"] == [83.375, 116.625]


def test_profile_checks_are_skipped_without_permission(server: Any, tmp_path: Path) -> None:
    file = tmp_path / "wide.gcode"
    file.write_text(line(20, 20, 220, 60))
    found = checks(server.cli("preflight", file, "--api-key", server.key_without("CONNECTION")))
    assert found["print_volume"]["status"] == "skip" and "CONNECTION" in found["print_volume"]["message"]
    assert found["extrusion"]["status"] == "pass"


def test_unseen_profile_is_a_warning_and_with_strict_a_refusal(server: Any, tmp_path: Path) -> None:
    """Without CONNECTION, 1.11.8 and 2.0 show no profile, so nothing tells whether the file fits."""
    key = server.key_without("CONNECTION")
    file = tmp_path / "wide.gcode"
    file.write_text(print_of("G1 X500 Y480 F6000\n"))
    refused = server.cli("print", file, "--confirm", "--strict", "--api-key", key, expect=4)
    assert (refused.code, server.names()) == ("PERMISSION_DENIED", [])
    verdict = server.cli("print", file, "--confirm", "--api-key", key).data["preflight"]
    skipped = {one["id"]: one["reason"] for one in verdict["skipped"]}
    assert {"print_volume", "travel_volume", "tools"} <= {warning["id"] for warning in verdict["warnings"]}
    assert "CONNECTION" in skipped["print_volume"] and "print_volume" not in verdict["checked"]
    server.finished("wide.gcode")


def test_stored_file_that_may_not_be_read_is_a_warning(server: Any, quick: Path) -> None:
    server.cli("upload", quick)
    line = ["preflight", "--stored", "quick.gcode", "--api-key", server.key_without("FILES_DOWNLOAD")]
    data = server.cli(*line).data
    rows = {row["id"]: row for row in data["checks"]}
    assert [row["id"] for row in rows.values() if "no file was given" in row["message"]] == []
    assert {rows[name]["status"] for name in ("file_exists", "file_extension", "file_not_empty")} == {"pass"}
    assert {"extrusion", "print_volume"} <= {warning["id"] for warning in data["warnings"]}
    server.cli(*line, "--strict", expect=4)


@pytest.fixture
def warmer(server: Any) -> Iterator[Any]:
    """The server, which adds 45 °C to what a file asks of its hotend, and 5 °C of its bed."""
    set_offsets(server, 45, 5)
    yield server
    server.reset()
    set_offsets(server, 0, 0)


def set_offsets(server: Any, tool: float, bed: float) -> None:
    server.post("/api/printer/tool", {"command": "offset", "offsets": {"tool0": tool}})
    server.post("/api/printer/bed", {"command": "offset", "offset": bed})


def test_offsets_of_the_server_are_shown_and_count(warmer: Any, tmp_path: Path) -> None:
    for line in (["status"], ["temp"]):
        shown = warmer.cli(*line).data["temperature"]
        assert (shown["tool0"]["offset"], shown["bed"]["offset"]) == (45, 5)
    hot, bed = tmp_path / "hot.gcode", tmp_path / "bed.gcode"
    hot.write_text(GOOD.replace("S200", "S280"))
    bed.write_text(line_on_bed(117))
    answer = warmer.cli("print", hot, "--confirm", expect=4)
    assert answer.code == "LIMIT_EXCEEDED" and "325 °C" in answer.error["message"]
    assert warmer.cli("preflight", bed, expect=4).code == "LIMIT_EXCEEDED"
    bed.write_text(line_on_bed(115))
    warmer.cli("preflight", bed)
    for line in (["temp", "--tool", 280], ["gcode", "M104 S280"], ["temp", "--bed", 117]):
        assert warmer.cli(*line, expect=4).code == "LIMIT_EXCEEDED"
    assert warmer.names() == []


def line_on_bed(degrees: float) -> str:
    return line(20, 20, 80, 60, before=f"M140 S{degrees}\n")


def test_offset_reaches_the_printer_while_a_file_is_printed(warmer: Any, tmp_path: Path) -> None:
    """The reason why it counts: the hotend's target is what the file asks for and the offset."""
    set_offsets(warmer, 7, 0)
    file = tmp_path / "warm.gcode"
    file.write_text(print_of(f"M104 S26\n{DWELL}M104 S0\n"))
    warmer.cli("print", file, "--confirm")
    warmer.until(lambda: warmer.get("/api/printer")["temperature"]["tool0"]["target"], lambda target: target == 33)
    warmer.cli("cancel", "--confirm")
    warmer.cli("temp", "--off")


def test_purge_line_and_parking_beside_the_bed_are_warnings(printer: Any, tmp_path: Path) -> None:
    purge = "G1 X20 Y-3 F6000\nG1 X60 E9\nG92 E0\n;LAYER_CHANGE\n"
    file = tmp_path / "purged.gcode"
    file.write_text(GOOD.replace("M82\n", f"M82\n{purge}").replace("M104 S0", "G1 X-15 Y215 F6000\nM104 S0"))
    data = printer.cli("preflight", file).data
    warnings = {warning["id"]: warning for warning in data["warnings"]}
    assert set(warnings) >= {"print_volume", "travel_volume"} and "Y -3..60 mm" in warnings["print_volume"]["message"]
    assert "X -15..200, Y -3..215, Z 0..200 mm" in warnings["travel_volume"]["hint"]
    assert printer.cli("preflight", file, "--strict", expect=2).code == "OUTSIDE_VOLUME"
    box = {"x_min": -15.0, "x_max": 200.0, "y_min": -3.0, "y_max": 215.0, "z_min": 0.0, "z_max": 200.0}
    change(printer, {"volume": {**SQUARE, "custom_box": box}})
    found = checks(printer.cli("preflight", file))
    assert {found[name]["status"] for name in ("print_volume", "travel_volume")} == {"pass"}


def test_margin_of_the_configuration_is_recorded(printer: Any, tmp_path: Path) -> None:
    file, config = tmp_path / "wide.gcode", tmp_path / "config.yaml"
    file.write_text(line(20, 20, 205, 60))
    config.write_text(f"host: {printer.host}\napi_key: {printer.key}\nchecks: {{print_volume: {{margin: 10}}}}\n")
    config.chmod(0o600)
    answer = run_here([str(PROGRAM), "--json", "preflight", str(file), "--config", str(config)], printer.environ)
    (exemption,) = answer.data["exemptions"]
    assert (exemption["id"], exemption["value"], exemption["origin"]) == ("print_volume", 10, str(config))


def test_current_profile_precedes_default(printer: Any, tmp_path: Path) -> None:
    """Without a printer the default profile is the one in use, on 1.x and 2.0 alike."""
    small = {"id": "small", "name": "Small", "model": "Tiny", "volume": {**SQUARE, "width": 50.0}}
    printer.post("/api/printerprofiles", {"profile": small, "basedOn": "_default"})
    file = tmp_path / "good.gcode"
    file.write_text(GOOD)
    try:
        printer.cli("connect", "--profile", "small")
        printer.until(lambda: "bed" in printer.get("/api/printer")["temperature"], bool)
        assert checks(printer.cli("preflight", file, expect=2))["print_volume"]["evidence"]["printer"]["x"] == [0, 50]
        printer.cli("disconnect")
        assert checks(printer.cli("preflight", file, expect=1))["print_volume"]["evidence"]["printer"]["x"] == [0, 200]
    finally:
        printer.cli("connect", "--profile", "_default")
        printer.request("DELETE", "/api/printerprofiles/small")


@pytest.fixture
def unsafe(server: Any) -> Iterator[Any]:
    """A printer whose firmware is known to catch fire."""
    set_firmware(server, "ANET_A8_1.1.2")
    yield server
    set_firmware(server, "Virtual Marlin 1.0")


def set_firmware(server: Any, name: str) -> None:
    """What the printer calls its firmware, from the next connect on."""
    server.post("/api/settings", {"plugins": {"virtual_printer": {"firmwareName": name}}})
    server.reconnect()


def test_firmware_warning_of_server_is_a_warning(unsafe: Any, quick: Path) -> None:
    unsafe.until(lambda: unsafe.get("/api/plugin/firmware_check"), bool)
    answer = unsafe.cli("preflight", quick)
    row = checks(answer)["server_firmware"]
    assert (row["status"], row["severity"], answer.data["ready"]) == ("fail", "warn", True)
    assert row["evidence"]["warnings"][0]["name"] == "firmware-unsafe"
    assert unsafe.cli("preflight", quick, "--strict", expect=4).code == "SERVER_WARNING"
    set_firmware(unsafe, "Virtual Marlin 1.0")
    assert checks(unsafe.cli("preflight", quick))["server_firmware"]["status"] == "pass"


def test_missing_server_plugin_is_skipped(server: Any, quick: Path) -> None:
    found = checks(server.cli("preflight", quick))
    assert found["server_power"]["status"] == "skip"  # no Raspberry Pi
    assert found["server_health"]["status"] in ("pass", "skip", "fail") and found["server_health"]["severity"] == "warn"
