"""Layout of lines on a terminal: widths of characters, breaking of lines, columns. Must not know what the lines say."""

from __future__ import annotations

import itertools
import re
from typing import Any, Iterator, List, Sequence

from octoprint_cli.output.template import Line, Piece
from octoprint_cli.output.terminal.colours import coloured

_GAP = "  "
#: The narrowest that a column is shortened to: the widest one first, and only if that is not enough the others.
_NARROW, _NARROWEST = 16, 8
#: Where the second line of a text begins whose label takes more than half of the width.
_NARROW_HANG = 4
_WORDS = re.compile(r" +|[^ ]+")


def painted(line: Line) -> str:
    """Return the text of a line with its colours."""
    runs = itertools.groupby(line.pieces, key=lambda piece: piece.style)
    return "".join(coloured("".join(piece.text for piece in pieces), style) for style, pieces in runs)


def width_of(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    import unicodedata  # most texts do without

    return sum(_width_of_character(unicodedata, character) for character in text)


def _width_of_character(unicodedata: Any, character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shortened(text: str, width: int, ellipsis: str) -> str:
    """Return the text cut to a width, with an ellipsis at its end if it was longer."""
    if width_of(text) <= width:
        return text
    while text and width_of(text) > width - len(ellipsis):
        text = text[:-1]
    return text + ellipsis


def broken(line: Line, width: int) -> List[Line]:
    """Break a line between words so that it fits; what is longer than the width stays whole, to be broken by the terminal."""
    if width_of(line.text) <= width:
        return [line]
    hang = line.hang if line.hang <= width // 2 else _NARROW_HANG
    lines: List[List[Piece]] = [[]]
    column = 0
    for word in _words(line):
        size = width_of("".join(piece.text for piece in word))
        is_space = word[0].text.isspace()
        if column + size > width and column > hang and not is_space:
            while lines[-1] and lines[-1][-1].text.isspace():
                lines[-1].pop()
            lines.append([Piece(" " * hang)])
            column = hang
        if not (is_space and column == hang and len(lines) > 1):
            lines[-1] += word
            column += size
    return [Line(tuple(pieces), hang) for pieces in lines]


def _words(line: Line) -> Iterator[List[Piece]]:
    """Yield the words and the spaces of a line; a word may change its style."""
    word: List[Piece] = []
    for piece in line.pieces:
        for part in _WORDS.findall(piece.text):
            if word and part.isspace() is not word[-1].text.isspace():
                yield word
                word = []
            word.append(Piece(part, piece.style))
    if word:
        yield word


def columns(rows: Sequence[Sequence[Line]], width: int, ellipsis: str) -> List[Line]:
    """Return rows of cells as aligned lines, the widest columns shortened so that they fit; a width of 0 shortens none."""
    widths = [max(width_of(cell.text) for cell in column) for column in zip(*rows)]
    if width:
        widths = _fitted(widths, width)
    return [_row(row, widths, ellipsis) for row in rows]


def is_too_narrow(rows: Sequence[Sequence[Line]], width: int, whole: bool = False) -> bool:
    """Return whether columns of these rows do not fit, even shortened; with `whole` they are not shortened."""
    widths = [max(width_of(cell.text) for cell in column) for column in zip(*rows)]
    return sum(widths if whole else _fitted(widths, width)) + len(_GAP) * (len(widths) - 1) > width


def _fitted(widths: List[int], width: int) -> List[int]:
    """Take from the widest column, then from the next, until all fit, or none is wide."""
    widths = list(widths)
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
    by_width = sorted(range(len(widths)), key=lambda column: -widths[column])
    for least in (_NARROW, _NARROWEST):
        for column in by_width:
            taken = max(0, min(excess, widths[column] - least))
            widths[column] -= taken
            excess -= taken
    return widths


def _row(row: Sequence[Line], widths: Sequence[int], ellipsis: str) -> Line:
    pieces: List[Piece] = []
    for cell, width in zip(row, widths):
        shown = _shortened_cell(cell, width, ellipsis)
        pieces += [*shown, Piece(" " * (width - width_of("".join(piece.text for piece in shown))) + _GAP)]
    while pieces and not pieces[-1].text.strip():
        pieces.pop()
    return Line(tuple(pieces))


def _shortened_cell(cell: Line, width: int, ellipsis: str) -> List[Piece]:
    if width_of(cell.text) <= width:
        return list(cell.pieces)
    return [Piece(shortened(cell.text, width, ellipsis), cell.pieces[0].style)]
