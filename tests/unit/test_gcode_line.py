"""Reading one line of G-code: what it asks for, however it is spelled."""

from __future__ import annotations

import pytest

from octoprint_cli.errors import InvalidValue
from octoprint_cli.gcode.code_table import CODES
from octoprint_cli.gcode.command import parse_command

HARM = ["M28", "M30", "M81", "M500", "M501", "M502", "M504", "M997", "M23", "M24", "M32", "M80", "M302", "M303", "M928", "M999"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("G28", ("G28",)),
        ("g28", ("G28",)),
        ("G 28", ("G28",)),
        ("G028", ("G28",)),
        ("  G28  ", ("G28",)),
        ("G28 X Y", ("G28",)),
        ("G28X0", ("G28",)),
        ("G1X10Y10F3000", ("G1",)),
        ("G28 ; home M500", ("G28",)),
        ("N10 G28*22", ("G28",)),
        ("n10G28", ("G28",)),
        ("N 10 G28", ("G28",)),
        ("G38.2 Z-5", ("G38",)),
        ("G28 M500", ("G28", "M500")),
        ("G1 X1 G1 Y1 M104 S200", ("G1", "G1", "M104")),
        ("T1", ("T1",)),
        ("t01", ("T1",)),
        ("M104 S200 T1", ("M104",)),
        ("M104 T1 S200", ("M104",)),
        ("M117 M500 G28", ("M117",)),
        ("m117 hello", ("M117",)),
        ("M118 M112", ("M118",)),
        ("M23 m500.gco", ("M23",)),
        ("M30 g28.gco", ("M30",)),
        ("@pause", ("@PAUSE",)),
        ("save_config", ("SAVE_CONFIG",)),
        ("SET_LED LED=1 RED=0", ("SET_LED",)),
        ("G28\tX", ("G28",)),
    ],
)
def test_codes_are_found_in_any_spelling(text, codes):
    assert parse_command(text).codes == codes


@pytest.mark.parametrize("code", HARM)
@pytest.mark.parametrize("spelled", ["{0}", " {0} ", "{1}", "{2} {3}", "{2}0{3}", "N1 {0}*5", "{0} P1", "{0};comment", "G4 P1 {0}"])
def test_harmful_codes_are_found_in_any_spelling(code, spelled):
    line = parse_command(spelled.format(code, code.lower(), code[0], code[1:]))
    assert line.harm is not None and code in line.harm and str(CODES[code].harm) in line.harm


@pytest.mark.parametrize("text", ["(note) M500", "N-1 M500", "/M500", "/ M81", "!M997", "() () M30 a.gco"])
def test_prefix_before_code_does_not_hide_harm(text):
    assert parse_command(text).harm is not None


@pytest.mark.parametrize(
    "text", ["@cancel", "@ABORT", "SAVE_CONFIG", "restart", "firmware_restart", "SDCARD_PRINT_FILE FILENAME=a.gcode"]
)
def test_harmful_words_are_found(text):
    assert parse_command(text).harm is not None


@pytest.mark.parametrize(
    "text",
    [
        "G28",
        "M105",
        "M114",
        "M115",
        "M104 S200",
        "M106 S255",
        "M117 M500",
        "M118 M81",
        "M503",
        "M84",
        "M112",
        "M155 S2",
        "T0",
        "M5000",
    ],
)
def test_harmless_commands_have_no_harm(text):
    assert parse_command(text).harm is None


@pytest.mark.parametrize(
    "text", ["G0 X1", "G1 E5", "g28", "G29", "G92 E0", "G90", "G91", "T1", "M84", "M18", "M600", "M0", "M701", "M82", "G2 X1 I1"]
)
def test_moving_commands_are_motion(text):
    assert parse_command(text).moves


@pytest.mark.parametrize(
    "text", ["G4 P100", "M105", "M104 S200", "M104 S200 T1", "M106 S0", "M117 G28", "M220 S100", "M112", "M115", "@pause"]
)
def test_commands_without_movement_are_no_motion(text):
    assert not parse_command(text).moves


def test_motion_after_another_code_is_found():
    assert parse_command("M105 G28").moves


@pytest.mark.parametrize("text", ["M112", "m112", " M112 ", "M112 ; stop", "N1 M112*33", "M 112"])
def test_emergency_stop_is_recognised_in_any_spelling(text):
    line = parse_command(text)
    assert line.codes == ("M112",)
    assert line.harm is None and not line.moves and line.targets == []


def test_harmful_code_beside_emergency_stop_is_found():
    assert parse_command("M112 M500").harm is not None


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("M104 S200", [("tool", 200)]),
        ("m104 s200", [("tool", 200)]),
        ("M104S200", [("tool", 200)]),
        ("M104 S 200", [("tool", 200)]),
        ("M104 S+200", [("tool", 200)]),
        ("M104 S200.5", [("tool", 200.5)]),
        ("M104 S.5", [("tool", 0.5)]),
        ("M104 T1 S250", [("tool", 250)]),
        ("M109 R180", [("tool", 180)]),
        ("M109 S200 R260", [("tool", 200), ("tool", 260)]),
        ("M140 S60", [("bed", 60)]),
        ("M190 S60", [("bed", 60)]),
        ("M141 S40", [("chamber", 40)]),
        ("M191 S40", [("chamber", 40)]),
        ("N3 M104 S200*99", [("tool", 200)]),
        ("M104 S200 ; S999", [("tool", 200)]),
        ("M104 S200 M140 S90", [("tool", 200), ("bed", 90)]),
        ("M140 S60 M104 S250 T1", [("bed", 60), ("tool", 250)]),
        ("M106 S255 M104 S200", [("tool", 200)]),
        ("M104", []),
        ("M104 T1", []),
        ("M106 S255", []),
        ("M117 M104 S999", []),
    ],
)
def test_temperature_targets_are_read_per_heater(text, targets):
    assert parse_command(text).targets == targets


@pytest.mark.parametrize("text", ["", " ", "\t", ";", "; only a comment", "N5", "N5 ; x"])
def test_blank_line_is_no_command(text):
    with pytest.raises(InvalidValue, match="it is empty"):
        parse_command(text)


@pytest.mark.parametrize("text", ["X10", "x", "F1500", "S200", "E-5", "Y +3.5", "P1"])
def test_a_parameter_without_its_command_is_refused(text):
    with pytest.raises(InvalidValue, match="without its command"):
        parse_command(text)


@pytest.mark.parametrize("character", ["\n", "\r", "\r\n", "\x00", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\x0b", "\x0c"])
def test_line_break_or_control_character_is_refused(character):
    for text in (f"G28{character}M500", f"G28{character}", f"{character}G28"):
        with pytest.raises(InvalidValue, match="more than one line"):
            parse_command(text)


def test_the_text_is_kept_as_it_was_typed():
    assert parse_command("  m117 Hello, Ünï  ").text == "m117 Hello, Ünï"


@pytest.mark.parametrize("text", ["-f", "--confirm", "5", ".", "% M502"])
def test_line_that_does_not_begin_with_a_command_is_refused(text):
    with pytest.raises(InvalidValue):
        parse_command(text)


@pytest.mark.parametrize("text", ["M104 S-10", "M104 S250.5.5", "M140 R--5"])
def test_invalid_temperature_is_refused(text):
    with pytest.raises(InvalidValue):
        _ = parse_command(text).targets


@pytest.mark.parametrize("text", ["G10 P0 S500", "M568 P0 R10 S400"])
def test_reprapfirmware_temperatures_are_read(text):
    assert max(degrees for _, degrees in parse_command(text).targets) >= 400
