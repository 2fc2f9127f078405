"""The local files of the fake server: what it says of them, gives back, takes, and what names it would give."""

from __future__ import annotations

import re
from typing import Any, Dict, List, NamedTuple, Tuple
from urllib.parse import quote, unquote, urlsplit

from requests_toolbelt.multipart.decoder import MultipartDecoder

from .recorded import Recorded

NOT_FOUND = {"error": "The requested URL was not found on the server."}
#: What OctoPrint takes out of a name.
_REMOVED = re.compile('[;|&?$*<>:"\x00-\x1f\x7f]')


class Part(NamedTuple):
    """A part of an upload."""

    disposition: str
    content: bytes


class Held(NamedTuple):
    """A file: its bytes, and what the server falsely says of it."""

    content: bytes
    entry: Dict[str, Any]


class Storage:
    """Answers for `/api/files/local/*`, `/downloads/files/local/*` and `/api/files/test`."""

    def __init__(self, recorded: Recorded) -> None:
        self._recorded = recorded
        self.files: Dict[str, Held] = {}
        self.free: Any = 84047585280
        self.uploads: List[Dict[str, Part]] = []

    def hold(self, path: str, content: bytes = b"", **entry: Any) -> None:
        """Have a file; `entry` falsifies what the server says of it."""
        self.files[path] = Held(content, entry)

    def say(self, path: str, **entry: Any) -> None:
        """Say something else of a file from now on."""
        held = self.files[path]
        self.files[path] = held._replace(entry={**held.entry, **entry})

    def take(self, parts: Dict[str, Part], stored_as: Any, **entry: Any) -> Tuple[int, str]:
        """Keep an upload: the HTTP status, and the path that it got."""
        folder = parts["path"].content.decode() if "path" in parts else ""
        path = stored_as or sanitized(name_of(parts["file"]), folder)
        if "noOverwrite" in parts and path in self.files:
            return 409, path
        self.hold(path, parts["file"].content, **entry)
        return 201, path

    # -- answers, as callbacks of requests_mock ----------------------------------------------------

    def listing(self, request: Any, context: Any) -> Any:
        return {"files": [self._entry(path) for path in self.files], "free": self.free, "total": 270553174016}

    def entry(self, request: Any, context: Any) -> Any:
        path = _path_of(request)
        if path in self.files:
            return self._entry(path)
        context.status_code = 404
        return NOT_FOUND

    def download(self, request: Any, context: Any) -> bytes:
        held = self.files.get(_path_of(request))
        context.headers["Content-Type"] = "text/plain" if held else "text/html"
        context.status_code = 200 if held else 404
        return held.content if held else b"<html><title>404: Not Found</title></html>"

    def name(self, request: Any, context: Any) -> Any:
        body = request.json()
        path = sanitized(body["filename"], body["path"])
        if body["command"] == "sanitize":
            return {"sanitized": path}
        if path not in self.files:
            return {"exists": False}
        stem, dot, suffix = path.rpartition(".")
        free = next(name for name in (f"{stem}_{number}{dot}{suffix}" for number in range(1, 99)) if name not in self.files)
        return {"exists": True, "size": 1, "date": 1795333787, "suggestion": free}

    def _entry(self, path: str) -> Dict[str, Any]:
        held = self.files[path]
        return {**self._recorded.entry(path, held.content), **held.entry}


def sanitized(name: str, folder: str) -> str:
    """The path that OctoPrint stores such a name under."""
    return "/".join(part for part in (folder.strip("/"), _REMOVED.sub("", name)) if part)


def parts_of(request: Any) -> Dict[str, Part]:
    """The parts of a multipart request, read as a server would: all that Content-Length promises."""
    body = request.body.read()
    assert len(body) == int(request.headers["Content-Length"])
    found = {}
    for part in MultipartDecoder(body, request.headers["Content-Type"]).parts:
        disposition = part.headers[b"Content-Disposition"].decode("utf-8")
        found[disposition.split('name="')[1].split('"')[0]] = Part(disposition, part.content)
    return found


def name_of(part: Part) -> str:
    """The file's name in a part's header."""
    return unquote(part.disposition.split('filename="')[1].split('"')[0])


def url_of(path: str, location: str = "local") -> str:
    """The API's path of a file."""
    return f"/api/files/{location}/{quote(path)}"


def _path_of(request: Any) -> str:
    return unquote(urlsplit(request.url).path).split("/files/local/", 1)[1]
