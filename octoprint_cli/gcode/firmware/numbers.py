"""A number as a firmware writes it, and what of its lines answers a command."""

from __future__ import annotations

import math
import re
from typing import List, Optional, Sequence

from octoprint_cli.gcode.firmware.terminal_log import is_chatter, without_ok

#: One number, for use inside a pattern. No exponent: `X1E2` is two words.
NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_NUMBER = re.compile(NUMBER)


def number(text: Optional[str]) -> Optional[float]:
    """Return the number, or None for anything else: `NAN` of Repetier, `inf` of Smoothieware, one too large to be held."""
    if text is None or not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def answers(command: str, lines: Sequence[str]) -> List[str]:
    """Return what the lines say to the command, without `ok` in front, empty ones, and what does not answer it."""
    return [without_ok(line) for line in lines if without_ok(line) and not is_chatter(line, command)]
