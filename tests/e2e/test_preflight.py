"""The pre-flight on a real server: what it says of a file and a printer profile, and when it lets a print start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .printers import GOOD, SQUARE, change, checks, one_line
from .prints import print_of
from .program import PROGRAM, run_here


def test_message_and_evidence_name_file_and_printer_extents(printer: Any, tmp_path: Path) -> None:
    change(printer, {"volume": {**SQUARE, "width": 150.0}})
    file = tmp_path / "wide.gcode"
    file.write_text(one_line(20, 20, 180, 60))
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
    file.write_text(one_line(20, 20, 205, 60))
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
