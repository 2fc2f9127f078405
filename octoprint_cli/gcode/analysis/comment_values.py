"""Parse a value in a comment: text, numbers, a duration. This module must know no slicer.

A value is bytes out of a file from anywhere: each function returns None (or nothing, for a list) for what
it cannot understand, and never raises.
"""

from __future__ import annotations

import re
from typing import List, Optional, Tuple

#: How long a text may be, and how many a list may have: a printer's name, the filaments of an AMS.
LONGEST, MOST = 200, 64

_NUMBER = re.compile(rb"(?:\d{1,9}(?:\.\d{0,12})?|\.\d{1,12})")
_LENGTH = re.compile(rb"\s*(\d{1,9}(?:\.\d{0,12})?)(?: ?(mm|m)\b|(?![\w.]))")
_MILLIMETRES = {b"m": 1000.0, b"mm": 1.0}
_SECONDS = {b"d": 86400.0, b"h": 3600.0, b"m": 60.0, b"s": 1.0}
_PART = re.compile(rb"(\d{1,9}(?:\.\d{1,9})?) ?([dhms])[a-z]*[ ,:]*")
_CLOCK = re.compile(rb"(\d{1,5}):(\d\d):(\d\d)")
#: How slicers say that nothing was chosen: Cura, PrusaSlicer.
_NOTHING = re.compile(r"unknown|- default .* -", re.IGNORECASE)
_OBJECT_END = re.compile(r'" ?\},?$')  # Voxelizer's comments are JSON
#: Names of printers that are none: of KISSlicer's sample, of Kiri:Moto's device for any firmware.
_NO_PRINTER = re.compile(r"sample printer|any[ .]generic\b.*", re.IGNORECASE)
#: What is added to a printer's name: that its profile was changed, which tool head it has.
_ADDED = re.compile(r"\s*\((?:modified|copy)\)$|\s+with\s.*", re.IGNORECASE)


def text(raw: bytes) -> Optional[str]:
    """Return the text without quotes and white space around it, at most 200 characters; None if it says nothing."""
    said = _OBJECT_END.sub('"', raw.decode("utf-8", errors="replace").strip()).strip('"').strip()[:LONGEST].strip()
    return None if not said or _NOTHING.fullmatch(said) else said


def printer(raw: bytes) -> Optional[str]:
    """Return a printer's name; `sample printer` is None, and `MK3S (modified)` is MK3S."""
    said = _ADDED.sub("", text(raw) or "").strip()
    return None if not said or _NO_PRINTER.fullmatch(said) else said


def texts(raw: bytes) -> Tuple[str, ...]:
    """Return the texts of a list such as `PLA;PETG`, `"PLA";"PETG"` or `PLA,PETG`, without empty ones."""
    said = (text(part) for part in re.split(rb"[;,]", raw)[:MOST])
    return tuple(one for one in said if one)


def number(raw: bytes) -> Optional[float]:
    """Return a number above zero; `nan`, `1e999`, `-33`, `0` and `abc` are None."""
    return (float(raw) or None) if _NUMBER.fullmatch(raw.strip()) else None


def numbers(raw: bytes) -> Tuple[float, ...]:
    """Return the numbers of `0.4,0.6` or `305.000 0.400`; none at all if one is no number, as they go by their place."""
    found: List[float] = []
    for part in re.split(rb"[,; \t]+", raw.strip())[:MOST]:
        read = number(part)
        if read is None:
            return ()
        found.append(read)
    return tuple(found)


def lengths(raw: bytes, unit: Optional[bytes] = b"mm") -> Tuple[float, ...]:
    """Return the lengths of `400.85, 0, 98.63`, `1.063m 3.0g` or `732.4mm (5.2cm3)` in mm, nothing for another text.

    `unit` is what a number without one is in; None: such a number is no length. What follows the last length does not matter.
    """
    found: List[float] = []
    for part in raw.split(b",")[:MOST]:
        read = _LENGTH.match(part)
        scale = _MILLIMETRES.get((read.group(2) or unit or b"") if read else b"")
        if read is None or scale is None:
            break
        found.append(round(float(read.group(1)) * scale, 4))
    return tuple(found)


def count(raw: bytes) -> Optional[int]:
    """Return a whole number above zero; None for any other text."""
    return (int(raw) or None) if re.fullmatch(rb"\d{1,9}", raw.strip()) else None


def height(raw: bytes) -> Optional[float]:
    """Return the height of `0.2`, or of a summary such as `0.2 Walls: 1.2 Fill: 20`."""
    return number(raw.partition(b" Walls:")[0])


def seconds(raw: bytes) -> Optional[float]:
    """Return the seconds of `1d 2h 3m 4s`, `1 hours 23 minutes`, `56.60 minutes`, `2:11:47`, or `3600`, which is seconds."""
    # Bambu Studio and OrcaSlicer have two on a line: "model printing time: 35m; total estimated time: 41m".
    raw = raw.rpartition(b"total estimated time:")[2].strip(b'" \t').rstrip(b'-}," \t')
    clock = _CLOCK.fullmatch(raw)
    if clock:
        hours, minutes, rest = map(int, clock.groups())
        return float(hours * 3600 + minutes * 60 + rest) or None
    parts = _PART.findall(raw)
    if not parts or _PART.sub(b"", raw):
        return number(raw)
    return round(sum(float(amount) * _SECONDS[unit] for amount, unit in parts), 3) or None


def version(raw: bytes) -> Optional[str]:
    """Return the version: `1.6.3 Release Linux64` is 1.6.3, and `2 a 2.0.6 Linux64` is 2.0.6."""
    found = re.search(rb"\d+(?:\.\d+)+", raw)
    return text(found.group() if found else raw)
