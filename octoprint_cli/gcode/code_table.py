"""What is known of each G-code and firmware word: one row each, and the only place where such knowledge stands.

Who reads which columns: the guard of commands (harm, moves, heats, asks, emergency_stop), the reader of files (heats, skipped,
cannot_heat, ends_print, and `remark` for the check `risky_commands`), the parser of replies (reports, answered). A change of what
is allowed while printing is an edit of one row: a code is refused during a job if `moves` stands in its row.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Dict, List, NamedTuple, Optional, Pattern, Tuple

#: What may stand in `text`: words for people, or a name or another value.
MESSAGE, VALUE = "message", "value"
#: What may stand in `heats` besides tool, bed and chamber: the heater is named by HEATER=, or each by a parameter's own name.
NAMED, BY_PARAMETERS = "named", "by parameters"
#: What may stand in `reports`.
TEMPERATURES, POSITION, SD_PROGRESS, FANS, PROGRESS = "temperatures", "position", "sd progress", "fans", "progress"


class Code(NamedTuple):
    """One row of the table. Every column but the name is empty unless the row says something."""

    name: str  # G28, M104; @ABORT is a host command, PAUSE a word of Klipper
    harm: Optional[str] = None  # the harm that it can do: typed, it wants --confirm
    notable: Optional[str] = None  # why it deserves a look in a file that is printed unattended
    only_with: Optional[Pattern[str]] = None  # harm and notable are about these parameters; with others there is nothing to say
    moves: bool = False  # moves something, upsets the position or swaps the tool: refused while a job is printing
    heats: Optional[str] = None  # the heater whose target it sets: tool, bed, chamber, NAMED or BY_PARAMETERS
    tool: str = "T"  # of one that heats a tool, the parameter that names the tool
    needs_tool: bool = False  # whether it heats only if that parameter is there
    heat_off: Optional[Pattern[str]] = None  # the parameters with which it switches its heater off, whatever its target is
    waits_for_heat: bool = False  # goes on only when what it heats, or all that is heated, is hot
    asks: Optional[str] = None  # it only asks a question, as long as it has no parameters but these
    answered: bool = False  # a question that every firmware answers with more than an ok
    reports: Optional[str] = None  # the report that the firmware sends in answer
    text: Optional[str] = None  # text follows, in which no code is looked for: MESSAGE or VALUE
    ends_print: bool = False  # stands at the end of a print (a numbered code: unless it has an S, which makes it a timer)
    ends_only_with: Optional[Pattern[str]] = None  # ... with these parameters
    homes: bool = False  # finds out where the axes are, or recalls it
    waits: bool = False  # waits for the user at the printer
    emergency_stop: bool = False  # nothing may delay it, and no firmware answers it
    service: Optional[bool] = None  # what follows, up to the code that says False, is no part of a layer
    skipped: bool = False  # common in files, and changes nothing that is looked for there: not read any further
    cannot_heat: bool = False  # a word that heats nothing for certain, as any other one (a macro) may

    def ends(self, parameters: str) -> bool:
        """Whether a command with these parameters stands at the end of a print."""
        if not self.ends_print or (self.ends_only_with is not None and not self.ends_only_with.match(parameters.upper())):
            return False
        return is_word(self.name) or self.text is not None or "S" not in parameters.upper()

    def concerns(self, parameters: str) -> bool:
        """Whether its harm or remark is about a command with these parameters."""
        return self.only_with is None or self.only_with.fullmatch(parameters.upper()) is not None

    @property
    def remark(self) -> Optional[str]:
        """Why it deserves a look in a file, or None."""
        return self.notable or self.harm or ("waits for a person" if self.waits else None)


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
    Code("M73", skipped=True, reports=PROGRESS),
    Code("M80", harm="switches the power supply"),
    Code("M81", harm="switches the power off"),
    Code("M82", moves=True),
    Code("M83", moves=True),
    Code("M84", moves=True, ends_print=True),
    Code("M92", notable="changes the printer's calibration"),
    Code("M98", text=VALUE, homes=True, ends_print=True, ends_only_with=_STOPPING),  # of RepRapFirmware: runs a file of commands
    Code("M104", heats="tool"),
    Code("M105", asks="TR", answered=True, reports=TEMPERATURES),  # T: of that tool, R: of the redundant sensor
    Code("M106", skipped=True),
    Code("M107", skipped=True),
    Code("M109", heats="tool", waits_for_heat=True, reports=TEMPERATURES),
    Code("M112", notable="stops the printer in an emergency", emergency_stop=True),
    Code("M114", asks="DERS", answered=True, reports=POSITION),  # D, E, R: details, as it moves (Marlin); S: in steps (Repetier)
    Code("M115", asks="BV", answered=True),  # B: of that board (RepRapFirmware), V: its version (Prusa); U waits
    Code("M116", waits_for_heat=True, reports=TEMPERATURES),
    Code("M117", text=MESSAGE, skipped=True),
    Code("M118", text=MESSAGE),
    Code("M119", asks=""),  # endstops
    Code("M132", homes=True),  # of MakerBot and Sailfish: recalls the home position
    Code("M123", reports=FANS),
    Code("M125", moves=True),
    Code("M140", heats="bed"),
    Code("M141", heats="chamber"),
    Code("M190", heats="bed", waits_for_heat=True, reports=TEMPERATURES),
    Code("M191", heats="chamber", waits_for_heat=True, reports=TEMPERATURES),
    Code("M201", skipped=True),
    Code("M203", skipped=True),
    Code("M204", skipped=True),
    Code("M205", skipped=True),
    Code("M206", moves=True),
    Code("M209", skipped=True),
    Code("M211", notable="switches the limits of the axes off", only_with=re.compile(r".*\bS0(?![0-9.]).*")),
    Code("M220", skipped=True),
    Code("M221", skipped=True),
    Code("M226", waits=True),
    Code("M290", moves=True),
    Code("M301", notable="changes the printer's calibration"),
    Code("M302", harm="allows cold extrusion", only_with=_COLD_ALLOWED),
    Code("M303", harm="heats unattended to tune the heater", reports=TEMPERATURES),
    Code("M304", notable="changes the printer's calibration"),
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
    Code("M568", heats="tool", tool="P", heat_off=_SWITCHED_OFF),  # of RepRapFirmware
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
    Code("M997", harm="replaces the firmware"),
    Code("M999", harm="restarts a stopped printer", moves=True),
    Code("@ABORT", harm="cancels the job"),
    Code("@CANCEL", harm="cancels the job"),
    Code("@PAUSE", waits=True),
    Code("CANCEL_PRINT", notable="cancels the print"),
    Code("COLOR_CHANGE", waits=True),
    Code("EXCLUDE_OBJECT_END", skipped=True),
    Code("EXCLUDE_OBJECT_START", skipped=True),
    Code("FIRMWARE_RESTART", harm="restarts the firmware"),
    Code("PAUSE", waits=True),
    Code("RESTART", harm="restarts the host firmware"),
    Code("SAVE_CONFIG", harm="overwrites the stored settings and restarts the firmware"),
    Code("SDCARD_PRINT_FILE", harm="starts a print past every check"),
    Code("SET_FAN_SPEED", skipped=True),
    Code("SET_HEATER_TEMPERATURE", heats=NAMED),
    Code("SET_PRESSURE_ADVANCE", skipped=True),
    Code("SET_VELOCITY_LIMIT", skipped=True),
    Code("STOP_PRINT", ends_print=True),
    Code("TEMPERATURE_WAIT", waits_for_heat=True, cannot_heat=True),
    Code("TURN_OFF_HEATERS", ends_print=True, cannot_heat=True),
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


def is_word(name: str) -> bool:
    """Whether this is a macro, a word or a host command, and not a numbered code such as G28."""
    return not name[1:2].isdigit()


def code_name(letter: str, digits: str) -> str:
    """Return G28 for `g` and `028`. No printer knows a number of ten digits, and Python bears none of thousands."""
    return f"{letter.upper()}{int(digits.lstrip('0')[:9] or '0')}"


def skipped() -> Tuple[List[str], List[str]]:
    """Return what a reader of files need not look at: the numbered codes, and the words."""
    names = [row.name for row in _ROWS if row.skipped]
    return [name for name in names if not is_word(name)], [name for name in names if is_word(name)]
