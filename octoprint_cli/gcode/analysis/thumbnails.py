"""Pictures inside a G-code file: `; thumbnail begin 220x124 12345`, base64, `; thumbnail end`.

PrusaSlicer and its relatives write them, Cura with a script, Creality's printers as `; jpg begin 200*200 3486 3
197 500`, and Snapmaker Luban as one line with a data URI. `printer_pictures` has those that are no base64; Chitu's `;gimage:` and
`;simage:`, which are no hexadecimal digits, are in a format that nobody documents, and left alone.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import List, Match, NamedTuple, Optional, Tuple

from octoprint_cli.gcode.analysis.contents import Thumbnail

#: Pictures in a file, beginnings of one that are looked at, and bytes of each: any more is no thumbnail.
MOST, TRIES, LARGEST = 10, 100, 4 * 1024 * 1024

_WORD = rb"^;[ \t]{0,4}(?:(?:QOI )?thumbnail(?:_[A-Za-z]{1,8})?|jpg|png)"
# The third number is how long the base64 is; Creality's has another meaning, and is not looked at.
_BEGIN = re.compile(
    rb"^;[ \t]{0,4}(?:(?:QOI )?thumbnail(?:_[A-Za-z]{1,8})? begin ([0-9]{1,5})[x ]([0-9]{1,5})(?: ([0-9]{1,9}))?(?![^ \n])"
    rb"|(?:jpg|png) begin ([0-9]{1,5})[x* ]([0-9]{1,5})(?![^ \n]))[^\n]*\n?"
    rb"|^;[Tt]humbnail:[ \t]{0,4}data:image/[a-z]{1,8};base64,([^\n]*)\n?",
    re.MULTILINE,
)
#: Where a picture is over: at its last line, or, being damaged, at the next one or at what is no comment.
_END = re.compile(b"(?P<last>" + _WORD + rb" end[^\n]*\n?)|" + _WORD + rb" begin |^[^;\n]", re.MULTILINE)
#: Looked for among the comments alone, which is much cheaper: without it no picture begins in the block.
_HINT = re.compile(rb"\n(?:(?:QOI )?thumbnail[_A-Za-z]{0,9} begin |(?:jpg|png) begin |[Tt]humbnail:)")

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
    length: int  # of the base64, 0 if it is not given
    parts: List[bytes]  # base64, with the `; ` taken off


class Thumbnails:
    """Collects the pictures of one file into `found`, fed with blocks of whole lines."""

    def __init__(self) -> None:
        self.found: List[Thumbnail] = []
        self._open: Optional[_Open] = None
        self._tries = 0

    def feed(self, block: bytes, line: int, comments: bytes) -> None:
        """Take the next block, whose first line has the number `line`, and its comments alone, each behind a newline."""
        if self._open is None and not _HINT.search(comments):
            return
        at: Optional[int] = 0
        while at is not None:
            at = self._begin(block, line, at) if self._open is None else self._continue(self._open, block, at)

    def _begin(self, block: bytes, line: int, at: int) -> Optional[int]:
        """Look for the next picture from `at` on; return where to look further, None if none begins."""
        begin = _BEGIN.search(block, at) if len(self.found) < MOST and self._tries < TRIES else None
        if begin is None:
            return None
        self._tries += 1
        self._open = _opened(begin, line + block.count(b"\n", 0, begin.start()))
        if self._open.parts:
            self._keep(self._open)
        return begin.end()

    def _continue(self, picture: _Open, block: bytes, at: int) -> Optional[int]:
        """Take lines up to the picture's end; return where to look further, None if the picture goes on."""
        end = _END.search(block, at)
        part = block[at : end.start() if end else None].translate(None, b"; \t\n")
        if sum(map(len, picture.parts)) <= LARGEST * 4 // 3 + 4:  # of one that is too large, no more than a block is kept
            picture.parts.append(part)
        if end is None:
            return None
        self._open = None
        if end.group("last") is None:
            return end.start()
        self._keep(picture)
        return end.end()

    def _keep(self, picture: _Open) -> None:
        """Close the open picture, and keep it unless it is damaged."""
        self._open = None
        thumbnail = _read(picture)
        if thumbnail:
            self.found.append(thumbnail)


def _opened(begin: Match[bytes], line: int) -> _Open:
    width, height, length, other_width, other_height, data = begin.groups()
    parts = [] if data is None else [data]
    return _Open(int(width or other_width or 0), int(height or other_height or 0), line, int(length or 0), parts)


def _read(picture: _Open) -> Optional[Thumbnail]:
    """Decode the picture; return None if it is damaged, too large or of an unknown format."""
    text = b"".join(picture.parts).strip()
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    if picture.length not in (0, len(text), len(data)):
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
