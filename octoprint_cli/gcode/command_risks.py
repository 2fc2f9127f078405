"""What a typed command may do, from the tables of codes and words: harm, motion, heat, and what it does to a running job.

Stricter than the reader of files: what is typed was not sliced and checked as a whole, and a word that nobody knows can be a macro.
"""

from __future__ import annotations

import re
from typing import Dict, Optional, Tuple

from octoprint_cli.gcode.code_row import is_word
from octoprint_cli.gcode.code_table import is_known, lookup
from octoprint_cli.gcode.firmware_words import may_heat

#: The percentages of M220 (speed) and M221 (flow) that the server itself accepts from its users.
FACTORS: Dict[str, Tuple[str, float, float]] = {"M220": ("the speed", 50.0, 200.0), "M221": ("the flow", 75.0, 125.0)}

_FACTOR = re.compile(r"S\s*([-+]?[0-9]*\.?[0-9]*)", re.IGNORECASE | re.ASCII)


def harm_of(name: str, written: str) -> Optional[str]:
    """Return the harm that a code or word with these parameters can do, as the end of "which ..."; None for no harm."""
    row = lookup(name)
    harm = (row.harm if row.concerns(written) else None) or row.typed_harm or _extreme(name, written)
    return harm or ("may be a macro that heats" if not is_known(name) and may_heat(name) else None)


def moves(name: str) -> bool:
    """Whether a code or word moves something or upsets the position, so that it is refused during a job."""
    return lookup(name).moves


def disturbance_of(name: str, written: str) -> Optional[str]:
    """Return what a code or word does to a job that is under way, as the end of "which ..."; None if a job does not mind."""
    if is_known(name):
        return lookup(name).disturbance(written)
    return f"is not known: it may {'be a macro that moves or heats' if is_word(name) else 'move or heat'}"


def _extreme(name: str, written: str) -> Optional[str]:
    """Return what is harmful about a factor of speed or flow beyond the bounds."""
    if name not in FACTORS:
        return None
    what, least, most = FACTORS[name]
    factors = [_number(text) for text in _FACTOR.findall(written)]
    if all(factor is not None and least <= factor <= most for factor in factors):
        return None
    return f"sets {what} beyond {least:g} to {most:g} %"


def _number(written: str) -> Optional[float]:
    try:
        return float(written)
    except ValueError:
        return None
