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
_SECONDS = {b"d": 86400.0, b"h": 3600.0, b"m": 60.0, b"s": 1.0}
_PART = re.compile(rb"(\d{1,9}(?:\.\d{1,9})?) ?([dhms])[a-z]*[ ,:]*")
#: Cura's and PrusaSlicer's way to say that no printer was chosen.
_NOTHING = re.compile(r"unknown|- default .* -", re.IGNORECASE)


def text(raw: bytes) -> Optional[str]:
    """Return the text without quotes and white space around it, at most 200 characters; None if it says nothing."""
    said = raw.decode("utf-8", errors="replace").strip().strip('"').strip()[:LONGEST].strip()
    return None if not said or _NOTHING.fullmatch(said) else said


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


def seconds(raw: bytes) -> Optional[float]:
    """Return the seconds of `1d 2h 3m 4s`, `1 hours 23 minutes`, `56.60 minutes`, or `3600`, which is seconds."""
    # Bambu Studio and OrcaSlicer have two on a line: "model printing time: 35m; total estimated time: 41m".
    raw = raw.rpartition(b"total estimated time:")[2].strip()
    parts = _PART.findall(raw)
    if not parts or _PART.sub(b"", raw):
        return number(raw)
    return sum(float(count) * _SECONDS[unit] for count, unit in parts) or None


def version(raw: bytes) -> Optional[str]:
    """Return the version: `1.6.3 Release Linux64` is 1.6.3, and `2 a 2.0.6 Linux64` is 2.0.6."""
    found = re.search(rb"\d+(?:\.\d+)+", raw)
    return text(found.group() if found else raw)
