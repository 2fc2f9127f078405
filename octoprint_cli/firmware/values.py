"""A number as a firmware writes it, and the lines of its answer without the acknowledgement."""

from __future__ import annotations

import math
import re
from typing import Iterator, Optional, Sequence

from octoprint_cli.firmware.terminal import is_resend, without_ok

#: One number, for use inside a pattern. No exponent: `X1E2` is two words.
NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_NUMBER = re.compile(NUMBER)


def number(text: Optional[str]) -> Optional[float]:
    """The number, or None for anything else: `NAN` of Repetier, `inf` of Smoothieware, one too large to be held."""
    if text is None or not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def answers(lines: Sequence[str]) -> Iterator[str]:
    """What the lines say, without `ok` in front, empty ones, and calls for a line to be sent again."""
    for text in map(without_ok, lines):
        if text and not is_resend(text):
            yield text
