"""Pictures as slicers put them into a file."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import List


def png(width: int = 3, height: int = 2, filling: bytes = b"") -> bytes:
    """A picture that a viewer shows; `filling` makes it larger."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"teXt", filling) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


JPG = b"\xff\xd8\xff\xe0" + b"JFIF" * 40 + b"\xff\xd9"
QOI = b"qoif" + struct.pack(">II", 5, 4) + b"\4\0" + b"\xfe" * 30 + b"\0" * 7 + b"\1"


def written(data: bytes, word: str = "thumbnail", size: str = "220x124", count: str = "") -> List[bytes]:
    """As PrusaSlicer does: 78 characters a line."""
    text = base64.b64encode(data).decode()
    rows = [f"; {text[at : at + 78]}\n" for at in range(0, len(text), 78)]
    lines = [f"; {word} begin {size} {count or len(text)}\n", *rows, f"; {word} end\n"]
    return [line.encode() for line in lines]


def qoi(width: int, height: int, chunks: bytes) -> bytes:
    """A QOI picture of these chunks."""
    return b"qoif" + struct.pack(">II", width, height) + b"\4\0" + chunks + b"\0" * 7 + b"\1"


def pixels_of(picture: bytes) -> List[bytes]:
    """The pixels of a PNG that has four bytes for each, and no filter."""
    width, height = struct.unpack(">II", picture[16:24])
    at = picture.index(b"IDAT")
    rows = zlib.decompress(picture[at + 4 : at + 4 + struct.unpack(">I", picture[at - 4 : at])[0]])
    raw = b"".join(rows[row * (width * 4 + 1) + 1 : (row + 1) * (width * 4 + 1)] for row in range(height))
    return [raw[pixel : pixel + 4] for pixel in range(0, len(raw), 4)]
