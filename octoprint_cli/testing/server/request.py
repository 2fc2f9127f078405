"""`Request`: an HTTP request as the server received it."""

from __future__ import annotations

import json
from typing import Any, Dict, NamedTuple, Optional
from urllib.parse import parse_qsl, urlsplit

from octoprint_cli.testing.octoprint.multipart import Form

#: POSTs that change nothing: opening a session for the push socket, and asking what a file would be called.
_QUESTIONS = ("/api/login", "/api/files/test")


class Request(NamedTuple):
    """One request, as far as it was read."""

    method: str
    #: Below the server's prefix, without the query, still percent-encoded.
    path: str
    #: The headers, by their names in lower case.
    headers: Dict[str, str]
    #: The body, cut at the size that the server keeps.
    body: bytes = b""
    #: The target in the request line: the path and the query.
    target: str = ""
    #: How many bytes of the body were read.
    size: int = 0
    #: Whether the whole body was read.
    complete: bool = True
    #: The body as a multipart form, if it is one.
    form: Optional[Form] = None

    @property
    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body)

    @property
    def query(self) -> Dict[str, str]:
        """The query parameters, decoded."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def is_act(self) -> bool:
        """Whether the request was meant to change something."""
        return self.method not in ("GET", "HEAD", "OPTIONS") and self.path not in _QUESTIONS

    def __str__(self) -> str:
        """Return a text such as `POST /api/job {"command": "cancel"}`."""
        said = f" {self.body.decode('utf-8', 'replace')}" if self.body and not self.form else ""
        return f"{self.method} {self.path}{said}"
