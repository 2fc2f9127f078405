"""A resource of the server: read it, send it a command once, then poll until the server shows the result."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Callable, Dict, Mapping, Optional, Tuple, TypeVar, cast

from octoprint_cli.client.parsing import mapping
from octoprint_cli.errors import CliError, OutcomeUnknown, PermissionDenied, PrinterOffline, TimedOut

if TYPE_CHECKING:
    from octoprint_cli.client.http.http_client import Http

T = TypeVar("T")

#: Seconds between two polls. The server's own monitor ticks every half second, so polling faster shows nothing new.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5
#: Seconds in which the effect of a request shows whose answer was lost; later it most likely never arrived.
LOST_SECONDS = 15.0
#: Longest read in seconds before a request that stops or cools something: an idle server takes some 100 ms for it.
GLANCE_SECONDS = 1.0
#: The outcome of a request that the server has answered.
ACCEPTED = "accepted"


class Resource:
    """A REST resource of the server; `client.resource(Lamp)` makes a plugin's own, for the endpoints of a server plugin.

        class Lamp(Resource):
            def is_on(self) -> bool:
                return self.get("/api/plugin/lamp", needs="STATUS").get("on") is True

            def switch(self, on: bool) -> None:
                self.act("/api/plugin/lamp", {"command": "on" if on else "off"}, needs="PLUGIN_LAMP_SWITCH")
                self.poll_until(self.is_on, lambda is_on: is_on is on, seconds=5, otherwise=lambda is_on: StateNotReached("..."))

    A method says which endpoint it calls, with which permission, and what it raises. `needs` is the permission that is
    named when the server refuses.
    """

    #: How the last request ended ("accepted", "the answer was lost ..."), to begin error messages with.
    last_outcome = ACCEPTED

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, path: str, needs: str) -> Dict[str, Any]:
        """Return the JSON object that a GET answers now, past any cache; an empty one for an empty answer.

        Raises NotFound where OctoPrint has no such path (a server plugin that is missing or disabled), PermissionDenied,
        and what every request raises.
        """
        answer = self._http.get(path, needs=needs, fresh=True)
        return {} if answer is None else mapping(answer, path)

    def act(self, path: str, body: Mapping[str, Any], needs: str) -> str:
        """Send, once, a request that changes something, and return `last_outcome`. The caller must poll for the effect.

        A lost answer is no error here, because polling shows whether the request took effect.
        Raises what a refusal stands for; a server plugin that is not there refuses with ServerError (400).
        """
        self.last_outcome = ACCEPTED
        try:
            self._http.post(path, body, needs=needs)
        except OutcomeUnknown as lost:
            self.last_outcome = lost.told
        return self.last_outcome

    def poll_until(self, read: Callable[[], T], done: Callable[[T], bool], seconds: float, otherwise: Callable[[T], CliError]) -> T:
        """Read until `done`, for `seconds` at most, and return the last value. Raises the error that `otherwise` makes of it."""
        value, in_time = self.poll(read, done, seconds)
        if not in_time:
            raise otherwise(value)
        return value

    def poll(self, read: Callable[[], T], done: Callable[[T], bool], seconds: float) -> Tuple[T, bool]:
        """Read until `done`, for `seconds` at most; return the last value, and whether it was done.

        Once a request was sent that changes something, a failing read is repeated; OutcomeUnknown if none succeeds any more.
        A server that only hangs is not asked for longer than after a lost answer.
        In a dry run nothing was sent, so nothing will change: it reads once and counts that as done.
        """
        begun = time.monotonic()
        deadline = begun + self.grace(seconds)
        pause = _FIRST_PAUSE
        silent = True  # every read so far has hung
        while True:
            value, failure = self._attempt(read)
            if failure is None and (done(cast(T, value)) or self._http.rehearsing):
                return cast(T, value), True
            silent = silent and isinstance(failure, TimedOut)
            left = (min(deadline, begun + LOST_SECONDS) if silent else deadline) - time.monotonic()
            if left <= 0 or isinstance(failure, PermissionDenied):  # asking again does not grant the permission
                break
            time.sleep(min(pause, left))
            pause = min(pause * 2, _LONGEST_PAUSE)
        if failure is not None:
            raise self._unreadable(failure) from failure
        return cast(T, value), False

    def glance_at(self, read: Callable[[], T]) -> Optional[T]:
        """Read once, and return None if the server does not answer at once: what stops or cools must not wait for a read.

        A dry run sends nothing that could wait, so it reads as always. Raises PrinterOffline.
        """
        if self._http.rehearsing:
            return read()
        try:
            with self._http.hurried(GLANCE_SECONDS):
                return read()
        except PrinterOffline:  # an answer, and a clear one
            raise
        except CliError:  # whatever it is, the request that follows meets it or does not
            return None

    def grace(self, seconds: float) -> float:
        """Return how long to poll for the effect of the last request: shorter if that request may never have arrived."""
        return seconds if self.last_outcome == ACCEPTED else min(seconds, LOST_SECONDS)

    def _unreadable(self, failure: CliError) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"{self.last_outcome}, but its outcome cannot be read: {failure.message}",
            details={"cause": failure.as_dict()},
        )

    # Names of API version 1, which plugins may still use.
    settle = poll
    patience = grace

    @property
    def told(self) -> str:
        """`last_outcome` by its earlier name."""
        return self.last_outcome

    def _attempt(self, read: Callable[[], T]) -> Tuple[Optional[T], Optional[CliError]]:
        try:
            return read(), None
        except PrinterOffline:  # an answer, and a clear one
            raise
        except CliError as error:
            if not self._http.acted:
                raise
            return None, error
