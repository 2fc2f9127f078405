"""What is refused, or said, on a real server: columns before an act, the firmware's no, words read in two ways, paths."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest


def tool_target(server: Any) -> float:
    found: float = server.get("/api/printer")["temperature"]["tool0"]["target"]
    return found


def test_unknown_column_is_refused_before_a_start(server: Any, quick: Path) -> None:
    answer = server.cli("print", quick, "--confirm", "-c", "file", "-c", "nope", expect=4)
    assert answer.code == "USAGE_ERROR" and "no column nope" in answer.error["message"]
    assert server.names() == [] and server.state() == "Operational"


def test_unknown_column_is_refused_before_a_cancel(server: Any, slow: Path) -> None:
    server.cli("print", slow, "--confirm")
    assert server.cli("cancel", "--confirm", "-c", "nope", expect=4).code == "USAGE_ERROR"
    assert server.state() == "Printing"


@pytest.fixture
def without_eeprom(server: Any) -> Iterator[Any]:
    """A firmware that does not know M503."""
    server.post("/api/settings", {"plugins": {"virtual_printer": {"enable_eeprom": False}}})
    server.reconnect()
    yield server
    server.post("/api/settings", {"plugins": {"virtual_printer": {"enable_eeprom": True}}})
    server.reconnect()


def test_refusal_of_the_firmware_fails_the_command(without_eeprom: Any) -> None:
    answer = without_eeprom.cli("gcode", "--reply", "M114", "M503", "M115", expect=4)
    assert answer.code == "FIRMWARE_REFUSED" and "unknown command" in answer.error["message"].lower(), answer
    assert [reply["ok"] for reply in answer.envelope["data"]["replies"]] == [True, False, True]


def test_echo_of_a_message_is_no_refusal(server: Any) -> None:
    (reply,) = server.cli("gcode", "--reply", "M117 Error: none").data["replies"]
    assert reply["ok"] is True, reply


def test_heating_that_can_be_read_in_two_ways_is_refused(server: Any) -> None:
    for command in ("M104 (S150)", r"M104 \; S150", "M104 _S150", "M104 RS150", "M104 SS150", "M104.5 S150"):
        assert server.cli("gcode", command, expect=4).code == "INVALID_VALUE", command
        assert tool_target(server) == 0, command


@pytest.mark.parametrize(
    "command", ["SET_HEATER_TEMPERATURE HEATER=extruder TARGET=400", "START_PRINT EXTRUDER_TEMP=400 BED_TEMP=60"]
)
def test_limits_hold_for_typed_words_of_another_firmware(server: Any, command: str) -> None:
    assert server.cli("gcode", command, "--confirm", expect=4).code == "LIMIT_EXCEEDED"
    assert tool_target(server) == 0


def test_unknown_word_and_extreme_factor_need_confirm_during_a_job(server: Any, slow: Path) -> None:
    server.cli("print", slow, "--confirm")
    server.past_heating()
    for command in ("SOME_MACRO", "M220 S10", "TURN_OFF_HEATERS"):
        assert server.cli("gcode", command, expect=4).code == "CONFIRMATION_REQUIRED"
    for command in ("BED_MESH_CALIBRATE", "RESTORE_GCODE_STATE MOVE=1"):
        assert server.cli("gcode", command, "--confirm", expect=3).code == "PRINTER_BUSY"
    noted = server.cli("temp", "--tool", "60").data["job_under_way"]
    assert (noted["file"], noted["state"]) == ("slow.gcode", "Printing")
    assert server.cli("gcode", "M220 S90").data["job_under_way"]["file"] == "slow.gcode"


def test_message_that_commands_the_server_needs_confirm(server: Any, slow: Path) -> None:
    server.cli("print", slow, "--confirm")
    server.past_heating()
    for command in ("M118 //action:cancel", "M118 A1 action:pause"):
        assert server.cli("gcode", command, expect=4).code == "CONFIRMATION_REQUIRED"
    server.cli("gcode", "M118 E1 layer 3")
    assert server.state() == "Printing"
    server.cli("gcode", "M118 //action:cancel", "--confirm")
    server.idle(60)
    assert server.prints("slow.gcode") == 0


def test_path_of_a_folder_leads_to_its_file(server: Any, quick: Path) -> None:
    server.cli("upload", quick, "--path", "parts")
    for typed in ("parts", "parts\\quick.gcode", "Parts/Quick.gcode"):
        answer = server.cli("print", "--stored", typed, "--confirm", expect=2)
        assert answer.code == "FILE_NOT_FOUND" and answer.error["hint"].endswith("--stored parts/quick.gcode"), answer
