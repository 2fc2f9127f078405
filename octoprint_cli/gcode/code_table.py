"""What is known of each G-code and firmware word, and the only place where such knowledge is looked up.

The rows stand in `numbered_codes` and `firmware_words`. Who reads which columns: the guard of commands (harm, disturbs,
moves, heats, asks, emergency_stop), the reader of files (heats, skipped, cannot_heat, ends_print, and `remark` for the check
`risky_commands`), the parser of replies (reports, answered). A change of what is allowed while printing is an edit of one row: a
code is refused while a job prints if `moves` stands in its row; during a job it wants consent if `disturbs` does, or without a row.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Dict, List, Pattern, Tuple

from octoprint_cli.gcode.code_row import BY_PARAMETERS, MESSAGE, VALUE, Code, is_word
from octoprint_cli.gcode.firmware_words import HOST_ACTION, HOST_ACTION_HARM, WORDS
from octoprint_cli.gcode.numbered_codes import NUMBERED

#: Every row.
ROWS = (*NUMBERED, *WORDS)
#: What is known of words by their shape, besides their own row: macros have names of the user's own.
_FAMILIES: Tuple[Tuple[Pattern[str], Code], ...] = (
    (re.compile(r"(?:RESPOND|ECHO).*"), Code("", harm=HOST_ACTION_HARM, only_with=HOST_ACTION)),
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
#: G codes and tools (T0) that have no row move something; of any other code without a row nothing is known.
_MOTION = re.compile(r"[GT][0-9]+")
#: Of Prusa's debugging codes (D3) most write into a memory.
_DEBUGGING = re.compile(r"D[0-9]+")

#: The rows by name. What is not here is judged by `lookup`.
CODES: Dict[str, Code] = {row.name: row for row in ROWS}


@lru_cache(maxsize=512)
def lookup(name: str) -> Code:
    """Return all that is known of a code or word in capitals, whether it has a row or not."""
    row = CODES.get(name) or Code(name, moves=_MOTION.fullmatch(name) is not None)
    if _DEBUGGING.fullmatch(name):
        return row._replace(harm="debugs the firmware: it may overwrite its memory and stored settings")
    for shape, family in _FAMILIES if is_word(name) else ():
        if shape.fullmatch(name):
            shared = {column: value for column, value in family._asdict().items() if value and not getattr(row, column)}
            row = row._replace(**shared)
    return row


def is_known(name: str) -> bool:
    """Whether it is known what a code or word in capitals does: it has a row, selects a tool, or shows a message."""
    return name in CODES or (name[0] == "T" and not is_word(name)) or lookup(name).text == MESSAGE


def code_name(letter: str, digits: str) -> str:
    """Return G28 for `g` and `028`. No printer knows a number of ten digits, and Python bears none of thousands."""
    return f"{letter.upper()}{int(digits.lstrip('0')[:9] or '0')}"


def skipped() -> Tuple[List[str], List[str], List[str]]:
    """Return what a reader of files need not look at: the numbered codes, those that a text follows, and the words."""
    rows = [row for row in ROWS if row.skipped]
    numbered = [row for row in rows if not is_word(row.name)]
    return (
        [row.name for row in numbered if row.text is None],
        [row.name for row in numbered if row.text is not None],
        [row.name for row in rows if is_word(row.name)],
    )
