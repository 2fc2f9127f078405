"""Compression bombs: JSON that is small on the wire and huge when decompressed, built in little memory."""

from __future__ import annotations

import functools
import gzip
import struct
import zlib

#: The beginning of the JSON; zeros and `"}` follow.
OPENING = b'{"state": "'
#: The Content-Encoding of each kind.
ENCODINGS = {"gzip": "gzip", "nested": "gzip, gzip"}
_MIB = 1024 * 1024


@functools.lru_cache(maxsize=4)
def zeros(kind: str, size: int) -> bytes:
    """Return `size` bytes of JSON in compressed form."""
    packed = _gzipped(size)
    return gzip.compress(packed, 9) if kind == "nested" else packed


def _gzipped(size: int) -> bytes:
    """Return one gzip stream. A full flush makes a compressed mebibyte independent of what precedes it, so it can be repeated."""
    whole, rest = divmod(size - len(OPENING) - 2, _MIB)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    start = packer.compress(OPENING + b"0" * rest) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"0" * _MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(b'"}') + packer.flush(zlib.Z_FINISH)
    trailer = struct.pack("<II", _checksum(whole, rest), size & 0xFFFFFFFF)
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + start + block * whole + end + trailer


def _checksum(whole: int, rest: int) -> int:
    found = zlib.crc32(OPENING + b"0" * rest)
    for _ in range(whole):
        found = zlib.crc32(b"0" * _MIB, found)
    return zlib.crc32(b'"}', found)
