"""What is known of each G-code and firmware word: one row each, and the only place where such knowledge stands.

Who reads which columns: the guard of commands (harm, moves, heats, asks, emergency_stop), the reader of files (heats, skipped,
cannot_heat, ends_print, and `remark` for the check `risky_commands`), the parser of replies (reports, answered). A change of what
is allowed while printing is an edit of one row: a code is refused during a job if `moves` stands in its row.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Dict, List, Pattern, Tuple

from octoprint_cli.gcode.code_row import (
    BY_PARAMETERS,
    FANS,
    MESSAGE,
    POSITION,
    PROGRESS,
    SD_PROGRESS,
    TEMPERATURES,
    VALUE,
    Code,
    is_word,
)
from octoprint_cli.gcode.firmware_words import WORDS

_BELOW_ZERO = re.compile(r".*\bS-")
_STOPPING = re.compile(r".*(?:STOP|END|FINISH|DONE|CANCEL)")
_SWITCHED_OFF = re.compile(r".*\bA0\b")
#: M302 S155 is a limit. Without parameters, or with S0 or P1, nothing is too cold any more.
_COLD_ALLOWED = re.compile(r"\s*|.*\b(?:S0+(?:\.0*)?|P1)(?![0-9.]).*")
#: G codes and tools (T0) that are not here move something; any other code that is not here does nothing of all this.
_ROWS = (
    Code("G4", skipped=True),  # the dwell
    Code("G10", moves=True, heats="tool", tool="P", needs_tool=True, heat_off=_BELOW_ZERO),  # of RepRapFirmware; no P: a retraction
    Code("G28", moves=True, homes=True, reports=POSITION),
    Code("G29", moves=True, reports=POSITION),
    Code("G30", moves=True, reports=POSITION),
    Code("G33", moves=True, reports=POSITION),
    Code("G34", moves=True, reports=POSITION),
    Code("G161", moves=True, homes=True),  # of MakerBot and Sailfish: to the lower end
    Code("G162", moves=True, homes=True),
    Code("G92", moves=True, reports=POSITION),
    Code("M0", moves=True, waits=True, ends_print=True),
    Code("M1", moves=True, waits=True),
    Code("M2", ends_print=True),
    Code("M16", text=MESSAGE),
    Code("M17", moves=True),
    Code("M18", moves=True, ends_print=True),
    Code("M20", text=VALUE),
    Code("M23", harm="selects a file for printing past every check", text=VALUE),
    Code("M24", harm="starts or resumes a print from the SD card past every check"),
    Code("M25", moves=True, waits=True),
    Code("M26", moves=True),
    Code("M27", asks="CP", reports=SD_PROGRESS),  # C: the file's name (Marlin), P: its path (Prusa); S sets an interval
    Code("M28", harm="writes to the SD card: what follows is stored, not run", text=VALUE),
    Code("M29", harm="ends a write to the SD card"),
    Code("M30", harm="deletes a file from the SD card", text=VALUE, ends_print=True),  # without a name: the end of a program
    Code("M31", asks=""),  # time printed
    Code("M32", harm="starts a print from the SD card past every check", text=VALUE),
    Code("M36", text=VALUE),
    Code("M42", typed_harm="switches a pin, whatever is connected to it"),
    Code("M73", skipped=True, reports=PROGRESS),
    Code("M80", harm="switches the power supply"),
    Code("M81", harm="switches the power off"),
    Code("M82", moves=True),
    Code("M83", moves=True),
    Code("M84", moves=True, ends_print=True),
    Code("M92", notable="changes the printer's calibration"),
    Code(
        "M98",
        text=VALUE,
        homes=True,
        ends_print=True,
        ends_only_with=_STOPPING,
        typed_harm="runs a file of commands on the printer",
    ),  # of RepRapFirmware: runs a file of commands
    Code("M104", heats="tool"),
    Code("M105", asks="TR", answered=True, reports=TEMPERATURES),  # T: of that tool, R: of the redundant sensor
    Code("M106", skipped=True),
    Code("M107", skipped=True),
    Code("M109", heats="tool", waits_for_heat=True, reports=TEMPERATURES),
    Code("M112", notable="stops the printer in an emergency", emergency_stop=True),
    Code("M114", asks="DERS", answered=True, reports=POSITION),  # D, E, R: details, as it moves (Marlin); S: in steps (Repetier)
    Code("M115", asks="BV", answered=True),  # B: of that board (RepRapFirmware), V: its version (Prusa); U waits
    Code("M116", waits_for_heat=True, reports=TEMPERATURES, disturbs="holds the printer up until everything is hot"),
    Code("M117", text=MESSAGE, skipped=True),
    Code("M118", text=MESSAGE),
    Code("M119", asks=""),  # endstops
    Code("M132", homes=True),  # of MakerBot and Sailfish: recalls the home position
    Code("M123", reports=FANS),
    Code("M125", moves=True),
    Code("M140", heats="bed"),
    Code("M141", heats="chamber"),
    Code("M143", typed_harm="changes the highest temperature that the firmware allows"),
    Code("M190", heats="bed", waits_for_heat=True, reports=TEMPERATURES),
    Code("M191", heats="chamber", waits_for_heat=True, reports=TEMPERATURES),
    Code("M201", skipped=True),
    Code("M203", skipped=True),
    Code("M204", skipped=True),
    Code("M205", skipped=True),
    Code("M206", moves=True),
    Code("M209", skipped=True),
    Code(
        "M211",
        notable="switches the limits of the axes off",
        only_with=re.compile(r".*\bS0(?![0-9.]).*"),
        disturbs="changes whether the axes stay within their limits",
    ),
    Code("M220", skipped=True),
    Code("M221", skipped=True),
    Code("M226", waits=True),
    Code("M290", moves=True),
    Code("M301", notable="changes the printer's calibration"),
    Code("M302", harm="allows cold extrusion", only_with=_COLD_ALLOWED),
    Code("M303", harm="heats unattended to tune the heater", reports=TEMPERATURES),
    Code("M304", notable="changes the printer's calibration"),
    Code("M305", typed_harm="changes how a temperature is measured"),
    Code("M308", typed_harm="changes how a temperature is measured"),
    Code("M400", skipped=True),
    Code("M410", moves=True, notable="stops all moves at once, wherever the nozzle is"),
    Code("M428", moves=True),
    Code("M486", text=VALUE, skipped=True),
    Code("M500", harm="overwrites the stored settings"),
    Code("M501", harm="replaces the settings in use"),
    Code("M502", harm="resets the settings to the firmware's defaults"),
    Code("M503", asks="S", answered=True),  # settings; S0: without remarks; C writes a file (Marlin)
    Code("M504", harm="touches the stored settings"),
    Code("M524", notable="ends a print from the SD card"),
    Code("M550", text=VALUE),
    Code("M551", text=VALUE),
    Code("M552", text=VALUE),
    Code("M562", typed_harm="resets the fault of a heater"),
    Code("M564", disturbs="changes whether the axes stay within their limits"),
    Code("M568", heats="tool", tool="P", heat_off=_SWITCHED_OFF),  # of RepRapFirmware
    Code("M570", typed_harm="changes when a heater counts as faulty"),
    Code("M586", text=VALUE),
    Code("M587", text=VALUE),
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
    Code("M851", notable="changes the printer's calibration"),
    Code("M900", skipped=True),
    Code("M928", harm="writes all that follows to the SD card", text=VALUE),
    Code("M950", typed_harm="changes what a pin is for"),
    Code("M997", harm="replaces the firmware", restarts=True),
    Code("M999", harm="restarts a stopped printer", moves=True, restarts=True),
    *WORDS,
)
#: What is known of words by their shape, besides their own row: macros have names of the user's own.
_FAMILIES: Tuple[Tuple[Pattern[str], Code], ...] = (
    (re.compile(r"(?:RESPOND|STATUS|SET_DISPLAY_TEXT|M117).*"), Code("", text=MESSAGE, cannot_heat=True)),
    (re.compile(r"(?:SET_(?!HEATER)|EXCLUDE_OBJECT|TIMELAPSE|BED_MESH|[@!%]).*"), Code("", text=VALUE, cannot_heat=True)),
    (
        re.compile(
            r"_?(?:.*_)?(?:LED|LEDS|LIGHTS?|CASELIGHT|NEOPIXELS?|FANS?|FILTER|BEEP|BUZZER|TUNE|SOUND|CAMERA|LAYER|MESH|LEVEL|LEVELING|TILT"
            r"|Z_TILT_ADJUST|HOME|HOMING|PARK|SKEW|CALIBRATE|QUAD_GANTRY_LEVEL|QGL|G32)(?:_.*)?"
        ),
        Code("", cannot_heat=True),
    ),
    (re.compile(r".*(?:START|BEGIN|PREPARE|SETUP|G32|HOME|HOMING|QUAD_GANTRY_LEVEL|QGL).*"), Code("", homes=True)),
    (
        re.compile(
            r"_?(?:.*_)?(?:PRINT_?(?:END|FINISH|FINISHED|DONE|STOP|COMPLETE)|(?:END|FINISH|STOP|COMPLETE)_?PRINT|END_?GCODE|GCODE_?END)"
            r"(?:_.*)?"
        ),
        Code("", ends_print=True),
    ),
    (re.compile(r".*"), Code("", heats=BY_PARAMETERS)),  # START_PRINT BED_TEMP=60 EXTRUDER_TEMP=210
)
_MOTION = re.compile(r"[GT][0-9]+")

#: The rows by name. What is not here is judged by `lookup`.
CODES: Dict[str, Code] = {row.name: row for row in _ROWS}


@lru_cache(maxsize=512)
def lookup(name: str) -> Code:
    """Return all that is known of a code or word in capitals, whether it has a row or not."""
    row = CODES.get(name) or Code(name, moves=_MOTION.fullmatch(name) is not None)
    for shape, family in _FAMILIES if is_word(name) else ():
        if shape.fullmatch(name):
            shared = {column: value for column, value in family._asdict().items() if value and not getattr(row, column)}
            row = row._replace(**shared)
    return row


def code_name(letter: str, digits: str) -> str:
    """Return G28 for `g` and `028`. No printer knows a number of ten digits, and Python bears none of thousands."""
    return f"{letter.upper()}{int(digits.lstrip('0')[:9] or '0')}"


def skipped() -> Tuple[List[str], List[str]]:
    """Return what a reader of files need not look at: the numbered codes, and the words."""
    names = [row.name for row in _ROWS if row.skipped]
    return [name for name in names if not is_word(name)], [name for name in names if is_word(name)]
