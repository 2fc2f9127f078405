"""Rows of the table of G-code for numbered codes: of Marlin, RepRapFirmware, Klipper, Prusa and their kin.

A code that is not here is not known: typed during a job it wants `--confirm`. What one firmware does and another does not counts
for all. Rows with more to say than one column stand in `_ROWS`, others by what they do in the lists behind it.
"""

from __future__ import annotations

from typing import Dict, Tuple

from octoprint_cli.gcode.code_row import (
    BY_LETTERS,
    FANS,
    MESSAGE,
    POSITION,
    PROGRESS,
    SD_PROGRESS,
    TEMPERATURES,
    VALUE,
    Code,
)
from octoprint_cli.gcode.firmware_words import HOST_ACTION, HOST_ACTION_HARM, LETS_GO, PROBES, UPSETS

_BELOW_ZERO = r".*\bS-"
_STOPPING = r".*(?:STOP|END|FINISH|DONE|CANCEL)"
_SWITCHED_OFF = r".*\bA0\b"
#: M302 S155 is a limit. Without parameters, or with S0 or P1, nothing is too cold any more.
_COLD_ALLOWED = r"\s*|.*\b(?:S0+(?:\.0*)?|P1)(?![0-9.]).*"
#: Of M84 and M18: only an extruder's motor is let go of by `E`.
_AXES_TOO = r"(?!\s*E[\s0-9:]*$).*"
#: G92 E0 is no matter; X, Y and Z are, and all of them without a parameter.
_RENAMED = r"\s*|.*[XYZ].*"
_DOWNWARDS = r".*Z\s*-.*"
_BY_PRESET = r".*\bI\s*\d.*"
_PRESET = "heats to a temperature that the printer has stored, which may be above the limits"
_CONTROL = "changes how a heater is controlled"
_NETWORK = "changes the printer's network, its name or its password"
_DRIVER = "changes how the motors are driven"
#: Codes of which more is to be said than one thing.
_ROWS = (
    Code("G4", skipped=True),  # the dwell
    Code("G10", moves=True, heats="tool", tool="P", needs_tool=True, heat_off=_BELOW_ZERO),  # of RepRapFirmware; no P: a retraction
    Code("G26", harm="heats, and prints a test pattern", moves=True, heats=BY_LETTERS, degrees="HB"),
    Code("G28", moves=True, homes=True, reports=POSITION, disturbs=PROBES),
    Code("G161", moves=True, homes=True, disturbs=PROBES),  # of MakerBot and Sailfish: to the lower end
    Code("G162", moves=True, homes=True, disturbs=PROBES),
    Code("G76", harm="heats unattended to calibrate the probe", moves=True),
    Code("G92", moves=True, reports=POSITION, disturbs="renames the place where the nozzle is", disturbs_with=_RENAMED),
    Code("M0", moves=True, waits=True, ends_print=True),
    Code("M1", moves=True, waits=True),
    Code("M2", ends_print=True),
    Code("M16", text=MESSAGE),
    Code("M17", moves=True),
    Code("M18", moves=True, ends_print=True, disturbs=LETS_GO, disturbs_with=_AXES_TOO),
    Code("M20", text=VALUE),
    Code("M23", harm="selects a file for printing without any check", text=VALUE),
    Code("M24", harm="starts or resumes a print from the SD card without any check"),
    Code("M25", moves=True, waits=True),
    Code("M26", moves=True),
    Code("M27", asks="CP", reports=SD_PROGRESS),  # C: the file's name (Marlin), P: its path (Prusa); S sets an interval
    Code("M28", harm="writes to the SD card: what follows is stored, not run", text=VALUE),
    Code("M29", harm="ends a write to the SD card"),
    Code("M30", harm="deletes a file from the SD card", text=VALUE, ends_print=True),  # without a name: the end of a program
    Code("M31", asks=""),  # time printed
    Code("M32", harm="starts a print from the SD card without any check", text=VALUE),
    Code("M36", text=VALUE),
    Code("M42", typed_harm="switches a pin, whatever is connected to it"),
    Code("M43", harm="switches pins, whatever is connected to them", only_with=r".*[ST].*", disturbs="watches pins"),
    Code("M73", skipped=True, reports=PROGRESS),
    Code("M80", harm="switches the power supply"),
    Code("M81", harm="switches the power off"),
    Code("M82", moves=True),
    Code("M83", moves=True),
    Code("M84", moves=True, ends_print=True, disturbs=LETS_GO, disturbs_with=_AXES_TOO),
    Code("M92", notable="changes the printer's calibration", moves=True, disturbs=UPSETS),
    Code(
        "M98",
        text=VALUE,
        homes=True,
        ends_print=True,
        ends_only_with=_STOPPING,
        typed_harm="runs a file of commands on the printer",
    ),  # of RepRapFirmware: runs a file of commands
    Code("M104", heats="tool", degrees="SRB", harm=_PRESET, only_with=_BY_PRESET),  # F with B: up to B by the flow
    Code("M105", asks="TR", answered=True, reports=TEMPERATURES),  # T: of that tool, R: of the redundant sensor
    Code("M106", skipped=True),
    Code("M107", skipped=True),
    Code(
        "M109",
        heats="tool",
        degrees="SRB",
        harm=_PRESET,
        only_with=_BY_PRESET,
        waits_for_heat=True,
        reports=TEMPERATURES,
    ),
    Code("M108", disturbs="ends the wait for a temperature, so that it may go on cold"),
    Code("M110", disturbs="changes the numbers of the lines that the server sends"),
    Code("M111", disturbs="changes how the firmware carries commands out"),
    Code("M112", notable="stops the printer in an emergency", emergency_stop=True),
    Code("M114", asks="DERS", answered=True, reports=POSITION),  # D, E, R: details, as it moves (Marlin); S: in steps (Repetier)
    Code("M115", asks="BV", answered=True),  # B: of that board (RepRapFirmware), V: its version (Prusa); U waits
    Code("M116", waits_for_heat=True, reports=TEMPERATURES, disturbs="holds the printer up until everything is hot"),
    Code("M117", text=MESSAGE, skipped=True),
    Code("M118", text=MESSAGE, harm=HOST_ACTION_HARM, only_with=HOST_ACTION),
    Code("M119", asks=""),  # endstops
    Code("M132", moves=True, homes=True, disturbs=UPSETS),  # of MakerBot and Sailfish: recalls the home position
    Code("M123", reports=FANS),
    Code("M125", moves=True),
    Code("M140", heats="bed", harm=_PRESET, only_with=_BY_PRESET),
    Code("M141", heats="chamber"),
    Code("M145", typed_harm="changes the temperatures that the printer has stored", heats=BY_LETTERS, degrees="HB"),
    Code("M149", notable="changes the unit of temperatures", typed_harm="changes the unit of temperatures"),
    Code("M200", disturbs="changes how much filament is fed"),
    Code("M143", typed_harm="changes the highest temperature that the firmware allows"),
    Code("M190", heats="bed", harm=_PRESET, only_with=_BY_PRESET, waits_for_heat=True, reports=TEMPERATURES),
    Code("M191", heats="chamber", waits_for_heat=True, reports=TEMPERATURES),
    Code("M201", skipped=True),
    Code("M203", skipped=True),
    Code("M204", skipped=True),
    Code("M205", skipped=True),
    Code("M206", moves=True, disturbs=UPSETS),
    Code("M208", disturbs="changes the limits of the axes"),
    Code("M209", skipped=True),
    Code(
        "M211",
        notable="switches the limits of the axes off",
        only_with=r".*\bS0(?![0-9.]).*",
        disturbs="changes whether the axes stay within their limits",
    ),
    Code("M220", skipped=True),
    Code("M221", skipped=True),
    Code("M226", waits=True),
    Code("M290", moves=True),
    Code(
        "M291",
        text=MESSAGE,
        notable="waits for a person",
        only_with=r".*\bS[2-7].*",
        disturbs="waits for a person",
        disturbs_with=r".*\bS[2-7].*",
    ),  # of RepRapFirmware
    Code("M301", notable="changes the printer's calibration", disturbs=_CONTROL),
    Code("M302", harm="allows cold extrusion", only_with=_COLD_ALLOWED),
    Code("M303", harm="heats unattended to tune the heater", heats="tool", tool="E", tunes=True, reports=TEMPERATURES),
    Code("M304", notable="changes the printer's calibration", disturbs=_CONTROL),
    Code("M305", typed_harm="changes how a temperature is measured"),
    Code("M306", harm="heats unattended to tune the heater", only_with=r".*T.*", disturbs=_CONTROL),
    Code("M307", typed_harm=_CONTROL),
    Code("M308", typed_harm="changes how a temperature is measured"),
    Code("M400", skipped=True),
    Code("M410", moves=True, notable="stops all moves at once, wherever the nozzle is"),
    Code("M428", moves=True, disturbs=UPSETS),
    Code("M412", disturbs="switches a filament sensor"),
    Code("M486", text=VALUE, skipped=True, harm="leaves an object out of the print", only_with=r"\s*(?:C|P\s*\d+)\s*"),
    Code("M500", harm="overwrites the stored settings"),
    Code("M501", harm="replaces the settings in use"),
    Code("M502", harm="resets the settings to the firmware's defaults"),
    Code("M503", asks="S", answered=True),  # settings; S0: without remarks; C writes a file (Marlin)
    Code("M504", harm="touches the stored settings"),
    Code("M524", notable="ends a print from the SD card"),
    Code("M550", text=VALUE),
    Code("M551", text=VALUE, typed_harm=_NETWORK),
    Code("M552", text=VALUE, typed_harm=_NETWORK),
    Code("M562", typed_harm="resets the fault of a heater"),
    Code("M564", disturbs="changes whether the axes stay within their limits"),
    Code("M568", heats="tool", tool="P", heat_off=_SWITCHED_OFF),  # of RepRapFirmware
    Code("M570", typed_harm="changes when a heater counts as faulty"),
    Code("M586", text=VALUE, typed_harm=_NETWORK),
    Code("M587", text=VALUE, typed_harm=_NETWORK),
    Code("M600", moves=True, waits=True, notable="waits for a person to change the filament"),
    Code("M601", moves=True, waits=True),  # of Prusa
    Code("M603", moves=True),
    Code("M605", moves=True),
    Code("M620", moves=True, service=True),  # of Bambu Lab: a filament change ...
    Code("M621", service=False),
    Code("M622", service=True),  # ... and what is done if the user wants it, such as a picture at each layer
    Code("M623", service=False),
    Code("M701", moves=True),
    Code("M702", moves=True),
    Code("M851", notable="changes the printer's calibration", moves=True, disturbs=UPSETS),
    Code("M862", text=VALUE),  # of Prusa: is it this printer, nozzle, firmware?
    Code("M876"),
    Code("M900", skipped=True),
    Code("M928", harm="writes all that follows to the SD card", text=VALUE),
    Code("M950", typed_harm="changes what a pin is for"),
    Code("M997", harm="replaces the firmware", restarts=True),
    Code("M999", harm="restarts a stopped printer", moves=True, restarts=True),
)

#: The codes whose answer is a position.
_REPORTED = dict.fromkeys(("G29", "G30", "G33", "G34"), POSITION)
#: Numbered codes by the one thing that can be said of them.
_MOVES = """
    G2 G3 G5 G6 G7 G8 G11 G12 G17 G18 G19 G20 G21 G27 G42 G53 G54 G55 G56 G57 G58 G59 G60 G61 G68 G69 G90 G91 G93 G94 M280 M360 M361
    M362 M363 M364 M401 M402 M675 M703 M704 M705 M706 M707 M708 M709 M970 M971
"""
_PROBES_TOO = "G29 G30 G31 G32 G33 G34 G35 G38 G65 G80 G82 G425 M44 M45 M46 M48 M49 M672"
_UPSETS_TOO = "M218 M420 M421 M422 M423 M425 M556 M557 M561 M579 M585 M665 M666 M667 M669 M674 M852"
#: What asks, shows or sounds something, turns a fan or a light, or is a setting that a print does not feel.
_HARMLESS = """
    M5 M9 M33 M34 M38 M39 M70 M72 M75 M76 M77 M78 M113 M122 M150 M154 M155 M207 M240 M250 M255 M256 M292 M300 M355 M403 M407 M408
    M409 M430 M572 M573 M710 M905
"""
_HARMS: Dict[str, str] = {
    "M471": "renames or moves a file on the printer",
    "M472": "deletes a file on the printer",
    "M505": "changes the folder of the printer's settings",
    "M510": "locks the printer",
    "M512": "changes the printer's password",
    "M559": "replaces the printer's settings: what follows is stored, not run",
    "M560": "replaces the printer's web page: what follows is stored, not run",
    "M575": "changes the speed of the serial port, so that the connection is lost",
    "M916": "resumes a print without any check",
    "M993": "copies the printer's memory to the SD card",
    "M994": "overwrites the printer's memory",
    "M1000": "resumes a print without any check",
}
#: The same of what is usual in a file.
_TYPED_HARMS: Dict[str, str] = {
    **dict.fromkeys("M350 M351 M569 M584 M906 M907 M908 M913 M914 M915 M917".split(), _DRIVER),
    **dict.fromkeys("M540 M553 M554 M588 M589".split(), _NETWORK),
    **dict.fromkeys(("M558", "M574"), "changes how the endstops or the probe work"),
    **dict.fromkeys(("M563", "M581", "M582"), "changes what a heater, a tool or an input is for"),
    **dict.fromkeys((f"M{number}" for number in range(810, 820)), "stores commands, or runs stored ones"),
    **dict.fromkeys(("M3", "M4"), "switches a spindle or a laser on"),
    **dict.fromkeys(("M85", "M86", "M87"), "changes how long an idle printer stays on"),
}
_DISTURBS: Dict[str, str] = {
    **dict.fromkeys(("M21", "M22"), "starts or ends the use of the SD card"),
    **dict.fromkeys(("M120", "M121"), "changes whether the endstops count"),
    **dict.fromkeys(("M405", "M406", "M591"), "switches a filament sensor"),
    "M37": "switches a simulation, in which nothing is carried out",
    "M144": "changes the target of the bed",
    "M192": "holds the printer up until the probe is hot",
    "M860": "holds the printer up until the probe is hot",
}

#: All rows of numbered codes.
NUMBERED: Tuple[Code, ...] = (
    *_ROWS,
    *(Code(name, moves=True, disturbs="goes down, perhaps into the part", disturbs_with=_DOWNWARDS) for name in ("G0", "G1")),
    *(Code(name, moves=True) for name in _MOVES.split()),
    *(Code(name, moves=True, disturbs=PROBES, reports=_REPORTED.get(name)) for name in _PROBES_TOO.split()),
    *(Code(name, moves=True, disturbs=UPSETS) for name in _UPSETS_TOO.split()),
    *(Code(name) for name in _HARMLESS.split()),
    *(Code(name, harm=harm) for name, harm in _HARMS.items()),
    *(Code(name, typed_harm=harm) for name, harm in _TYPED_HARMS.items()),
    *(Code(name, disturbs=what) for name, what in _DISTURBS.items()),
)
