"""What the nouns share: waiting for the server to show what it promised, and reading JSON with care."""

from __future__ import annotations

import math
import time
from typing import Any, Callable, Dict, List, Optional, Tuple, TypeVar, cast

from octoprint_cli.client.http import Http
from octoprint_cli.errors import CliError, OutcomeUnknown, PrinterOffline, UnexpectedResponse

T = TypeVar("T")

#: The server's own monitor ticks every half second; asking much faster shows nothing new.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5


class Noun:
    """One thing of the server, over its HTTP."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def settle(self, read: Callable[[], T], done: Callable[[T], bool], seconds: float) -> Tuple[T, bool]:
        """Read until `done`, for `seconds` at most: the last value read, and whether it was done.

        Once an act was sent, a read that fails is made again; if none succeeds any more, OutcomeUnknown.
        In a rehearsal nothing was sent, so nothing will change: one read, taken as done.
        """
        deadline = time.monotonic() + seconds
        pause = _FIRST_PAUSE
        while True:
            value, lost = self._attempt(read)
            if lost is None and (done(cast(T, value)) or self._http.rehearsing):
                return cast(T, value), True
            left = deadline - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(pause, left))
            pause = min(pause * 2, _LONGEST_PAUSE)
        if lost is not None:
            raise OutcomeUnknown(
                f"the server accepted the request, but what came of it cannot be read: {lost.message}",
                details={"cause": lost.as_dict()},
            ) from lost
        return cast(T, value), False

    def _attempt(self, read: Callable[[], T]) -> Tuple[Optional[T], Optional[CliError]]:
        try:
            return read(), None
        except PrinterOffline:  # an answer, and a clear one
            raise
        except CliError as error:
            if not self._http.acted:
                raise
            return None, error


def mapping(value: Any, what: str) -> Dict[str, Any]:
    """A JSON object, or UnexpectedResponse."""
    if not isinstance(value, dict):
        raise UnexpectedResponse(f"{what} answered something that OctoPrint does not: no JSON object")
    return value


def inner(value: Dict[str, Any], key: str) -> Dict[str, Any]:
    """The object under `key`; an empty one where it is null, absent or something else."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def items(value: Any) -> List[Dict[str, Any]]:
    """The objects of a JSON list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def number(value: Any) -> Optional[float]:
    """A finite number, or None: what the server does not know is never made a 0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value


def whole(value: Any) -> Optional[int]:
    """A number of seconds or bytes, or None; what is below 0 means nothing."""
    found = number(value)
    return int(found) if found is not None and found >= 0 else None


def text(value: Any) -> Optional[str]:
    """A text that is not empty, or None."""
    return value if isinstance(value, str) and value else None
