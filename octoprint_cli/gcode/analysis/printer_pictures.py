"""Find the pictures that some printers take as commands or as bare pixels, at the beginning of a file.

QIDI: `M4010 X79 Y79` and lines of hexadecimal digits in quotes. WEEDO: a JPG between W221 and W222, in lines `W220 ffd8...`.
MKS: `;simage:` (100 x 100 pixels) and `;;gimage:` (200 x 200), a row in `M10086 ;` each.
"""

from __future__ import annotations

import re
from typing import Iterator, List, Match, Optional, Tuple

from octoprint_cli.gcode.analysis.contents import Thumbnail

#: No more of a file is looked at: these pictures come first.
_BEGINNING = 1024 * 1024
_HINT = re.compile(rb"^(?:M4010 X\d|W221\n|;{1,2}[gs]image:[0-9A-Fa-f]{400})", re.MULTILINE)
_QIDI = re.compile(
    rb"^M4010 X(\d{1,4}) Y(\d{1,4})[ \t]*\n((?:M4010 I\d{1,9} T\d{1,9} '[0-9A-Fa-f]{0,2000}'[ \t]*\n)+)", re.MULTILINE
)
_WEEDO = re.compile(rb"^W221[ \t]*\n((?:W220 [0-9A-Fa-f]{1,2000}[ \t]*\n)+)W222", re.MULTILINE)
_MKS = re.compile(rb"^;{1,2}([gs])image:([0-9A-Fa-f]{400,2000})\n((?:M10086 ;[0-9A-Fa-f]{0,2000}\n)+)", re.MULTILINE)
_QUOTED = re.compile(rb"'([0-9A-Fa-f]*)'")
_SIDES = {b"s": 100, b"g": 200}


class PrinterPictures:
    """Collects the beginning of a file that has such a picture, and decodes it in the end."""

    def __init__(self) -> None:
        self._blocks: List[bytes] = []

    def feed(self, block: bytes, line: int) -> None:
        """Take the next whole lines; `line` is the number, from 1, of the first."""
        if (line == 1 and _HINT.search(block)) or (self._blocks and sum(map(len, self._blocks)) < _BEGINNING):
            self._blocks.append(block)

    def found(self) -> Iterator[Thumbnail]:
        """Yield the pictures, without the damaged ones."""
        text = b"".join(self._blocks)
        for match in _QIDI.finditer(text):
            yield from _kept(match, "QIDI", int(match.group(1)), int(match.group(2)), b"".join(_QUOTED.findall(match.group(3))))
        for match in _WEEDO.finditer(text):
            yield from _kept(match, "JPG", 0, 0, match.group(1).replace(b"W220 ", b""))
        for match in _MKS.finditer(text):
            side = _SIDES[match.group(1)]
            yield from _kept(match, "MKS", side, side, match.group(2) + match.group(3).replace(b"M10086 ;", b""))


def _kept(match: Match[bytes], format: str, width: int, height: int, digits: bytes) -> Iterator[Thumbnail]:
    try:
        data = bytes.fromhex(digits.translate(None, b" \t\n").decode("ascii"))
    except ValueError:
        return
    line = match.string.count(b"\n", 0, match.start()) + 1
    thumbnail = Thumbnail(format, width, height, data, line)
    if format == "JPG":
        width, height = jpg_size(data) or (0, 0)
        thumbnail = thumbnail._replace(width=width, height=height)
        whole = data.startswith(b"\xff\xd8\xff") and data.endswith(b"\xff\xd9") and width > 0
    elif format == "MKS":
        whole = len(data) == width * height * 2
    else:
        whole = thumbnail.as_png() is not None
    if whole:
        yield thumbnail


def jpg_size(data: bytes) -> Optional[Tuple[int, int]]:
    """Return the width and height that a JPG's frame header gives, or None."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        at += 2 + size
    return None
