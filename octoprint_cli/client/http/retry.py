"""Retry policy: which failed requests are sent again, after which pause, and for how long."""

from __future__ import annotations

import time
from typing import Mapping, NamedTuple, Optional

from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry

#: Status codes after which a read is retried, because the cause may pass.
PASSING = frozenset({429, 502, 503, 504})
#: Seconds before the second try; each later pause is twice as long, and a third of it is chance.
FIRST_PAUSE = 0.2
#: A server that asks for a longer pause than this is not asked again: its refusal is raised at once.
LONGEST_PAUSE = 10.0


class Failure(NamedTuple):
    """The facts about a failed try that decide whether there is another one, and what the failure means."""

    never_made: bool = False  # no byte of the request went out
    broken: bool = False  # the answer broke off, or there was none
    status: Optional[int] = None
    headers: Mapping[str, str] = {}
    strange: bool = False  # the refusal is not OctoPrint's own, but of something in front of it


class Retries(NamedTuple):
    """Allows `total` more tries, all within `seconds`.

    After a connection that was never made any request may be retried; after other failures only a read.
    """

    total: int
    seconds: float

    def pause(self, done: int, spent: float, act: bool, failure: Failure) -> Optional[float]:
        """Return the seconds to wait before the next try, None if there is none. `done` tries have taken `spent` seconds."""
        passing = not act and (failure.broken or failure.status in PASSING)
        if done > self.total or not (failure.never_made or passing):
            return None
        requested = _retry_after(failure.headers)
        pause = min(_backoff(done), LONGEST_PAUSE) if requested is None else requested
        return pause if pause <= LONGEST_PAUSE and spent + pause < self.seconds else None


def sleep(seconds: float) -> None:
    """Wait for `seconds`; a function of its own, so that tests can replace it."""
    time.sleep(seconds)


def _backoff(done: int) -> float:
    import random  # slow to import, and few runs retry

    return float(FIRST_PAUSE * 2 ** (done - 1) * random.uniform(0.67, 1))


def _retry_after(headers: Mapping[str, str]) -> Optional[float]:
    """Return the seconds that a Retry-After header asks for, as a number or as a date."""
    value = headers.get("Retry-After")
    try:
        return Retry().parse_retry_after(value) if value else None
    except (InvalidHeader, ValueError, OverflowError):
        return None
