"""A G-code file as blocks of whole lines, in constant memory whatever its lines are like."""

from __future__ import annotations

import re
from typing import Callable, Iterator, NamedTuple

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

    def place(self, at: int) -> tuple[int, int]:
        """The number and the offset of the line that begins at this index of the text."""
        before = self.text.count(b"\n", 0, at)
        if not before or len(self.raw) == len(self.text):  # no line end is longer here than in the text
            return self.line + before, self.offset + (at if before else 0)
        ends = _LINE_END.finditer(self.raw)
        return self.line + before, self.offset + [next(ends).end() for _ in range(before)][-1]


def blocks(read: Callable[[int], bytes]) -> Iterator[Block]:
    """The file that `read` gives piece by piece, up to so many bytes each, b"" at its end."""
    rest, line, offset, left_out = b"", 1, 0, 0
    for piece in iter(lambda: read(BLOCK), b""):
        if line == 1 and not offset and not rest and piece.startswith(_BOM):
            piece, offset = piece[len(_BOM) :], len(_BOM)
        rest += piece
        end = _whole(rest, left_out > 0)
        if end:
            block = _block(rest[:end], line, offset)
            yield block
            line, offset, rest = line + block.text.count(b"\n"), offset + end + left_out, rest[end:]
            left_out = 0
        if len(rest) > LONGEST:
            left_out += len(rest) - _KEPT
            rest = rest[:_KEPT]
    if rest:
        yield _block(rest, line, offset)


def _whole(text: bytes, only_one: bool) -> int:
    """How many bytes are whole lines, or the first one. A return at the very end may be half of a line's end."""
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
