"""Who said a line of the terminal log, and what a line of the firmware is."""

from __future__ import annotations

import pytest

from octoprint_cli.gcode.command import only_asks
from octoprint_cli.gcode.firmware.terminal_log import (
    FIRMWARE,
    HOST,
    SERVER,
    is_chatter,
    is_error,
    is_ok,
    is_resend,
    is_start,
    read_terminal_line,
)

from . import firmwares


@pytest.mark.parametrize(
    ("one", "two", "said_by", "text"),
    [
        ("Send: M115", ">>> M115", HOST, "M115"),
        ("Send: N12 G1 X1 E0.5*33", ">>> N12 G1 X1 E0.5*33", HOST, "G1 X1 E0.5"),
        ("Send: N0 M110 N0*125", ">>> N0 M110 N0*125", HOST, "M110 N0"),
        ("Send: m117 5*3", ">>> m117 5*3", HOST, "m117 5*3"),  # no line number: no checksum
        ("Send: N7 M117 5*3*88", ">>> N7 M117 5*3*88", HOST, "M117 5*3"),
        ("Send: N8 M117 a*b", ">>> N8 M117 a*b", HOST, "M117 a*b"),
        ("Recv: ok", "<<< ok", FIRMWARE, "ok"),
        ("Recv:  T:25.50 /0.00", "<<<  T:25.50 /0.00", FIRMWARE, "T:25.50 /0.00"),
        ("Recv: ", "<<< ", FIRMWARE, ""),
        ("Recv: N5 is lost*3", "<<< N5 is lost*3", FIRMWARE, "N5 is lost*3"),
        ("Recv: echo:N5*3", "<<< echo:N5*3", FIRMWARE, "echo:N5*3"),
        ('Changing monitoring state from "Offline" to "Detecting"',) * 2
        + (SERVER, 'Changing monitoring state from "Offline" to "Detecting"'),
        ("Printer signalled that it paused, switching state...",) * 2
        + (SERVER, "Printer signalled that it paused, switching state..."),
        ("", "", SERVER, ""),
    ],
)
def test_terminal_line_reads_the_same_in_both_log_formats(one: str, two: str, said_by: str, text: str) -> None:
    assert read_terminal_line(one) == read_terminal_line(two) == (said_by, text)


@pytest.mark.parametrize("text", ["ok", "ok 12", "ok N12 P15 B3", "ok T:21.3 /0.0", "okT:21", "ok X:0.0 Y:0.0"])
def test_acknowledgement_is_recognised(text: str) -> None:
    assert is_ok(text)
    assert not is_chatter(text, "M115")


@pytest.mark.parametrize("text", ["okay", "echo:SD card ok", "not ok", "Testing X connection... OK", "", "o", "wait"])
def test_other_lines_are_no_acknowledgement(text: str) -> None:
    assert not is_ok(text)


#: What a firmware says by itself, with a command that it answers with that.
REPORTS = [
    (firmwares.VIRTUAL_REPORT, "M105"),
    (firmwares.MARLIN_M105_SENSOR[0], "M105"),
    (firmwares.PRUSA_XL_M109[0], "M109 T1 S185"),
    ("T:35.4 E:0 W:?", "M109 S200"),
    ("B:30.5 /60.0 T0:58.9 /0.0", "M190 S60"),
    ("T0:inf /0.0 B:21.0 /0.0", "M105"),
    ("C:30.1 /0.0 B:30.5 /0.0", "m105"),
    ("Not SD printing", "M27"),
    ("SD printing byte 120/4693", "N5 M27*33"),
    ("X:4.00 Y:2.00 Z:0.00 E:0.00 Count X:320 Y:160 Z:0", "M114"),
    ("X:130.00 Y:65.00 Z:10.00 E:0.00 Count A:15600 B:5200 Z:4000", "G28"),
    ("X:0.00Y:0.00Z:0.00E:0.00 Count X: 0.00Y:0.00Z:0.00", "M114"),
    ("E0:0 RPM PRN1:0 RPM E0@:0 PRN1@:0", "M123"),
    ("NORMAL MODE: Percent done: 12; print time remaining in mins: 33", "M73"),
]


@pytest.mark.parametrize(("text", "asked_by"), REPORTS)
def test_report_is_chatter_except_for_command_that_requests_it(text: str, asked_by: str) -> None:
    assert is_chatter(text, "M115")
    assert is_chatter(text, "M503")
    assert not is_chatter(text, asked_by)


@pytest.mark.parametrize(
    "text",
    [
        "wait",
        "start",
        "echo:busy: processing",
        "busy: processing",
        "echo:busy: paused for user",
        "//action:pause",
        "// action:prompt_end",
        "Resend: 12",
        "Resend:103257",
        "rs 12",
        "Error:checksum mismatch, Last Line: 5",
    ],
)
def test_unsolicited_lines_are_chatter_for_every_command(text: str) -> None:
    for command in ("M105", "M114", "M27", "M115", "G28"):
        assert is_chatter(text, command)


@pytest.mark.parametrize(
    ("text", "command"),
    [(line, "M115") for line in firmwares.MARLIN_2_0_7_M115 + firmwares.REPETIER_M115 + firmwares.KLIPPER_M115_SHAPED]
    + [(line, "M119") for line in firmwares.MARLIN_M119 + firmwares.KLIPPER_M119 + firmwares.REPRAP_M119_SHAPED]
    + [(line, "M503") for line in firmwares.MARLIN_2_0_7_M503 + firmwares.PRUSA_MK3_M503_SHAPED]
    + [(line, "M114") for line in firmwares.SMOOTHIE_M114 + firmwares.REPRAP_M114 + firmwares.REPETIER_M114_SHAPED]
    + [(firmwares.KLIPPER_ERROR, "G1 X5"), ('echo:Unknown command: "M999"', "M999"), ("// Klipper state: Ready", "STATUS")]
    + [("waiting for temperature", "M109"), ("starting", "M24"), ("Error:MINTEMP triggered", "M104 S1")],
)
def test_reply_lines_are_no_chatter(text: str, command: str) -> None:
    assert not is_chatter(text, command)


@pytest.mark.parametrize(
    "text",
    [
        "Error:MINTEMP triggered, system stopped! Heater_ID: 0",
        "Error:Printer halted. kill() called!",
        "error:Unsupported command",
        "!! Printer is not ready",
        "!! Move exceeds checksum",
        "fatal: heater decoupled",
        "Error: M92: bad",
        "ALARM: Hard limit",
    ],
)
def test_firmware_error_is_recognised(text: str) -> None:
    assert is_error(text)
    assert not is_resend(text)


@pytest.mark.parametrize(
    "text",
    [
        "Error:Line Number is not Last Line Number+1, Last Line: 5",
        "Error:checksum mismatch, Last Line: 5",
        "Error:Wrong checksum",
        "Error:No Line Number with checksum, Last Line: 0",
        "Error:expected line 10 got 12",
        "Resend: 6",
        "rs 6",
        "Resend:6",
    ],
)
def test_resend_request_is_no_error(text: str) -> None:
    assert is_resend(text)
    assert not is_error(text)


@pytest.mark.parametrize("text", ["ok", "echo:SD init fail", "x_min: open", "rsomething", "No error: fine", "", "restart"])
def test_other_lines_are_no_error_resend_or_start(text: str) -> None:
    assert not is_error(text)
    assert not is_resend(text)
    assert not is_start(text)


def test_firmware_reset_is_recognised() -> None:
    assert is_start("start")
    assert not is_start("start of print")


@pytest.mark.parametrize(
    "command",
    [
        "M105",
        "m105",
        " M105 T1 ",
        "M105T1",
        "M 105",
        "M0105",
        "N12 M105*33",
        "n12 m105 t1*33",
        "M105 ; how warm",
        "M114",
        "M114 D",
        "M114 R",
        "M115",
        "M115 B1",
        "M119",
        "M503",
        "M503 S0",
        "M27",
        "M27 C",
        "M31",
    ],
)
def test_query_commands_are_recognised(command: str) -> None:
    assert only_asks(command)


@pytest.mark.parametrize(
    "command",
    [
        "M27 S2",
        "M105 S0 G28",
        "M105 G28",
        "M105 M104 S200",
        "M105\nG28",
        "M105;\nG28",
        "M114\rG28",
        "M115 U3.1.0",
        "M503 C",
        "M119 X",
        "M1050",
        "M105.1",
        "G105",
        "M104 S200",
        "M20",
        "M155",
        "",
        ";M105",
        "N12",
        "STATUS",
        "M105 hello",
        "M105 T1 *33 G28",
        "M114 \u017f",
    ],
)
def test_other_and_unknown_commands_are_no_queries(command: str) -> None:
    assert not only_asks(command)
