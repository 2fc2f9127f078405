"""Split one command of a G-code file into its words, as leniently as firmwares read it.

Lower case, no spaces (`G1X10Y20`), line numbers and checksums (`N12 G1 X1*85`), remarks in brackets. Commands
that a user types are parsed by `gcode.command`.
"""

from __future__ import annotations

import re
from typing import Dict, NamedTuple, Optional, Tuple

from octoprint_cli.gcode.code_row import is_word
from octoprint_cli.gcode.code_table import code_name, lookup

#: A command's words: the number behind each letter; None: a letter alone, as in G28 X.
Words = Dict[str, Optional[float]]
#: A command longer than this is cut by most firmwares (Marlin keeps 96 bytes), so no slicer writes one.
LONGEST = 256

#: A slash before a command marks it as one that is left out at times.
_LINE = re.compile(rb"\s*(?:/\s*)?(?:[Nn]\s*\d+\s*)?(?:([GMTgmt])\s*(\d+)(\.\d+)?(?![\w.])|([A-Za-z_@!%][^\s=*;]*))")
_TIGHT = re.compile(rb"\s*(?:/\s*)?(?:[Nn]\s*\d+\s*)?([GMTgmt])\s*(\d+)(\.\d+)?")  # the next word follows without a space
_CHECKSUM = re.compile(rb"\*\s*\d+\s*$")
_REMARK = re.compile(rb"\([^()]*\)")
_WORD = re.compile(rb"([A-Za-z])\s*([^A-Za-z\s]*)")
_NUMBER = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)")
#: No printer has a use for a number beyond it.
LARGEST = 1e9
_JUDGED = b"XYZEIJKRSTPxyzeijkrstp"  # of speeds and the like nothing is asked
#: A number behind a number: `S40 0` is 40 to one firmware and 400 to another.
_STRAY = re.compile(rb"[\d.]\s+[-+.]?\d")
#: Of a motion these have a number, and another letter right behind it is in its place.
_PLACES = b"XYZEIJ"
_MOTIONS = frozenset(["G0", "G1", "G2", "G3", "G5"])
#: The code of another command on the same line, which RepRapFirmware carries out. In quotes, or in a word, there is none.
#: These are compiled when a file needs them, which few do.
_CODE_LETTERS = b"GMgm"
_NEXT = rb"(?<![\w.=])[GMgm]\s?\d{1,4}(?:\.\d+)?(?![\w.]|[ \t]*[=:])|(?<![\w.=])[GMgm]\d{1,4}(?=[A-Za-z][-+.\d])"
_QUOTED = rb"\"[^\"]*\""
#: Coordinates without a code, for the motion that was said before.
_BARE = rb"\s*(?:/\s*)?(?:[Nn]\s*\d+\s*)?((?:[XYZEFIJKPQRxyzefijkpqr]\s*[-+]?(?:\d+\.?\d*|\.\d+)\s*)+)"
#: `X1e3` is 1000 to a program and 1 to a firmware, for which e is the extruder.
_EXPONENT = re.compile(rb"[A-Z][-+]?[\d.]+[eE][-+]\d|[A-DF-Z][-+]?[\d.]+e\d")


class Tokens(NamedTuple):
    """A command: its code (`G1`, `T0`, or a word in capitals), its words, and what is wrong with it, if anything."""

    code: str
    words: Words
    problem: Optional[str] = None
    rest: bytes = b""  # all that follows the code


def tokenize(text: bytes) -> Optional[Tokens]:
    """Return the command on a line without its comment, its words not read yet; None if there is none."""
    if b"(" in text:
        text = _REMARK.sub(b" ", text)
    found = _LINE.match(text)
    if found is None or (found.group(1) is None and found.group(4)[:1] in b"GMTgmt"):
        found = _TIGHT.match(text) or found
    if found is None:
        return None
    rest = text[found.end() :]
    if b"*" in rest:
        rest = _CHECKSUM.sub(b"", rest)
    if found.group(1) is None:
        return Tokens(found.group(4).decode("ascii", "replace").upper(), {}, None, rest)
    letter, digits, variant = (group.decode().upper() if group else "" for group in found.groups()[:3])
    return Tokens(f"{code_name(letter, digits)}{variant if variant.strip('.0') else ''}", {}, None, rest)


def split(command: Tokens, text: bytes) -> Tuple[Tokens, bytes]:
    """Return a command without what follows it on its line, and that: empty unless it begins with a code."""
    if len(text) - len(text.translate(None, _CODE_LETTERS)) <= (command.code[0] in "GM"):
        return command, b""
    if is_word(command.code) or lookup(command.code).text is not None:
        return command, b""
    rest = command.rest
    following = re.search(_NEXT, re.sub(_QUOTED, lambda quoted: b"x" * len(quoted.group()), rest))
    if following is None:
        return command, b""
    return command._replace(rest=rest[: following.start()]), rest[following.start() :]


def coordinates(text: bytes) -> Optional[bytes]:
    """Return the words of a line that is made of coordinates alone, without a code; None for any other line."""
    bare = re.fullmatch(_BARE, text)
    return bare and bare.group(1)


def with_words(command: Tokens) -> Tokens:
    """Read the words of a command; the first of two with one letter counts."""
    words: Words = {}
    problem = None
    if _EXPONENT.search(command.rest):
        problem = "has a number with an exponent, which firmwares do not read"
    elif _STRAY.search(command.rest):
        problem = "has two numbers in a row"
    for letter, written in _WORD.findall(command.rest):
        number = float(written) if _NUMBER.fullmatch(written) else None
        if number is not None and abs(number) > LARGEST and letter in _JUDGED:
            number = None
        if number is None and written and problem is None:
            problem = f"has {written[:20].decode('ascii', 'replace')!r} for a number"
        name = letter.decode().upper()
        if problem is None and (
            (words.get(name, number) != number and letter in _JUDGED)
            or (number is None and letter in _PLACES and command.code in _MOTIONS)
        ):
            problem = f"has {name} twice" if name in words else f"has {name} without a number"
        words.setdefault(name, number)
    return command._replace(words=words, problem=problem)
