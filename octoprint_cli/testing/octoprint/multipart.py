"""A reader for multipart forms as they arrive: parts are counted and hashed, and kept up to a size."""

from __future__ import annotations

import hashlib
import re
from typing import Dict, List, NamedTuple, Optional
from urllib.parse import unquote


class Part(NamedTuple):
    """One part of a form."""

    name: str
    filename: Optional[str]
    #: The content, cut at the size that the server keeps.
    content: bytes
    #: The number of bytes that arrived.
    size: int
    #: The SHA-1 of all that arrived, in hexadecimal.
    sha1: str


class Form(NamedTuple):
    """A form: its text fields and its file, of several the last one, as on the real server."""

    fields: Dict[str, str]
    file: Optional[Part]
    #: Whether the closing boundary arrived.
    complete: bool


class FormReader:
    """An incremental parser, fed with pieces of any size; `form` is what it has found so far."""

    def __init__(self, boundary: str, keep: int) -> None:
        self._delimiter = b"\r\n--" + boundary.encode("latin-1")
        self._keep = keep
        self._buffer = bytearray(b"\r\n")  # no line precedes the first boundary
        self._open: Optional[_OpenPart] = None
        self._parts: List[_OpenPart] = []
        self._complete = False

    def feed(self, data: bytes) -> None:
        """Parse the next bytes of the body."""
        self._buffer += data
        while not self._complete and self._step():
            pass

    @property
    def form(self) -> Form:
        """The form, as far as it has arrived."""
        parts = [part.closed() for part in self._parts]
        files = [part for part in parts if part.filename is not None and part.name == "file"]
        fields = {part.name: part.content.decode("utf-8", "replace") for part in parts if part.filename is None}
        return Form(fields, files[-1] if files else None, self._complete)

    def _step(self) -> bool:
        """Consume content, or a part's head, from the buffer. Return False if more bytes are needed."""
        at = self._buffer.find(self._delimiter)
        if at < 0:
            self._take(len(self._buffer) - len(self._delimiter))
            return False
        head = at + len(self._delimiter)
        self._complete = self._buffer[head : head + 2] == b"--"
        end = head if self._complete else self._buffer.find(b"\r\n\r\n", head)
        if end < 0:
            return False
        lines = bytes(self._buffer[head + 2 : end])
        self._take(at)
        del self._buffer[: end - at + 4]
        if not self._complete:
            self._open = _OpenPart(lines, self._keep)
            self._parts.append(self._open)
        return True

    def _take(self, count: int) -> None:
        if count > 0:
            if self._open:
                self._open.add(bytes(self._buffer[:count]))
            del self._buffer[:count]


class _OpenPart:
    """A part that has not arrived completely."""

    def __init__(self, head: bytes, keep: int) -> None:
        self.name = _parameter(head, "name") or ""
        self.filename = _parameter(head, "filename")
        self._keep = keep
        self._content = bytearray()
        self._size = 0
        self._sha1 = hashlib.sha1()

    def add(self, data: bytes) -> None:
        self._size += len(data)
        self._sha1.update(data)
        self._content += data[: max(0, self._keep - len(self._content))]

    def closed(self) -> Part:
        return Part(self.name, self.filename, bytes(self._content), self._size, self._sha1.hexdigest())


def _parameter(head: bytes, name: str) -> Optional[str]:
    """Return a parameter of Content-Disposition, encoded as in RFC 5987, else as UTF-8, else as Latin-1."""
    extended = re.search(rb"[; ]" + name.encode() + rb"\*=([\w-]*)'[^']*'([^;\r\n]*)", head, re.IGNORECASE)
    if extended:
        return unquote(extended.group(2).decode("ascii", "replace"), extended.group(1).decode() or "utf-8")
    plain = re.search(rb"[; ]" + name.encode() + rb'="((?:[^"\\]|\\.)*)"', head)
    if plain is None:
        return None
    try:
        return plain.group(1).decode("utf-8")
    except UnicodeDecodeError:
        return plain.group(1).decode("latin-1")
