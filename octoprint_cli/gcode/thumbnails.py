"""Pictures inside a G-code file: `; thumbnail begin 220x124 12345`, base64, `; thumbnail end`.

PrusaSlicer and its relatives write them, Cura with a script, Creality's printers as `; jpg begin 200*200 3486 3
197 500`, and Snapmaker Luban as one line with a data URI. Chitu's `;gimage:` and `;simage:` are in a format that
nobody documents, and left alone.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import List, Match, NamedTuple, Optional, Tuple

from octoprint_cli.gcode.contents import Thumbnail

#: Pictures in a file, and the bytes of each: any more is no thumbnail.
MOST, LARGEST = 10, 4 * 1024 * 1024

_KIND = rb"^;[ \t]*(?:(?:QOI )?thumbnail(?:_[A-Za-z]{1,8})?|jpg|png)"
_BEGIN = re.compile(
    _KIND + rb" begin[ \t]+([0-9]{1,5})[ \t]*[x* ][ \t]*([0-9]{1,5})\b[^\n]*\n?"
    rb"|^;[Tt]humbnail:[ \t]*data:image/[a-z]+;base64,([^\n]*)\n?",
    re.MULTILINE,
)
#: Where a picture is over: its last line, or one that is no comment.
_END = re.compile(_KIND + rb" end[^\n]*\n?|^[^;\n]", re.MULTILINE)
#: Cheap to look for in what is left of a block: if neither is there, no picture begins.
_HINTS = (b" begin", b"humbnail:")

#: How a picture of each format begins and ends.
_FORMATS: Tuple[Tuple[str, bytes, bytes], ...] = (
    ("PNG", b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
    ("JPG", b"\xff\xd8\xff", b"\xff\xd9"),
    ("QOI", b"qoif", b"\0\0\0\0\0\0\0\1"),
)


class _Open(NamedTuple):
    """A picture whose end was not there yet."""

    width: int
    height: int
    line: int
    parts: List[bytes]  # base64, with the `; ` taken off


class Thumbnails:
    """Collects the pictures of one file into `found`, fed with blocks of whole lines."""

    def __init__(self) -> None:
        self.found: List[Thumbnail] = []
        self._open: Optional[_Open] = None

    def feed(self, block: bytes, line: int, comments: bytes) -> None:
        """The next block, whose first line has the number `line`, and the beginnings of its comments."""
        if self._open is None and (len(self.found) >= MOST or not any(hint in comments for hint in _HINTS)):
            return
        at: Optional[int] = 0
        while at is not None and len(self.found) < MOST:
            at = self._begin(block, line, at) if self._open is None else self._continue(self._open, block, at)

    def _begin(self, block: bytes, line: int, at: int) -> Optional[int]:
        """Looks for the next picture from `at` on; returns where to look further."""
        begin = _BEGIN.search(block, at)
        if begin is None:
            return None
        self._open = _opened(begin, line + block.count(b"\n", 0, begin.start()))
        if begin.group(3) is not None:
            self._keep(self._open)
        return begin.end()

    def _continue(self, picture: _Open, block: bytes, at: int) -> Optional[int]:
        """Takes lines up to the picture's end; returns where to look further, None if it goes on."""
        end = _END.search(block, at)
        part = block[at : end.start() if end else None].translate(None, b"; \t\n")
        if sum(map(len, picture.parts)) <= LARGEST * 4 // 3 + 4:  # of one that is too large, no more than a block is kept
            picture.parts.append(part)
        if end is None:
            return None
        if end.group().startswith(b";"):
            self._keep(picture)
        self._open = None
        return end.end() if end.group().startswith(b";") else end.start()

    def _keep(self, picture: _Open) -> None:
        """Unless it is damaged."""
        self._open = None
        thumbnail = _read(picture)
        if thumbnail:
            self.found.append(thumbnail)


def _opened(begin: Match[bytes], line: int) -> _Open:
    width, height, data = begin.groups()
    return _Open(int(width or 0), int(height or 0), line, [data] if data is not None else [])


def _read(picture: _Open) -> Optional[Thumbnail]:
    """The picture, None if it is no whole one."""
    try:
        data = base64.b64decode(b"".join(picture.parts).strip(), validate=True)
    except binascii.Error:
        return None
    if len(data) > LARGEST:
        return None
    for name, begin, end in _FORMATS:
        if data.startswith(begin) and data.endswith(end):
            width, height = _size(name, data) or (picture.width, picture.height)
            return Thumbnail(name, width, height, data, picture.line)
    return None


def _size(name: str, data: bytes) -> Optional[Tuple[int, int]]:
    """Width and height in pixels, where the format has them in a fixed place."""
    at = {"PNG": 16, "QOI": 4}.get(name)
    if at is None or len(data) < at + 8:
        return None
    return int.from_bytes(data[at : at + 4], "big"), int.from_bytes(data[at + 4 : at + 8], "big")
