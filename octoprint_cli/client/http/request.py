"""A request before it is sent: its method, path and body, and how much of the answer may be read. Imports no HTTP library."""

from __future__ import annotations

from typing import Any, Callable, Mapping, NamedTuple, Optional

#: Largest answer that is read: no answer of the API comes near it.
MAX_BYTES = 10 * 1024 * 1024
#: Largest file listing that is read: that of some ten thousand files.
MAX_LISTING_BYTES = 64 * 1024 * 1024


class StreamedBody(NamedTuple):
    """A body read while it is sent, with its time limits in seconds."""

    body: Any  # has read(), content_type and complete
    stall: float  # longest time without progress while sending
    patience: float  # longest wait for the answer, once everything was sent


class Consumer:
    """Passes the bytes of an answer to `take`, and remembers the error of `take`, which is no error of the connection."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take
        self.begun = False  # some bytes were passed on
        self.error: Optional[BaseException] = None  # what `take` raised

    def __call__(self, chunk: bytes) -> None:
        self.begun = True
        try:
            self._take(chunk)
        except BaseException as error:
            self.error = error
            raise


class ApiRequest(NamedTuple):
    """A request to one server. A request with `act` changes something on the server, so it is sent at most once."""

    method: str
    path: str
    act: bool
    needs: Optional[str] = None  # the permission to name if the server refuses
    how: Mapping[str, Any] = {}  # keyword arguments for the session: params, json, data, headers
    form: Optional[StreamedBody] = None
    limit: int = MAX_BYTES
    take: Optional[Consumer] = None  # receives the body of a successful answer, instead of `Answer.text`
    fresh: bool = False  # the answer must not come from a cache in front of OctoPrint
