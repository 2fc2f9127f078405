"""What the nouns share: waiting for the server to show what it promised, and reading JSON with care."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional, Tuple, TypeVar, cast

from octoprint_cli.client.parsing import mapping
from octoprint_cli.errors import CliError, OutcomeUnknown, PermissionDenied, PrinterOffline

if TYPE_CHECKING:
    from octoprint_cli.client.http.http_client import Http

T = TypeVar("T")

#: The server's own monitor ticks every half second; asking much faster shows nothing new.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
#: An act whose answer was lost shows within this time, or most likely never arrived.
LOST_SECONDS = 15.0
#: Of an act that the server has answered.
ACCEPTED = "accepted"


class Noun:
    """One thing of the server, over its HTTP; `client.noun(Lamp)` makes a vendor's, for the endpoints of a server plugin.

        class Lamp(Noun):
            def is_on(self) -> bool:
                return self.get("/api/plugin/lamp", needs="STATUS").get("on") is True

            def switch(self, on: bool) -> bool:
                self.act("/api/plugin/lamp", {"command": "on" if on else "off"}, needs="PLUGIN_LAMP_SWITCH")
                _, done = self.settle(self.is_on, lambda is_on: is_on is on, seconds=5)
                return done

    A method says which endpoint it calls, with which permission, and what it raises. `needs` is the permission that is
    named when the server refuses.
    """

    #: What is known of the last act, as the beginning of a sentence.
    told = ACCEPTED

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, path: str, needs: str) -> Dict[str, Any]:
        """The JSON object that a GET answers; an empty one for an empty answer.

        Raises NotFound where OctoPrint has no such path (a server plugin that is missing or disabled), PermissionDenied,
        and what every request raises.
        """
        answer = self._http.get(path, needs=needs)
        return {} if answer is None else mapping(answer, path)

    def act(self, path: str, body: Mapping[str, Any], needs: str) -> str:
        """Sends what changes something, once. The caller must then `settle`: look at what came of it.

        So a lost answer is no error here: the look says what is true, as it does after any other answer.
        Returns `told`. Raises what a refusal stands for; a server plugin that is not there refuses with ServerError (400).
        """
        self.told = ACCEPTED
        try:
            self._http.post(path, body, needs=needs)
        except OutcomeUnknown as lost:
            self.told = lost.told
        return self.told

    def settle(self, read: Callable[[], T], done: Callable[[T], bool], seconds: float) -> Tuple[T, bool]:
        """Read until `done`, for `seconds` at most: the last value read, and whether it was done.

        Once an act was sent, a read that fails is made again; if none succeeds any more, OutcomeUnknown.
        In a rehearsal nothing was sent, so nothing will change: one read, taken as done.
        """
        deadline = time.monotonic() + self.patience(seconds)
        pause = _FIRST_PAUSE
        while True:
            value, lost = self._attempt(read)
            if lost is None and (done(cast(T, value)) or self._http.rehearsing):
                return cast(T, value), True
            left = deadline - time.monotonic()
            if left <= 0 or isinstance(lost, PermissionDenied):  # which asking again does not give
                break
            time.sleep(min(pause, left))
            pause = min(pause * 2, _LONGEST_PAUSE)
        if lost is not None:
            raise OutcomeUnknown(
                f"{self.told}, but what came of it cannot be read: {lost.message}",
                details={"cause": lost.as_dict()},
            ) from lost
        return cast(T, value), False

    def patience(self, seconds: float) -> float:
        """How long to look for what an act should bring about; not as long for one that may never have arrived."""
        return seconds if self.told == ACCEPTED else min(seconds, LOST_SECONDS)

    def _attempt(self, read: Callable[[], T]) -> Tuple[Optional[T], Optional[CliError]]:
        try:
            return read(), None
        except PrinterOffline:  # an answer, and a clear one
            raise
        except CliError as error:
            if not self._http.acted:
                raise
            return None, error
