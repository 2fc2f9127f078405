"""The phases of a printer, recognised by the server's state texts of OctoPrint 1.x and 2.0."""

from __future__ import annotations

import enum
from typing import List, Tuple


class Phase(str, enum.Enum):
    """The phase of the printer. UNKNOWN (a server plugin's or a translated state text) counts as not idle."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    ERROR = "error"
    IDLE = "idle"
    STARTING = "starting"
    PRINTING = "printing"
    PAUSING = "pausing"
    PAUSED = "paused"
    RESUMING = "resuming"
    CANCELLING = "cancelling"
    FINISHING = "finishing"
    TRANSFERRING = "transferring"
    UNKNOWN = "unknown"

    @property
    def connected(self) -> bool:
        """Whether a printer is connected and answers."""
        return self not in (Phase.OFFLINE, Phase.CONNECTING, Phase.ERROR)

    @property
    def has_job(self) -> bool:
        """Whether a job is printing, paused, or on its way to or from either."""
        return self in _JOB

    @property
    def at_rest(self) -> bool:
        """Whether there is certainly no job: the printer is idle, or not connected."""
        return self is Phase.IDLE or not self.connected

    @property
    def moving(self) -> bool:
        """Whether a job may be moving the printer: true unless it is at rest or paused."""
        return not self.at_rest and self is not Phase.PAUSED


_JOB = frozenset({Phase.STARTING, Phase.PRINTING, Phase.PAUSING, Phase.PAUSED, Phase.RESUMING, Phase.CANCELLING, Phase.FINISHING})

#: The beginnings of the server's state texts, in lower case, the longer before the shorter.
_WORDS: List[Tuple[str, Phase]] = [
    ("offline after error", Phase.ERROR),
    ("offline", Phase.OFFLINE),
    ("closed with error", Phase.ERROR),
    ("closed", Phase.OFFLINE),  # /api/connection of 1.x
    ("error", Phase.ERROR),
    ("opening", Phase.CONNECTING),
    ("detecting", Phase.CONNECTING),
    ("connecting", Phase.CONNECTING),
    ("operational", Phase.IDLE),
    ("starting to send", Phase.TRANSFERRING),
    ("sending file", Phase.TRANSFERRING),
    ("transferring", Phase.TRANSFERRING),
    ("starting", Phase.STARTING),
    ("printing", Phase.PRINTING),
    ("pausing", Phase.PAUSING),
    ("paused", Phase.PAUSED),
    ("resuming", Phase.RESUMING),
    ("cancelling", Phase.CANCELLING),
    ("finishing", Phase.FINISHING),
]


def phase_of(text: str) -> Phase:
    """Return the phase that a state text of `/api/job` or `/api/connection` stands for."""
    lowered = text.lower()
    return next((phase for start, phase in _WORDS if lowered.startswith(start)), Phase.UNKNOWN)
