"""Find the lines that no printer should be given: the first of each kind, and where it stands."""

from __future__ import annotations

import re
from typing import Dict, Iterator, Optional, Tuple

from octoprint_cli.gcode.analysis.blocks import Block
from octoprint_cli.gcode.analysis.contents import BadLine
from octoprint_cli.gcode.analysis.tokenizer import LONGEST, tokenize
from octoprint_cli.gcode.code_table import lookup

#: The first bytes of files that are no G-code, whatever their names say.
_MAGIC = tuple(
    (re.compile(magic, re.IGNORECASE | re.DOTALL), problem)
    for magic, problem in (
        (rb"GCDE", "this is binary G-code (.bgcode), which OctoPrint cannot print: switch it off in the slicer's printer settings"),
        (rb"PK[\x03\x05]", "this is a ZIP archive, such as .3mf: export plain G-code"),
        (rb"\x1f\x8b", "this is compressed by gzip: unpack it first"),
        (rb"BZh\d|\xfd7zXZ|7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd", "this is a compressed archive: unpack it first"),
        (rb"\x89PNG|\xff\xd8\xff|GIF8", "this is a picture"),
        (rb"%PDF", "this is a PDF document"),
        (rb"\xff\xfe|\xfe\xff|[\x01-\x7f]\0[\x01-\x7f]\0|\0[\x01-\x7f]\0[\x01-\x7f]", "this is UTF-16 text: save it as UTF-8"),
        (rb"(?:\xef\xbb\xbf)?\s*<(?:!DOCTYPE|html|head|body|\?xml)", "this is a web page: what was saved is not the file"),
        (rb"(?:\xef\xbb\xbf)?\s*[{\[]\s*[{\[]?\s*\"", "this is JSON, such as a server's error: what was saved is not the file"),
    )
)
#: Commands are made of these; the rest is looked at more closely.
_ORDINARY = bytes(value for value in range(0x20, 0x7F) if value not in b"{}[]<>") + b"\t\n"
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\n"
_ODD_LINE = re.compile(rb"\n[^\n]*[^\t\n -;=?-Z\\^-z|~][^\n]*")  # a line with anything that is not ordinary
#: A hole that a disk or a transfer left, wherever it begins: one odd byte in a comment is none.
_HOLE = re.compile(rb"\x00|[\x01-\x08\x0b-\x1f\x7f]{3}")
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
#: `{travel_speed}`, `[first_layer_temperature]`, `{if layer_num > 1}`. A list of numbers in brackets is Klipper's.
_PLACEHOLDER = re.compile(rb"\{([^{}]*)\}|\[(\s?[A-Za-z_][A-Za-z0-9_ ]*)\]")
_NAME = re.compile(rb"[A-Za-z_]")
#: Names and texts among a macro's parameters are what the user calls them, brackets and all.
_NAMED = re.compile(rb"\b(?:\w*NAMES?|FILE|MODEL|OBJECT|MSG|MESSAGE|TEXT|LABEL)\s?=\s?(?:\"[^\"]*\"|\S*)", re.IGNORECASE)
#: Klipper's commands are words with parameters of any length: EXCLUDE_OBJECT_DEFINE has a polygon.
_OF_WORDS = re.compile(rb"\s*[A-Za-z_@]{2}")
_LONGEST_OF_WORDS = 64 * 1024


class DamageDetector:
    """Collects the bad lines of a file that it is shown block by block."""

    def __init__(self) -> None:
        self._found: Dict[Tuple[str, bool], BadLine] = {}
        self.foreign: Optional[str] = None  # what the file is instead of G-code

    def lines(self) -> Tuple[BadLine, ...]:
        """Return the bad lines in the order of the file."""
        return tuple(sorted(self._found.values(), key=lambda bad: (bad.offset, bad.kind)))

    def begin(self, beginning: bytes) -> None:
        """Look at the first bytes of the file, as they are."""
        for magic, problem in _MAGIC:
            if magic.match(beginning):
                self._keep(BadLine("binary", 1, 0, _shown(beginning), problem))
                self.foreign = problem.partition(":")[0]
                break

    def knows(self, kind: str) -> bool:
        """Whether there was a command of this kind already: the first one counts."""
        return (kind, False) in self._found

    def look(self, block: Block, commands: bytes) -> None:
        """Look at a block, and its lines without their comments."""
        odd = block.text.translate(None, _ORDINARY)
        if odd and commands.translate(None, _ORDINARY):
            for found in _ODD_LINE.finditer(b"\n" + commands):
                self._judge(block, commands, found.start(), found.group()[1:])
        for at in () if self.knows("long") else _long_lines(commands):
            self.add("long", block, block.line_at(commands, at), commands[at : at + 60], "is longer than any firmware takes")
        if odd.translate(None, _PRINTABLE):
            self._look_at_comments(block)

    def add(self, kind: str, block: Block, line: int, text: bytes, problem: str, comment: bool = False) -> None:
        """Keep a bad line of this block, if it is the first of its kind."""
        if (kind, comment) not in self._found:
            self._keep(BadLine(kind, line, block.offset_of(line), _shown(text), problem, comment))

    def _keep(self, bad: BadLine) -> None:
        self._found[bad.kind, bad.comment] = bad

    def _judge(self, block: Block, commands: bytes, at: int, text: bytes) -> None:
        for kind, problem in _problems(text):
            if not self.knows(kind):
                self.add(kind, block, block.line_at(commands, at), text, problem)

    def _look_at_comments(self, block: Block) -> None:
        """Look for damage in comments, which hurts nobody unless it is a hole: lines are missing then."""
        hole = _HOLE.search(block.text)
        if hole and not self.knows("control"):
            begins = block.text.rfind(b"\n", 0, hole.start()) + 1
            shown = block.text[begins : begins + 80]
            self.add("control", block, block.line_at(block.text, begins), shown, "has a gap of zeros or control bytes")
        control = _CONTROL.search(block.text)
        self._comment(block, "control", control and control.start(), "has control characters in its comment")
        self._comment(block, "encoding", _not_utf8(block.text), "is not UTF-8 in its comment")

    def _comment(self, block: Block, kind: str, at: Optional[int], problem: str) -> None:
        """Keep a damaged comment at this index, unless a damaged command of this kind explains it already."""
        if at is not None and not self.knows(kind):
            begins, ends = block.text.rfind(b"\n", 0, at) + 1, block.text.find(b"\n", at)
            self.add(kind, block, block.line_at(block.text, at), block.text[begins:ends], problem, comment=True)


def _shown(text: bytes) -> str:
    """Return as much of a line as an answer takes."""
    return text[:80].decode("utf-8", "backslashreplace").strip("\n")


def _problems(text: bytes) -> Iterator[Tuple[str, str]]:
    """Yield what is wrong with a command, in words that follow `line 3`."""
    free = _is_free(text)
    if _CONTROL.search(text):
        yield "control", "has control characters"
    elif not free and _not_utf8(text) is not None:
        yield "encoding", "is not UTF-8"
    if text.lstrip().startswith(b"<"):
        yield "html", "is HTML: what was saved is a page, not the file"
    bare = _NAMED.sub(b"", text)
    unfilled = next((found.group() for found in _PLACEHOLDER.finditer(bare) if _NAME.search(found.group())), None)
    if unfilled and not free:
        yield "placeholder", f"has a placeholder that was never filled: {unfilled[:60].decode('ascii', 'replace')}"


def _is_free(text: bytes) -> bool:
    """Whether the command takes any text: a message for the user (M117, RESPOND ...), a name. Nothing breaks if that is odd."""
    command = tokenize(text[:LONGEST])
    return command is not None and lookup(command.code).text is not None


def _long_lines(commands: bytes) -> Iterator[int]:
    """Yield where lines begin that are too long. From line to line it goes in leaps as wide as a line may be."""
    begins, end = 0, len(commands)
    while end - begins > LONGEST:
        leap = commands.rfind(b"\n", begins, begins + LONGEST + 1) + 1
        if not leap:
            leap = commands.index(b"\n", begins) + 1
            if not _OF_WORDS.match(commands, begins) or leap - begins > _LONGEST_OF_WORDS:
                yield begins
        begins = leap


def _not_utf8(text: bytes) -> Optional[int]:
    """Return where the text stops being UTF-8, or None."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None
