"""Write moves that are spelled oddly as slicers spell them, so that runs of them can be measured at once.

Host programs number lines and add checksums, old ones write G01, CAM programs write no spaces or two, or a remark in brackets.
Only line numbers and what a move can be made of are touched, by functions that loop in C, and no line is added or taken away.
Each spelling is looked for before it is replaced: a plain block costs some searches. This module must not know what a move does.
"""

from __future__ import annotations

import re
from typing import Match

_NUMBERED = re.compile(rb"\n[Nn][ ]?\d{1,9}[ ]?([GMTgmt]\d[^\n*(]*)\*\d{1,3}[ ]*(?=\n)")
_REMARK = re.compile(rb"(\n[Gg]0{0,3}[0-3][ XYZEFIJ][^\n(]{0,120}?)[ ]*\([^()\n]{0,120}\)[ ]*(?=\n)")
_ZEROS = re.compile(rb"\nG0+(?=[0-3][ XYZEFIJ])")
_SPACES = re.compile(rb"(?:\nG[0-3](?: +[XYZEFIJ][-\d.]+)+ *)+(?=\n)")
_NO_SPACES = re.compile(rb"(?:\nG[0-3](?:[XYZEFIJ][-\d.]+)+)+(?=\n)")
_TIGHT = re.compile(rb"\nG[0-3][XYZEFIJ]")
_LETTERS = b"XYZEFIJ"


def respell(text: bytes) -> bytes:
    """Return commands, which begin with a line end, with their moves spelled plainly."""
    if b"*" in text:
        text = _NUMBERED.sub(rb"\n\1", text)
    if b"(" in text:
        text = _REMARK.sub(rb"\1", text)
    if b"\nG0" in text:
        text = _ZEROS.sub(b"\nG", text)
    if b"  " in text and any(b"  %c" % letter in text for letter in _LETTERS):
        text = _SPACES.sub(_one_space, text)
    if _TIGHT.search(text):
        text = _NO_SPACES.sub(_spaced, text)
    return text


def _one_space(found: Match[bytes]) -> bytes:
    run = found.group()
    while b"  " in run:
        run = run.replace(b"  ", b" ")
    return run.replace(b" \n", b"\n").rstrip(b" ")


def _spaced(found: Match[bytes]) -> bytes:
    run = found.group()
    for letter in _LETTERS:
        run = run.replace(bytes([letter]), b" " + bytes([letter]))
    return run
