"""Sort lines by what they can do: `G1 X1 Y2 E3` without its digits is `X Y E`, and of such skeletons a file has a dozen.

A kind is a byte, so that a run of lines is a string of them. Each table below answers one question of every byte, see `fast_moves`.
"""

from __future__ import annotations

import re
from typing import Callable, ClassVar, Dict

from octoprint_cli.gcode.analysis.run_result import NeedsLineByLine

#: What a line has, as bits of its kind: words, a G92 E, whether it is a move that extrudes, an arc, a clockwise one.
X, Y, Z, E, RESET, EXTRUDES, ARC, CLOCKWISE = 1, 2, 4, 8, 16, 32, 64, 128
MOVE = X | Y | Z

_LONGEST_SKELETON = 80
_SHORT = {b"G0 ": b"\n", b"G2 ": b"\n\x01", b"G3 ": b"\n\x02", b"G92 E": b"\nr"}
_SHORTENED = re.compile(rb"G(?:[023] |92 E)")


def bare(text: bytes) -> bytes:
    """Return the run with a line end before each line, without G0 and G1; G2 and G3 are control characters, a G92 E is an `r`."""
    text = (b"\n" + text).replace(b"\nG1 ", b"\n")
    for code in set(_SHORTENED.findall(text)):
        text = text.replace(b"\n" + code, _SHORT[code])
    return text


class _Kinds(Dict[bytes, int]):
    """The kind of each skeleton, found out when it is first met. Raises NeedsLineByLine for what is no move of `fast_moves`."""

    # Each letter of the first group may stand once; those of the second (F ...) change nothing here.
    _WORD = re.compile(rb"(?:([XYZEIJ])(?!.*\1)|[A-DFHLOUVW])(?: +|$)")
    _BITS: ClassVar[Dict[bytes, int]] = {b"X": X, b"Y": Y, b"Z": Z, b"E": E}

    def __missing__(self, skeleton: bytes) -> int:
        if len(skeleton) > _LONGEST_SKELETON:
            raise NeedsLineByLine
        lead, rest = skeleton[:1], skeleton.strip(b" ")
        kind = {b"r": RESET, b"\x01": ARC | CLOCKWISE, b"\x02": ARC}.get(lead, 0)
        letters = self._letters(rest[1:] if kind else rest)
        if (kind & ARC and not {b"X", b"Y", b"I", b"J"} <= letters) or (not kind & ARC and letters & {b"I", b"J"}):
            raise NeedsLineByLine
        if kind == RESET and rest != b"r":
            raise NeedsLineByLine
        kind |= sum(self._BITS.get(letter, 0) for letter in letters)
        if len(self) < 4096:
            self[skeleton] = kind
        return kind

    def _letters(self, rest: bytes) -> set[bytes]:
        found = set()
        while rest:
            word = self._WORD.match(rest)
            if word is None:
                raise NeedsLineByLine
            found.add(word.group(1) or b"")
            rest = rest[word.end() :]
        return found


_KIND = _Kinds()


def table(true: Callable[[int], int]) -> bytes:
    """Return the translate table that maps each byte to 1 where the question is answered with yes, else to 0."""
    return bytes(bool(true(value)) for value in range(256))


# Of kinds: has it this bit? The kinds without it, to leave out; the kind with EXTRUDES, where it has an E and moves.
EXTRUDING = table(EXTRUDES.__and__)
NOT_E = bytes(kind for kind in range(256) if not kind & (E | RESET))
ON_THE_MOVE = table(lambda kind: kind & E and kind & MOVE)
CURVED = table(ARC.__and__)
TURNING = table(CLOCKWISE.__and__)
STRAIGHT = bytes(kind for kind in range(256) if not kind & ARC)
MARK = bytes(kind | EXTRUDES if kind & E and kind & MOVE else kind for kind in range(256))
# Of kinds, by the bit of an axis: those that neither name it nor extrude, those that do not name it; does it name it?
ELSEWHERE = {bit: bytes(kind for kind in range(256) if not kind & (bit | EXTRUDES)) for bit in (X, Y, Z)}
NOT_NAMING = {bit: bytes(kind for kind in range(256) if not kind & bit) for bit in (X, Y)}
NAMING = {bit: table(bit.__and__) for bit in (X, Y, Z)}


def kinds_of(body: bytes) -> bytes:
    """Return the kind of each line."""
    skeletons = body.translate(None, b"0123456789.-").split(b"\n")
    return bytes(map(_KIND.__getitem__, skeletons[1:-1]))
