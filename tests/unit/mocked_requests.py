"""Between requests-mock and the kit: a request as the kit's server receives it, and a reply as requests-mock returns it."""

from __future__ import annotations

import re
from typing import Any, Dict, NamedTuple, Optional, Union
from urllib.parse import quote

from requests_toolbelt.multipart.decoder import MultipartDecoder

from octoprint_cli.testing import Reply, Request
from octoprint_cli.testing.octoprint.multipart import FormReader

#: An answer that never came: the exception, or the gateway's status instead of it.
LostAnswer = Union[Exception, int]
_KEPT = 64 * 1024 * 1024


class Part(NamedTuple):
    """A part of an upload, as another parser than the kit's has read it."""

    disposition: str
    content: bytes


def parts_of(request: Any, body: Optional[bytes] = None) -> Dict[str, Part]:
    """Return the parts of a multipart request, read as a server would: all that Content-Length promises."""
    body = request.body.read() if body is None else body
    assert len(body) == int(request.headers["Content-Length"])
    found = {}
    for part in MultipartDecoder(body, request.headers["Content-Type"]).parts:
        disposition = part.headers[b"Content-Disposition"].decode("utf-8")
        found[disposition.split('name="')[1].split('"')[0]] = Part(disposition, part.content)
    return found


def url_of(path: str, location: str = "local") -> str:
    """Return the API's path of a file."""
    return f"/api/files/{location}/{quote(path)}"


def received(request: Any) -> Request:
    """Return a request of requests-mock as the kit's server receives one."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = request.body.read() if hasattr(request.body, "read") else request.body or b""
    body = body.encode() if isinstance(body, str) else body
    boundary = re.search('boundary="?([^";]+)', headers.get("content-type", ""))
    form = FormReader(boundary.group(1), _KEPT) if boundary else None
    if form:
        form.feed(body)
    return Request(request.method, request.path, headers, body, request.path_url, len(body), form=form.form if form else None)


def answered(context: Any, lost: Optional[LostAnswer], reply: Reply) -> bytes:
    """Return the reply, unless it is lost on its way."""
    if isinstance(lost, Exception):
        raise lost
    context.status_code = reply.status if lost is None else lost
    context.headers.update({"Content-Type": reply.content_type, **dict(reply.headers)})
    return reply.content
