"""The words with which firmwares refuse a command, and those that only sound alike."""

from __future__ import annotations

import pytest

from octoprint_cli.gcode.firmware.refusals import is_refusal

REFUSED = [
    # Marlin
    'echo:Unknown command: "M9999"',
    "Unknown command: M9999",
    "?Z out of range",
    "?Probe position out of range",
    "echo:cold extrusion prevented",
    " echo:cold extrusion prevented",
    "echo: too long extrusion prevented",
    "echo:T3 Invalid extruder",
    "echo:M104 Invalid extruder 5",
    "echo:Home XYZ first",
    "echo:Please Home First",
    "PID Autotune failed! Bad extruder number",
    "echo:Error writing to EEPROM!",
    "Error:Printer halted. kill() called!",
    "Error:Failed to enable Bed Leveling",
    "open failed, File: nope.gco.",
    # Klipper
    "!! Must home axis first: 0.000 0.000 5.000 [0.000]",
    '// Unknown command:"FOO"',
    "// Malformed command 'SET_PIN X'",
    # RepRapFirmware
    "Error: G0: insufficient axes homed",
    "G1: insufficient axes homed",
    "Error: Bad command: FOO",
    "Error in macro line 3 of homeall.g",
    "M999: Command is not supported",
    # Prusa
    "Unknown M code: M9999",
    "Unknown G code: G5000",
    "Invalid T code.",
    # Smoothie, Repetier, Grbl
    "error:Unsupported command - M999",
    "ALARM: Hard limit +X",
    "fatal: G0/G1 had a temperature error",
    "Unknown command:M9999",
    "error:20",
]
NOT_REFUSED = [
    *("ok", "wait", "echo:busy: processing", "T:21.3 /0.0 B:21.0 /0.0", "X:0.00 Y:0.00 Z:0.00 E:0.00", "FIRMWARE_NAME:Marlin"),
    *(
        "Cap:EEPROM:1",
        "echo:; Home offset:",
        "echo:  M206 X0.00 Y0.00 Z0.00",
        "// probe at 10.0,10.0 is z=0.1",
        "//action:prompt_end",
        "echo:SD init fail",  # Marlin 1.1 says it in answer to M503
    ),
    *("// Klipper state: Ready", "x_min: open", "echo:SD card ok", "errors.gco 120", "Bed Leveling ON", "echo:Fade Height OFF"),
    *('echo:enqueueing "M24"', "Invalidated mesh", "File opened: error.gco Size: 12", "M220: Speed factor: 100 %", "?"),
]


@pytest.mark.parametrize("text", REFUSED)
def test_refusal_of_each_firmware_is_recognised(text):
    assert is_refusal(text)


@pytest.mark.parametrize("text", NOT_REFUSED)
def test_report_or_remark_is_no_refusal(text):
    assert not is_refusal(text)
