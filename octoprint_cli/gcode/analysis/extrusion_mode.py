"""Tell whether E is a place (M82) or an amount (M83) where the file leaves it open: a macro may set either out of sight.

A place rises from move to move, an amount goes up and down near 0. Where the moves are too few to tell, nothing is said.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Optional

#: A macro of RepRapFirmware, which is numbered.
MACRO_CALL = "M98"
#: So many pairs of moves tell for certain, fewer than so many nothing.
_ENOUGH, _FEW = 40, 3
#: Of places so many rise: wiping and combing while retracting are the others.
_RISING = 0.75
#: An amount of filament for one move, in mm, is less.
_LARGEST_AMOUNT = 100.0
_WITH_E = re.compile(rb"\n[ \t]*(?:[Nn]\d+[ \t]*)?[Gg](0*[0-3](?![\d.])|92)([^\n]*?)[Ee][ \t]*([-+]?(?:\d+\.?\d*|\.\d+))([^\n]*)")
_ON_THE_MOVE = re.compile(rb"[XYxy]")


class Verdict(NamedTuple):
    """Whether E is an amount, None if that cannot be told, and whether there were moves enough to be sure."""

    relative: Optional[bool]
    enough: bool


def extrudes(text: bytes) -> bool:
    """Whether a command in this text, which begins with a line end, moves and has an E."""
    return any(found.group(1) != b"92" for found in _WITH_E.finditer(text))


def judge(text: bytes) -> Verdict:
    """Return how E is meant in this text, which begins with a line end and where the first move extrudes."""
    before: Optional[float] = None
    pairs = rising = 0
    largest = 0.0
    for found in _WITH_E.finditer(text):
        value = float(found.group(3))
        if found.group(1) == b"92":
            before = None
        elif _ON_THE_MOVE.search(found.group(2)) or _ON_THE_MOVE.search(found.group(4)):
            largest = max(largest, abs(value))
            pairs += before is not None
            rising += before is not None and value > before
            before = value
        if pairs == _ENOUGH:
            break
    if pairs < _FEW:
        return Verdict(None, False)
    return Verdict(rising < _RISING * pairs and largest <= _LARGEST_AMOUNT, pairs == _ENOUGH)
