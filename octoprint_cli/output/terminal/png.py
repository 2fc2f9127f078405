"""Reading of PNG files into pixels: those of 8 bits a channel, which slicers embed. Must not know what they show."""

from __future__ import annotations

import struct
import zlib
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

#: Red, green, blue and opacity, 0 to 255.
Pixel = Tuple[int, int, int, int]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Bytes of a pixel by colour type: grey, colours, palette, grey with opacity, colours with opacity.
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
#: A larger picture is no thumbnail.
_MOST_PIXELS = 1 << 20


class Png(NamedTuple):
    """A picture as rows of pixels, from the top."""

    width: int
    height: int
    rows: List[List[Pixel]]


def read_png(data: bytes) -> Optional[Png]:
    """Return the picture; None if it is damaged, interlaced, too large, or not of 8 bits a channel."""
    try:
        chunks = _chunks(data)
        width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
        if depth != 8 or interlaced or not 0 < width * height <= _MOST_PIXELS:
            return None
        stride = width * _CHANNELS[kind]
        packed = zlib.decompressobj().decompress(chunks[b"IDAT"], (stride + 1) * height)
        palette, opacity = chunks.get(b"PLTE", b""), chunks.get(b"tRNS", b"")
        return Png(width, height, [_pixels(row, kind, palette, opacity) for row in _rows(packed, stride, height, _CHANNELS[kind])])
    except (KeyError, IndexError, ValueError, struct.error, zlib.error):
        return None


def _chunks(data: bytes) -> Dict[bytes, bytes]:
    """Return the chunks by name, those with one name joined. Raises ValueError or struct.error."""
    if not data.startswith(_SIGNATURE):
        raise ValueError
    chunks: Dict[bytes, bytes] = {}
    at = len(_SIGNATURE)
    while at + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        chunks[name] = chunks.get(name, b"") + data[at + 8 : at + 8 + size]
        at += size + 12
    return chunks


def _rows(packed: bytes, stride: int, height: int, channels: int) -> Iterator[bytearray]:
    """Yield the rows with their filters undone."""
    before = bytearray(stride)
    for number in range(height):
        at = number * (stride + 1)
        row = bytearray(packed[at + 1 : at + 1 + stride])
        if len(row) < stride:
            raise ValueError
        _unfilter(packed[at], row, before, channels)
        yield row
        before = row


def _unfilter(kind: int, row: bytearray, above: bytearray, channels: int) -> None:
    """Undo the filter of a row in place: none, sub, up, average or Paeth."""
    for at in range(len(row)):
        left = row[at - channels] if at >= channels else 0
        corner = above[at - channels] if at >= channels else 0
        guess = (0, left, above[at], (left + above[at]) // 2, _paeth(left, above[at], corner))[kind]
        row[at] = (row[at] + guess) & 0xFF


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda near: abs(guess - near))


def _pixels(row: bytearray, kind: int, palette: bytes, opacity: bytes) -> List[Pixel]:
    if kind == 3:
        if 3 * max(row) + 3 > len(palette):
            raise ValueError
        return [(*palette[3 * one : 3 * one + 3], opacity[one] if one < len(opacity) else 255) for one in row]
    if kind in (0, 4):
        step = _CHANNELS[kind]
        return [(row[at], row[at], row[at], row[at + 1] if kind == 4 else 255) for at in range(0, len(row), step)]
    if kind == 2:
        return [(row[at], row[at + 1], row[at + 2], 255) for at in range(0, len(row), 3)]
    return [(row[at], row[at + 1], row[at + 2], row[at + 3]) for at in range(0, len(row), 4)]
