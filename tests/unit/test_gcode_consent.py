"""Typed commands that want consent: those that disturb a job, those that nobody knows, and those that command the server."""

from __future__ import annotations

import pytest

from octoprint_cli.gcode.code_table import CODES, ROWS
from octoprint_cli.gcode.command import parse_command
from octoprint_cli.preflight.checks.file_content import RiskyCommands

from .readings import read
from .subjects import judge

PATH = "/api/printer/command"
#: What a firmware passes on to the server, which obeys.
HOST_COMMANDS = [
    *("M118 //action:cancel", "M118 A1 action:pause", "m118 a1 Action: cancel", "M118 //action:start", "M118 // action:shutdown"),
    *("RESPOND TYPE=command MSG=action:cancel", 'RESPOND PREFIX="//" MSG="action:disconnect"', 'M118 S"//action:cancel"'),
]
NOTES = [
    "M118 E1 layer 3",
    "M118 A1 action:notification done",
    'RESPOND TYPE=command MSG="action:prompt_begin Filament?"',
    "M118 action",
]
#: What is harmful at any time, by what it does.
HARMFUL = [
    *(
        "M306 T",
        "G26",
        "G76",
        "M104 I0",
        "M140 I1",
        "M109 T0 I2",
        "M145 S0 H200",
        "M43 T",
        "M1000",
        "M916",
    ),  # heats, starts, switches
    *('M472 P"a.g"', 'M471 S"a" T"b"', "M559", 'M560 P"x"', "D3 Ax0000 C1", "D2 Ax01 X00", "M993", "M994", "M575 P1 B57600"),
    *("PRUSA FR", "prusa fr", "M510", "M512 P1", "M906 X2000", "M907 X2000", "M569 P0 S1", "M584 X0", "M350 X16", "M307 H0 A300"),
    *("M486 C", "M486 P1", "M85 S0", "M552 S0", "M810 G28|M500", "M4 S255", "M149 F", "M574 X0"),
]
#: What spoils a job that is paused, or heats, but is usual otherwise.
IN_A_PAUSE = [
    *("G28", "G29", "G161 Z", "M132 X", "M48 P10", "M45", "M44", "HOME_XY", "PROBE", "BED_MESH_CALIBRATE", "M84", "M18", "M18 X"),
    *("G1 Z-5", "G0 X1 Z -5", "G92", "G92 X0", "M420 S1", "M561", "M851 Z-1", "M218 T1 X1", "M665 R100", "M666 X1", "M92 E93"),
    *("M206 Z1", "M211 S0", "FORCE_MOVE STEPPER=stepper_x", "SET_STEPPER_ENABLE STEPPER=stepper_x ENABLE=0", "G425"),
    *(
        "M200 D1.75",
        "M301 P10",
        "M108",
        "M110 N0",
        "M111 S8",
        "M412 S0",
        "M208 X200",
        'M291 P"Well?" S3',
        "M5000",
        "M1234 S1",
        "G777",
    ),
]
NO_MATTER_IN_A_PAUSE = [
    "G1 Z5",
    "G1 E-5",
    "G92 E0",
    "M84 E",
    "M17",
    "M82",
    "T0",
    "G91",
    "M106 S0",
    "M155 S2",
    "M300",
    "M402",
    "M486 S1",
]


@pytest.fixture
def ready(server):
    server.on("POST", PATH, status_code=204)
    return server


@pytest.mark.parametrize("text", [*HOST_COMMANDS, *HARMFUL])
def test_what_harms_needs_confirm_at_any_time(text):
    assert parse_command(text).harm is not None


@pytest.mark.parametrize("text", [*NOTES, "M104 S200", "M306 P40", "M486 S1", "M486 AC1.stl", "PRUSA Rev"])
def test_what_is_near_to_a_harmful_command_has_no_harm(text):
    assert parse_command(text).harm is None


@pytest.mark.parametrize("text", HOST_COMMANDS)
def test_command_for_the_server_in_a_file_deserves_a_look(text):
    verdict = judge(RiskyCommands(), **read(f"G28\n{text}\n")._asdict())
    assert verdict.said == "FILE_INVALID" and "on line 2 sends a command to the server" in verdict.message


@pytest.mark.parametrize("text", NOTES)
def test_note_for_the_server_in_a_file_is_no_risk(text):
    assert judge(RiskyCommands(), **read(f"G28\n{text}\n")._asdict()).said == "pass"


@pytest.mark.parametrize("text", IN_A_PAUSE)
def test_what_spoils_a_paused_job_needs_confirm(ready, text):
    ready.job(ready.reading("Paused", "a.gcode"))
    ready.run_error(4, "CONFIRMATION_REQUIRED", "gcode", text)
    assert ready.sent == []


@pytest.mark.parametrize("text", NO_MATTER_IN_A_PAUSE)
def test_what_a_paused_job_does_not_mind_is_sent(ready, text):
    ready.job(ready.reading("Paused", "a.gcode"))
    ready.run_ok("gcode", text)
    assert ready.sent == [(PATH, {"commands": [text]})]


@pytest.mark.parametrize("text", ["M5000", "M1234 S1", "M200 D1.75", "M412 S0"])
@pytest.mark.parametrize("state", ["Printing", "Pausing"])
def test_numbered_code_that_is_not_known_or_disturbs_needs_confirm_during_a_job(ready, text, state):
    ready.job(ready.reading(state, "a.gcode"))
    ready.run_error(4, "CONFIRMATION_REQUIRED", "gcode", text)
    assert ready.sent == []
    ready.run_ok("gcode", text, "--confirm")


@pytest.mark.parametrize("text", ["M48 P10", "M401", "M280 P0 S10", "M45", "M360", "M420 S1", "M851 Z-1", "M561", "G999"])
def test_motion_of_any_firmware_is_refused_while_a_job_prints(ready, text):
    ready.job(ready.reading("Printing", "a.gcode"))
    for line in ([text], [text, "--confirm"]):
        ready.run_error(3, "PRINTER_BUSY", "gcode", *line)
    assert ready.sent == []


@pytest.mark.parametrize("text", ["M5000", "M200 D1.75", "M84", "M420 S1", "M301 P10"])
def test_idle_printer_takes_what_a_job_would_mind(ready, text):
    ready.run_ok("gcode", text)
    assert ready.sent == [(PATH, {"commands": [text]})]


def test_consent_and_check_share_one_look_at_the_job(ready):
    ready.run_ok("gcode", "G28")
    assert ready.reads == ["/api/job"]


@pytest.mark.parametrize("text", ["M145 S0 H400", "G26 B60 H400", "M145 S0 B200", "M303 E-1 S200"])
def test_limits_hold_for_stored_and_tuned_temperatures(ready, text):
    ready.run_error(4, "LIMIT_EXCEEDED", "gcode", text, "--confirm")
    assert ready.sent == []


def test_each_code_has_one_row():
    assert len(ROWS) == len(CODES)
