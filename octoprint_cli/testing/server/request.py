"""A request as it arrived."""

from __future__ import annotations

import json
from typing import Any, Dict, NamedTuple, Optional
from urllib.parse import parse_qsl, urlsplit

from octoprint_cli.testing.octoprint.multipart import Form

#: POSTs that change nothing: a session for the push socket, and what a file would be called.
_QUESTIONS = ("/api/login", "/api/files/test")


class Request(NamedTuple):
    """What one request said, as far as it was read."""

    method: str
    #: Below the server's prefix, without the query, still percent-encoded.
    path: str
    #: By their names in lower case.
    headers: Dict[str, str]
    #: What arrived, cut at the size that the server keeps.
    body: bytes = b""
    #: The path as it stood in the request's first line.
    target: str = ""
    #: The body's bytes that were read.
    size: int = 0
    #: Whether the whole body was read.
    complete: bool = True
    #: The multipart form that the body is, if it is one.
    form: Optional[Form] = None

    @property
    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body)

    @property
    def query(self) -> Dict[str, str]:
        """The parameters behind the question mark, decoded."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def is_act(self) -> bool:
        """Whether it was meant to change something."""
        return self.method not in ("GET", "HEAD", "OPTIONS") and self.path not in _QUESTIONS

    def __str__(self) -> str:
        """Such as `POST /api/job {"command": "cancel"}`."""
        said = f" {self.body.decode('utf-8', 'replace')}" if self.body and not self.form else ""
        return f"{self.method} {self.path}{said}"
