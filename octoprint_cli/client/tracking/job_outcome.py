"""The outcome of a job, as a value."""

from __future__ import annotations

from typing import NamedTuple, Optional

FINISHED, CANCELLED, FAILED, UNFINISHED, LOST = "finished", "cancelled", "failed", "unfinished", "lost"
#: Reasons of a failed job for which the firmware names no error.
RESET, STOPPED = "the firmware has reset itself", "emergency stop"


class JobOutcome(NamedTuple):
    """The outcome of a job, with its reason.

    `outcome` is finished, cancelled, failed, unfinished (cancelled or failed, it is not known which), or lost (the
    server no longer knows).
    """

    outcome: str
    reason: Optional[str] = None  # in the server's or the firmware's words
    file: Optional[str] = None  # path on the server
    location: Optional[str] = None  # local or sdcard
    ended: Optional[float] = None  # seconds since 1970, UTC
    certain: bool = True  # whether the server says so, of this very job; false for a conclusion, and for what it cannot know
    by_firmware: bool = False  # whether the printer gave up by itself or was stopped, as opposed to a lost connection
