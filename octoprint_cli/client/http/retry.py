"""What is tried again, when, and for how long: a value, with its reasons."""

from __future__ import annotations

import time
from typing import Mapping, NamedTuple, Optional

from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry

#: Answers to a read that may be another one in a moment.
PASSING = frozenset({429, 502, 503, 504})
#: Seconds before the second try; each later pause is twice as long, and a third of it is chance.
FIRST_PAUSE = 0.2
#: A server that wants more patience than this gets its refusal passed on at once.
LONGEST_PAUSE = 10.0


class Failure(NamedTuple):
    """Why a try has failed, as far as it matters here."""

    never_made: bool = False  # no byte of the request went out
    broken: bool = False  # the answer broke off, or there was none
    status: Optional[int] = None
    headers: Mapping[str, str] = {}


class Retries(NamedTuple):
    """`total` more tries, all within `seconds`.

    A connection that was never made may be tried again for any request; all else for a read alone.
    """

    total: int
    seconds: float

    def pause(self, done: int, spent: float, act: bool, failure: Failure) -> Optional[float]:
        """Seconds to wait before the next try, None if there is none. `done` tries have taken `spent` seconds."""
        passing = not act and (failure.broken or failure.status in PASSING)
        if done > self.total or not (failure.never_made or passing):
            return None
        wish = _wish(failure.headers)
        pause = min(_backoff(done), LONGEST_PAUSE) if wish is None else wish
        return pause if pause <= LONGEST_PAUSE and spent + pause < self.seconds else None


def sleep(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def _backoff(done: int) -> float:
    import random  # slow to import, and few runs retry

    return float(FIRST_PAUSE * 2 ** (done - 1) * random.uniform(0.67, 1))


def _wish(headers: Mapping[str, str]) -> Optional[float]:
    """The seconds that a Retry-After header asks for, as a number or as a date."""
    value = headers.get("Retry-After")
    try:
        return Retry().parse_retry_after(value) if value else None
    except (InvalidHeader, ValueError, OverflowError):
        return None
