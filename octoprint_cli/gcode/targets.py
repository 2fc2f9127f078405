"""The heater targets of one command. What can be read in more than one way is refused, as the firmware may read it otherwise.

The server and firmwares read `M104 (S400)`, `M104 _S400` or `M104 SS400` differently: as a comment, as no parameter, or as 400
degrees. So a code that heats must be followed by parameters alone, each of them once.
"""

from __future__ import annotations

import re
import shlex
from typing import Dict, List, Optional, Sequence, Tuple

from octoprint_cli.errors import InvalidValue
from octoprint_cli.gcode.code_row import BY_LETTERS, Code
from octoprint_cli.gcode.macro_heat import macro_targets, named_heater

Target = Tuple[str, float]

#: Letters with a number each; one without a number, a switch, stands alone, since RS400 may be R and S400 or neither.
_PARAMETERS = re.compile(r"(?:\s*[A-Z](?:\s*[-+]?[0-9.][-+0-9.:]*|(?=\s|$)))*\s*", re.IGNORECASE | re.ASCII)
_PARAMETER = re.compile(r"([A-Z])\s*([-+0-9.:]*)", re.IGNORECASE | re.ASCII)
#: The motions whose parameters are numbers, each of them once.
MOTIONS = frozenset(["G0", "G1", "G2", "G3", "G5"])
_REMARK = re.compile(r"\([^)]*\)")
_COMMENT = re.compile(r"(?<!\\);.*")
#: A remark in brackets that holds a letter with a number, or characters that belong to no parameter.
_HIDING = re.compile(r"\([^)]*[A-Z]\s*[-+]?[0-9.]|[\\]|(?:^|\s)_[A-Z]+[0-9]", re.IGNORECASE)
#: 0x190 and 4E2 are 400 to a firmware that uses C's functions.
_C_NUMBER = re.compile(r"[0-9][XE][-+]?[0-9A-F]", re.IGNORECASE | re.ASCII)
#: The heaters of the parameters of what is `BY_LETTERS`.
LETTERS = {"H": "tool", "B": "bed"}
#: RepRapFirmware switches a heater off with S-273.15.
_ABSOLUTE_ZERO = -273.0
_HEATER_KEYS = ("HEATER", "SENSOR")
_DEGREE_KEYS = ("TARGET", "MINIMUM", "MAXIMUM")


def without_comment(line: str) -> str:
    """Return a line without the comment at its end. A semicolon behind a backslash begins none, as the server sees it."""
    return _COMMENT.sub("", line)


def has_hidden_parameters(line: str) -> bool:
    """Whether a line has what one firmware reads as a parameter and another as a remark, or as nothing."""
    return _HIDING.search(without_comment(line)) is not None


def require_clear_motion(name: str, written: str, command: str) -> None:
    """Raise InvalidValue for a motion whose parameters can be read in more than one way. Remarks in brackets are left out."""
    if name in MOTIONS:
        _parameters(name, _REMARK.sub(" ", written), "XYZEIJ", command)


def code_targets(row: Code, written: str, command: str) -> List[Target]:
    """Return the targets of a numbered code that heats, from what stands between it and the next code. Raises InvalidValue."""
    pairs = _parameters(row.name, written, row.degrees, command)
    tool = dict(pairs).get(row.tool, "")
    if row.heats == "tool" and tool and not (tool.isdigit() or row.tunes):
        raise unreadable(command, f"{row.tool}{tool} is not a tool")
    return [
        (_kind(row, letter, tool), degrees)
        for letter, value in pairs
        if value and letter in row.degrees
        for degrees in _all_degrees(value, command)
    ]


def word_targets(row: Code, named: bool, written: str, command: str) -> List[Target]:
    """Return the targets of a word: of the heater that it names (`named`), or of each parameter called like a temperature."""
    if not named:
        return [
            (_kind_of(heater), degrees) for heater, degrees in macro_targets(written, alone=not row.cannot_heat).targets.items()
        ]
    pairs = _strict_pairs(written, command)
    heater = next((pairs[key] for key in _HEATER_KEYS if key in pairs), "")
    return [(_kind_of(named_heater(heater)), _word_degrees(pairs[key], command)) for key in _DEGREE_KEYS if key in pairs]


def _strict_pairs(written: str, command: str) -> Dict[str, str]:
    """Return the keys and values of Klipper's `KEY=VALUE`. Nothing else may be there, and no key twice. Raises InvalidValue."""
    try:
        words = shlex.split(re.sub(r"\s*=\s*", "=", written))
    except ValueError:
        raise unreadable(command, "its quotes do not match") from None
    seen: Dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or key.upper() in seen or not re.fullmatch(r"\w+", key, re.ASCII):
            raise unreadable(command, f"{word!r} is not KEY=VALUE, or its key is given twice")
        seen[key.upper()] = value
    return seen


def _parameters(name: str, written: str, numbers: str, command: str) -> List[Tuple[str, str]]:
    """Return the letters behind a code and their values. Raises InvalidValue for one twice, or of `numbers` one without a value."""
    if _PARAMETERS.fullmatch(written) is None or _C_NUMBER.search(written):
        example = "X10 Y20" if name in MOTIONS else "T0 S200"
        raise unreadable(command, f"{name} must be followed only by parameters, such as {example}")
    pairs = [(letter.upper(), value) for letter, value in _PARAMETER.findall(written)]
    empty = next((letter for letter, value in pairs if letter in numbers and not value), None)
    if empty is not None:
        raise unreadable(command, f"{empty} has no number")
    twice = next((letter for index, (letter, _) in enumerate(pairs) if letter in dict(pairs[:index])), None)
    if twice is not None:
        raise unreadable(command, f"{twice} is given twice")
    return pairs


def _kind(row: Code, letter: str, tool: str) -> str:
    """Return the kind of heater whose target is given by a letter; what tunes a heater names the bed as tool -1."""
    if row.heats == BY_LETTERS:
        return LETTERS[letter]
    return "bed" if row.tunes and tool.startswith("-") else str(row.heats)


def _kind_of(heater: Optional[str]) -> str:
    """Return the kind of a heater; an unknown one counts as a tool, whose limit is the highest."""
    return heater if heater in ("bed", "chamber") else "tool"


def _all_degrees(value: str, command: str) -> Sequence[float]:
    return [_degrees(part, command) for part in value.split(":")]  # RepRapFirmware: a value for each heater of a tool


def _degrees(written: str, command: str) -> float:
    degrees = _number(written or "0")
    if degrees is not None and degrees <= _ABSOLUTE_ZERO:
        return 0.0
    if degrees is None or degrees < 0:
        raise InvalidValue(f"{command!r} has {written!r} for a temperature", hint="octoprint-cli temp --tool 200")
    return degrees


def _word_degrees(written: str, command: str) -> float:
    degrees = _number(written)
    if degrees is None:
        raise InvalidValue(f"{command!r} has {written!r} for a temperature", hint="octoprint-cli temp --tool 200")
    return max(degrees, 0.0)


def _number(written: str) -> Optional[float]:
    try:
        number = float(written) if written.isascii() and "_" not in written else float("nan")
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def unreadable(command: str, why: str) -> InvalidValue:
    """Return the error for a command whose parameters cannot be read in one way only."""
    return InvalidValue(f"{command!r} can be read in more than one way: {why}", hint="octoprint-cli gcode 'M104 T0 S200'")
