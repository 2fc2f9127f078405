"""One line of G-code: what it asks of the printer, and whether that can do harm.

Firmwares are lenient, so this is too: lower case, spaces inside `G 28`, leading zeros, line numbers and
checksums, several codes on a line (RepRapFirmware), host commands (`@pause`), Klipper's words.
"""

from __future__ import annotations

import re
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from octoprint_cli.errors import InvalidValue

#: What a command does that a person should have agreed to, by its code.
HARMFUL: Dict[str, str] = {
    "M23": "selects a file for printing past every check",
    "M24": "starts or resumes a print from the SD card past every check",
    "M28": "writes to the SD card: what follows is stored, not run",
    "M29": "ends a write to the SD card",
    "M30": "deletes a file from the SD card",
    "M32": "starts a print from the SD card past every check",
    "M80": "switches the power supply",
    "M81": "switches the power off",
    "M302": "allows cold extrusion",
    "M303": "heats unattended to tune the heater",
    "M500": "overwrites the stored settings",
    "M501": "replaces the settings in use",
    "M502": "resets the settings to the firmware's defaults",
    "M504": "touches the stored settings",
    "M928": "writes all that follows to the SD card",
    "M997": "replaces the firmware",
    "M999": "restarts a stopped printer",
    "@ABORT": "cancels the job",
    "@CANCEL": "cancels the job",
    "SAVE_CONFIG": "overwrites the stored settings and restarts the firmware",
    "RESTART": "restarts the host firmware",
    "FIRMWARE_RESTART": "restarts the firmware",
    "SDCARD_PRINT_FILE": "starts a print past every check",
}

#: Codes beside the G codes that move something, change where the printer thinks it is, or swap tools:
#: each of them ruins a job that is printing.
_MOTION: FrozenSet[str] = frozenset(
    "M0 M1 M17 M18 M25 M26 M82 M83 M84 M125 M206 M290 M410 M428 M600 M603 M605 M701 M702 M999".split()
)
#: G codes that move nothing and change no mode: the dwell.
_STILL = frozenset({"G4"})
#: The code that sets a target, and the heater it is for.
_HEATS = {
    **dict.fromkeys(("M104", "M109", "M568", "G10"), "tool"),  # the latter two on RepRapFirmware
    **dict.fromkeys(("M140", "M190"), "bed"),
    **dict.fromkeys(("M141", "M191"), "chamber"),
}
#: What follows these is text or a file name, in which no code must be looked for.
_TAKES_TEXT = frozenset("M16 M20 M23 M28 M30 M32 M36 M117 M118 M550 M551 M552 M586 M587 M928".split())

_NUMBER = re.compile(r"^\s*N\s*[-+]?\d+\s*", re.IGNORECASE)
_REMARK = re.compile(r"\([^)]*\)|;.*")
_CODE = re.compile(r"(?<![A-Za-z0-9_.])([GMT])\s*(\d+)(?:\.\d+)?", re.IGNORECASE)
_WORD = re.compile(r"\s*(@?[A-Za-z_][A-Za-z0-9_]*)")
_DEGREES = re.compile(r"(?<![A-Za-z_])[SR]\s*([^\sA-Za-z*]*)", re.IGNORECASE)
# Without quotes `gcode G28 X` is two commands, of which the first homes every axis.
_PARAMETER = re.compile(r"[A-FH-LN-SU-Z]\s*[-+]?\d*\.?\d*", re.IGNORECASE)
_BEGINS = re.compile(r"[A-Za-z_@!/$?]")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


class Line(NamedTuple):
    """What one line asks for."""

    text: str
    codes: Tuple[str, ...]  # G28, M104, T1; or a Klipper word or host command; the first one leads

    @property
    def harm(self) -> Optional[str]:
        """What it does that wants consent, or None."""
        return next((f"{code}, which {HARMFUL[code]}" for code in self.codes if code in HARMFUL), None)

    @property
    def moves(self) -> bool:
        """Whether it moves something or upsets the position of a running job."""
        return any(code in _MOTION or (code[0] in "GT" and code[1:].isdigit() and code not in _STILL) for code in self.codes)

    @property
    def stops(self) -> bool:
        """Whether it is the emergency stop, which nothing may delay and no firmware answers."""
        return "M112" in self.codes

    @property
    def targets(self) -> List[Tuple[str, float]]:
        """Each kind of heater (`tool`, `bed`, `chamber`) that it sets, with the degrees it asks for."""
        bare, found = _bare(self.text), []
        codes = [match for match in _CODE.finditer(bare) if _named(*match.groups()) in self.codes]
        ends = [match.start() for match in codes[1:]] + [len(bare)]
        for match, end in zip(codes, ends):
            kind = _HEATS.get(_named(*match.groups()))
            if kind:
                found += [(kind, _degrees(written, self.text)) for written in _DEGREES.findall(bare[match.end() : end])]
        return found


def read_line(text: str) -> Line:
    """The line, understood. Raises InvalidValue for one that is empty, or is more than one line.

    A newline inside would go out as two lines with one acknowledgement awaited, and lose the printer.
    """
    if _CONTROL.search(text):
        raise InvalidValue(
            f"{text!r} is more than one line, or has control characters",
            hint="one command an argument: octoprint-cli gcode G28 'G1 X10'; or one a line: octoprint-cli gcode - < FILE",
        )
    bare = _bare(text)
    if not bare:
        raise InvalidValue(f"{text!r} is no G-code command: there is nothing in it", hint="octoprint-cli help gcode")
    if not _BEGINS.match(bare):
        raise InvalidValue(f"{text!r} does not begin like a G-code command", hint="octoprint-cli help gcode")
    if _PARAMETER.fullmatch(bare):
        raise InvalidValue(
            f"{text!r} is a parameter without its command",
            hint="put a command and its parameters into one argument: octoprint-cli gcode 'G28 X'",
        )
    return Line(text.strip(), _codes(bare))


def _degrees(written: str, line: str) -> float:
    try:
        degrees = float(written or "0")
    except ValueError:
        degrees = -1.0
    if not 0 <= degrees < float("inf"):
        raise InvalidValue(f"{line!r} has {written!r} for a temperature", hint="octoprint-cli temp --tool 200")
    return degrees


def _bare(text: str) -> str:
    """The line without its number and remarks."""
    return _NUMBER.sub("", _REMARK.sub(" ", text)).strip()


def _codes(bare: str) -> Tuple[str, ...]:
    first = _CODE.match(bare)
    if first is None:  # a word, with codes behind it perhaps: a block that is skipped at times, a macro
        word = _WORD.match(bare)
        lead = word.group(1).upper() if word else ""
        return (*([lead] if lead else []), *(_named(*found) for found in _CODE.findall(bare))) or (bare.split()[0],)
    lead = _named(*first.groups())
    if lead in _TAKES_TEXT:
        return (lead,)
    return tuple(_named(*found) for found in _CODE.findall(bare) if not _is_parameter(found[0], lead))


def _named(letter: str, digits: str) -> str:
    return f"{letter.upper()}{int(digits)}"


def _is_parameter(letter: str, lead: str) -> bool:
    """`T1` after another code is that code's tool, not a tool change."""
    return letter.upper() == "T" and not lead.startswith("T")
