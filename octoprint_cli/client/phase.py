"""The states of a printer, told from the server's words, the same for 1.x and 2.0."""

from __future__ import annotations

import enum
from typing import List, Tuple


class Phase(str, enum.Enum):
    """What the printer is about. UNKNOWN (a plugin's or a translation's word) counts as not idle."""

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
        """Whether a printer is there and answers."""
        return self not in (Phase.OFFLINE, Phase.CONNECTING, Phase.ERROR)

    @property
    def has_job(self) -> bool:
        """Whether a job is printing, paused, or on its way to or from either."""
        return self in _JOB

    @property
    def at_rest(self) -> bool:
        """Whether there is surely no job: idle, or nothing connected."""
        return self is Phase.IDLE or not self.connected

    @property
    def moving(self) -> bool:
        """Whether a job may have the printer in its hands: everything but rest and a settled pause."""
        return not self.at_rest and self is not Phase.PAUSED


_JOB = frozenset({Phase.STARTING, Phase.PRINTING, Phase.PAUSING, Phase.PAUSED, Phase.RESUMING, Phase.CANCELLING, Phase.FINISHING})

#: The beginnings of the server's words, in lower case, the longer before the shorter.
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
    """The phase that a state text of `/api/job` or `/api/connection` stands for."""
    lowered = text.lower()
    return next((phase for start, phase in _WORDS if lowered.startswith(start)), Phase.UNKNOWN)
