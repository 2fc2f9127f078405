"""Write moves that are spelled oddly as slicers spell them, so that runs of them can be measured at once.

Host programs number lines and add checksums, old ones write G01 or lower case, CAM programs write no spaces, two or tabs, indent
lines, sign every number, set it apart from its letter (`X +10`), or add a remark in brackets. Only line numbers and what a move
can be made of are touched, by functions that loop in C, and no line is added or taken away. A plain block is not looked at:
`may_be_odd` asks a line that ends a run whether this is worth it. Where groups of a line are kept, it is split by its pattern and
joined again: several times as fast as a replacement with groups. This module must not know what a move does.
"""

from __future__ import annotations

import re
from typing import Match

_ODD = re.compile(rb"\n[ \t]*(?:[Nn][ ]?\d|[Gg]0{0,3}[0-3][ \tXYZEFIJxyzefij(])")
_INDENTED = re.compile(rb"\n[ \t]+(?=[GgNn][ ]?\d)")
_NUMBERED = re.compile(rb"(\n)[Nn][ ]?\d{1,9}[ ]?([GMTgmt]\d[^\n*(]*)(?:\*\d{1,3}[ ]*)?(?=\n)")
_REMARK = re.compile(rb"(\n[Gg]0{0,3}[0-3][ \tXYZEFIJxyzefij][^\n(]*[^\n( ])[ ]*\([^()\n]*\)[ ]*(?=\n)")
# A sign or a space between a letter and its number. Of two signs, or a sign inside a number, none is taken away.
_APART = re.compile(rb"[XYZEFIJxyzefij](?:[ \t]+[-+]?|\+)[\d.]")
_LOOSE = re.compile(rb"(?:\n+[Gg]0{0,3}[0-3](?:[ \t]*[XYZEFIJxyzefij][ \t]*[-+]?[\d.]+(?![-+]))+[ \t]*)+(?=\n)")
_LOWER = re.compile(rb"\n(?:g|G0{0,3}[0-3] +[xyzefij])")
_ANY_CASE = re.compile(rb"(?:\n[Gg]0{0,3}[0-3](?:[ \t]+[XYZEFIJxyzefij][-\d.]+)+[ \t]*)+(?=\n)")
_ZEROS = re.compile(rb"\nG0+(?=[0-3][ \tXYZEFIJ])")
_SPACES = re.compile(rb"(?:\nG[0-3](?:[ \t]+[XYZEFIJ][-\d.]+)+[ \t]*)+(?=\n)")
# `X1E-2` behind a space may be a number with an exponent: it is left alone.
_NO_SPACES = re.compile(rb"(?:\nG[0-3](?:(?:[XYZEFIJ][-\d.]+)+|(?: ?[XYZFIJ][-\d.]+| E[-\d.]+|E[\d.]+)+ *))+(?=\n)")
_TIGHT = re.compile(rb"\nG[0-3](?:[XYZEFIJ]| [XYZEFIJ][-\d.]+[XYZEFIJ])")
_LETTERS = b"XYZEFIJ"
# What stands where: X for a letter of these, 0 for a digit or a dot.
_SHAPE = bytes(0x58 if value in b"XYZEFIJxyzefij" else 0x30 if value in b"0123456789." else value for value in range(256))
_NO_LOWER_CASE = bytes(value for value in range(256) if value not in b"gxyzefij")


def may_be_odd(line: bytes) -> bool:
    """Whether a line, behind its line end, that is not spelled as slicers do is numbered or may be a move for all that."""
    return _ODD.match(line) is not None


def close_up(run: bytes) -> bytes:
    """Return a run of nothing but moves with each number right behind its letter, and without a plus sign.

    That is what `respell` does of any text, several times as fast.
    """
    shape = run.translate(_SHAPE)
    apart = shape.count(b"X ")
    if apart and apart == sum(map(shape.count, (b"X 0", b"X -0", b"X +0"))):
        for letter in _LETTERS + _LETTERS.lower():
            run = run.replace(b"%c " % letter, b"%c" % letter)
        shape = run.translate(_SHAPE)
    return run.replace(b"+", b"") if b"+" in run and shape.count(b"+") == shape.count(b"X+0") else run


def respell(text: bytes) -> bytes:
    """Return commands, which begin with a line end, with their moves spelled plainly."""
    if b"\n " in text or b"\n\t" in text:
        text = _INDENTED.sub(b"\n", text)
    if b"\nN" in text or b"\nn" in text:
        text = b"".join(_NUMBERED.split(text))
    if b"(" in text:
        text = b"".join(_REMARK.split(text))
    if _APART.search(text):
        text = _LOOSE.sub(_closed_up, text)
    if text.translate(None, _NO_LOWER_CASE) and _LOWER.search(text):
        text = _ANY_CASE.sub(_upper, text)
    if b"\nG0" in text:
        text = _ZEROS.sub(b"\nG", text)
    if b"\t" in text or (b"  " in text and any(b"  %c" % letter in text for letter in _LETTERS)):
        text = _SPACES.sub(_one_space, text)
    return _NO_SPACES.sub(_spaced, text) if _TIGHT.search(text) else text


def _closed_up(found: Match[bytes]) -> bytes:
    run = found.group()
    return close_up(run if b"\t" not in run and b"  " not in run else _one_space(found))


def _upper(found: Match[bytes]) -> bytes:
    return found.group().upper()


def _one_space(found: Match[bytes]) -> bytes:
    run = found.group().replace(b"\t", b" ")
    while b"  " in run:
        run = run.replace(b"  ", b" ")
    return run.replace(b" \n", b"\n").rstrip(b" ")


def _spaced(found: Match[bytes]) -> bytes:
    run = found.group().replace(b" ", b"")
    for letter in _LETTERS:
        run = run.replace(bytes([letter]), b" " + bytes([letter]))
    return run
