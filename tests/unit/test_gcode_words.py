"""What is typed for other firmwares, or in a way that two programs read differently: consent, limits, motion, refusals."""

from __future__ import annotations

import pytest

from octoprint_cli.errors import InvalidValue
from octoprint_cli.gcode.command import parse_command

PATH = "/api/printer/command"

TWO_WAYS = [
    *("M104 (S400)", "M104 ((S400))", r"M104 \; S400", "M104 _S400", "M104 RS400", "M104 SS400", "M104.5 S400", "M104 T-1 S400"),
    *("M140 (S200)", "M109 S0x190", "M109 S4E2", "M104 S{400}", 'M104 S"400"', "M104 S=400", "M104 S20 S400", "M104,S400"),
    *(
        "M141 S 4 0 0",
        "G10 P0 (S400)",
        "M568 P0 S_400",
        "M105 M104 (S400)",
        "T1 M104 (S400)",
        "M303 (S400)",
        "M104 X S\uff14\uff10",
    ),
    *("SET_HEATER_TEMPERATURE HEATER=extruder (TARGET=400)", "SET_HEATER_TEMPERATURE HEATER=extruder TARGET=20 TARGET=400"),
    *("SET_HEATER_TEMPERATURE HEATER=extruder TARGET={400}", 'SET_HEATER_TEMPERATURE HEATER="extruder TARGET=400'),
    *("G1 (X10)", r"G28 \; X", "G28 _X0"),
]
TOO_HOT = [
    *("SET_HEATER_TEMPERATURE HEATER=extruder TARGET=400", "set_heater_temperature heater=extruder target=4e2"),
    *('SET_HEATER_TEMPERATURE HEATER=extruder TARGET="400"', "SET_HEATER_TEMPERATURE TARGET=400 HEATER=extruder1"),
    *("SET_HEATER_TEMPERATURE HEATER=heater_bed TARGET=200", "SET_HEATER_TEMPERATURE HEATER=chamber TARGET=100"),
    *("TEMPERATURE_WAIT SENSOR=extruder MINIMUM=400", "PID_CALIBRATE HEATER=extruder TARGET=400 --confirm"),
    *("PRINT_START EXTRUDER_TEMP=400 --confirm", "MY_MACRO BED=200 --confirm", "START_PRINT TOOL_TEMP=400 --confirm"),
    *("M568 P0 S400", "M568 P1 R400 S0", "M568 P0 S200:400", "G10 P0 R400", "M141 S400", "M303 E0 S400 --confirm"),
    *("M303 E-1 S200 --confirm", "T1 M104 T1 S400", "M109 F1 S20 B400"),
]
ALLOWED_WHEN_IDLE = [
    *("SET_HEATER_TEMPERATURE HEATER=extruder TARGET=200", "SET_HEATER_TEMPERATURE HEATER=extruder", "G10 P0 S-273.15"),
    *("M568 P0 S200 R150 A2", "QUAD_GANTRY_LEVEL", "BED_MESH_CALIBRATE PROFILE=default", "FOO", "TURN_OFF_HEATERS", "LIGHTS_ON"),
    *(
        'RESPOND MSG="M104 (S400)"',
        "M117 M104 (S400)",
        "M104 S200 ; (S400)",
        "G28 (home all)",
        "M220 S50",
        "M221 S125",
        "M104 T1 S200",
    ),
]
NEEDS_CONFIRM = [
    *("M220 S10", "M220 S500", "M221 S200", "M221 T0 S0", "M220 SS100", "CANCEL_PRINT", "FIRMWARE_RESTART", "SAVE_CONFIG"),
    *("RUN_SHELL_COMMAND CMD=reboot", "SET_PIN PIN=heater VALUE=1", "PRINT_START", "PREHEAT_PLA", 'M98 P"start.g"', "M143 S400"),
]
MOVES = [
    *(
        "BED_MESH_CALIBRATE",
        "QUAD_GANTRY_LEVEL",
        "FORCE_MOVE STEPPER=stepper_x DISTANCE=10 VELOCITY=5",
        "RESTORE_GCODE_STATE MOVE=1",
    ),
    *(
        "Z_TILT_ADJUST",
        "PROBE",
        "SET_GCODE_OFFSET Z_ADJUST=0.1 MOVE=1",
        "FIRMWARE_RESTART",
        "SAVE_CONFIG",
        "PAUSE",
        "LOAD_FILAMENT",
    ),
]
DISTURBS = ["FOO", "MY_MACRO A=1", "TURN_OFF_HEATERS", "TEMPERATURE_WAIT SENSOR=extruder MINIMUM=100", "$H", "M116"]


@pytest.fixture
def ready(server):
    server.on("POST", PATH, status_code=204)
    return server


def words(line):
    text, confirm, _ = line.partition(" --confirm")
    return [text, *([confirm.strip()] if confirm else [])]


@pytest.mark.parametrize("text", TWO_WAYS)
def test_command_that_can_be_read_in_two_ways_is_refused(text):
    with pytest.raises(InvalidValue):
        _ = parse_command(text).targets


def test_ambiguous_command_is_refused_before_any_request(ready):
    ready.run_error(4, "INVALID_VALUE", "gcode", "M105", "M104 (S400)")
    assert ready.requests == []


@pytest.mark.parametrize("line", TOO_HOT)
def test_limits_hold_for_the_words_of_every_firmware(ready, line):
    ready.run_error(4, "LIMIT_EXCEEDED", "gcode", *words(line))
    assert ready.sent == []


@pytest.mark.parametrize("text", ALLOWED_WHEN_IDLE)
def test_known_and_harmless_words_are_sent_to_an_idle_printer(ready, text):
    ready.run_ok("gcode", text)
    assert ready.sent == [(PATH, {"commands": [text]})]


@pytest.mark.parametrize("text", NEEDS_CONFIRM)
def test_harmful_words_and_factors_need_confirm(ready, text):
    ready.run_error(4, "CONFIRMATION_REQUIRED", "gcode", text)
    assert ready.requests == []


@pytest.mark.parametrize("text", MOVES)
def test_moving_words_are_refused_during_a_job_in_spite_of_confirm(ready, text):
    ready.job(ready.reading("Printing", "a.gcode"))
    ready.run_error(3, "PRINTER_BUSY", "gcode", text, "--confirm")
    assert ready.sent == []


@pytest.mark.parametrize("state", ["Printing", "Paused"])
@pytest.mark.parametrize("text", DISTURBS)
def test_unknown_and_disturbing_words_need_confirm_during_a_job(ready, text, state):
    ready.job(ready.reading(state, "a.gcode"))
    ready.run_error(4, "CONFIRMATION_REQUIRED", "gcode", text)
    assert ready.sent == []
    assert ready.run_ok("gcode", text, "--confirm")["job_under_way"]["file"] == "a.gcode"


def test_emergency_stop_beside_an_unknown_word_asks_the_server_nothing(ready):
    ready.run_ok("gcode", "FOO", "M112")
    assert ready.reads == []


@pytest.mark.parametrize("line", ["gcode|M104 S200", "gcode|M220 S90", "gcode|SET_HEATER_TEMPERATURE HEATER=extruder TARGET=100"])
def test_what_heats_or_tunes_during_a_job_notes_the_job(ready, line):
    ready.job(ready.reading("Printing", "a.gcode"))
    result = ready.run(*line.split("|"), "--json")
    assert result.data["job_under_way"]["file"] == "a.gcode" and result.data["job_under_way"]["state"] == "Printing"
    assert "a job is under way" in result.stderr


def test_no_job_is_noted_as_none(ready):
    assert ready.run_ok("gcode", "M104 S200")["job_under_way"] is None


def test_failed_look_for_a_job_does_not_fail_what_was_sent(ready):
    ready.on("GET", "/api/job", status_code=500)
    assert "job_under_way" not in ready.run_ok("gcode", "M104 S200")
