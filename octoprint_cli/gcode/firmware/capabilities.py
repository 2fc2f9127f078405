"""What a firmware tells about itself: which it is and what it can do (M115), and its settings (M503)."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional

from octoprint_cli.gcode.firmware.numbers import NUMBER, number

# `FIRMWARE_NAME:Marlin 2.1 (May  2 2023 21:42:18) SOURCE_CODE_URL:https://... UUID:...`: a value goes on to the next
# name in capitals that begins a word. Smoothieware has commas between.
_FIELD = re.compile(r"(?:^|(?<=[\s,]))([A-Z][A-Z0-9_-]{2,}):")
_CAPABILITY = re.compile(r"Cap:([A-Z0-9_]+):\s*([0-9]+)")
#: What each firmware calls the place of its source.
_SOURCES = ("SOURCE_CODE_URL", "X-SOURCE_CODE_URL", "FIRMWARE_URL")

_ECHO = re.compile(r"echo:\s*")
_SETTING = re.compile(r"([GM][0-9]+(?:\.[0-9]+)?)\s*")
_REMARK = re.compile(r';.*|("(?:[^"]|"")*")')
_WORD = re.compile(rf'([A-Z])(?:({NUMBER}(?::{NUMBER})*)|"((?:[^"]|"")*)")?(?=[\sA-Z]|$)')


def firmware(texts: List[str]) -> Optional[Dict[str, Any]]:
    """Parse the answer to M115; return None if nothing of it is understood.

    Returns `{"firmware_name": "Marlin 2.1", "machine_type", "protocol_version", "uuid", "source_code_url": text or None
    each, "extruder_count": 1 or None, "capabilities": {"EEPROM": true, ...}, "fields": {...}}`.
    The fields are all that the firmware says, by its own names, as text.
    """
    fields: Dict[str, str] = {}
    capabilities: Dict[str, bool] = {}
    for text in texts:
        capabilities.update({name: value.strip("0") != "" for name, value in _CAPABILITY.findall(text)})
        fields.update(_fields(text))
    if not fields and not capabilities:
        return None
    return {**_known(fields), "capabilities": capabilities, "fields": fields}


def _known(fields: Dict[str, str]) -> Dict[str, Any]:
    named = {name.lower(): fields.get(name) or None for name in ("FIRMWARE_NAME", "MACHINE_TYPE", "PROTOCOL_VERSION", "UUID")}
    count = fields.get("EXTRUDER_COUNT", "")
    return {
        **named,
        "source_code_url": next((fields[name] for name in _SOURCES if fields.get(name)), None),
        "extruder_count": int(count) if re.fullmatch("[0-9]{1,3}", count) else None,
    }


def _fields(text: str) -> Dict[str, str]:
    """Return the fields of a line that begins with a field: other lines are about something else (`RTD MSB:65`)."""
    names = list(_FIELD.finditer(text))
    if not names or names[0].start() > 0:
        return {}
    ends = [name.start() for name in names[1:]] + [len(text)]
    return {name.group(1): text[name.end() : end].strip().rstrip(",") for name, end in zip(names, ends)}


def settings(texts: List[str]) -> Optional[Dict[str, Any]]:
    """Parse the answer to M503; return None if nothing of it is understood.

    Returns `{"settings": {"M92": [{"X": 80.0, "Y": 80.0, ...}], "M203": [{...}, {"T": 1.0, "E": 100.0}], ...}}`.
    One entry for each line, for codes come again by tool. A value is a number, a list of them (`E420:420` of
    RepRapFirmware), a text that was in quotes, or true for a letter alone; what cannot be split into words is under `text`.
    """
    found: Dict[str, List[Dict[str, Any]]] = {}
    for text in texts:
        echo = _ECHO.match(text)
        setting = _SETTING.match(text, echo.end() if echo else 0)
        if setting:
            words = _REMARK.sub(lambda one: one.group(1) or "", text[setting.end() :])
            found.setdefault(setting.group(1), []).append(_words(words))
    return {"settings": found} if found else None


def _words(text: str) -> Dict[str, Any]:
    words: Dict[str, Any] = {found.group(1): _value(found.group(2), found.group(3)) for found in _WORD.finditer(text)}
    return {"text": text.strip()} if _WORD.sub("", text).strip() else words


def _value(numbers: Optional[str], text: Optional[str]) -> Any:
    if numbers is not None:
        values = [number(one) for one in numbers.split(":")]
        return values if len(values) > 1 else values[0]
    return True if text is None else text.replace('""', '"')
