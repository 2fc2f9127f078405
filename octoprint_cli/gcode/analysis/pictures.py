"""Turn pictures as printers take them into PNG, which everything shows: QOI, and the pixels of MKS and QIDI displays.

Damaged or endless pictures are no errors here: the answer is None.
"""

from __future__ import annotations

import struct
import zlib
from typing import Callable, Dict, Iterator, Optional, Tuple

#: No picture inside G-code is larger.
MOST_PIXELS = 2048 * 2048

Pixel = Tuple[int, int, int, int]  # red, green, blue, alpha


def to_png(format: str, data: bytes, width: int, height: int) -> Optional[bytes]:
    """Return the picture as a PNG file; None if it is damaged, or of a format that nothing here turns into one."""
    if format == "PNG":
        return data
    pixels = _DECODERS.get(format)
    if pixels is None or not 0 < width * height <= MOST_PIXELS:
        return None
    try:
        raw = b"".join(bytes(pixel) * times for pixel, times in pixels(data, width * height))
    except (IndexError, ValueError, struct.error):
        return None
    return _png(raw, width, height) if len(raw) == width * height * 4 else None


def _png(raw: bytes, width: int, height: int) -> bytes:
    """Return a PNG file of these pixels, four bytes each."""
    rows = b"".join(b"\0" + raw[at : at + width * 4] for at in range(0, len(raw), width * 4))
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _qoi(data: bytes, count: int) -> Iterator[Tuple[Pixel, int]]:
    """Yield the pixels of a QOI file (qoiformat.org), each with how often it is repeated."""
    seen: Dict[int, Pixel] = {}
    pixel: Pixel = (0, 0, 0, 255)
    at = 14  # behind the header
    while count > 0:
        tag, times = data[at], 1
        size = {0xFE: 4, 0xFF: 5}.get(tag, 2 if tag >> 6 == 2 else 1)
        if tag >= 0xFE:
            red, green, blue = data[at + 1 : at + 4]
            pixel = (red, green, blue, data[at + 4] if tag == 0xFF else pixel[3])
        elif tag >> 6 == 0:
            pixel = seen.get(tag, (0, 0, 0, 0))
        elif tag >> 6 == 1:
            pixel = _moved(pixel, (tag >> 4 & 3) - 2, (tag >> 2 & 3) - 2, (tag & 3) - 2)
        elif tag >> 6 == 2:
            green = (tag & 63) - 32
            pixel = _moved(pixel, green + (data[at + 1] >> 4) - 8, green, green + (data[at + 1] & 15) - 8)
        else:
            times = min((tag & 63) + 1, count)
        seen[(pixel[0] * 3 + pixel[1] * 5 + pixel[2] * 7 + pixel[3] * 11) % 64] = pixel
        yield pixel, times
        count, at = count - times, at + size


def _moved(pixel: Pixel, red: int, green: int, blue: int) -> Pixel:
    return (pixel[0] + red) & 255, (pixel[1] + green) & 255, (pixel[2] + blue) & 255, pixel[3]


def _mks(data: bytes, count: int) -> Iterator[Tuple[Pixel, int]]:
    """Yield the pixels of an MKS display: two bytes each, the low one first, of 5, 6 and 5 bits."""
    for (value,) in struct.iter_unpack("<H", data):
        yield (value >> 11 << 3, (value >> 5 & 63) << 2, (value & 31) << 3, 255), 1


def _qidi(data: bytes, count: int) -> Iterator[Tuple[Pixel, int]]:
    """Yield the pixels of a QIDI display: two bytes each, 5 bits a colour; the sixth bit says that a number of times follows."""
    words = (value for (value,) in struct.iter_unpack(">H", data))
    for value in words:
        times = next(words, 0) & 0xFFF if value & 0x20 else 1
        count -= times
        if count < 0:
            raise ValueError("more pixels than the picture has")
        yield (value >> 11 << 3, (value >> 6 & 31) << 3, (value & 31) << 3, 255), times


_DECODERS: Dict[str, Callable[[bytes, int], Iterator[Tuple[Pixel, int]]]] = {"QOI": _qoi, "MKS": _mks, "QIDI": _qidi}
