"""The errors after which a firmware has halted, as opposed to a connection that broke. Must not know HTTP."""

from __future__ import annotations

import re

_HALT = re.compile(
    r"halted|kill\(\)|thermal|runaway|m(?:in|ax)temp|sensor|emergency stop|m112|shut ?down|stopp?ed|(?:heat|hom|prob)ing failed",
    re.IGNORECASE,
)


def is_halt(error: str) -> bool:
    """Return whether an error, in the words of a firmware or of the server, means that the firmware has halted.

    It says nothing of itself after that, until the printer is reset. A broken cable, or a port that cannot be opened, is no halt.
    """
    return bool(_HALT.search(error))
