"""An answer of the server as a value, and the exception that ends a request with one. Must not know sockets."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, Tuple

#: The pages that stand where a person would look.
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
    """What goes out for one request."""

    status: int
    #: Bytes and text go out as they are, None as nothing, anything else as JSON.
    body: Any = None
    #: The Content-Type; empty for the one that fits the body.
    kind: str = ""
    headers: Tuple[Tuple[str, str], ...] = ()
    #: Whether something was changed for it.
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
    """The request ends here, with this reply; nothing was changed."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.reply = Reply(status, {"error": text})


def done(acted: bool = True) -> Reply:
    """The 204 that most commands are answered with, whether or not anything was done for it."""
    return Reply(204, acted=acted)


def page(status: int, *headers: Tuple[str, str]) -> Reply:
    """An HTML page with that status, as proxies and all that is outside `/api` answer."""
    title = f"{status} {_REASONS.get(status, 'Answer')}"
    return Reply(status, _PAGE.format(title), "text/html; charset=utf-8", headers)
