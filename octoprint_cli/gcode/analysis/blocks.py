"""Cut a G-code file into blocks of whole lines, in constant memory whatever its lines are like."""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple

#: Bytes a block: enough to be passed at once, few enough to stay in the processor's cache.
BLOCK = 128 * 1024
#: Of a line that is longer than this, only the beginning and the end are kept. (Slicers write whole settings into one comment.)
LONGEST = 1024 * 1024
_KEPT = 64 * 1024

_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n?|\n")


class Block(NamedTuple):
    """Whole lines, each ended by a newline; the first one's number, from 1, and the offset of its first byte."""

    text: bytes
    line: int
    offset: int
    raw: bytes  # as it stands in the file
    cut: bool  # the last line has no end

    def line_at(self, text: bytes, at: int) -> int:
        """Return the number of the line at this index of the block's text, or of its text without comments."""
        return self.line + text.count(b"\n", 0, at)

    def offset_of(self, line: int) -> int:
        """Return where the line with this number begins in the file."""
        ends = _LINE_END.finditer(self.raw)
        return self.offset + max((next(ends).end() for _ in range(line - self.line)), default=0)


class Blocks:
    """Takes a file piece by piece and gives it in blocks."""

    def __init__(self) -> None:
        self.size = 0  # bytes so far
        self._line, self._offset, self._rest, self._left_out = 1, 0, b"", 0
        self._pieces: List[bytes] = []  # behind the rest, not joined to it yet
        self._waiting = 0  # bytes of it all

    def feed(self, piece: bytes) -> Iterator[Block]:
        """Take the next bytes, any number of them, and yield the blocks that they complete."""
        self.size += len(piece)
        self._pieces.append(piece)
        self._waiting += len(piece)
        if self._waiting > LONGEST or (self._waiting >= BLOCK and (b"\n" in piece or b"\r" in piece)):
            yield from self._blocks()

    def end(self) -> Iterator[Block]:
        """Yield what is left when there are no more bytes."""
        yield from self._blocks()
        if self._rest:
            yield _block(self._rest, self._line, self._offset)
            self._rest = b""

    def _blocks(self) -> Iterator[Block]:
        self._rest, self._pieces = b"".join([self._rest, *self._pieces]), []
        if not self._offset and self._rest.startswith(_BOM):
            self._rest, self._offset = self._rest[len(_BOM) :], len(_BOM)
        end = _whole(self._rest, self._left_out > 0)
        if end:
            block = _block(self._rest[:end], self._line, self._offset)
            self._line += block.text.count(b"\n")
            self._offset += end + self._left_out
            self._rest, self._left_out = self._rest[end:], 0
            yield block
        if len(self._rest) > LONGEST:
            self._left_out += len(self._rest) - _KEPT
            self._rest = self._rest[:_KEPT]
        self._waiting = len(self._rest)


def _whole(text: bytes, only_one: bool) -> int:
    """Return how many bytes are whole lines, or the first one. A return at the very end may be half of a line's end."""
    if only_one:  # what was left out of it must not shift the places of the lines behind it
        found = _LINE_END.search(text, 0, len(text) - 1)
        return found.end() if found else (len(text) if text.endswith(b"\n") else 0)
    return max(text.rfind(b"\n"), text.rfind(b"\r", 0, -1)) + 1


def _block(raw: bytes, line: int, offset: int) -> Block:
    text = raw
    if b"\r" in raw:
        text = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    cut = not text.endswith(b"\n")
    return Block(text + b"\n" if cut else text, line, offset, raw, cut)
