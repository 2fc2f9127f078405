"""What just asks: info, position, endstops, eeprom show, mesh show; on a fake server, whose firmware says what was recorded."""

from __future__ import annotations

import marlin_replies as said
import pytest
from conftest import Run

from octoprint_cli.testing import FakeOctoPrint, FaultServer
from octoprint_cli.testing.server import faults

QUESTIONS = ["info", "position", "endstops", "eeprom show", "mesh show"]
MARLINS_OWN = ["eeprom show", "mesh show", "eeprom save --confirm", "mesh probe --confirm", "pid-tune tool0 200 --confirm"]


def test_info_reports_firmware_and_capabilities(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M115"] = said.MARLIN_TH3D_M115
    data = marlin("info").data
    assert (data["firmware_name"], data["marlin"], data["machine_type"], data["extruder_count"]) == (
        "Marlin TH3D U1.R2.7",
        True,
        "CR-10S",
        1,
    )
    assert data["capabilities"]["THERMAL_PROTECTION"] is True and data["capabilities"]["EMERGENCY_PARSER"] is False
    assert server.octoprint.commands == ["M115"]


def test_info_recognises_marlin_derivatives(marlin: Run, server: FaultServer) -> None:
    for reply, is_one in ((said.KLIPPER_M115, False), (said.PRUSA_MK3_M115, True), (said.PRUSA_MINI_M115, True)):
        server.octoprint.replies["M115"] = reply
        assert marlin("info").data["marlin"] is is_one, reply


def test_position_reports_axes_and_counts(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M114"] = said.MARLIN_M114
    data = marlin("position").data
    assert [data[axis] for axis in "xyze"] == [0.0, 127.0, 145.0, 0.0]
    assert data["count"] == {"x": 0.0, "y": 10160.0, "z": 116000.0} and data["ambiguous"] is False


def test_text_shows_endstops_and_filament_sensors_by_name(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M119"] = said.MARLIN_M119
    shown = [line.split() for line in marlin("endstops", format="text").stdout.splitlines()]
    assert shown == [["x_min:", "open"], ["y_min:", "open"], ["z_min:", "triggered"], ["z_probe:", "open"], ["filament:", "open"]]


def test_text_shows_what_the_firmware_is_and_can_do(marlin: Run) -> None:
    shown = dict(line.split(":", 1) for line in marlin("info", format="text").stdout.splitlines())
    assert {"Firmware", "Marlin", "Machine", "Capabilities"} <= set(shown) and "Ambiguous" not in shown


def test_endstops_are_reported(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M119"] = said.MARLIN_M119
    data = marlin("endstops").data
    assert data["endstops"] == {"x_min": "open", "y_min": "open", "z_min": "triggered", "z_probe": "open"}
    assert data["filament"] == {"filament": "open"}


def test_eeprom_show_lists_settings_and_commands_by_section(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M503"] = said.MARLIN_2_1_M503
    data = marlin("eeprom", "show").data
    assert data["settings"]["M92"] == [{"X": 80.29, "Y": 80.29, "Z": 399.21, "E": 425.35}]
    assert [section["title"] for section in data["sections"]] == [
        *("Linear Units", "Filament settings (Disabled)", "Steps per unit", "Unified Bed Leveling"),
        *("Material heatup parameters", "Bed PID"),
    ]
    assert data["sections"][4]["commands"] == ["M145 S0 H205.00 B60.00 F128", "M145 S1 H240.00 B90.00 F128"]
    assert "; Steps per unit\nM92 X80.29 Y80.29 Z399.21 E425.35\n" in marlin("eeprom", "show", format="table").stdout


def test_eeprom_show_ignores_error_lines_of_old_firmware(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M503"] = said.MARLIN_1_1_M503
    assert [section["title"] for section in marlin("eeprom", "show").data["sections"]] == [
        "Steps per unit",
        "Maximum feedrates (mm/s)",
    ]


def test_mesh_show_reports_and_draws_the_mesh(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M420 V1"] = said.BILINEAR
    data = marlin("mesh", "show").data
    assert (data["kind"], data["columns"], data["rows"], data["points"][3][2]) == ("bilinear", 5, 5, -0.288)
    assert (data["lowest"], data["highest"], data["range"], data["mean"]) == (-0.288, 0.311, 0.599, 0.0556)
    assert (data["enabled"], data["fade_height"], data["complete"], data["x"]) == (True, 10.0, True, None)
    assert server.octoprint.commands == ["M115", "M420 V1"]
    assert "██··▓▓▓▓▒▒" in marlin("mesh", "show", format="table").stdout


def test_mesh_show_uses_g81_on_prusa(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies.update({"M115": said.PRUSA_MK3_M115, "G81": said.PRUSA_G81_SHAPED})
    data = marlin("mesh", "show").data
    assert (data["kind"], data["points"][0][0]) == ("mesh", -0.01)
    assert server.octoprint.commands == ["M115", "G81"]


@pytest.mark.parametrize(
    ("reply", "code", "told"),
    [
        (said.NO_MESH, "NOT_FOUND", "has no mesh"),
        (said.UBL_EMPTY_SHAPED, "NOT_FOUND", "has no mesh"),
        (said.PLANE, "NOT_FOUND", "by a plane"),
        (["ok"], "NOT_FOUND", "has no mesh"),
        (said.UNKNOWN_M420, "FIRMWARE_REFUSED", "does not know M420 V1"),
        (["Error:Failed to enable Bed Leveling", "ok"], "FIRMWARE_REFUSED", "Failed to enable"),
    ],
)
def test_mesh_show_without_mesh_is_an_error(reply: list[str], code: str, told: str, marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M420"] = reply
    result = marlin("mesh", "show")
    assert (result.code, result.exit_code) == (code, 4) and told in result.envelope["error"]["message"]


@pytest.mark.parametrize("question", ["info", "position", "eeprom show"])
def test_empty_or_unknown_reply_is_an_error(question: str, marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies.update({"M114": ["hm", "ok"], "M503": ["ok"]})
    if question == "info":
        server.octoprint.replies["M115"] = ["ok"]
    result = marlin(*question.split())
    assert result.code == "FIRMWARE_REFUSED"
    assert ("cannot be parsed: hm" if question == "position" else "is empty") in result.envelope["error"]["message"]


def test_missing_endstops_are_not_found(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M119"] = ["ok"]
    assert marlin("endstops").code == "NOT_FOUND"


def test_only_query_commands_are_sent_during_a_print(marlin: Run, server: FaultServer) -> None:
    server.octoprint.printing("cube.gcode")
    for question in QUESTIONS:
        result = marlin(*question.split())
        assert result.code == ("PRINTER_BUSY" if question == "mesh show" else None), question
        assert result.exit_code == (3 if question == "mesh show" else 0)
    assert set(server.octoprint.commands) == {"M115", "M114", "M119", "M503"}


@pytest.mark.parametrize("command", MARLINS_OWN)
def test_marlin_commands_are_not_sent_to_other_firmware(command: str, marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M115"] = said.KLIPPER_M115
    result = marlin(*command.split())
    assert (result.code, result.exit_code) == ("NOT_MARLIN", 4)
    assert "Klipper" in result.envelope["error"]["message"] and result.envelope["error"]["details"] == {"firmware": "Klipper"}
    assert set(server.octoprint.commands) <= {"M115", "M503"}


def test_firmware_without_name_is_not_marlin(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M115"] = ["ok"]
    assert marlin("mesh", "show").code == "NOT_MARLIN" and server.octoprint.commands == ["M115"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_silent_or_offline_printer_is_an_error(question: str, marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies.update({code: [] for code in ("M115", "M114", "M119")})
    result = marlin(*question.split(), "--reply-timeout", "0.2")
    assert (result.code, result.exit_code) == ("NO_REPLY", 4)
    server.octoprint.lose_printer()
    result = marlin(*question.split())
    assert (result.code, result.exit_code) == ("PRINTER_OFFLINE", 1)


def test_missing_push_socket_is_push_unavailable(marlin: Run, server: FaultServer) -> None:
    server.fail("GET", "/sockjs/websocket", faults.answer(404))
    assert marlin("info").code == "PUSH_UNAVAILABLE" and server.octoprint.commands == []


def test_mesh_is_read_from_octoprint_2_terminal(tmp_path: object, marlin: Run) -> None:
    from octoprint_cli.testing import run

    with FaultServer(FakeOctoPrint(version="2.0.0rc7")) as two:
        two.octoprint.replies["M420"] = said.UBL
        data = run("marlin", "mesh", "show", "--json", env={**two.env, "OCTOPRINT_CLI_HOME": str(tmp_path)}).data
    assert (data["kind"], data["x"], data["points"][5][4]) == ("ubl", [-69.0, 69.0], 0.061)
