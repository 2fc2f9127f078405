"""What changes something: eeprom save, mesh probe, pid-tune; guarded, one command at a time, and believed only when told so."""

from __future__ import annotations

import threading
from typing import Any, Dict, List

import marlin_replies as said
import pytest
from conftest import Run

from octoprint_cli.testing import FaultServer, Result

ACTS = ["eeprom save", "mesh probe", "pid-tune tool0 200"]


def error_of(result: Result) -> Dict[str, Any]:
    found: Dict[str, Any] = result.envelope["error"]
    return found


@pytest.mark.parametrize("act", ACTS)
def test_commands_need_confirm_and_are_refused_during_a_job(act: str, marlin: Run, server: FaultServer) -> None:
    assert marlin(*act.split()).code == "CONFIRMATION_REQUIRED"
    data = marlin(*act.split(), "--dry-run").data
    sent = [command for request in data["requests"] for command in request["json"]["commands"]]
    assert sent == {"eeprom save": ["M500"], "mesh probe": ["G28", "G29"]}.get(act, ["M303 E0 S200 C8"])
    server.octoprint.printing("cube.gcode")
    result = marlin(*act.split(), "--confirm")
    assert (result.code, result.exit_code) == ("PRINTER_BUSY", 3)
    assert server.octoprint.commands == [] and server.acts == []


def test_eeprom_save_reports_size_and_checksum(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M500"] = said.MARLIN_M500
    data = marlin("eeprom", "save", "--confirm").data
    assert (data["action"], data["bytes"], data["crc"]) == ("saved", 735, 9159)
    assert server.octoprint.commands == ["M115", "M500"]


def test_eeprom_save_without_report_is_only_acknowledged(marlin: Run, server: FaultServer) -> None:
    assert marlin("eeprom", "save", "--confirm").data["action"] == "acknowledged"


@pytest.mark.parametrize("reply", [said.MARLIN_M500_FAILED, ["Error:EEPROM disabled", "ok"]])
def test_failed_eeprom_save_is_an_error(reply: List[str], marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M500"] = reply
    result = marlin("eeprom", "save", "--confirm")
    assert result.code == "FIRMWARE_REFUSED" and "EEPROM" in error_of(result)["message"]
    assert error_of(result)["details"] == {"command": "M500", "lines": reply[:-1]}


def test_eeprom_save_without_eeprom_is_not_sent(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M115"] = said.with_capabilities("Marlin 2.1.2", EEPROM=0)
    assert marlin("eeprom", "save", "--confirm").code == "FIRMWARE_REFUSED" and server.octoprint.commands == ["M115"]


def test_mesh_probe_homes_probes_and_reports_the_mesh(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies.update({"M420": said.BILINEAR, "G29": said.BILINEAR})
    data = marlin("mesh", "probe", "--confirm").data
    assert (data["action"], data["commands"], data["highest"]) == ("probed", ["G28", "G29"], 0.311)
    assert server.octoprint.commands == ["M115", "M420 V1", "G28", "G29", "M420 V1"]
    shown = marlin("mesh", "probe", "--confirm", format="table").stdout
    assert shown.startswith("probed with G28, G29; to keep it: octoprint-cli marlin eeprom save --confirm\nbilinear mesh")


def test_mesh_probe_of_ubl_without_mesh(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M420"] = said.UBL_EMPTY_SHAPED
    result = marlin("mesh", "probe", "--confirm")
    assert server.octoprint.commands == ["M115", "M420 V1", "G28", "G29 P1", "G29 P3", "M420 V1"]
    assert result.code == "FIRMWARE_REFUSED" and "has no mesh" in error_of(result)["message"]  # it still has none


@pytest.mark.parametrize(
    "complaint", ["echo:Home XYZ first", "?Probe position out of range.", "Error:Probing Failed", "Homing Failed"]
)
@pytest.mark.parametrize("command", ["G28", "G29"])
def test_failed_probe_command_stops_the_sequence(command: str, complaint: str, marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies.update({"M420": said.BILINEAR, command: [complaint, "ok"]})
    result = marlin("mesh", "probe", "--confirm")
    assert result.code == "FIRMWARE_REFUSED" and complaint.replace("Error:", "").rstrip(".") in error_of(result)["message"]
    assert server.octoprint.commands[-1] == command


@pytest.mark.parametrize("about", [said.PRUSA_MK3_M115, said.with_capabilities("Marlin 1.1.9", AUTOLEVEL=0)])
def test_mesh_probe_without_supported_probe_is_refused(about: List[str], marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M115"] = about
    assert marlin("mesh", "probe", "--confirm").code == "FIRMWARE_REFUSED" and server.octoprint.commands == ["M115"]


def test_busy_firmware_extends_the_wait_and_silence_ends_it(marlin: Run, server: FaultServer) -> None:
    """The firmware is busy for several times as long as silence is borne."""
    server.octoprint.replies.update({"M420": said.BILINEAR, "G29": []})
    results: List[Result] = []
    line = ("mesh", "probe", "--confirm", "--reply-timeout", "0.6")
    running = threading.Thread(target=lambda: results.append(marlin(*line)))
    running.start()
    server.wait_until(lambda: "G29" in server.octoprint.commands)
    for _ in range(6):
        running.join(0.3)
        assert running.is_alive()
        server.octoprint.heard(["echo:busy: processing"])
    server.octoprint.heard(said.BILINEAR)
    running.join()
    assert results[0].data["action"] == "probed"
    result = marlin(*line)
    assert result.code == "NO_REPLY" and "may still be moving" in error_of(result)["message"]


def test_mesh_probe_stops_if_a_job_begins(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies.update({"M420": said.BILINEAR, "G28": []})
    results: List[Result] = []
    running = threading.Thread(target=lambda: results.append(marlin("mesh", "probe", "--confirm")))
    running.start()
    server.wait_until(lambda: "G28" in server.octoprint.commands)
    server.octoprint.printing("cube.gcode")
    server.octoprint.heard(["ok"])
    running.join()
    assert results[0].code == "PRINTER_BUSY" and server.octoprint.commands[-1] == "G28"


@pytest.mark.parametrize(
    ("heater", "command", "reply", "found", "keep"),
    [
        ("tool0", "M303 E0 S200 C8", said.MARLIN_M303, (20.84, 1.86, 58.26, 216.38, 224.03), "M301 P20.84 I1.86 D58.26"),
        ("bed", "M303 E-1 S60 C8", said.MARLIN_M303_BED, (124.24, 21.69, 474.49, None, None), "M304 P124.24 I21.69 D474.49"),
        ("tool1", "M303 E1 S200 C8", said.MARLIN_1_1_M303_SHAPED, (15.6, 1.41, 43.1, 247.71, 252.2), "M301 E1 P15.60 I1.41 D43.10"),
        ("chamber", "M303 E-2 S60 C8", said.MARLIN_M303, (20.84, 1.86, 58.26, 216.38, 224.03), "M309 P20.84 I1.86 D58.26"),
    ],
)
def test_pid_tune_reports_constants_and_commands_to_keep_them(
    heater: str, command: str, reply: List[str], found: Any, keep: str, marlin: Run, server: FaultServer
) -> None:
    server.octoprint.heaters.update(tool1=[20.0, 0.0], chamber=[20.0, 0.0])
    server.octoprint.replies["M303"] = reply
    data = marlin("pid-tune", heater, "200" if heater.startswith("tool") else "60", "--confirm").data
    assert tuple(data[name] for name in ("kp", "ki", "kd", "lowest", "highest")) == found
    assert data["keep"] == [f"octoprint-cli gcode '{keep}'", "octoprint-cli marlin eeprom save --confirm"]
    assert server.octoprint.commands == ["M115", command]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (said.MARLIN_M303_TOO_HIGH, "Temperature too high"),
        (["PID Autotune failed! Bad extruder number", "ok"], "Bad extruder number"),
        (["Error:PID Autotune failed! timeout", "ok"], "timeout"),
        (['echo:Unknown command: "M303 E0 S200 C8"', "ok"], "does not know"),
        (said.MARLIN_M303_ONE_CYCLE, "reported no constants"),
        ([*said.MARLIN_M303[:4], "ok"], "reported no constants"),
        ([line for line in said.MARLIN_1_1_M303_SHAPED if "finished" not in line], "reported no constants"),  # broken off by M108
        (["ok"], "reported no constants"),
    ],
)
def test_failed_pid_tune_is_an_error(reply: List[str], told: str, marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M303"] = reply
    result = marlin("pid-tune", "tool0", "200", "--confirm")
    assert result.code == "FIRMWARE_REFUSED" and told in error_of(result)["message"]


def test_silent_pid_tune_warns_of_heated_heater(marlin: Run, server: FaultServer) -> None:
    server.octoprint.replies["M303"] = said.MARLIN_M303[:3]
    error = error_of(marlin("pid-tune", "tool0", "200", "--confirm", "--reply-timeout", "0.3"))
    assert error["code"] == "NO_REPLY" and "tool0 may still be heated" in error["message"] and "M108" in error["hint"]
    assert error["details"]["command"] == "M303 E0 S200 C8" and error["details"]["lines"][0] == "PID Autotune start"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("tool0 301", "LIMIT_EXCEEDED"),
        ("bed 200", "LIMIT_EXCEEDED"),
        ("tool3 200", "NOT_FOUND"),
        ("nozzle 200", "USAGE_ERROR"),
        ("tool0 -5", "USAGE_ERROR"),
        ("tool0 nan", "USAGE_ERROR"),
        ("tool0 200 --cycles 2", "USAGE_ERROR"),
    ],
)
def test_invalid_pid_tune_arguments_are_refused(line: str, code: str, marlin: Run, server: FaultServer) -> None:
    assert marlin("pid-tune", *line.split(), "--confirm").code == code and server.octoprint.commands == []
