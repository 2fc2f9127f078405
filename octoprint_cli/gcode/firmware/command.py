"""A command as a firmware gets it: its code, and whether it only asks."""

from __future__ import annotations

import re
from typing import Dict

#: What only asks and changes nothing, with the parameters that leave it so. Beside these, `M27 S2` sets an interval,
#: `M115 U3.1` of Prusa stops to show a message, `M503 C` of Marlin writes a file: what is not known here is no question.
_PARAMETERS: Dict[str, str] = {
    "M27": "CP",  # progress of an SD print; C: its name (Marlin), P: its path (Prusa)
    "M31": "",  # time printed
    "M105": "TR",  # temperatures; T: of that tool, R: of the redundant sensor
    "M114": "DERS",  # position; D, E, R: in more detail, as it moves (Marlin); S: in steps (Repetier)
    "M115": "BV",  # the firmware; B: of that board (RepRapFirmware), V: its version alone (Prusa)
    "M119": "",  # endstops
    "M503": "S",  # settings; S0: without remarks
}
ASKS = frozenset(_PARAMETERS)

_LINE_NUMBER = re.compile(r"\s*N\s*[0-9]+\s*", re.IGNORECASE)
_CODE = re.compile(r"\s*([GMT])[ \t]*([0-9]+)", re.IGNORECASE)
# Spaces can belong to one place only: a pattern that could take them here or there would try all ways.
_QUESTION = re.compile(r"M[ \t]*[0-9]+((?:[ \t]*[A-Z](?:[ \t]*[0-9]+)?)*)", re.IGNORECASE | re.ASCII)
_LETTER = re.compile(r"[A-Z]")


def bare(command: str) -> str:
    """`M105 T1` of `N12 M105 T1*33`: without the line number and the checksum that the server puts around it."""
    number = _LINE_NUMBER.match(command)
    if number is None:
        return command.strip()
    text, star, checksum = command[number.end() :].rpartition("*")
    return (text if star and checksum.strip().isdigit() else command[number.end() :]).strip()


def code_of(command: str) -> str:
    """`M105` of `n12 m0105 t1*33`; of what is no G-code, its first word in capitals; empty when there is none."""
    text = bare(command)
    found = _CODE.match(text)
    if found is None:
        return next(iter(text.upper().split()), "")
    return found.group(1).upper() + (found.group(2).lstrip("0") or "0")


def only_asks(command: str) -> bool:
    """Whether the command changes nothing, so that it may be sent while printing. What is not known does not only ask."""
    if len(command.splitlines()) > 1:
        return False
    question = _QUESTION.fullmatch(bare(command.partition(";")[0]))
    if question is None:
        return False
    parameters = set(_LETTER.findall(question.group(1).upper()))
    return code_of(command) in ASKS and parameters <= set(_PARAMETERS[code_of(command)])
