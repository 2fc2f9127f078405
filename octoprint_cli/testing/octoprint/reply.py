"""`Reply`, an answer of the server as a value, and `Refused`, the exception that ends a request with one."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, Tuple

#: The HTML page for requests outside the API.
_PAGE = "<!doctype html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"
_REASONS = {
    401: "Authorization Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    411: "Length Required",
    413: "Request Entity Too Large",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Time-out",
}


class Reply(NamedTuple):
    """The answer to one request."""

    status: int
    #: Bytes and text are sent as they are, None as an empty body, anything else as JSON.
    body: Any = None
    #: The Content-Type; if empty, it follows from the body.
    kind: str = ""
    headers: Tuple[Tuple[str, str], ...] = ()
    #: Whether the request has changed something.
    acted: bool = False

    @property
    def content(self) -> bytes:
        """The body as bytes."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()

    @property
    def content_type(self) -> str:
        """The Content-Type to send."""
        return self.kind or ("text/plain" if self.body is None or isinstance(self.body, (bytes, str)) else "application/json")


class Refused(Exception):
    """Raised to end a request with an error reply, before anything was changed."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.reply = Reply(status, {"error": text})


def done(acted: bool = True) -> Reply:
    """Return the 204 that answers most commands, whether or not they changed anything."""
    return Reply(204, acted=acted)


def page(status: int, *headers: Tuple[str, str]) -> Reply:
    """Return an HTML page with this status, as proxies and everything outside `/api` answer."""
    title = f"{status} {_REASONS.get(status, 'Answer')}"
    return Reply(status, _PAGE.format(title), "text/html; charset=utf-8", headers)
